"""Rows of somebody's table -> rows of ours: every column at once, with a list of the rows that do not fit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import polars as pl

from dunlint.records.readers.rows import CLOSED_SETS
from dunlint.records.schema import UTC_TIME, Unreadable
from dunlint.records.tables import times
from dunlint.records.tables.mapping import Column, Mapping
from dunlint.records.tables.values import as_text, fitted
from dunlint.records.tables.words import COLUMNS
from dunlint.records.zones import zone_named

LINE = "\0line"  # the column of line numbers in a batch; no header can be called so
TURNED = {"outbound": "inbound", "inbound": "outbound"}
MOST_CHARACTERS = 80


@dataclass
class Told:
    """What is to be told once a table is read: (kind, column, value) -> rows."""

    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, kind: str, column: str, mask: pl.Series) -> None:
        if count := int(mask.sum()):
            self.counts[kind, column, ""] += count


@dataclass(frozen=True)
class Target:
    """Where rows go and what is known of all of them: `zone` is that of times without one, `why` where it is from."""

    mapping: Mapping
    zone: str | None
    why: str
    file: str
    serial: bool = False

    @property
    def table(self) -> str:
        return self.mapping.table


def typed(batch: pl.DataFrame, target: Target, told: Told) -> tuple[pl.DataFrame, list[Unreadable]]:
    """Rows in CONTACT_COLUMNS, ACCOUNT_COLUMNS or EVENT_COLUMNS order, and those that do not fit, each with its line
    and the first column at fault. Lines go into `source_line` unless the table has that column itself.
    """
    columns = COLUMNS[target.table]
    faults: dict[str, tuple[pl.Series, pl.Series]] = {}
    done: dict[str, pl.Series] = {}
    zone = _zones(batch, target, faults)
    for name, column in target.mapping.columns.items():
        if name != "zone" and columns[name] == UTC_TIME:
            done |= _instants(name, _raw(column, batch), column, zone, target, faults, told)
        elif name not in ("zone", "local_time"):
            done[name] = _column(name, columns[name], column, batch, target, faults, told)
    if own := target.mapping.columns.get("local_time"):
        done["local_time"] = _local(_raw(own, batch), done.get("local_time"), faults)
    if "zone" in columns:
        done["zone"] = zone
    if target.table == "contacts":
        done |= _about_contacts(batch, target, done)
    frame = pl.DataFrame(
        {name: done[name] if name in done else _nulls(dtype, len(batch)) for name, dtype in columns.items()},
        schema_overrides=columns,
    )
    if not faults:
        return frame, []
    wrong = reduce(lambda one, other: one | other, (mask for mask, _ in faults.values()))
    return frame.filter(~wrong), _unreadable(batch, wrong, faults, target)


def _column(
    name: str, dtype: Any, column: Column, batch: pl.DataFrame, target: Target,
    faults: dict[str, tuple[pl.Series, pl.Series]], told: Told,
) -> pl.Series:  # fmt: skip
    raw = _raw(column, batch)
    if raw.null_count() == len(raw):
        return _nulls(dtype, len(raw))
    if dtype == pl.Date:
        return _days(name, raw, column, target, faults)
    found = fitted(name, dtype, raw, column)
    if found.bad is not None and found.bad.any():
        faults[name] = found.bad, as_text(raw)
    if found.lost is not None:
        told.add("number_lost", name, found.lost)
    if found.other is not None:
        told.counts.update(("other_value", name, str(value)) for value in found.other)
    if name == "direction" and target.mapping.seen_from == "debtor":
        return found.values.replace(TURNED)
    return found.values


def _raw(column: Column, batch: pl.DataFrame) -> pl.Series:
    """Their column, their columns joined, or the one value of every row."""
    if not column.sources:
        return pl.Series([None if column.value is None else str(column.value)], dtype=pl.String).new_from_index(
            0, len(batch)
        )
    if len(column.sources) == 1:
        return batch[column.sources[0]]
    parts = [as_text(batch[name]).str.replace(r"^1899-12-3[01] ", "") for name in column.sources]
    if len(parts) == 2 and column.format is None:  # a date that a spreadsheet shows with midnight, before its clock
        parts[0] = parts[0].str.replace(r" 00:00:00$", "")
    return pl.DataFrame(parts).select(pl.concat_str(pl.all(), separator=" ", ignore_nulls=True)).to_series()


def _instants(
    name: str, raw: pl.Series, column: Column, zone: pl.Series, target: Target,
    faults: dict[str, tuple[pl.Series, pl.Series]], told: Told,
) -> dict[str, pl.Series]:  # fmt: skip
    """The column, and for `at` of contacts the wall-clock time beside it: it waits for a zone where none is known."""
    native = raw.dtype.is_temporal()
    text = raw if native else as_text(raw)
    read = times.from_native(raw, zone) if native else times.read(text, zone, column.format, serial=target.serial)
    told.add("clock_change", name, read.clock_change)
    if target.table == "contacts":
        told.add("date_only", name, read.date_only)
        made = {name: read.at, "local_time": read.local}
        bad = read.bad
    else:  # an event is dated: its day begins where the debtor lives
        begins = times.from_native(read.day.set(~read.date_only, None).cast(times.LOCAL_TIME), zone)
        made = {name: read.at.zip_with(read.at.is_not_null(), begins.at)}
        homeless = read.no_zone | begins.no_zone
        told.add("times_without_zone", name, homeless)
        bad = read.bad | homeless
    if bad.any():
        faults[name] = bad, as_text(text)
    return made


def _local(raw: pl.Series, beside: pl.Series | None, faults: dict[str, tuple[pl.Series, pl.Series]]) -> pl.Series:
    """Wall-clock times of a column of their own, where `at` has none."""
    nowhere = _nulls(pl.String, len(raw))
    text = raw if raw.dtype.is_temporal() else as_text(raw)
    read = times.from_native(raw, nowhere) if raw.dtype.is_temporal() else times.read(text, nowhere)
    if read.bad.any():
        faults["local_time"] = read.bad, as_text(text)
    return read.local if beside is None else beside.zip_with(beside.is_not_null(), read.local)


def _days(
    name: str, raw: pl.Series, column: Column, target: Target, faults: dict[str, tuple[pl.Series, pl.Series]]
) -> pl.Series:
    if raw.dtype.is_temporal():
        return raw.cast(pl.Date)
    text = as_text(raw)
    found = times.dates(text, column.format, serial=target.serial)
    bad = text.is_not_null() & found.is_null()
    if bad.any():
        faults[name] = bad, text
    return found


def _zones(batch: pl.DataFrame, target: Target, faults: dict[str, tuple[pl.Series, pl.Series]]) -> pl.Series:
    """The zone of each row: its own column, else what is known of the table."""
    told = pl.Series([target.zone], dtype=pl.String).new_from_index(0, len(batch))
    column = target.mapping.columns.get("zone")
    if column is None:
        return told
    own = as_text(_raw(column, batch)).str.strip_chars()
    own = own.replace(column.values) if column.values else own
    unknown = [name for name in own.drop_nulls().unique() if not _is_zone(name)]
    if unknown:
        faults["zone"] = own.is_in(unknown).fill_null(False), own
        own = own.set(own.is_in(unknown).fill_null(False), None)
    return own.zip_with(own.is_not_null(), told)


def _is_zone(name: str) -> bool:
    from dunlint.errors import BadArgument

    try:
        zone_named(name)
    except BadArgument:
        return False
    return True


def _about_contacts(batch: pl.DataFrame, target: Target, done: dict[str, pl.Series]) -> dict[str, pl.Series]:
    """`zone_from` and the line of each row, where the table does not bring them itself."""
    made: dict[str, pl.Series] = {}
    if "source_line" not in done:
        made["source_line"] = batch[LINE].cast(pl.Int64)
    if "zone_from" not in done:
        column = target.mapping.columns.get("zone")
        own = as_text(_raw(column, batch)) if column else _nulls(pl.String, len(batch))
        at = done.get("at", _nulls(UTC_TIME, len(batch)))
        waits = done.get("local_time", _nulls(times.LOCAL_TIME, len(batch))).is_not_null()
        why = (
            pl.when(own.is_not_null()).then(pl.lit("column")).when(done["zone"].is_not_null()).then(pl.lit(target.why))
        )
        why = why.when(waits).then(pl.lit("unknown")).when(at.is_not_null()).then(pl.lit("offset"))
        made["zone_from"] = pl.select(why).to_series()
    return made


def _nulls(dtype: Any, length: int) -> pl.Series:
    return pl.Series([None], dtype=dtype).new_from_index(0, length)


def _unreadable(
    batch: pl.DataFrame, wrong: pl.Series, faults: dict[str, tuple[pl.Series, pl.Series]], target: Target
) -> list[Unreadable]:
    listed = []
    lines = batch[LINE]
    for row in wrong.arg_true().to_list():
        name, text = next((name, text) for name, (mask, text) in faults.items() if mask[row])
        column = target.mapping.columns[name]
        place = " + ".join(column.sources) or name
        allowed = f" ∉ {{{', '.join(CLOSED_SETS[name])}}}" if name in CLOSED_SETS else ""
        found = str(text[row])
        shown = found if len(found) <= MOST_CHARACTERS else found[:MOST_CHARACTERS] + "…"
        listed.append(Unreadable(target.file, lines[row], name, f"{place}: {shown!r}{allowed}"))
    return listed
