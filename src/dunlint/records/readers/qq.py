"""QQ's text export: banner lines, then `YYYY-MM-DD H:MM:SS Name(number)` or `Name<address>` with the words below it.

A banner names who the chat is with; whoever bears that name is not the owner. Times are local and name no zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import partial

from dunlint.records.reader import Item, Known, Reader
from dunlint.records.readers.chats import Sides, Tally, message
from dunlint.records.readers.words import words
from dunlint.records.schema import Contact, Unreadable
from dunlint.records.source import Source

HEADER = re.compile(r"(\d{4}-\d\d?-\d\d?) (\d\d?):(\d\d):(\d\d) (.*?)(?:\((\d+)\)|<([^<>\s]+)>)?\s*\Z")
RULE = re.compile(r"=+\s*\Z")


def recognises(source: Source) -> bool:
    lines = source.head_text.split("\n")[:40]
    told = words("qq")
    named = any(line.startswith((told["banner"], *told["peer"])) for line in lines)
    return named or any((found := HEADER.match(line)) and (found[6] or found[7]) for line in lines)


def read(source: Source, known: Known) -> Iterator[Item]:
    headers = [found.group(5, 6, 7) for found in map(HEADER.match, source.lines()) if found]
    sides = Sides.of(known, (name for names in set(headers) for name in names if name))
    names = {name for name, *_ in headers if name not in words("qq")["system"]}
    tally, peer = Tally(source), None
    for line, header, body, told in _messages(source):
        peer = told or peer
        if header is None:
            yield Unreadable(source.name, line, "YYYY-MM-DD H:MM:SS Name(number)", body[0][:60])
            continue
        try:
            contact = _contact(header, "\n".join(body).strip(), peer, sides, tally)
            if contact and contact.direction is None and len(names) == 2 and peer in names:
                contact = _by_the_other(contact, peer)
        except ValueError as problem:
            yield Unreadable(source.name, line, "YYYY-MM-DD H:MM:SS Name(number)", str(problem))
            continue
        if contact is not None:
            contact.source_line = line
            yield tally.seen(contact)
    yield from tally.notes()


def _messages(source: Source) -> Iterator[tuple[int, re.Match[str] | None, list[str], str | None]]:
    """(line, header, words below it, whom a banner named before it); words without a header have none."""
    told = words("qq")
    start, header, body, peer = 1, None, [], None
    for number, raw in enumerate(source.lines(), 1):
        line = raw.rstrip("\n").lstrip("\ufeff")
        found = HEADER.match(line)
        banner = next((mark for mark in told["peer"] if line.startswith(mark)), None)
        is_frame = RULE.match(line) or line.startswith((told["banner"], *told["section"]))
        if found is None and banner is None and not is_frame:
            body.append(line)
            continue
        if header is not None or any(body):
            yield start, header, body, peer
        start, header, body = number, found, []
        peer = line.removeprefix(banner).strip() if banner else peer
    if header is not None or any(body):
        yield start, header, body, peer


def _by_the_other(contact: Contact, peer: str | None) -> Contact:
    """In a chat of two, whoever is not the one the banner names is the owner."""
    contact.direction, contact.from_number, contact.to_number = "inbound", None, peer
    return contact


def _contact(header: re.Match[str], text: str, peer: str | None, sides: Sides, tally: Tally) -> Contact | None:
    day, hour, minute, second, name, number, address = header.groups()
    year, month, date = map(int, day.split("-"))
    at = datetime(year, month, date, int(hour), int(minute), int(second))
    if name in words("qq")["system"]:
        tally.add("system_lines")
        return None
    known = [sides.by_owner(one) for one in (name, number, address) if one]
    own = True if True in known else False if name == peer or False in known else None
    make = partial(message, sides.known, own, sender=name or number or address, peer=peer, local_time=at)
    if not text or text in words("qq")["media"]:
        tally.add("media")
        return make()
    return make(text=text)


READER = Reader("qq", recognises, read, (".txt",), example="2026-03-03 9:06:40 Name(10000001)\n...")
