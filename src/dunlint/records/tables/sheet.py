"""A table of somebody's, whatever file it stands in: its header, its first rows, and all of it in batches.

A batch is a frame with one column for each header name, text or the file's own types, and `typed.LINE`: the line (in
a text file), the row (in a sheet) or the number of the record (elsewhere), from 1. Beside it stand the lines that are
no rows at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from dunlint.errors import UnreadableFile
from dunlint.records.schema import Unreadable
from dunlint.records.source import HEAD_BYTES, Source
from dunlint.records.tables.typed import LINE

MOST_COLUMNS = 2_000
BATCH_ROWS = 100_000
SAMPLE_ROWS = 200
PREFACE_ROWS = 10

Batch = tuple[pl.DataFrame, list[Unreadable]]


@dataclass(frozen=True, slots=True)
class ErrorCell:
    """A cell that shows an error of its formula and counts as empty: its line, header name, and what it shows."""

    line: int
    column: str
    value: str


@dataclass(frozen=True)
class Sheet:
    """`name`: of a sheet or database table, empty for a file that is one table. `serial`: numbers may be dates.
    `errors`: its cells in error.
    """

    name: str
    columns: tuple[str, ...]
    batches: Callable[[], Iterator[Batch]]
    serial: bool = False
    line: int = 1
    errors: Callable[[], Sequence[ErrorCell]] = tuple

    def sample(self) -> pl.DataFrame:
        """The first rows that are rows, at most SAMPLE_ROWS."""
        for frame, _ in self.batches():
            if len(frame):
                return frame.head(SAMPLE_ROWS)
        return pl.DataFrame({name: [] for name in (*self.columns, LINE)})


def read_once(source: Source, batches: Callable[[], Iterator[Batch]]) -> Callable[[], Iterator[Batch]]:
    """`batches`, kept from the first reading where the file is small: a tiny one is parsed once for sample and rows."""
    if len(source.head) >= HEAD_BYTES:
        return batches
    kept: list[list[Batch]] = []

    def again() -> Iterator[Batch]:
        if not kept:
            kept.append(list(batches()))
        return iter(kept[0])

    return again


def header_names(cells: Iterable[str | None], where: str) -> tuple[str, ...]:
    """The names of a header: none empty, none twice. Raises UnreadableFile for more than MOST_COLUMNS."""
    names: list[str] = []
    taken: set[str] = set()
    for number, cell in enumerate(cells, 1):
        if number > MOST_COLUMNS:
            raise UnreadableFile("too_many_columns", where=where, limit=MOST_COLUMNS)
        name = (cell or "").strip().strip("\ufeff").strip() or f"column {number}"
        if name in taken:
            name = f"{name} ({number})"
        taken.add(name)
        names.append(name)
    return tuple(names)
