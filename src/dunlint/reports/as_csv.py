"""Findings as CSV: one row a finding, the columns of the audit's findings; codes, not words, so `lang` changes nothing.

UTF-8 with a byte order mark: without it spreadsheet programs take Chinese for something else. No cell can start a
formula.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dunlint.reports.audit_folder import Audit
from dunlint.reports.document import Document
from dunlint.reports.plain import cell

OF_CONTACT = ("creditor", "agency", "team", "agent", "campaign", "template", "direction")
COLUMNS = (
    "rule", "title_zh", "title_en", "verdict", "severity", "case_id", "contact_id", "at", "local", "zone", "channel",
    "party", "message_zh", "message_en", "source_file", "source_line", "source_sha256", "fingerprint",
    *OF_CONTACT, "quote",
)  # fmt: skip


def write(document: Document, target: Path, lang: str) -> None:
    contacts = {row["contact_id"]: row for row in document.contacts}
    _write(target, COLUMNS, (_row(finding.to_dict(), contacts) for finding in document.findings))


def write_audit(audit: Audit, target: Path, lang: str) -> None:
    findings = audit.findings
    extra = tuple(name for name in ("week", "hour", "weekday") if name in findings.columns)
    rows = (
        {**row, "quote": first_quote(json.loads(row["quotes"] or "[]"))} for row in findings.iter_rows(named=True)
    )
    _write(target, (*COLUMNS[:-1], *extra, "quote"), rows)


def _row(finding: Mapping[str, Any], contacts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    contact = contacts.get(finding["contact_id"], {})
    of_contact = {name: contact.get(name) for name in OF_CONTACT}
    return {**of_contact, **finding, "quote": first_quote(finding["quotes"])}


def first_quote(quotes: Iterable[Mapping[str, Any]]) -> str:
    """The guilty words a finding shows first, or nothing."""
    return next((quote["text"] for quote in quotes), "")


def _write(target: Path, columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> None:
    names = list(columns)
    with target.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(names)
        for row in rows:
            writer.writerow([cell(_plain(row.get(name))) for name in names])


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (int, float, str)) else value.isoformat()
