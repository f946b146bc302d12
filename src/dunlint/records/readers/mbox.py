"""A mailbox in one file (`.mbox`), mail by mail, so that memory holds one of them.

A mail begins at a line `From …` after an empty line. The standard `mailbox` module is not used: it takes every line
that begins with "From " for the start of a mail, and gives no line numbers. `>From ` at a line's start was `From `.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dunlint.records.reader import Item, Known, Reader
from dunlint.records.readers.mail import Mails, delivered_to
from dunlint.records.schema import Unreadable
from dunlint.records.source import Source

START = re.compile(rb"From \S.*\d{4}|From \S+\s*$")
ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
HEADER = re.compile(rb"\AFrom \S[^\n]*\n(?:[!-9;-~]{1,76}:|>From )")
LONGEST_MAIL = 128 << 20
PIECE = 1 << 20


def recognises(source: Source) -> bool:
    return bool(HEADER.match(source.head.replace(b"\r\n", b"\n")))


def read(source: Source, known: Known) -> Iterator[Item]:
    owner = frozenset[str]().union(*(delivered_to(raw) for _, raw in _mails(source) if raw))
    mails = Mails(source, known, owner)
    for line, raw in _mails(source):
        if raw is None:
            yield Unreadable(source.name, line, "From …", f"> {LONGEST_MAIL} bytes")
            continue
        try:
            yield mails.contact(ESCAPED.sub(rb"\1", raw), line)
        except ValueError as problem:
            yield Unreadable(source.name, line, "From:, To:, Date:", str(problem))
    yield from mails.notes()


def _mails(source: Source) -> Iterator[tuple[int, bytes | None]]:
    """(line of its `From …`, bytes after it) for each mail; None for one that is too long."""
    gathered: list[bytes] = []
    start, number, size, after_empty, at_line_start = 1, 0, 0, True, True
    with source.path.open("rb") as stream:
        while line := stream.readline(PIECE):
            number += at_line_start
            if at_line_start and after_empty and START.match(line):
                if number > 1:
                    yield start, b"".join(gathered) if size <= LONGEST_MAIL else None
                start, size = number, 0
                gathered = []
            else:
                size += len(line)
                if size <= LONGEST_MAIL:
                    gathered.append(line)
            after_empty = at_line_start and line in (b"\n", b"\r\n")
            at_line_start = line.endswith(b"\n")
    if number:
        yield start, b"".join(gathered) if size <= LONGEST_MAIL else None


READER = Reader(
    "mbox", recognises, read, (".mbox",), example="From name@example.com Tue Mar  3 22:40:00 2026\nFrom: ..."
)
