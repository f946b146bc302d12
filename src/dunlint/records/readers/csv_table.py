"""CSV, TSV or semicolon tables in Dunlint's own column names (see `dunlint formats`): contacts, events or
accounts.
"""

from __future__ import annotations

from collections.abc import Iterator

from dunlint.errors import UnreadableFile
from dunlint.records.reader import Item, Known, Reader
from dunlint.records.readers.csv_records import records
from dunlint.records.readers.rows import item, table_of
from dunlint.records.schema import Unreadable
from dunlint.records.source import Source

DELIMITERS = ",\t;|"
MOST_COLUMNS = 2_000


def recognises(source: Source) -> bool:
    first = source.head_text.split("\n", 1)[0]
    return table_of(_names(first, _delimiter(first))) is not None


def read(source: Source, known: Known) -> Iterator[Item]:
    first = source.head_text.split("\n", 1)[0]
    delimiter = _delimiter(first)
    if first.count(delimiter) >= MOST_COLUMNS:
        raise UnreadableFile("too_many_columns", where=f"{source.name}:1", limit=MOST_COLUMNS)
    rows = records(source.lines(), delimiter)
    header = [name.lstrip("\ufeff").strip() for name in next(rows, (1, None))[1] or []]
    table = table_of(header)
    if table is None:
        raise UnreadableFile("not_our_columns", where=f"{source.name}:1", found=", ".join(header)[:120])
    for line, row in rows:
        if row != []:
            yield _read_row(source, table, header, row, line, known)


def _read_row(source: Source, table: str, header: list[str], row: list[str] | None, line: int, known: Known) -> Item:
    if row is None or len(row) != len(header):
        found = f"{len(row)} columns" if row is not None else "unbalanced quotes"
        return Unreadable(source.name, line, f"{len(header)} columns", found)
    try:
        return item(table, dict(zip(header, row, strict=True)), line, known)
    except ValueError as problem:
        return Unreadable(source.name, line, "Dunlint CSV", str(problem))


def _delimiter(first: str) -> str:
    return max(DELIMITERS, key=first.count)


def _names(first: str, delimiter: str) -> list[str]:
    return [name.strip().strip('"') for name in first.lstrip("\ufeff").rstrip("\r\n").split(delimiter)]


READER = Reader("csv", recognises, read, (".csv", ".tsv"))
