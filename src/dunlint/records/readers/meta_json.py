"""Messages of Instagram and Facebook as Meta's "Download your information" gives them (`message_1.json`).

`timestamp_ms` is epoch milliseconds. Text is UTF-8 whose bytes were written as Latin-1 characters (`\\u00e4\\u00bd…`),
which is undone where it can be. In a chat of two the title is the other person's name; else `owner` says whose it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from dunlint.records.reader import Item, Known, Reader
from dunlint.records.readers.chats import Sides, Tally, each_message, from_epoch, message
from dunlint.records.readers.json_records import objects
from dunlint.records.schema import Contact
from dunlint.records.source import Source

MESSAGES = re.compile(r'"messages"\s*:\s*\[')
FINGERPRINT = re.compile(r'"sender_name"\s*:')
STAMP = re.compile(r'"timestamp_ms"\s*:')
TITLE = re.compile(r'"title"\s*:\s*("(?:[^"\\]|\\.)*")')
TAIL_BYTES = 1 << 16
EXPECTED = "{sender_name, timestamp_ms, content}"


def recognises(source: Source) -> bool:
    head = source.head_text
    return all(pattern.search(head) for pattern in (MESSAGES, FINGERPRINT, STAMP))


def read(source: Source, known: Known) -> Iterator[Item]:
    authors = {unescaped(found.value.get("sender_name")) for found in objects(source, MESSAGES) if found.value}
    people = {name for name in authors if name}
    tally, sides = Tally(source), Sides.of(known, people)
    title = _title(source) if len(people) <= 2 else None
    yield from each_message(
        source, objects(source, MESSAGES), lambda one: _contact(one.value or {}, sides, title, people, tally),
        tally, EXPECTED,
    )  # fmt: skip


def _contact(raw: dict[str, Any], sides: Sides, title: str | None, people: set[str], tally: Tally) -> Contact:
    sender = unescaped(raw["sender_name"])
    by_owner = sides.by_owner(sender)
    if by_owner is None and title in people:
        by_owner = sender != title
    text, is_call = unescaped(raw.get("content")), "call_duration" in raw
    if text is None:
        tally.add("deleted" if raw.get("is_unsent") else "media")
    contact = message(
        sides.known, by_owner, sender=sender, peer=title or sides.peer, text=None if is_call else text,
        at=from_epoch(int(raw["timestamp_ms"]) / 1000), channel="call" if is_call else "im",
    )  # fmt: skip
    if is_call:
        contact.talk_seconds = float(raw["call_duration"] or 0)
        contact.outcome = "connected" if contact.talk_seconds > 0 else "no_answer"
    return contact


def unescaped(text: Any) -> str | None:
    """The text behind UTF-8 bytes written as Latin-1 characters; unchanged if it is no such text."""
    if not isinstance(text, str):
        return None
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _title(source: Source) -> str | None:
    """The chat's title, which stands behind the messages."""
    with source.path.open("rb") as stream:
        stream.seek(max(source.path.stat().st_size - TAIL_BYTES, 0))
        found = TITLE.findall(stream.read().decode("utf-8", "replace"))
    try:
        return unescaped(json.loads(found[-1])) if found else None
    except ValueError:
        return None


READER = Reader(
    "meta_json", recognises, read, (".json",),
    example='{"participants": [...], "messages": [{"sender_name": "...", "timestamp_ms": 1772500000000, "content": ...',
)  # fmt: skip
