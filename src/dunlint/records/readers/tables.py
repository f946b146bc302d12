"""The readers of tables: CSV, JSON lines, workbooks, Parquet, SQLite and PostgreSQL, all by `records.tables`.

What the header means comes from a mapping, from our own names, or from a guess that a note tells. A Parquet file that
`dunlint import` wrote also brings what its case files said; `records.unreadable.csv` beside it, what could not be read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice

import polars as pl

from dunlint.errors import DunlintError
from dunlint.records.reader import Item, Kept, Known, Note, Reader, Table
from dunlint.records.schema import Unreadable
from dunlint.records.source import Source
from dunlint.records.tables import columnar, database, delimited, json_lines, workbook
from dunlint.records.tables.scan import scans
from dunlint.records.tables.suggest import could_be_ours

UNREADABLE_COLUMNS = ("file", "line", "expected", "found")
IMPORTED = "dunlint"  # the metadata key of a Parquet file written by `dunlint import`
FIRST_OBJECTS = 20


def read(source: Source, known: Known) -> Iterator[Item]:
    """Frames of contacts, accounts and events; rows that do not fit; notes on what was taken for what."""
    for scan in scans(source, known.mappings, known):
        told = len(scan.notes)
        yield from scan.notes
        for frame, unreadable in scan:
            yield Table(scan.table, frame, mapped=not scan.mapping.guessed)
            yield from unreadable
        yield from scan.notes[told:]


def read_csv(source: Source, known: Known) -> Iterator[Item]:
    if _header(source) == UNREADABLE_COLUMNS:
        yield from _listed_before(source)
    else:
        yield from read(source, known)


def _listed_before(source: Source) -> Iterator[Item]:
    """What could not be read when the table was made: it stays listed."""
    shape = delimited.shape_of(source, frozenset(UNREADABLE_COLUMNS))
    for frame, unread in delimited.batches(source, shape):
        for file, line, expected, found in frame.select(UNREADABLE_COLUMNS).iter_rows():
            yield Unreadable(file or "", int(line) if (line or "").isdigit() else None, expected or "", found or "")
        yield from unread


def read_parquet(source: Source, known: Known) -> Iterator[Item]:
    try:
        made = json.loads(pl.read_parquet_metadata(source.path).get(IMPORTED, "null"))
    except (ValueError, OSError, pl.exceptions.PolarsError):
        made = None
    if isinstance(made, dict):
        events = frozenset((str(case), str(kind)) for case, kind in made.get("kept_events", ()))
        yield Kept(events, tuple(made.get("rules", ())), tuple(made.get("notes", ())))
    for item in read(source, known):
        if not (isinstance(made, dict) and isinstance(item, Note)):
            yield item


def _header(source: Source) -> tuple[str, ...]:
    return delimited.shape_of(source, frozenset(UNREADABLE_COLUMNS)).columns


def recognises_csv(source: Source) -> bool:
    try:
        columns = _header(source)
    except DunlintError:  # too wide: reading it says so
        return True
    return columns == UNREADABLE_COLUMNS or could_be_ours(columns)


def recognises_jsonl(source: Source) -> bool:
    if not source.head_text.lstrip("\ufeff \t\r\n").startswith("{"):
        return False
    first = (values for _, values in islice(json_lines.first_objects(source), FIRST_OBJECTS))
    if any(isinstance(values, dict) and could_be_ours(tuple(values)) for values in first):
        return True
    long_line = "\n" not in source.head_text and isinstance(source.json_head, dict)
    return long_line and could_be_ours(tuple(source.json_head))


def mapped(source: Source, known: Known) -> Reader | None:
    """The reader of a text table whose columns a mapping speaks of, whatever else it may look like."""
    wanted = frozenset(name for mapping in known.mappings for name in mapping.sources)
    if not wanted or (b"\0" in source.head[:4096] and source.encoding == "unknown"):
        return None
    if source.head_text.lstrip("\ufeff \t\r\n").startswith("{"):
        columns = {key for _, values in json_lines.first_objects(source) if isinstance(values, dict) for key in values}
        reader = JSONL
    else:
        try:
            columns, reader = set(delimited.shape_of(source, wanted).columns), CSV
        except DunlintError:
            return None
    return reader if any(one.sources and one.sources <= columns for one in known.mappings) else None


CSV = Reader(
    "csv", recognises_csv, read_csv, (".csv", ".tsv"), breadth=3,
    example="at,channel,direction,from_number,text\n2026-03-02T22:04:00+08:00,sms,outbound,021,...",
)  # fmt: skip
JSONL = Reader(
    "jsonl", recognises_jsonl, read, (".jsonl", ".ndjson"), breadth=2,
    example='{"at": "2026-03-02T22:04:00+08:00", "channel": "sms", "direction": "outbound", "text": "..."}',
)  # fmt: skip
XLSX = Reader("xlsx", workbook.recognises, read, (".xlsx", ".xls", ".xlsb", ".ods"))
PARQUET = Reader("parquet", columnar.recognises, read_parquet, (".parquet",))
SQLITE = Reader("sqlite", database.is_sqlite, read, (".sqlite", ".db"), breadth=2)
POSTGRES = Reader(
    "postgres", lambda source: isinstance(source, database.UrlSource), read,
    example="postgresql://reader@host/collections#contacts",
)  # fmt: skip
