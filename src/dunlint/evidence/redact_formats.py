"""Which format is rewritten how. A file comes in, its bytes with pseudonyms go out, line for line where it has lines.

What the readers do not use (unknown columns, unknown attributes, comments) is not judged but taken out. A record that
could not be read stays unreadable at the same line, without its content.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import ParseError

import yaml
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from dunlint.evidence import redact_chats, redact_json, redact_mail, redact_page, redact_tables
from dunlint.evidence.pseudonyms import Pseudonyms
from dunlint.evidence.values import GONE, kept, value_of
from dunlint.records.inputs import CASE_FILE, MAPPING_FILE
from dunlint.records.reader import Known
from dunlint.records.readers import sms_backup
from dunlint.records.source import Source

TAG = re.compile(r"""<(/?)([A-Za-z_][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(/?)>|<\?xml\s[^>]*\?>""")
ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
SAFE = {"date", "date_sent", "type", "msg_box", "duration", "read", "status", "locked", "protocol", "count", "ct",
        "seq", "sub_id", "presentation", "backup_date", "readable_date", "charset", "chset"}  # fmt: skip
ANY_NUMBER = {"address", "number", "service_center"}
ANY_TEXT = {"body", "text", "subject", "sub"}
WITHHELD = re.compile(r"-[0-9]")
KEPT_IN_YAML = ("rules", "zone", "keeps", "date_order")
UNREADABLE = "<call redacted='unreadable'/>"


def sms_xml(text: str, who: Pseudonyms, _known: Known) -> str:
    """SMS Backup & Restore: attributes one by one; whatever stands between tags is taken out, its line ends stay."""
    starts = [match.start() for match in sms_backup.RECORD_START.finditer(text)]
    cuts = [0, *starts, len(text)]
    pieces = enumerate(text[start:end] for start, end in pairwise(cuts))
    return "".join(_xml_piece(piece, who, record=number > 0) for number, piece in pieces)


def _xml_piece(piece: str, who: Pseudonyms, *, record: bool) -> str:
    if record:
        try:
            fromstring(sms_backup._join_surrogates(sms_backup.ROOT_END.sub("", piece)))
        except (ParseError, DefusedXmlException, ValueError):
            ending = sms_backup.ROOT_END.search(piece)
            return UNREADABLE + "\n" * piece.count("\n", 0, ending.start() if ending else None) + (
                ending[0] if ending else "")  # fmt: skip
    out, done = [], 0
    for match in TAG.finditer(piece):
        out.append(_only_space(piece[done : match.start()]))
        out.append(_tag(match, who) if match[2] else match[0])
        done = match.end()
    return "".join([*out, _only_space(piece[done:])])


def _only_space(text: str) -> str:
    return "".join(char for char in text if char in " \t\r\n")


def _tag(match: re.Match[str], who: Pseudonyms) -> str:
    def attribute(found: re.Match[str]) -> str:
        raw = found[2] if found[2] is not None else found[3]
        return f'{found[1]}="{_attribute(found[1], raw, who)}"' + "\n" * (found[0].count("\n"))

    return f"<{match[1]}{match[2]}{ATTRIBUTE.sub(attribute, match[3])}{match[4]}>"


def _attribute(name: str, raw: str, who: Pseudonyms) -> str:
    value = html.unescape(sms_backup._join_surrogates(re.sub(r"\s", " ", raw)))
    if value in ("", "null", "(Unknown)") or (name in SAFE and kept(value, who) == value):
        return html.escape(value)
    if name in ANY_NUMBER:
        return "~".join(_number(one, who) for one in value.split("~"))
    if name == "contact_name":
        return who.named("PERSON", value)
    if name in ANY_TEXT:
        return html.escape(who.text(value)).replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")
    return GONE


def _number(value: str, who: Pseudonyms) -> str:
    """A number; what stands for a withheld one, or for the phone's own, stays."""
    return value if value == sms_backup.OWN or WITHHELD.fullmatch(value) else html.escape(who.number(value))


def case_yaml(text: str, who: Pseudonyms, _known: Known) -> str:
    """The case file as data again; its comments are gone."""
    return yaml.safe_dump(_node("", yaml.safe_load(text), who), allow_unicode=True, sort_keys=False)


def _node(key: str, value: Any, who: Pseudonyms) -> Any:
    if isinstance(value, dict):
        if key == "speakers":
            return {who.speaker(str(label)): role for label, role in value.items()}
        return {(who.text(name) if key in ("files", "directions") else name): _node(str(name), one, who)
                for name, one in value.items()}  # fmt: skip
    if key == "numbers":
        return [who.number(str(one)) for one in value or ()]
    if isinstance(value, list):
        return [_node(key, one, who) for one in value]
    return value if key in KEPT_IN_YAML else value_of(key, value, who)


def mapping_yaml(text: str, who: Pseudonyms, _known: Known) -> str:
    """A mapping as data again: headers stay, as the table keeps its own; a constant value is masked by its column."""
    data = yaml.safe_load(text)
    for mapping in data if isinstance(data, list) else [data]:
        for name, column in mapping["columns"].items():
            if isinstance(column, dict) and "value" in column:
                column["value"] = value_of(name, column["value"], who)
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)


@dataclass(frozen=True)
class Rewrite:
    """How a format is rewritten: `run` gives its bytes; `needs_encoding`: only where the encoding is known."""

    run: Callable[[Source, Pseudonyms, Known], bytes]
    needs_encoding: bool = True


def _text(rewrite: Callable[[str, Pseudonyms, Known], str]) -> Rewrite:
    return Rewrite(lambda source, who, known: rewrite(source.text(), who, known).encode(source.encoding))


def _table(rewrite: Callable[[Source, Pseudonyms, Known], str]) -> Rewrite:
    return Rewrite(lambda source, who, known: rewrite(source, who, known).encode(source.encoding))


FORMATS: dict[str, Rewrite] = {
    CASE_FILE: _text(case_yaml),
    MAPPING_FILE: _text(mapping_yaml),
    "asterisk": _table(redact_tables.asterisk_cdr),
    "call_list": _table(redact_tables.calls),
    "csv": _table(redact_tables.csv_table),
    "eml": Rewrite(redact_mail.eml, needs_encoding=False),
    "imessage_html": _text(redact_page.imessage),
    "imessage_txt": _text(redact_chats.imessage_text),
    "jsonl": _table(redact_tables.jsonl),
    "mbox": Rewrite(redact_mail.mailbox, needs_encoding=False),
    "parquet": Rewrite(redact_tables.parquet, needs_encoding=False),
    "qq": _text(redact_chats.qq_text),
    "signal": _text(redact_chats.signal_text),
    "sms_backup": _text(sms_xml),
    "srt": _text(redact_chats.transcript),
    "twilio_messages": _table(redact_tables.by_header(redact_tables.TWILIO)),
    "txt": _text(redact_chats.transcript),
    "webvtt": _text(redact_chats.transcript),
    "wechat_chatlog_csv": _table(redact_tables.by_header(redact_tables.CHATLOG)),
    "wechat_csv": _table(redact_tables.wechat_table),
    "wechat_html": _text(redact_page.wechat),
    "whatsapp": _text(redact_chats.whatsapp_text),
    **{name: _text(redact_json.rewrite(name)) for name in redact_json.MEANINGS},
}
EXPORTED_FIRST = ("imessage_db", "postgres", "sqlite", "xlsx")
"""Formats that are no text: `dunlint import` makes a Parquet file of them, which can be redacted."""
