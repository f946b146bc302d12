"""An iMessage chat as imessage-exporter writes it in text: a line with the time, a line with the sender, the words.

Times are local time of the exporting computer. "Me" is the owner. Reactions and effects are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dunlint.records.reader import Item, Known, Note, Reader
from dunlint.records.readers.chats import blocks
from dunlint.records.readers.imessage import EXPECTED, STAMP, Written, contacts
from dunlint.records.readers.words import words
from dunlint.records.schema import Unreadable
from dunlint.records.source import Source

HEADER = re.compile(rf"\ufeff?( *){STAMP}(?: \([^()]*\))?\s*\Z")
ANNOUNCEMENT = re.compile(rf"{STAMP} \S")


def recognises(source: Source) -> bool:
    return any(HEADER.match(line) for line in source.head_text.split("\n")[:20])


def read(source: Source, known: Known) -> Iterator[Item]:
    written, announced = [], 0
    for line, header, body in blocks(source.lines(), HEADER.match):
        kept = [one for one in body if not ANNOUNCEMENT.match(one)]
        announced += len(body) - len(kept)
        if header is None or not any(kept):
            if header is not None or any(kept):
                yield Unreadable(source.name, line, EXPECTED, (header[0] if header else kept[0]).strip()[:60])
            continue
        indent = len(header[1])
        sender, *said = [one[indent:] if one.startswith(header[1]) else one for one in kept]
        written.append(Written(line, header[2], header[3], sender.strip(), _words(said), nested=indent > 0))
    yield from contacts(source, known, written)
    if announced:
        yield Note("note.system_lines", {"file": source.name, "count": announced})


def _words(lines: list[str]) -> str:
    told = words("imessage")
    ends = next((n for n, line in enumerate(lines) if line in (told["reactions"], told["tapbacks"])), len(lines))
    kept = [one for one in lines[:ends] if one != told["reply_note"] and not one.startswith(told["effects"])]
    return "\n".join(kept).strip()


READER = Reader("imessage_txt", recognises, read, (".txt",), example="Jul 17, 2022  5:04:04 PM\nMe\n...")
