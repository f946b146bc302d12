"""Signal chats as text: `[YYYY-MM-DD, HH:MM] Name: text`, the following lines without a header belonging to it.

Times are local and name no zone; who the owner is must be said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from dunlint.records.reader import Item, Known, Reader
from dunlint.records.readers.chats import Sides, Tally, blocks, message
from dunlint.records.schema import Unreadable
from dunlint.records.source import Source

HEADER = re.compile(r"\ufeff?\[(\d{4}-\d\d-\d\d), (\d\d:\d\d(?::\d\d)?)\] ([^:\n]+): ?(.*)")


def recognises(source: Source) -> bool:
    return any(HEADER.match(line) for line in source.head_text.split("\n")[:20])


def read(source: Source, known: Known) -> Iterator[Item]:
    tally = Tally(source)
    sides = Sides.of(known, (found[3] for found in map(HEADER.match, source.lines()) if found))
    for line, header, body in blocks(source.lines(), HEADER.match):
        if header is None:
            yield Unreadable(source.name, line, "[YYYY-MM-DD, HH:MM] Name: …", body[0][:60])
            continue
        day, clock, sender, first = header.groups()
        try:
            at = datetime.fromisoformat(f"{day}T{clock}")
        except ValueError as problem:
            yield Unreadable(source.name, line, "[YYYY-MM-DD, HH:MM] Name: …", str(problem))
            continue
        text = "\n".join([first, *body]).strip()
        own = sides.by_owner(sender)
        yield tally.seen(message(known, own, sender=sender, peer=sides.peer, local_time=at, text=text, line=line))
    yield from tally.notes()


READER = Reader("signal", recognises, read, (".txt",), example="[2026-03-13, 09:02] Name: ...")
