"""The folder that `dunlint audit` wrote, read for a report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from dunlint.errors import InputError

SCHEMA = "dunlint.audit/1"
KEYS = {
    "agency": ("agency",),
    "agent": ("agency", "agent"),
    "team": ("team",),
    "campaign": ("campaign",),
    "template": ("template",),
    "channel": ("channel",),
    "week": ("week",),
    "rule": ("rule",),
    "rule_channel": ("rule", "channel"),
    "hour_weekday": ("hour", "weekday"),
}
TEXT = {"agency", "agent", "team", "campaign", "template", "channel", "rule", "week"}


@dataclass(frozen=True)
class Folder:
    """summary: what summary.json says; rollups: name -> rows; findings: a row each, as the audit wrote them."""

    summary: Mapping[str, Any]
    rollups: Mapping[str, list[dict[str, Any]]]
    findings: pl.DataFrame
    versions: Mapping[str, str]
    fields: list[dict[str, Any]]
    unreadable: list[dict[str, Any]]


def read(folder: Path) -> Folder:
    """Read the folder. Raises InputError where a file is missing or is not what an audit writes."""
    try:
        return Folder(
            _summary(folder / "summary.json"),
            {name: _table(folder / "rollups" / f"{name}.csv", set(keys)) for name, keys in KEYS.items()},
            pl.read_parquet(folder / "findings.parquet"),
            json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["versions"],
            _table(folder / "fields.csv", {"field"}),
            _table(folder / "unreadable.csv", {"file", "expected", "found"}),
        )
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as problem:
        raise InputError("not_audit", where=str(folder), reason=str(problem).splitlines()[0]) from problem


def _summary(path: Path) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if summary["schema"] != SCHEMA:
        raise ValueError(summary["schema"])
    return summary


def _table(path: Path, text: set[str]) -> list[dict[str, Any]]:
    """Rows of a CSV file; the named columns stay text whatever they look like, except numbers of hours and days."""
    names = path.read_text(encoding="utf-8").split("\n", 1)[0].strip().split(",")
    words = {name: pl.String for name in names if name in text and name not in ("hour", "weekday")}
    return pl.read_csv(path, schema_overrides=words, infer_schema_length=None).to_dicts()
