"""Findings as columns: what `findings.parquet` holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import polars as pl

from dunlint.audit import Checked
from dunlint.findings import Clause, Finding
from dunlint.records.schema import UTC_TIME

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


def finding_table(checked: Checked) -> pl.DataFrame:
    """One row a finding: its fields (nested ones as JSON text), what is known of its contact, and the local week
    (its Monday), hour (0–23) and weekday (1–7). Sorted by case_id, at, rule, contact_id.
    """
    plain = [name for name in Finding.__dataclass_fields__ if name not in NESTED]
    columns: dict[str, list[Any]] = {name: [getattr(one, name) for one in checked.findings] for name in plain}
    columns |= {name: _as_json(checked.findings, name) for name in NESTED}
    told = pl.DataFrame(columns, schema={name: FINDING_COLUMNS[name] for name in columns})
    contacts = with_calendar(checked.ground.contacts[checked.rows].select(*OF_CONTACT, "local"))
    frame = told.with_columns(contacts.drop("local").get_columns())
    frame = frame.select(pl.col(name).cast(dtype) for name, dtype in FINDING_COLUMNS.items())
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
