"""The folder that an audit wrote, as tables: what every report of an audit is made from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dunlint.errors import InputError
from dunlint.findings import Finding
from dunlint.reports import shape
from dunlint.reports.document import Document

if TYPE_CHECKING:
    import polars as pl

SCHEMA = "dunlint.audit/1"
COUNTS = (
    "contacts", "cases", "findings", "violations", "presumed_violations", "warnings", "reviews", "contacts_in_breach",
    "hour", "weekday", "line", "filled", "rules_waiting", "contacts_waiting",
)  # fmt: skip
NESTED = ("quotes", "clauses", "contacts", "facts", "missing", "suppressed")
OF_FINDING = tuple(one.name for one in dataclass_fields(Finding))
SHARES = ("rate", "rate_low", "rate_high", "per_1000_contacts", "per_100_cases", "share")


@dataclass(frozen=True)
class Audit:
    """findings: one row a finding, nested fields as JSON text; rollups: by name, key columns first.

    fields: what the records hold of each field; unreadable: file, line, expected, found; summary: summary.json;
    versions: of the programs that made it.
    """

    summary: Mapping[str, Any]
    findings: pl.DataFrame
    rollups: Mapping[str, pl.DataFrame]
    fields: pl.DataFrame
    unreadable: pl.DataFrame
    versions: Mapping[str, str]


def read(folder: Path) -> Audit:
    """Read the folder. Raises InputError where it is none."""
    import polars as pl

    try:
        return Audit(
            _summary(folder / "summary.json"),
            pl.read_parquet(folder / "findings.parquet"),
            {path.stem: table(path) for path in sorted((folder / "rollups").glob("*.csv"))},
            table(folder / "fields.csv"),
            table(folder / "unreadable.csv"),
            json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["versions"],
        )
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as problem:
        raise InputError("not_audit", where=str(folder), reason=repr(problem)) from problem


def _summary(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if told["schema"] != SCHEMA:
        raise ValueError(told["schema"])
    return told


def document(audit: Audit, lang: str) -> Document:
    """The findings as those of one big case, without its contacts: for formats that know findings alone.

    Raises InputError where the findings are not what an audit writes.
    """
    try:
        findings = shape.findings([_whole(row) for row in audit.findings.iter_rows(named=True)])
    except (ValueError, TypeError) as problem:
        raise InputError("not_audit", where="findings.parquet", reason=repr(problem)) from problem
    told = audit.summary
    about = {
        "versions": audit.versions,
        "checked": told["contacts"],
        "notes": [note if isinstance(note, str) else note[lang] for note in told["notes"]],
        "unreadable": audit.unreadable.rows(named=True),
        "not_checkable": told["not_checkable"],
    }
    return Document(
        tuple(one for one in findings if one.suppressed is None),
        tuple(one for one in findings if one.suppressed is not None),
        about=about,
    )


def _whole(row: Mapping[str, Any]) -> dict[str, Any]:
    """A finding's own fields, the nested ones read again."""
    return {name: json.loads(row[name]) if name in NESTED and row[name] else row[name] for name in OF_FINDING}


def table(path: Path) -> pl.DataFrame:
    """A CSV file: counts as integers, shares as floats, all else as text."""
    import polars as pl

    frame = pl.read_csv(path, infer_schema=False)
    kinds = dict.fromkeys(COUNTS, pl.Int64) | dict.fromkeys(SHARES, pl.Float64)
    return frame.with_columns(pl.col(name).cast(kinds[name]) for name in frame.columns if name in kinds)
