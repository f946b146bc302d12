"""Parquet: columns as they are, in batches."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from dunlint.errors import UnreadableFile
from dunlint.records.source import Source
from dunlint.records.tables.sheet import BATCH_ROWS, Batch, Sheet, header_names
from dunlint.records.tables.typed import LINE

MAGIC = b"PAR1"
DAMAGE = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)


def recognises(source: Source) -> bool:
    return source.head.startswith(MAGIC)


def sheets(source: Source, wanted: frozenset[str] = frozenset()) -> list[Sheet]:
    """The one table of the file. Raises UnreadableFile if it is damaged."""
    try:
        schema = pl.read_parquet_schema(source.path)
        rows = pl.scan_parquet(source.path).select(pl.len()).collect().item()
    except DAMAGE as problem:
        raise _broken(source, problem) from problem
    names = header_names(schema, source.name)

    def batches() -> Iterator[Batch]:
        for start in range(0, rows, BATCH_ROWS):
            try:
                part = pl.scan_parquet(source.path).slice(start, BATCH_ROWS).collect()
            except DAMAGE as problem:
                raise _broken(source, problem) from problem
            part.columns = list(names)
            lines = pl.int_range(start + 1, start + 1 + len(part), dtype=pl.Int64, eager=True)
            yield part.with_columns(lines.alias(LINE)), []

    return [Sheet("", names, batches)]


def _broken(source: Source, problem: BaseException) -> UnreadableFile:
    reason = str(problem).split("\n", 1)[0]
    return UnreadableFile("broken_format", where=source.name, format="Parquet", reason=reason)
