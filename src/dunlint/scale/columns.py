"""Findings as columns: what `findings.parquet` holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

import polars as pl

from dunlint.findings import Clause, Finding
from dunlint.records.schema import UTC_TIME

AT_ONCE = 10_000  # findings that are Python's own objects together
NESTED = ("clauses", "quotes", "contacts", "facts", "missing", "suppressed")
OF_CONTACT = ("creditor", "agency", "team", "agent", "campaign", "template", "direction")

FINDING_COLUMNS: dict[str, Any] = {
    **dict.fromkeys(Finding.__dataclass_fields__, pl.String),
    "at": UTC_TIME,
    "source_line": pl.Int64,
    **dict.fromkeys(OF_CONTACT, pl.String),
    "week": pl.Date,
    "hour": pl.Int8,
    "weekday": pl.Int8,
}


def finding_tables(found: Iterable[tuple[int, Finding]], contacts: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Findings in order of case and time as tables of some AT_ONCE rows: their fields (nested ones as JSON text), what
    is known of their contact (its row in `contacts` stands before each finding), the local week (its Monday), hour
    (0–23) and weekday (1–7), and `row`. Each table, and the whole of them, is sorted by case_id, at, rule, contact_id.
    """
    around = contacts.select(*OF_CONTACT, "local")
    for piece in _pieces(found):
        yield _table([row for row, _ in piece], [finding for _, finding in piece], around)


def _pieces(found: Iterable[tuple[int, Finding]]) -> Iterator[list[tuple[int, Finding]]]:
    """So many findings at a time, those of one instant of one case together: that is how they are sorted."""
    held: list[tuple[int, Finding]] = []
    for row, finding in found:
        if len(held) >= AT_ONCE and _instant(held[-1][1]) != _instant(finding):
            yield held
            held = []
        held.append((row, finding))
    if held:
        yield held


def _instant(finding: Finding) -> tuple[str, datetime | None]:
    return finding.case_id, finding.at


def _table(rows: list[int], findings: list[Finding], around: pl.DataFrame) -> pl.DataFrame:
    plain = [name for name in Finding.__dataclass_fields__ if name not in NESTED]
    columns: dict[str, list[Any]] = {name: [getattr(one, name) for one in findings] for name in plain}
    columns |= {name: _as_json(findings, name) for name in NESTED}
    told = pl.DataFrame(columns, schema={name: FINDING_COLUMNS[name] for name in columns})
    frame = told.with_columns(with_calendar(around[rows]).drop("local").get_columns())
    frame = frame.select(*(pl.col(name).cast(dtype) for name, dtype in FINDING_COLUMNS.items()), row=pl.Series(rows))
    return frame.sort("case_id", "at", "rule", "contact_id", nulls_last=True, maintain_order=True)


def with_calendar(contacts: pl.DataFrame) -> pl.DataFrame:
    """Adds `week`, `hour` and `weekday` of the `local` time."""
    local = pl.col("local")
    return contacts.with_columns(
        local.dt.truncate("1w").dt.date().alias("week"),
        local.dt.hour().alias("hour"),
        local.dt.weekday().alias("weekday"),
    )


def _as_json(findings: list[Finding], name: str) -> list[str | None]:
    """One field of every finding as JSON; clauses are shared by many findings and told once."""
    known: dict[int, str] = {}

    def clauses(value: tuple[Clause, ...]) -> str:
        if id(value) not in known:
            known[id(value)] = _dumped([asdict(clause) for clause in value])
        return known[id(value)]

    tell: Callable[[Any], str] = {"clauses": clauses, "quotes": lambda value: _dumped([asdict(q) for q in value])}.get(
        name, _dumped
    )
    return [None if (value := getattr(one, name)) is None else tell(value) for one in findings]


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
