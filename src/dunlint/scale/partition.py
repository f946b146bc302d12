"""Cases -> ranges of cases that fit into memory, and the records of one range.

Ranges run along the sorted case ids, so that the findings of one range after the other are in their final order,
whoever found them. A case is never cut: one that is larger than a range is a range of its own size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from dunlint.errors import InputError
from dunlint.records import Records
from dunlint.records.readers.rows import CLOSED_SETS
from dunlint.records.schema import CONTACT_COLUMNS
from dunlint.scale.inputs import TableFile, Tables, scan
from dunlint.writing import telling

ROWS = 400_000  # contacts in one range; about 1 GB of memory while they are checked
SCATTERED = 8  # how often a range may be interrupted in the file before it pays to write the file anew, range by range
UNREADABLE_COLUMNS: dict[str, Any] = {"file": pl.String, "line": pl.Int64, "expected": pl.String, "found": pl.String}


@dataclass(frozen=True)
class Range:
    """Cases from `low` to `high`, both included, and how many contacts they have."""

    low: str
    high: str
    contacts: int


def case_sizes(tables: Tables) -> pl.DataFrame:
    """(case_id, contacts) of every case, in order. Raises InputError if a file cannot be read."""
    lazy = scan(tables.contacts, "contacts").select("case_id").drop_nulls()
    try:
        return lazy.group_by("case_id").agg(pl.len().alias("contacts")).sort("case_id").collect(engine="streaming")
    except pl.exceptions.PolarsError as problem:
        where = ", ".join(str(one.path) for one in tables.contacts)
        raise InputError("bad_columns", where=where, reason=str(problem)) from problem


def ranges(sizes: pl.DataFrame, rows: int = ROWS) -> tuple[Range, ...]:
    """Consecutive cases with about `rows` contacts together."""
    before = pl.col("contacts").cum_sum() - pl.col("contacts")
    found = sizes.with_columns((before // rows).alias("range")).group_by("range", maintain_order=True).agg(
        pl.col("case_id").first().alias("low"), pl.col("case_id").last().alias("high"), pl.col("contacts").sum()
    )  # fmt: skip
    return tuple(Range(low, high, contacts) for low, high, contacts in found.drop("range").iter_rows())


def laid_out(tables: Tables, parts: tuple[Range, ...], spool: Path) -> Tables:
    """The tables so that a range can be read without reading all: as they lie if their cases stand together, else the
    contacts written anew, one file a range.
    """
    if len(parts) < 2 or _interruptions(tables, parts) <= SCATTERED * len(parts):
        return tables
    lows = pl.Series([part.low for part in parts]).cast(pl.String)
    lazy = scan(tables.contacts, "contacts").with_columns(_range_of(lows).alias("_range"))
    base = spool / "ranges"
    with telling(base):
        lazy.sink_parquet(pl.PartitionBy(base, key="_range", include_key=False), mkdir=True, maintain_order=True)
    files = sorted(base.rglob("*.parquet"))
    return replace(tables, contacts=tuple(TableFile(path, "", spooled=True) for path in files))


def _interruptions(tables: Tables, parts: tuple[Range, ...]) -> int:
    lows = pl.Series([part.low for part in parts]).cast(pl.String)
    number = _range_of(lows)
    lazy = scan(tables.contacts, "contacts").select(number.alias("range"))
    return int(lazy.select((pl.col("range") != pl.col("range").shift(1)).sum()).collect(engine="streaming").item())


def _range_of(lows: pl.Series) -> pl.Expr:
    return pl.lit(lows).search_sorted(pl.col("case_id"), side="right")


def read(tables: Tables, part: Range, chosen: pl.DataFrame | None = None) -> tuple[Records, pl.DataFrame]:
    """(records of the cases of a range, what of them could not be read: UNREADABLE_COLUMNS).

    chosen: a frame with `case_id`, to read those cases only.
    """
    inside = pl.col("case_id").is_between(pl.lit(part.low), pl.lit(part.high))
    frames = {}
    for name in ("contacts", "accounts", "events"):
        lazy = scan(getattr(tables, name), name).filter(inside)
        if chosen is not None:
            lazy = lazy.join(chosen.lazy().select("case_id"), on="case_id", how="semi", maintain_order="left")
        frames[name] = lazy.collect()
    kept = frozenset((case, kind) for case, kind in tables.kept_events if part.low <= case <= part.high)
    return records_of(frames, kept)


def records_of(frames: Mapping[str, pl.DataFrame], kept: frozenset[tuple[str, str]]) -> tuple[Records, pl.DataFrame]:
    """(records of whole cases, what of them could not be read: UNREADABLE_COLUMNS); ids are made where missing."""
    contacts, bad = readable(frames["contacts"])
    line = pl.format("row-{}", "source_line")
    contacts = contacts.with_columns(pl.coalesce("contact_id", line).alias("contact_id"))
    events = frames["events"].sort("case_id", "at", "kind", "event_id", nulls_last=True, maintain_order=True)
    nth = pl.int_range(1, pl.len() + 1).over("case_id")
    events = events.with_columns(
        pl.coalesce("event_id", pl.format("e-{}-{}", "case_id", nth)).alias("event_id"),
        pl.col("origin").fill_null("record"),
    )
    return Records(contacts, frames["accounts"], events, kept_events=kept), bad


def readable(contacts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(contacts whose coded values are known, a row for each that is not)."""
    bad = []
    fine = pl.lit(True)
    for name, values in CLOSED_SETS.items():
        wrong = pl.col(name).is_not_null() & ~pl.col(name).is_in(values)
        rows = contacts.filter(wrong)
        if len(rows):
            bad.append(_complaint(rows, f"{name}: {', '.join(values)}", pl.col(name)))
            fine = fine & ~wrong
    if not bad:
        return contacts, pl.DataFrame(schema=UNREADABLE_COLUMNS)
    return contacts.filter(fine).select(list(CONTACT_COLUMNS)), pl.concat(bad)


def without_case(tables: Tables) -> pl.DataFrame:
    """UNREADABLE_COLUMNS: contacts that belong to no case, which no rule could judge."""
    rows = scan(tables.contacts, "contacts").filter(pl.col("case_id").is_null()).collect(engine="streaming")
    return _complaint(rows, "case_id", pl.lit(""))


def _complaint(rows: pl.DataFrame, expected: str, found: pl.Expr) -> pl.DataFrame:
    return rows.select(
        pl.col("source_file").alias("file"), pl.col("source_line").alias("line"),
        pl.lit(expected).alias("expected"), found.cast(pl.String).alias("found"),
    )  # fmt: skip
