"""WeChat chats as the chatlog tool writes them in CSV: `Time,SenderName,Sender,TalkerName,Talker,Content`.

`Time` is local time of the computer, without a zone. In a chat of two, `Talker` is the other person's account: what
another account sent, the owner sent. In a group (`@chatroom`) only names can tell who the owner is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from dunlint.records.reader import Item, Known, Reader
from dunlint.records.readers.chats import Sides, Tally, message
from dunlint.records.readers.csv_records import records
from dunlint.records.schema import Contact, Unreadable
from dunlint.records.source import Source

NEEDED = ("Time", "SenderName", "Sender", "TalkerName", "Talker", "Content")
GROUP = "@chatroom"
MEDIA = ("[", "![")  # a picture is written as [name] or ![name](address)


def recognises(source: Source) -> bool:
    return set(NEEDED) <= set(_names(source.head_text.split("\n", 1)[0]))


def _names(first: str) -> list[str]:
    return [name.strip().strip('"') for name in first.lstrip("\ufeff").split(",")]


def read(source: Source, known: Known) -> Iterator[Item]:
    tally, sides = Tally(source), Sides.of(known, _senders(source) if known.owner_names else ())
    for line, row in _rows(source):
        try:
            contact = _contact(row, sides, tally)
        except ValueError as problem:
            yield Unreadable(source.name, line, ", ".join(NEEDED), str(problem))
            continue
        contact.source_line = line
        yield tally.seen(contact)
    yield from tally.notes()


def _rows(source: Source) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, column -> value); a row that cannot be read is empty."""
    rows = records(source.lines())
    header = _names(",".join(next(rows)[1] or []))
    for line, row in rows:
        if row != []:
            yield line, dict(zip(header, row, strict=True)) if row and len(row) == len(header) else {}


def _senders(source: Source) -> Iterator[str]:
    return (row["SenderName"] for _, row in _rows(source) if row)


def _contact(row: dict[str, str], sides: Sides, tally: Tally) -> Contact:
    if not row:
        raise ValueError("columns")
    at = datetime.fromisoformat(row["Time"].strip())
    sender, peer = row["SenderName"] or row["Sender"], row["TalkerName"] or row["Talker"]
    is_group = row["Talker"].endswith(GROUP)
    own = sides.by_owner(sender) if is_group or not row["Sender"] else row["Sender"] != row["Talker"]
    text: str | None = row["Content"]
    if not text or (text.startswith(MEDIA) and text.endswith(("]", ")")) and "\n" not in text):
        tally.add("media")
        text = None
    naive = at.replace(tzinfo=None) if at.tzinfo is None else None
    return message(
        sides.known, own, sender=sender, peer=peer, local_time=naive, at=None if naive else at, text=text
    )  # fmt: skip


READER = Reader(
    "wechat_chatlog_csv", recognises, read, (".csv",), example="Time,SenderName,Sender,TalkerName,Talker,Content"
)
