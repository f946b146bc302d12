"""Twilio's message log as CSV. The account is the collecting side's: `outbound-…` is what it sent.

`SentDate` bears its zone. Messages that were never sent, or that did not arrive, reached nobody and are counted in a
note. Exports overlap, so that a message comes once for its `Sid`.
"""

from __future__ import annotations

from collections.abc import Iterator

from dunlint.errors import UnreadableFile
from dunlint.records.reader import Item, Known, Note, Reader
from dunlint.records.readers.call_records import local_moment
from dunlint.records.readers.csv_records import records
from dunlint.records.schema import Contact, Unreadable
from dunlint.records.source import Source

NEEDED = ("From", "To", "Body", "Status", "SentDate", "Direction")
LOST = {"accepted", "canceled", "draft", "failed", "queued", "scheduled", "sending", "undelivered"}
CHATS = ("whatsapp:", "messenger:", "rcs:")
DIRECTIONS = {"inbound": "inbound", "outbound": "outbound"}


def recognises(source: Source) -> bool:
    return set(NEEDED) <= set(_names(source.head_text.split("\n", 1)[0].split(",")))


def read(source: Source, known: Known) -> Iterator[Item]:
    """Messages in file order; then notes on those that were left out. Raises UnreadableFile for another header."""
    rows = records(source.lines())
    header = _names(next(rows, (1, None))[1] or [])
    if missing := [name for name in NEEDED if name not in header]:
        reason = f"–: {', '.join(missing)}"
        raise UnreadableFile("broken_format", where=f"{source.name}:1", format="Twilio CSV", reason=reason)
    seen: set[str] = set()
    lost = twice = 0
    for line, row in rows:
        if row == []:
            continue
        try:
            cell = _cells(header, row)
            message = _message(cell, known, line)
        except (ValueError, OverflowError) as problem:
            yield Unreadable(source.name, line, ", ".join(NEEDED), str(problem)[:120])
            continue
        sid = cell.get("Sid", "")
        if sid and sid in seen:
            twice += 1
        elif cell["Status"] in LOST:
            lost += 1
        else:
            seen.add(sid)
            yield message
    for key, count in (("note.not_delivered", lost), ("note.rows_twice", twice)):
        if count:
            yield Note(key, {"file": source.name, "count": count})


def _names(cells: list[str]) -> list[str]:
    return [cell.lstrip("\ufeff").strip().strip('"') for cell in cells]


def _cells(header: list[str], row: list[str] | None) -> dict[str, str]:
    if row is None or len(row) != len(header):
        raise ValueError(f"{len(row)} columns" if row is not None else "unbalanced quotes")
    return dict(zip(header, row, strict=True))


def _message(cell: dict[str, str], known: Known, line: int) -> Contact:
    direction = DIRECTIONS.get(cell["Direction"].split("-", 1)[0])
    if direction is None:
        raise ValueError(f"Direction: {cell['Direction']!r}")
    at, zone_from = local_moment(cell["SentDate"].removesuffix(" UTC") + "Z" * cell["SentDate"].endswith(" UTC"), known)
    return Contact(
        at=at,
        zone_from=zone_from,
        channel="im" if cell["From"].startswith(CHATS) else "sms",
        direction=direction,
        outcome="connected",
        from_number=_number(cell["From"]),
        to_number=_number(cell["To"]),
        party=known.owner_party,
        text=cell["Body"].replace("\0", "\ufffd"),
        source_line=line,
    )


def _number(address: str) -> str | None:
    return next((address.removeprefix(chat) for chat in CHATS if address.startswith(chat)), address) or None


READER = Reader("twilio_messages", recognises, read, (".csv",))
