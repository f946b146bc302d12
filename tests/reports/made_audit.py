"""A small folder as `dunlint audit` writes it, made by hand from the small document."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from dunlint.findings import Finding, Report
from tests.reports.made import FORMULA, SMALL

COUNTS = (
    "contacts,cases,findings,violations,presumed_violations,warnings,reviews,contacts_in_breach,"
    "rate,rate_low,rate_high,per_1000_contacts,per_100_cases"
)
NUMBERS = "2,1,3,2,0,0,1,2,1.0,0.158114,1.0,1000.0,100.0"
ROLLUPS = {
    "agency": ("agency", "乙公司"), "agent": ("agency,agent", "乙公司,"), "channel": ("channel", "sms"),
    "hour": ("hour", "22"), "hour_weekday": ("hour,weekday", "22,1"), "rule": ("rule", "cn-insult"),
    "team": ("team", ""), "campaign": ("campaign", ""), "template": ("template", ""), "week": ("week", "2026-03-02"),
    "rule_channel": ("rule,channel", "cn-insult,sms"),
}  # fmt: skip
SUMMARY: dict[str, Any] = {
    "schema": "dunlint.audit/1", "cases": 1, "contacts": 2, "first_day": "2026-03-02", "last_day": "2026-03-03",
    "findings": {"total": 3, "by_verdict": {"violation": 2, "review": 1}, "by_severity": {"high": 2, "critical": 1}},
    "contacts_in_breach": 2, "cases_in_breach": 1, "rules": ["cn"], "rules_from": "as asked", "rule_count": 124,
    "engine": "clips", "unreadable": 1,
    "not_checkable": [{"rule": "cn-no-identity", "title_zh": "没有自报机构", "title_en": "No identity", "contacts": 1,
                       "missing": ["words"]}],
    "checklist": [{"number": "097", "title_zh": "影响评估", "title_en": "An impact assessment", "needs_zh": "评估报告",
                   "needs_en": "the report"}],
    "notes": ["1 条草稿未计入。"], "sample": None,
}  # fmt: skip


def frame(findings: tuple[Finding, ...]) -> pl.DataFrame:
    contacts = {row["contact_id"]: row for row in SMALL.contacts}
    rows = [contacts[finding.contact_id] for finding in findings]
    own = Report(findings=findings, checked=2).frame.with_columns(pl.col("at").str.to_datetime(time_zone="UTC"))
    names = ("creditor", "agency", "team", "agent", "campaign", "template", "direction")
    of_contact = [pl.Series(name, [row.get(name) for row in rows], dtype=pl.String) for name in names]
    clock = [
        pl.Series("week", [date(2026, 3, 2)] * len(rows)),
        pl.Series("hour", [int(row["local"][11:13]) for row in rows]),
        pl.Series("weekday", [date.fromisoformat(row["local"][:10]).isoweekday() for row in rows]),
    ]
    return own.with_columns(of_contact).with_columns(clock)


def write(folder: Path, findings: tuple[Finding, ...] = SMALL.findings) -> Path:
    """The folder, written."""
    (folder / "rollups").mkdir(parents=True)
    frame(findings).write_parquet(folder / "findings.parquet")
    (folder / "summary.json").write_text(json.dumps(SUMMARY, ensure_ascii=False), encoding="utf-8")
    for name, (keys, values) in ROLLUPS.items():
        (folder / "rollups" / f"{name}.csv").write_text(f"{keys},{COUNTS}\n{values},{NUMBERS}\n", encoding="utf-8")
    manifest = {"schema": "dunlint.manifest/1", "versions": {"dunlint": "0.1.0"}}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    fields = "field,filled,contacts,share,rules_waiting,contacts_waiting\nagent,0,2,0.0,1,2\n"
    (folder / "fields.csv").write_text(fields, encoding="utf-8")
    unreadable = f'file,line,expected,found\nsms.xml,12,date,"\'{FORMULA}"\n'
    (folder / "unreadable.csv").write_text(unreadable, encoding="utf-8")
    return folder
