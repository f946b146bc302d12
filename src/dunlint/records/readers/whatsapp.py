"""A WhatsApp chat as the phone exports it: `D/M/YY, H:MM - Name: text` (Android) or `[D/M/YYYY, H:MM:SS] Name: text`
(iPhone), in the words and the date order of the phone's locale.

The file names neither the order of day and month (`date_order` infers it from all dates), nor a zone (times are kept
as `local_time`), nor the owner (`owner:` in case.yaml or --owner says who that is). A line without a header goes on the
message before it. Lines that WhatsApp wrote are counted, not kept; pictures and deleted messages are contacts without
words. What each is called in each language stands in `words/whatsapp.yaml`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache, partial

from dunlint.errors import UnreadableFile
from dunlint.records.reader import Item, Known, Note, Reader
from dunlint.records.readers.chats import Sides, Tally, bare, blocks, message
from dunlint.records.readers.date_order import Triple, date_of, infer
from dunlint.records.readers.words import words
from dunlint.records.schema import Contact, Unreadable
from dunlint.records.source import Source

WRITTEN_BY_WHATSAPP = "\u200e"
GAP = "[ \u00a0\u2009\u202f\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069]{0,4}"  # spaces and invisible marks


@dataclass(frozen=True)
class Header:
    """One message's first line: its date as written, its clock time (None if there is no such time), the rest."""

    day: str
    triple: Triple
    clock: time | None
    rest: str


@cache
def _header_pattern() -> re.Pattern[str]:
    told = words("whatsapp")
    parts = sorted((*told["am"], *told["pm"], *told["noon"]), key=len, reverse=True)
    half = "|".join(re.escape(part).replace(r"\ ", GAP) for part in parts)
    between = f"{GAP}[{re.escape(told['date_separators'])}]{GAP}"
    stamp = (
        rf"(?P<day>(\d{{1,4}}){between}(\d{{1,2}}){between}(\d{{1,4}})[^\d\s,\]]?),?{GAP}"
        rf"({half})?{GAP}(\d{{1,2}})[:.](\d{{2}})(?:[:.](\d{{2}}))?{GAP}({half})?{GAP}"
    )
    other = stamp.replace("(?P<day>", "(")
    return re.compile(rf"{GAP}(?:\[{GAP}{stamp}\]{GAP}|{other}- )(?P<rest>.*)", re.IGNORECASE | re.DOTALL)


def header_of(line: str) -> Header | None:
    """The header of a line; None for a line that has none."""
    found = _header_pattern().match(line)
    if not found:
        return None
    parts = found.groups()
    day, first, second, third, before, hour, minute, seconds, after = parts[:9] if found["day"] else parts[9:18]
    clock = _clock(hour, minute, seconds, before or after)
    return Header(day, (first, second, third), clock, found["rest"].rstrip("\n"))


def _clock(hour: str, minute: str, second: str | None, half: str | None) -> time | None:
    told = words("whatsapp")
    number, word = int(hour), " ".join((half or "").lower().split())
    if word in told["am"] and number == 12:
        number = 0
    elif (word in told["pm"] and number < 12) or (word in told["noon"] and number < 4):
        number += 12
    try:
        return time(number, int(minute), int(second or 0))
    except ValueError:
        return None


def recognises(source: Source) -> bool:
    return any(header_of(line) for line in source.head_text.split("\n")[:20])


def read(source: Source, known: Known) -> Iterator[Item]:
    order, authors = _survey(source, known)
    tally, sides = Tally(source), Sides.of(known, authors)
    left_open = 0
    for line, header, body in blocks(source.lines(), header_of):
        if header is None or (order and (header.clock is None or date_of(header.triple, order) is None)):
            found = (header.day if header else body[0])[:60]
            yield Unreadable(source.name, line, "D/M/Y, H:MM - Name: …", found)
            continue
        contact = _contact(header, body, authors, sides, tally)
        if contact is None:
            continue
        if order and header.clock and (day := date_of(header.triple, order)):
            contact.local_time = datetime.combine(day, header.clock)
        left_open += order is None
        contact.source_line = line
        yield tally.seen(contact)
    if left_open:
        yield Note("note.date_order", {"file": source.name, "short": source.path.name, "count": left_open})
    yield from tally.notes()


def _survey(source: Source, known: Known) -> tuple[str | None, Counter[str]]:
    """(order of the dates, author -> number of messages), from one pass over the whole file."""
    authors: Counter[str] = Counter()
    triples: dict[Triple, None] = {}
    dotted = False
    for header in filter(None, map(header_of, source.lines())):
        triples[header.triple] = None
        dotted = dotted or header.day.endswith(".")
        name, colon, _ = header.rest.partition(": ")
        if colon and not _by_whatsapp(name):
            authors[bare(name)] += 1
    if not triples:
        raise UnreadableFile("not_a_log", where=f"{source.name}:1", known="whatsapp")
    order = known.about_file.get("date_order") or infer(triples, short_year_first=dotted)
    return order, authors


def _contact(header: Header, body: list[str], authors: Counter[str], sides: Sides, tally: Tally) -> Contact | None:
    """The message under a header; None for a line that WhatsApp wrote."""
    name, colon, text = header.rest.partition(":")
    sender = bare(name)
    if not colon or sender not in authors or (authors[sender] == 1 and _by_whatsapp(header.rest)):
        longer, text = _with_longer_name(header.rest, authors)
        sender = longer or ""
    text = text.removeprefix(" ")
    if not sender or (WRITTEN_BY_WHATSAPP in text[:2] and _by_whatsapp(text)):
        tally.add("system_lines")
        return None
    make = partial(message, sides.known, sides.by_owner(sender), sender=sender, peer=sides.peer)
    return _worded(make, bare(text), "\n".join([text.strip(WRITTEN_BY_WHATSAPP), *body]), tally)


def _with_longer_name(rest: str, authors: Counter[str]) -> tuple[str | None, str]:
    """An author whose name holds a colon; (None, …) if nobody's name begins the line."""
    fitting = [name for name in authors if ":" in name and bare(rest).startswith(f"{name}:")]
    name = max(fitting, key=len, default=None)
    return name, rest.partition(f"{name}:")[2] if name else ""


def _worded(make: partial[Contact], first: str, whole: str, tally: Tally) -> Contact:
    told, short = _folded(), first.casefold()
    if short in told["media"] or short.startswith(told["media_begins"]) or short.endswith(told["media_ends"]):
        tally.add("media")
        return make()
    if short.rstrip(".。") in told["deleted"]:
        tally.add("deleted")
        return make()
    if short.rstrip(".。").startswith(told["calls_missed"]) and "\n" not in whole:
        return make(channel="call", outcome="no_answer")
    if WRITTEN_BY_WHATSAPP in whole[:2] and short.startswith(told["calls"]):
        return make(channel="call", outcome="unknown")
    return make(text=whole)


@cache
def _folded() -> dict[str, tuple[str, ...]]:
    names = ("media", "media_begins", "media_ends", "deleted", "calls", "calls_missed", "system")
    return {name: tuple(phrase.casefold() for phrase in words("whatsapp")[name]) for name in names}


def _by_whatsapp(text: str) -> bool:
    folded = text.casefold()
    return any(phrase in folded for phrase in _folded()["system"])


READER = Reader(
    "whatsapp", recognises, read, (".txt",), breadth=1,
    example="03/04/2026, 21:15 - Name: ...\n[3/4/26, 9:15:07 PM] Name: ...",
)  # fmt: skip
