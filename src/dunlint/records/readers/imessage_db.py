"""Apple's own message database, `chat.db` of a Mac or `sms.db` of a phone backup, read as it is and never written to.

`date` counts from 2001-01-01 UTC: nanoseconds, in old databases seconds. Words that are not in `text` are packed in
`attributedBody` (Apple's typedstream), of which only the string is taken out. The source line of a contact is the
row number of its message. Reactions and changes of a group are counted, not kept.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

from dunlint.errors import UnreadableFile
from dunlint.records.reader import Item, Known, Reader
from dunlint.records.readers.chats import Tally, message
from dunlint.records.schema import Contact, Unreadable
from dunlint.records.source import Source

MAGIC = b"SQLite format 3\0"
APPLE_EPOCH = datetime(2001, 1, 1, tzinfo=UTC)
NANOSECONDS = 10**11  # as seconds this would be the year 5169
REACTIONS = range(2000, 4000)
OBJECT = "\ufffc"
TABLES = ("message", "handle")
COLUMNS = ("text", "attributedBody", "is_from_me", "date", "item_type", "associated_message_type")
CHAT = (
    "(SELECT coalesce(nullif(chat.display_name, ''), chat.chat_identifier) FROM chat_message_join AS joined "
    "JOIN chat ON chat.ROWID = joined.chat_id WHERE joined.message_id = message.ROWID)"
)


def recognises(source: Source) -> bool:
    if not source.head.startswith(MAGIC):
        return False
    try:
        with closing(_opened(source)) as database:
            return set(TABLES) <= _tables(database) and {"is_from_me", "date"} <= _columns(database)
    except sqlite3.Error:
        return False


def _opened(source: Source) -> sqlite3.Connection:
    database = sqlite3.connect(f"{source.path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    database.text_factory = lambda raw: raw.decode("utf-8", "replace")
    database.execute("PRAGMA trusted_schema = OFF")
    return database


def _tables(database: sqlite3.Connection) -> set[str]:
    return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _columns(database: sqlite3.Connection) -> set[str]:
    return {row[1] for row in database.execute("PRAGMA table_info(message)")}


def read(source: Source, known: Known) -> Iterator[Item]:
    tally = Tally(source)
    try:
        with closing(_opened(source)) as database:
            for number, *values in database.execute(_query(database)):
                try:
                    contact = _contact(values, known, tally)
                except (ValueError, TypeError, OverflowError) as problem:
                    yield Unreadable(source.name, number, "message", f"{type(problem).__name__}: {problem}")
                    continue
                if contact is not None:
                    contact.source_line = number
                    yield tally.seen(contact)
    except sqlite3.Error as problem:
        raise UnreadableFile("broken_format", where=source.name, format="SQLite", reason=str(problem)) from problem
    yield from tally.notes()


def _query(database: sqlite3.Connection) -> str:
    present = _columns(database)
    wanted = [f"message.{name}" if name in present else f"NULL AS {name}" for name in COLUMNS]
    chat = CHAT if {"chat", "chat_message_join"} <= _tables(database) else "NULL"
    return (
        f"SELECT message.ROWID, {', '.join(wanted)}, handle.id, {chat} FROM message "
        "LEFT JOIN handle ON handle.ROWID = message.handle_id ORDER BY message.ROWID"
    )


def _contact(values: list[Any], known: Known, tally: Tally) -> Contact | None:
    text, packed, from_me, date, item, associated, sender, chat = values
    if item or (associated or 0) in REACTIONS:
        tally.add("system_lines")
        return None
    said = str(text or "")
    if not said and packed:
        found = unpacked(packed)
        tally.add("body_unread") if found is None else None
        said = found or ""
    said = said.replace(OBJECT, "").strip()
    if not said and not packed:
        tally.add("media")
    own = None if from_me is None else bool(from_me)
    peer = chat or sender
    return message(known, own, sender=sender or chat, peer=peer, at=_instant(date), text=said)


def _instant(date: Any) -> datetime | None:
    if not date:
        return None
    number = int(date)
    return APPLE_EPOCH + timedelta(microseconds=number // 1000 if abs(number) >= NANOSECONDS else number * 1_000_000)


def unpacked(body: bytes) -> str | None:
    """The string inside an attributedBody: after its class name, `+`, a length of one, two or four bytes, UTF-8."""
    _, found, rest = bytes(body).partition(b"NSString")
    place = rest.find(b"+", 0, 16)
    if not found or place < 0 or len(rest) < place + 6:
        return None
    width = {0x81: 2, 0x82: 4}.get(rest[place + 1], 0)
    start = place + 2 + width
    length = int.from_bytes(rest[place + 2 : start], "little") if width else rest[place + 1]
    raw = rest[start : start + length]
    try:
        return raw.decode("utf-8") if len(raw) == length else None
    except UnicodeDecodeError:
        return None


READER = Reader("imessage_db", recognises, read, (".db",))
