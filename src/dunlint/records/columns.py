"""Contacts, accounts and events as columns.

Contacts are turned into columns a few thousand at a time while they are read, so that a backup of gigabytes is never
held as Python objects. What is the same in a whole piece (the file, its hash, the case) or empty in it is stored once.
Where there is a folder for them, the columns themselves do not stay in memory either: beyond HELD_ROWS or HELD_BYTES
they go to disk (`records.spill` goes on from there).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from dunlint.records.schema import CONTACT_COLUMNS, EVENT_COLUMNS, Contact
from dunlint.records.zones import IN_ORDER
from dunlint.writing import telling

PIECE, PIECE_CHARACTERS = 5_000, 8 << 20
HELD_ROWS, HELD_BYTES = 100_000, 64 << 20
SMALL_PIECE, MOST_SMALL = 500, 256  # rows; such pieces in a row
LEAST_BYTES = 20 << 10  # that a piece takes however small, as measured: of very many tiny files it is nearly all
CONTENT = ("case_id", "channel", "direction", "from_number", "to_number")  # and the time and the words


class ContactTable:
    """Takes contacts one by one and hands them back as one table, which lies in `folder` if it is large."""

    def __init__(self, folder: Path | None = None) -> None:
        self._waiting: list[Contact] = []
        self._pieces: list[pl.DataFrame] = []
        self._rows = self._bytes = 0  # in the pieces
        self._small = 0  # of the last pieces
        self._characters = 0
        self._folder = folder
        self._files: list[Path] = []
        self._written = 0

    def __len__(self) -> int:
        return self._written + self._rows + len(self._waiting)

    @property
    def on_disk(self) -> bool:
        """Whether the table was too large to be held."""
        return bool(self._files)

    def add(self, contact: Contact) -> None:
        self._waiting.append(contact)
        self._characters += len(contact.text or "")
        if len(self._waiting) >= PIECE or self._characters >= PIECE_CHARACTERS:
            self._settle()

    def add_frame(self, frame: pl.DataFrame) -> None:
        """Many contacts at once, in CONTACT_COLUMNS."""
        if self._waiting:
            self._settle()
        self._keep(frame)

    def lazy(self) -> pl.LazyFrame:
        """CONTACT_COLUMNS in the order the contacts came in; contacts without an id have none yet."""
        if self._waiting or not len(self):
            self._settle()
        if self._files:
            self._write()
            return pl.scan_parquet(self._files)
        self._pieces = [pl.concat(self._pieces, rechunk=False)]
        return self._pieces[0].lazy()

    def _settle(self) -> None:
        columns = {name: _column(name, [getattr(c, name) for c in self._waiting]) for name in CONTACT_COLUMNS}
        self._waiting, self._characters = [], 0
        self._keep(pl.DataFrame(columns))

    def _keep(self, piece: pl.DataFrame) -> None:
        self._pieces.append(piece)
        self._rows += len(piece)
        self._bytes += max(LEAST_BYTES, int(piece.estimated_size()))
        self._small = self._small + 1 if len(piece) < SMALL_PIECE else 0
        if self._small == MOST_SMALL:  # of very many tiny files the frames would take more memory than what is in them
            self._pieces[-MOST_SMALL:] = [pl.concat(self._pieces[-MOST_SMALL:], rechunk=True)]
            self._small = 0
        if self._folder and (self._rows >= HELD_ROWS or self._bytes >= HELD_BYTES):
            self._write()

    def _write(self) -> None:
        if self._folder and self._pieces:
            path = self._folder / f"read-{len(self._files):06}.parquet"
            self._files.append(stored(pl.concat(self._pieces, rechunk=False), path))
            self._written += self._rows
            self._pieces, self._rows, self._bytes, self._small = [], 0, 0, 0


def stored(frame: pl.DataFrame, path: Path) -> Path:
    """The frame as a file for a while, packed lightly. Raises OutputError where there is no room."""
    with telling(path):
        frame.write_parquet(path, compression="lz4", statistics=False)
    return path


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
    return finished(table.lazy().collect())


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
    given = frame["contact_id"]
    if not given.is_null().any():
        return frame
    made = pl.concat([digests(piece) for piece in frame.iter_slices(PIECE)])
    return frame.with_columns(ids(given, made, repeats(made, given.is_null())))


def digests(frame: pl.DataFrame) -> pl.Series:
    """What each contact holds, as a number of 48 bits."""
    return pl.Series("digest", map(_digest, frame.select(*CONTENT, "at", "local_time", "text", "turns").iter_rows()),
                     dtype=pl.UInt64)  # fmt: skip


def _digest(row: tuple[Any, ...]) -> int:
    case, *known, at, local, text, turns = row
    words = text or "\n".join(turn["text"] for turn in turns or ())
    parts = "\x1f".join(map(str, [case, local or at, *known, words]))
    return int.from_bytes(hashlib.blake2b(parts.encode("utf-8"), digest_size=6).digest())


def repeats(made: pl.Series, bare: pl.Series) -> pl.Series:
    """For each contact how many with the same digest there are up to it, counted among those with (`bare`: without) an
    id of their own. Sorting finds the few digests that come again in less memory than a hash table of them all.
    """
    count = pl.repeat(1, len(made), dtype=pl.UInt32, eager=True)
    ordered = made.sort()
    again = ordered.filter(ordered == ordered.shift(1)).unique()
    if again.is_empty():
        return count
    rows = made.is_in(again.implode()).arg_true()
    counted = pl.select(made.gather(rows).alias("made"), bare.gather(rows).alias("bare")).select(
        pl.col("made").cum_count().over("made", "bare")
    )
    return count.scatter(rows, counted.to_series())


def ids(given: pl.Series, made: pl.Series, repeat: pl.Series) -> pl.Series:
    """The ids that were given, else those made of a digest and its number."""
    names = [f"c-{digest:012x}" if number == 1 else f"c-{digest:012x}-{number}"
             for digest, number in zip(made, repeat, strict=True)]  # fmt: skip
    return given.zip_with(given.is_not_null(), pl.Series(names, dtype=pl.String))


def event_table(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """EVENT_COLUMNS in order of time; ids are made where missing, the origin is `record` unless said."""
    for number, row in enumerate(rows, 1):
        row.setdefault("event_id", f"e-{number}")
        row.setdefault("origin", "record")
    return table(rows, EVENT_COLUMNS).sort(IN_ORDER, maintain_order=True)


def table(rows: list[dict[str, Any]], columns: dict[str, Any]) -> pl.DataFrame:
    """Rows as a table of exactly these columns."""
    return pl.DataFrame([_series(name, [row.get(name) for row in rows], dtype) for name, dtype in columns.items()])
