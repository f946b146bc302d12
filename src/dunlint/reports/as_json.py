"""The report as data: one JSON object, or one finding a line."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from dunlint.findings import Report

SCHEMA = "dunlint.findings/1"


def document(report: Report) -> dict[str, Any]:
    """Everything of a report as plain data; times are ISO 8601, in UTC unless named `local`."""
    return {
        "schema": SCHEMA,
        "versions": dict(report.versions),
        "engine": report.engine,
        "rules": list(report.rules),
        "rules_from": report.rules_from,
        "rule_count": report.rule_count,
        "checked": report.checked,
        "suppressed": [finding.to_dict() for finding in report.suppressed],
        "known": report.known,
        "findings": [finding.to_dict() for finding in report.findings],
        "not_checkable": [asdict(item) for item in report.not_checkable],
        "unreadable": [asdict(record) for record in report.unreadable],
        "notes": list(report.notes),
    }


def as_json(report: Report) -> str:
    return json.dumps(document(report), ensure_ascii=False, indent=2) + "\n"


def as_jsonl(report: Report) -> str:
    """One finding a line, then one line that says what was checked, unreadable and not checkable."""
    lines = [json.dumps({"type": "finding", **f.to_dict()}, ensure_ascii=False) for f in report.findings]
    summary = {key: value for key, value in document(report).items() if key != "findings"}
    lines.append(json.dumps({"type": "summary", **summary}, ensure_ascii=False))
    return "\n".join(lines) + "\n"
