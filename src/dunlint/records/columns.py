"""Contacts, accounts and events as columns.

Contacts are turned into columns a few thousand at a time while they are read, so that a backup of gigabytes is never
held as Python objects. What is the same in a whole piece (the file, its hash, the case) or empty in it is stored once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl

from dunlint.records.schema import CONTACT_COLUMNS, EVENT_COLUMNS, Contact
from dunlint.records.zones import IN_ORDER

PIECE, PIECE_CHARACTERS = 5_000, 8 << 20
CONTENT = ("case_id", "channel", "direction", "from_number", "to_number")  # and the time and the words


class ContactTable:
    """Takes contacts one by one and hands them back as one table."""

    def __init__(self) -> None:
        self._waiting: list[Contact] = []
        self._pieces: list[pl.DataFrame] = []
        self._characters = 0

    def __len__(self) -> int:
        return sum(map(len, self._pieces)) + len(self._waiting)

    def add(self, contact: Contact) -> None:
        self._waiting.append(contact)
        self._characters += len(contact.text or "")
        if len(self._waiting) >= PIECE or self._characters >= PIECE_CHARACTERS:
            self._settle()

    def add_frame(self, frame: pl.DataFrame) -> None:
        """Many contacts at once, in CONTACT_COLUMNS."""
        if self._waiting:
            self._settle()
        self._pieces.append(frame)

    def frame(self) -> pl.DataFrame:
        """CONTACT_COLUMNS in the order the contacts came in; contacts without an id have none yet."""
        if self._waiting or not self._pieces:
            self._settle()
        self._pieces = [pl.concat(self._pieces, rechunk=False)]
        return self._pieces[0]

    def _settle(self) -> None:
        columns = {name: _column(name, [getattr(c, name) for c in self._waiting]) for name in CONTACT_COLUMNS}
        self._pieces.append(pl.DataFrame(columns))
        self._waiting, self._characters = [], 0


def _column(name: str, values: list[Any]) -> pl.Series:
    dtype = CONTACT_COLUMNS[name]
    if name == "turns":
        values = [
            [{"speaker": t.speaker, "start": t.start, "end": t.end, "text": t.text} for t in turns] or None
            for turns in values
        ]
    elif values and dtype == pl.String:
        first = values[0]
        if (first is None or isinstance(first, str)) and all(value == first for value in values):
            return pl.repeat(whole(first), len(values), dtype=dtype, eager=True).alias(name)
    elif all(value is None for value in values):
        return pl.repeat(None, len(values), dtype=dtype, eager=True).alias(name)
    return _series(name, values, dtype)


def _series(name: str, values: list[Any], dtype: Any) -> pl.Series:
    try:
        return pl.Series(name, values, dtype=dtype, strict=False)
    except UnicodeEncodeError:  # half a surrogate pair, as JSON may spell it, is no text that can be stored
        return pl.Series(name, [whole(value) for value in values], dtype=dtype, strict=False)


def whole(value: Any) -> Any:
    """The same value, half surrogate pairs in any text of it replaced by U+FFFD."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    if isinstance(value, list):
        return [whole(part) for part in value]
    return {key: whole(part) for key, part in value.items()} if isinstance(value, dict) else value


def contact_table(contacts: Iterable[Contact]) -> pl.DataFrame:
    """CONTACT_COLUMNS in order of time within each case; contacts without an id get one from their content."""
    table = ContactTable()
    for contact in contacts:
        table.add(contact)
    return finished(table.frame())


def finished(frame: pl.DataFrame) -> pl.DataFrame:
    """In order of time within each case, contacts without an id given one."""
    return with_ids(in_order(frame))


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """By case and time, unknown times last, else as they came; moved column by column, so that memory stays low."""
    places = frame.select(
        pl.arg_sort_by(pl.col("case_id"), pl.col("at"), nulls_last=[False, True], maintain_order=True)
    ).to_series()
    if places.is_sorted():
        return frame
    columns = frame.get_columns()
    del frame
    for number, column in enumerate(columns):
        if column.null_count() < len(column):
            columns[number] = column.gather(places)
    return pl.DataFrame(columns)


def with_ids(frame: pl.DataFrame) -> pl.DataFrame:
    """Ids are the same whichever file or order a contact came in; equal contacts are told apart by their number."""
    if not frame["contact_id"].is_null().any():
        return frame
    made = pl.concat([pl.Series("made", list(_digests(piece)), dtype=pl.String) for piece in frame.iter_slices(PIECE)])
    given = frame["contact_id"]
    if made.is_duplicated().any():
        bare = pl.DataFrame({"made": made, "bare": given.is_null()})
        count = pl.col("made").cum_count().over("made", "bare")
        again = pl.when(count > 1).then(pl.format("{}-{}", "made", count)).otherwise("made")
        made = bare.select(again.alias("made")).to_series()
    return frame.with_columns(given.zip_with(given.is_not_null(), made))


def _digests(frame: pl.DataFrame) -> Iterator[str]:
    for *known, at, local, text, turns in frame.select(*CONTENT, "at", "local_time", "text", "turns").iter_rows():
        words = text or "\n".join(turn["text"] for turn in turns or ())
        parts = "\x1f".join(map(str, [known[0], local or at, *known[1:], words]))
        yield f"c-{hashlib.blake2b(parts.encode('utf-8'), digest_size=6).hexdigest()}"


def event_table(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """EVENT_COLUMNS in order of time; ids are made where missing, the origin is `record` unless said."""
    for number, row in enumerate(rows, 1):
        row.setdefault("event_id", f"e-{number}")
        row.setdefault("origin", "record")
    return table(rows, EVENT_COLUMNS).sort(IN_ORDER, maintain_order=True)


def table(rows: list[dict[str, Any]], columns: dict[str, Any]) -> pl.DataFrame:
    """Rows as a table of exactly these columns."""
    return pl.DataFrame([_series(name, [row.get(name) for row in rows], dtype) for name, dtype in columns.items()])
