"""The report as data: one JSON object, or one finding a line."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from dunlint.findings import Report
from dunlint.records.schema import ACCOUNT_COLUMNS, CONTACT_COLUMNS, EVENT_COLUMNS
from dunlint.rulebook.hours import quiet_hours

if TYPE_CHECKING:
    import polars as pl

SCHEMA = "dunlint.findings/1"
TABLES = {
    "contacts": (*CONTACT_COLUMNS, "local"),
    "accounts": tuple(ACCOUNT_COLUMNS),
    "events": (*EVENT_COLUMNS, "local"),
}


def document(report: Report) -> dict[str, Any]:
    """Everything of a report as plain data; times are ISO 8601, in UTC unless named `local`."""
    return {
        "schema": SCHEMA,
        "versions": dict(report.versions),
        "engine": report.engine,
        "rules": list(report.rules),
        "rules_from": report.rules_from,
        "rule_count": report.rule_count,
        "quiet_hours": quiet_hours(report.book) if report.book else None,
        "checked": report.checked,
        "suppressed": [finding.to_dict() for finding in report.suppressed],
        "known": report.known,
        "findings": [finding.to_dict() for finding in report.findings],
        "not_checkable": [asdict(item) for item in report.not_checkable],
        "unreadable": [asdict(record) for record in report.unreadable],
        "notes": list(report.notes),
        **{name: rows(getattr(report, name), columns) for name, columns in TABLES.items()},
    }


def rows(table: pl.DataFrame | None, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    """The rows of a table as plain data, what is empty left out."""
    if table is None:
        return []
    return [
        {name: _plain(value) for name, value in row.items() if value is not None}
        for row in table.select(columns).iter_rows(named=True)
    ]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def as_json(report: Report) -> str:
    return json.dumps(document(report), ensure_ascii=False, indent=2) + "\n"


def as_jsonl(report: Report) -> str:
    """One finding a line, then one line that says what was checked, unreadable and not checkable."""
    lines = [json.dumps({"type": "finding", **f.to_dict()}, ensure_ascii=False) for f in report.findings]
    summary = {key: value for key, value in document(report).items() if key not in ("findings", *TABLES)}
    lines.append(json.dumps({"type": "summary", **summary}, ensure_ascii=False))
    return "\n".join(lines) + "\n"
