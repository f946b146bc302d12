"""What a report is made from: the account of one `check`, or the folder of one `audit`.

Every writer in this room takes a `Document` and nothing else, so that a report made right after the check and
one made later from its JSON are the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dunlint.errors import InputError
from dunlint.findings import Finding, Report
from dunlint.records.columns import whole
from dunlint.reports import as_json, shape


@dataclass(frozen=True)
class Document:
    """A case: findings and the contacts, accounts and events around them, as `check --output json` tells them.

    about: every other key of that JSON (versions, engine, rules, checked, notes, unreadable, not_checkable, …).
    contacts, accounts, events: rows as plain data, keys that are empty left out; times are ISO 8601 text.
    """

    findings: tuple[Finding, ...]
    suppressed: tuple[Finding, ...] = ()
    contacts: tuple[Mapping[str, Any], ...] = ()
    accounts: tuple[Mapping[str, Any], ...] = ()
    events: tuple[Mapping[str, Any], ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)


FINDINGS = ("findings", "suppressed")


def of_report(report: Report) -> Document:
    """The document of a report as it stands: mask it first (`reports.privacy`)."""
    return of_data(as_json.document(report))


def of_data(data: Mapping[str, Any]) -> Document:
    """The document of what `check --output json` printed. Raises KeyError, TypeError or ValueError if it is not."""
    if data["schema"] != as_json.SCHEMA:
        raise ValueError(data["schema"])
    findings, suppressed = (shape.findings(data[name]) for name in FINDINGS)
    contacts, accounts, events = (shape.rows(name, data[name]) for name in as_json.TABLES)
    about = {name: value for name, value in data.items() if name not in FINDINGS and name not in as_json.TABLES}
    return Document(findings, suppressed, contacts, accounts, events, shape.about(about))


def read(path: Path) -> Document:
    """The document in a JSON file. Raises InputError where it is none."""
    try:
        return of_data(whole(json.loads(path.read_text(encoding="utf-8"))))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as problem:
        raise InputError("not_findings", where=str(path), reason=repr(problem)) from problem
