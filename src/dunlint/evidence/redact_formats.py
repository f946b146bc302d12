"""One function a format: the whole text of a file -> the same text with pseudonyms, line for line.

What the readers do not use (unknown columns, unknown attributes, comments) is not judged but taken out. A record that
could not be read stays unreadable at the same line, without its content.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import ParseError

import polars as pl
import yaml
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from dunlint.evidence.pseudonyms import Pseudonyms
from dunlint.records.reader import Known
from dunlint.records.readers import sms_backup, subtitles
from dunlint.records.readers.conversation import role_words
from dunlint.records.readers.csv_records import records
from dunlint.records.readers.rows import item, table_of
from dunlint.records.schema import ACCOUNT_COLUMNS, CONTACT_COLUMNS, EVENT_COLUMNS, SPEAKERS
from dunlint.records.tables.delimited import DELIMITERS

GONE = "REDACTED"
NUMBERS = {"from_number", "to_number", "number", "owner_number"}
CODES = {
    "party_name": "PERSON",
    "agent": "PERSON",
    "name": "PERSON",
    "case_id": "CASE",
    "account_id": "ACCOUNT",
    "contact_id": "RECORD",
    "event_id": "RECORD",
    "recording_id": "RECORD",
    "place": "PLACE",
}
COLUMNS = {"contacts": CONTACT_COLUMNS, "events": EVENT_COLUMNS, "accounts": ACCOUNT_COLUMNS}
CLOSED = {"channel", "direction", "outcome", "party", "role", "kind", "zone"}

Rewrite = Callable[[str, Pseudonyms, Known], str]


def value_of(name: str, value: Any, who: Pseudonyms) -> Any:
    """One value of a column of ours. Numbers, dates and closed words stay; names and ids become pseudonyms."""
    if value in (None, "") or isinstance(value, bool):
        return value
    if name in NUMBERS:
        return who.number(str(value))
    if name in CODES:
        return who.named(CODES[name], str(value))
    if name == "turns":
        return _turns(value, who)
    if isinstance(value, list):
        return [value_of("", one, who) for one in value]
    return who.text(value) if isinstance(value, str) else value


def _turns(value: Any, who: Pseudonyms) -> Any:
    told = json.loads(value) if isinstance(value, str) else value
    masked = [
        {"speaker": turn.get("speaker") if turn.get("speaker") in (None, *SPEAKERS) else who.speaker(turn["speaker"]),
         "start": turn.get("start"), "end": turn.get("end"), "text": who.text(str(turn["text"]))}
        for turn in told
    ]  # fmt: skip
    return json.dumps(masked, ensure_ascii=False) if isinstance(value, str) else masked


def _row(table: str, values: Mapping[str, Any], who: Pseudonyms, known: Known) -> dict[str, Any] | None:
    """A row of ours redacted; None for one that could not be read."""
    try:
        item(table, values, 0, known)
    except ValueError:
        return None
    columns = COLUMNS[table]
    told = {}
    for name, value in values.items():
        if name not in columns:
            told[name] = value if value in (None, "") else GONE
        elif name in CLOSED or columns[name] in (pl.Float64, pl.Int64, pl.Boolean, pl.Date, pl.Datetime("us", "UTC")):
            told[name] = value
        else:
            told[name] = value_of(name, value, who)
    return told


def jsonl(text: str, who: Pseudonyms, known: Known) -> str:
    return "".join(_json_line(line, who, known) + end for line, end in _lines(text))


def _json_line(line: str, who: Pseudonyms, known: Known) -> str:
    if not line.strip():
        return line
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return GONE
    table = table_of(values) if isinstance(values, dict) else None
    told = _row(table, values, who, known) if table else None
    return GONE if told is None else json.dumps(told, ensure_ascii=False)


def csv_table(text: str, who: Pseudonyms, known: Known) -> str:
    """Dunlint's own columns."""
    first = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)

    def told(header: list[str], row: list[str]) -> list[str]:
        table = table_of(header)
        if table is None or len(row) != len(header):
            return [GONE] * len(row)
        values = _row(table, dict(zip(header, row, strict=True)), who, known)
        return [GONE] * len(row) if values is None else [str(one) for one in values.values()]

    return _csv(text, delimiter, told)


KEPT_OF_CHAT = {"localId", "Type", "SubType", "IsSender", "CreateTime", "Status", "StrTime"}
NAMES_OF_CHAT = {"Remark", "NickName", "TalkerId", "Sender"}
PLAIN_VALUE = re.compile(r"[0-9: \-]{0,20}")


def wechat_csv(text: str, who: Pseudonyms, _known: Known) -> str:
    def told(header: list[str], row: list[str]) -> list[str]:
        names = [*header, *[""] * (len(row) - len(header))]
        return [_chat_value(name, value, who) for name, value in zip(names, row, strict=False)]

    return _csv(text, ",", told)


def _chat_value(name: str, value: str, who: Pseudonyms) -> str:
    if not value or (name in KEPT_OF_CHAT and PLAIN_VALUE.fullmatch(value)):
        return value
    if name in NAMES_OF_CHAT:
        return who.named("PERSON", value)
    return who.text(value) if name == "StrContent" else GONE


def _csv(text: str, delimiter: str, told: Callable[[list[str], list[str]], list[str]]) -> str:
    """Row by row, as many lines as before."""
    end = "\r\n" if "\r\n" in text[:65536] else "\n"
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    rows = records(iter(plain.splitlines(keepends=True)), delimiter)
    header = [name.strip() for name in next(rows, (1, None))[1] or []]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    for _, row in rows:
        if row:
            writer.writerow(told(header, row))
        else:
            out.write("\n" if row == [] else f"{GONE}\n")
    return out.getvalue().replace("\n", end)


TAG = re.compile(r"""<(/?)([A-Za-z_][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(/?)>|<\?xml\s[^>]*\?>""")
ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
SAFE = {"date", "date_sent", "type", "msg_box", "duration", "read", "status", "locked", "protocol", "count", "ct",
        "seq", "sub_id", "presentation", "backup_date", "readable_date", "charset", "chset"}  # fmt: skip
SAFE_VALUE = re.compile(r"[A-Za-z0-9 :,./+\-]{0,40}")
ANY_NUMBER = {"address", "number", "service_center"}
ANY_TEXT = {"body", "text", "subject", "sub"}
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
    if value in ("", "null", "(Unknown)") or (name in SAFE and SAFE_VALUE.fullmatch(value)):
        return html.escape(value)
    if name in ANY_NUMBER:
        return who.number(value)
    if name == "contact_name":
        return who.named("PERSON", value)
    if name in ANY_TEXT:
        return html.escape(who.text(value)).replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")
    return GONE


TIMING = re.compile(r"\s*[0-9:.,]+\s*-->\s*[0-9:.,]+")


def transcript(text: str, who: Pseudonyms, _known: Known) -> str:
    """WebVTT, SRT, plain text: names of speakers and the words."""
    labels = Counter(label for line, _ in _lines(text) if (label := subtitles._prefix(line)[0]) is not None)
    return "".join(_spoken(line, labels, who) + end for line, end in _lines(text))


def _spoken(line: str, labels: Counter[str], who: Pseudonyms) -> str:
    if timing := TIMING.match(line):
        return timing[0]
    line = subtitles.VOICE.sub(lambda voice: f"<v {who.speaker(voice[1].strip())}>", line)
    label, rest = subtitles._prefix(line)
    if label is not None and subtitles._is_speaker(label, line, labels) and label.lower() not in role_words():
        head = line[: len(line) - len(rest)]
        return head.replace(label, who.speaker(label)) + who.text(rest)
    return who.text(line)


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
    return value if key in ("rules", "zone", "keeps") else value_of(key, value, who)


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """(line, its line end)."""
    for piece in re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", text):
        line = piece.rstrip("\r\n")
        yield line, piece[len(line) :]


FORMATS: dict[str, Rewrite] = {
    "sms_backup": sms_xml,
    "csv": csv_table,
    "jsonl": jsonl,
    "wechat_csv": wechat_csv,
    "webvtt": transcript,
    "srt": transcript,
    "txt": transcript,
    "case.yaml": case_yaml,
}
