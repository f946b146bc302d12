"""A single mail as RFC 5322 text (`.eml`). What of it is read, and how, is told in `mail`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dunlint.errors import UnreadableFile
from dunlint.records.reader import Item, Known, Reader
from dunlint.records.readers.mail import Mails, delivered_to
from dunlint.records.schema import Unreadable
from dunlint.records.source import Source

LONGEST = 128 << 20
HEADER = re.compile(rb"(?:\xef\xbb\xbf)?(?:[!-9;-~]{1,76}:[^\n]*\n(?:[ \t][^\n]*\n)*)+")
SENDING = re.compile(rb"^(?:from|received|return-path|delivered-to):", re.IGNORECASE | re.MULTILINE)
ABOUT = re.compile(rb"^(?:date|subject|to|mime-version|message-id):", re.IGNORECASE | re.MULTILINE)


def recognises(source: Source) -> bool:
    found = HEADER.match(source.head.replace(b"\r\n", b"\n"))
    return bool(found and SENDING.search(found[0]) and ABOUT.search(found[0]))


def read(source: Source, known: Known) -> Iterator[Item]:
    if source.path.stat().st_size > LONGEST:
        raise UnreadableFile("record_too_long", where=source.name, limit=LONGEST)
    raw = source.path.read_bytes()
    mails = Mails(source, known, delivered_to(raw))
    try:
        yield mails.contact(raw, 1)
    except ValueError as problem:
        yield Unreadable(source.name, 1, "From:, To:, Date:", str(problem))
    yield from mails.notes()


READER = Reader("eml", recognises, read, (".eml",), example="From: ...\nTo: ...\nDate: Tue, 03 Mar 2026 22:40:00 +0800")
