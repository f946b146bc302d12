"""Android "SMS Backup & Restore" (SyncTech): texts, text parts of MMS, and calls, as XML.

Dates are epoch milliseconds in UTC. Emoji are written as two surrogate character references, which no XML
parser takes, so the pairs are joined first. Pictures are dropped while reading (`part_data`), and each `<sms>`, `<mms>`
and `<call>` is parsed alone: memory stays flat for any file size, and a broken record costs only itself. The phone is
the debtor's unless `case.yaml` names another owner. Addresses of a group are joined with `~`, as in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from dunlint.errors import UnreadableFile
from dunlint.records.reader import Item, Known, Note, Reader
from dunlint.records.readers.part_data import without_data
from dunlint.records.schema import Contact, Unreadable
from dunlint.records.source import Source

RECORD_START = re.compile(r"<(?:sms|mms|call)\b(?!es|s)")
ROOT = re.compile(r"<(?:smses|calls)\b")
ROOT_END = re.compile(r"</(?:smses|calls)\s*>\s*\Z")
REFERENCE = re.compile(r"&#(x[0-9a-fA-F]{1,6}|[0-9]{1,7});")
PAIR = re.compile(r"&#(55[23]\d\d|56[0-2]\d\d|563[01]\d);&#(5[67]\d\d\d);")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_RECORD = 16 << 20
PIECE = 1 << 19
LONGEST_START = 5  # characters of "<call"
OWN = "insert-address-token"  # stands for the phone's own number

SMS_DIRECTION = {"1": "outbound", "2": "inbound"}
MMS_DIRECTION = {"1": "outbound", "2": "inbound"}
CALL_MEANING = {  # type -> direction seen from the collecting side, outcome when nobody talked
    "1": ("outbound", "no_answer"),
    "2": ("inbound", "no_answer"),
    "3": ("outbound", "no_answer"),
    "4": ("outbound", "voicemail"),
    "5": ("outbound", "rejected"),
    "6": ("outbound", "rejected"),
}


def recognises(source: Source) -> bool:
    return bool(ROOT.search(source.head_text))


def read(source: Source, known: Known) -> Iterator[Item]:
    """Contacts in file order; drafts and unsent texts are counted in a note."""
    unsent = 0
    for line, piece in _records(source):
        try:
            element = fromstring(_join_surrogates(ROOT_END.sub("", piece)))
            contact = _contact(element, known)
        except (ParseError, DefusedXmlException, ValueError, OverflowError, KeyError) as problem:
            yield Unreadable(source.name, line, "<sms>, <mms> / <call>", f"{type(problem).__name__}: {problem}")
            continue
        if contact is None:
            unsent += 1
            continue
        contact.source_line = line
        contact.zone_from = "epoch"
        yield contact
    if unsent:
        yield Note("note.unsent", {"file": source.name, "count": unsent})


def _records(source: Source) -> Iterator[tuple[int, str]]:
    """(line, text of one record): the stream cut before every record start."""
    rest, line, seen_root = "", 1, False
    for chunk in _joined(without_data(source.chunks())):
        known = max(len(rest) - LONGEST_START, 1)
        rest += chunk
        if not seen_root and (start := RECORD_START.search(rest)):
            header, rest = rest[: start.start()], rest[start.start() :]
            if "<!ENTITY" in header:
                raise UnreadableFile("xml_entities", where=f"{source.name}:{line}")
            line += header.count("\n")
            seen_root, known = True, 1
        cuts = [0, *(match.start() for match in RECORD_START.finditer(rest, known))] if seen_root else []
        for begin, end in pairwise(cuts):
            yield line, rest[begin:end]
            line += rest.count("\n", begin, end)
        if cuts:
            rest = rest[cuts[-1] :]
        if len(rest) > LONGEST_RECORD:
            raise UnreadableFile("record_too_long", where=f"{source.name}:{line}", limit=LONGEST_RECORD)
    if seen_root:
        yield line, rest


def _joined(pieces: Iterator[str]) -> Iterator[str]:
    """The same text in pieces of PIECE characters and more."""
    gathered, size = [], 0
    for piece in pieces:
        gathered.append(piece)
        size += len(piece)
        if size >= PIECE:
            yield "".join(gathered)
            gathered, size = [], 0
    yield "".join(gathered)


def _join_surrogates(piece: str) -> str:
    def pair(match: re.Match[str]) -> str:
        high, low = int(match[1]), int(match[2])
        return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)) if 0xDC00 <= low <= 0xDFFF else "\ufffd"

    def lone(match: re.Match[str]) -> str:
        number = int(match[1][1:], 16) if match[1][0] == "x" else int(match[1])
        return "\ufffd" if 0xD800 <= number <= 0xDFFF or number > 0x10FFFF else match[0]

    return REFERENCE.sub(lone, PAIR.sub(pair, piece))


def _contact(element: Element, known: Known) -> Contact | None:
    if element.tag == "call":
        return _call(element, known)
    if element.tag == "sms":
        direction, body = SMS_DIRECTION.get(element.get("type", "")), element.get("body", "")
        other = _known_text(element.get("address"))
    else:
        direction = MMS_DIRECTION.get(element.get("msg_box", ""))
        texts = [part.get("text", "") for part in element.iter("part") if part.get("ct") == "text/plain"]
        body, other = "\n".join(texts), _mms_other(element, direction)
    if direction is None:
        return None
    contact = _addressed(element, direction, other, known)
    contact.channel, contact.outcome, contact.text = "sms", "connected", body
    return contact


def _call(element: Element, known: Known) -> Contact:
    direction, silent = CALL_MEANING[element.attrib["type"]]
    seconds = float(element.get("duration") or 0)
    contact = _addressed(element, direction, _known_text(element.get("number")), known)
    contact.channel = "voicemail" if silent == "voicemail" else "call"
    contact.outcome = "connected" if seconds > 0 and silent == "no_answer" else silent
    contact.talk_seconds = seconds
    return contact


def _addressed(element: Element, direction: str, other: str | None, known: Known) -> Contact:
    contact = Contact(at=EPOCH + timedelta(milliseconds=int(element.attrib["date"])), direction=direction)
    contact.party = known.owner_party
    if direction == "outbound":
        contact.from_number = other
    else:
        contact.to_number = other
    return contact


def _known_text(value: str | None) -> str | None:
    return None if value in (None, "", "null", "(Unknown)") or value.startswith("-") else value


def _mms_other(element: Element, direction: str | None) -> str | None:
    """Who sent a received MMS; whom a sent one went to."""
    wanted = ("137",) if direction == "outbound" else ("151", "130", "129")
    told = [addr.get("address") for addr in element.iter("addr") if addr.get("type") in wanted]
    others = [address for address in told if address and address != OWN]
    if others:
        return "~".join(others)
    whole = _known_text(element.get("address"))
    return None if whole and "~" in whole and direction == "outbound" else whole


READER = Reader(
    "sms_backup", recognises, read, (".xml",),
    example='<smses count="1">\n<sms address="106980000000" date="1772460240000" type="1" body="..." />\n</smses>',
)  # fmt: skip
