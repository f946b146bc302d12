"""Workbooks: XLSX, XLS, XLSB and ODS, each sheet a table.

Read by fastexcel (the calamine engine, the one that `polars.read_excel` uses): columns instead of Python cells, empty
rows kept so that row numbers hold, and every cell as text, whole numbers in full: a phone number stays
13800000003. Formulas give the value that was saved with them; a cell that holds an error is empty, and `Sheet.errors`
names it where the file is XLSX.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from dunlint.errors import UnreadableFile
from dunlint.records.archive import guard
from dunlint.records.source import Source
from dunlint.records.tables.cell_errors import cell_errors
from dunlint.records.tables.sheet import (
    BATCH_ROWS,
    MOST_COLUMNS,
    PREFACE_ROWS,
    Batch,
    ErrorCell,
    Sheet,
    header_names,
)
from dunlint.records.tables.typed import LINE
from dunlint.records.tables.words import header_at

if TYPE_CHECKING:
    from fastexcel import ExcelReader

MOST_BLANK = 1_000  # rows above the first that holds something
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # XLS, and XLSX under a password
ZIP = b"PK\x03\x04"
LOCKED = "EncryptedPackage"
INSIDE_OLE = ("Workbook", "Book", LOCKED)
INSIDE = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")


def recognises(source: Source) -> bool:
    """By content: an old workbook, or a ZIP that holds a workbook."""
    if source.head.startswith(OLE):  # mail and text documents are in this container too
        whole = source.path.read_bytes()
        return any(name.encode("utf-16-le") in whole for name in INSIDE_OLE)
    if not source.head.startswith(ZIP):
        return False
    try:
        with zipfile.ZipFile(source.path) as archive:
            return any(name in archive.NameToInfo for name in INSIDE)
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        return False


def sheets(source: Source, wanted: frozenset[str] = frozenset()) -> list[Sheet]:
    """Every sheet that is not empty. Raises UnreadableFile where the file is damaged or under a password."""
    import fastexcel

    if source.head.startswith(ZIP):
        guard(source)
    try:
        book = fastexcel.read_excel(source.path.read_bytes())
    except fastexcel.FastExcelError as problem:
        if source.head.startswith(OLE) and LOCKED.encode("utf-16-le") in source.path.read_bytes():
            raise UnreadableFile("locked_workbook", where=source.name) from problem
        raise UnreadableFile(
            "broken_format", where=source.name, format="XLSX", reason=str(problem).split("\n", 1)[0]
        ) from problem
    return [sheet for name in book.sheet_names for sheet in _sheet(book, name, source, wanted)]


def _sheet(book: ExcelReader, name: str, source: Source, wanted: frozenset[str]) -> Iterator[Sheet]:
    import fastexcel

    try:
        loaded = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string", n_rows=MOST_BLANK + PREFACE_ROWS)
    except fastexcel.FastExcelError as problem:
        raise UnreadableFile(
            "broken_format", where=f"{source.name}[{name}]", format="XLSX", reason=str(problem).split("\n", 1)[0]
        ) from problem
    if not loaded.width or not loaded.height:
        return
    if loaded.width > MOST_COLUMNS:
        raise UnreadableFile("too_many_columns", where=f"{source.name}[{name}]", limit=MOST_COLUMNS)
    top = loaded.to_polars()
    used = top.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    blank = used.arg_max() or 0
    rows = [[(cell or "").strip() for cell in row] for row in top.slice(blank, PREFACE_ROWS).iter_rows()]
    at = header_at(rows, wanted)
    columns = header_names(rows[at], source.name)
    at += blank
    named = {info.absolute_index: name for info, name in zip(loaded.selected_columns, columns, strict=True)}

    @cache
    def errors() -> list[ErrorCell]:
        found = cell_errors(source, name)
        return [ErrorCell(one.row, named[one.column], one.value) for one in found if one.row > at + 1]

    @cache
    def rows_below() -> pl.DataFrame:
        frame = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars().slice(at + 1)
        frame.columns = list(columns)
        lines = pl.int_range(at + 2, at + 2 + len(frame), dtype=pl.Int64, eager=True)
        filled = pl.any_horizontal(pl.col(columns).is_not_null()) | lines.is_in([one.line for one in errors()])
        return _days_shortened(frame).with_columns(lines.alias(LINE)).filter(filled)

    def batches() -> Iterator[Batch]:
        for part in rows_below().iter_slices(BATCH_ROWS):
            yield part, []

    yield Sheet(name, columns, batches, serial=True, line=at + 1, errors=errors)


def _days_shortened(frame: pl.DataFrame) -> pl.DataFrame:
    """A column whose every time is midnight holds dates: the clock that the file adds is taken off."""
    shortened = []
    for column in frame:
        filled = column.drop_nulls()
        if len(filled) and filled.str.contains(r"^\d{4}-\d\d-\d\d 00:00:00$").all():
            column = column.str.head(10)  # noqa: PLW2901 - the column itself is changed
        shortened.append(column)
    return pl.DataFrame(shortened)
