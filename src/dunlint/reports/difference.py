"""What appeared and what went away between two findings files or two audit folders, by fingerprint."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dunlint import i18n
from dunlint.errors import InputError
from dunlint.reports import document
from dunlint.rulebook.models import SEVERITIES

SCHEMA = "dunlint.diff/1"
FINDINGS_TABLE = "findings.parquet"


@dataclass(frozen=True, slots=True)
class Short:
    """A finding as the difference names it; local: the debtor's wall clock, ISO 8601."""

    fingerprint: str
    rule: str
    title_zh: str
    title_en: str
    verdict: str
    severity: str
    case_id: str
    contact_id: str
    local: str | None
    channel: str | None
    source_file: str
    source_line: int | None


NAMES = tuple(Short.__dataclass_fields__)


@dataclass(frozen=True)
class Difference:
    """appeared, went_away: by severity, then time; stayed: how many are in both."""

    appeared: tuple[Short, ...]
    went_away: tuple[Short, ...]
    stayed: int

    def to_dict(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "appeared": [asdict(one) for one in self.appeared],
            "went_away": [asdict(one) for one in self.went_away],
            "stayed": self.stayed,
        }


def difference(old: Path, new: Path) -> Difference:
    """Compare two findings files, or two audit folders, or one of each. Raises InputError where one is neither."""
    before, after = read(old), read(new)
    return Difference(
        tuple(sorted((after[key] for key in after.keys() - before.keys()), key=_order)),
        tuple(sorted((before[key] for key in before.keys() - after.keys()), key=_order)),
        len(before.keys() & after.keys()),
    )


def read(path: Path) -> dict[str, Short]:
    """Fingerprint -> finding."""
    found = _of_folder(path) if path.is_dir() else _of_file(path)
    return {one.fingerprint: one for one in found}


def _of_file(path: Path) -> Iterator[Short]:
    for finding in document.read(path).findings:
        yield Short(*(getattr(finding, name) for name in NAMES))


def _of_folder(folder: Path) -> Iterator[Short]:
    import polars as pl

    path = folder / FINDINGS_TABLE
    try:
        rows = pl.read_parquet(path, columns=list(NAMES)).select(NAMES).rows()
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise InputError("not_audit", where=str(path), reason=str(problem).splitlines()[0]) from problem
    return (Short(*row) for row in rows)


def _order(one: Short) -> tuple[object, ...]:
    return -SEVERITIES.index(one.severity), one.local or "", one.rule, one.fingerprint


def as_json(found: Difference) -> str:
    return json.dumps(found.to_dict(), ensure_ascii=False, indent=2) + "\n"


def lines(found: Difference, lang: str) -> Iterator[str]:
    """The difference as plain text, a line a finding: + appeared, - went away."""
    for sign, ones in (("+", found.appeared), ("-", found.went_away)):
        for one in ones:
            yield f"{sign} {_line(asdict(one), lang)}"
    values = {"appeared": len(found.appeared), "went_away": len(found.went_away), "stayed": found.stayed}
    yield i18n.text("diff.totals", lang, **values)


def _line(one: Mapping[str, Any], lang: str) -> str:
    severity, verdict = i18n.label("severity", one["severity"], lang), i18n.label("verdict", one["verdict"], lang)
    when = (one["local"] or i18n.text("report.no_time", lang))[:19].replace("T", " ")
    channel = i18n.label("channel", one["channel"], lang)
    place = f"{one['source_file']}:{one['source_line'] or '?'}"
    return f"[{severity} · {verdict}] {when} · {channel} · {one[f'title_{lang}']} ({one['rule']})  {place}"
