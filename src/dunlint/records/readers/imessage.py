"""What the two file formats of imessage-exporter share: how it writes times, and that replies stand there twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from dunlint.records.reader import Item, Known
from dunlint.records.readers.chats import Sides, Tally, message
from dunlint.records.readers.words import words
from dunlint.records.schema import Unreadable
from dunlint.records.source import Source

STAMP = r"([A-Z][a-z]{2} +\d{1,2}, \d{4}) +(\d{1,2}:\d{2}:\d{2} [AP]M)"
EXPECTED = "Jul 17, 2022  5:04:04 PM / Me / …"


@dataclass(frozen=True)
class Written:
    """One message as written: its line, `Jul 17, 2022`, `5:04:04 PM`, who sent it, the words, if it is a reply shown
    under the message it answers, and whether the file itself says that the owner sent it."""

    line: int
    day: str
    clock: str
    sender: str
    text: str
    nested: bool = False
    own: bool | None = None


def contacts(source: Source, known: Known, written: Iterable[Written]) -> Iterator[Item]:
    """The messages as contacts. A reply stands under what it answers and again in its own place: it counts once."""
    messages = list(written)
    placed = {(one.day, one.clock, one.sender, one.text) for one in messages if not one.nested}
    tally, sides = Tally(source), Sides.of(known, (one.sender for one in messages))
    me = words("imessage")["me"]
    senders = {one.sender for one in messages}
    others = senders - known.owner_names - {me}
    peer = others.pop() if len(others) == 1 else None
    for one in messages:
        if one.nested and (one.day, one.clock, one.sender, one.text) in placed:
            continue
        try:
            at = datetime.strptime(f"{one.day} {one.clock}", "%b %d, %Y %I:%M:%S %p")
        except ValueError as problem:
            yield Unreadable(source.name, one.line, EXPECTED, str(problem))
            continue
        own = one.sender == me if me in senders else one.own
        own = sides.by_owner(one.sender) if own is None else own
        if not one.text:
            tally.add("media")
        yield tally.seen(message(known, own, sender=one.sender, peer=peer, local_time=at, text=one.text, line=one.line))
    yield from tally.notes()
