"""Findings that somebody has answered for: suppressed with reason, owner and expiry, or already known from a
baseline.

    # suppressions.yaml
    - {fingerprint: 3f1c…, reason: 已书面道歉, owner: 合规部, until: 2026-12-31}
    - {rule: cn-insult, contact: c-04261545f0f1, reason: …, owner: …, until: …}

A suppression past its day no longer hides anything, and that is said aloud; so is one that fits no finding.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from pydantic import Field, model_validator

from dunlint import i18n
from dunlint.errors import InputError
from dunlint.facts.conditions import Model
from dunlint.findings import Finding, Report
from dunlint.rulebook.load import models
from dunlint.yaml_places import read


class Suppression(Model):
    """Which findings somebody answers for: by fingerprint, or by rule and (if given) contact."""

    fingerprint: str | None = None
    rule: str | None = None
    contact: str | None = None
    reason: str = Field(min_length=2)
    owner: str = Field(min_length=1)
    until: date

    @model_validator(mode="after")
    def _names_something(self) -> Suppression:
        if not (self.fingerprint or self.rule):
            raise ValueError("give a fingerprint or a rule")
        return self

    def fits(self, finding: Finding) -> bool:
        if self.fingerprint:
            return finding.fingerprint == self.fingerprint
        return finding.rule == self.rule and self.contact in (None, finding.contact_id)


def load(path: Path) -> list[Suppression]:
    """The suppressions of a file. Raises RuleError with the place of what is wrong."""
    return models(read(path), Suppression)


def suppress(report: Report, suppressions: Sequence[Suppression], today: date, lang: str | None = None) -> Report:
    """The report without what is suppressed today; expired and idle suppressions become notes."""
    notes = list(report.notes)
    valid = []
    for one in suppressions:
        name = one.fingerprint or f"{one.rule} {one.contact or ''}".strip()
        if one.until < today:
            notes.append(i18n.text("note.expired", lang, name=name, until=one.until, owner=one.owner))
        elif not any(one.fits(finding) for finding in report.findings):
            notes.append(i18n.text("note.idle", lang, name=name, owner=one.owner))
        else:
            valid.append(one)
    kept, gone = [], []
    for finding in report.findings:
        reason = next((one for one in valid if one.fits(finding)), None)
        if reason is None:
            kept.append(finding)
        else:
            told = {"reason": reason.reason, "owner": reason.owner, "until": reason.until.isoformat()}
            gone.append(replace(finding, suppressed=told))
    return replace(report, findings=tuple(kept), suppressed=(*report.suppressed, *gone), notes=tuple(notes))


def baseline(path: Path) -> frozenset[str]:
    """Fingerprints in the JSON that an earlier `check --output json` printed. Raises InputError."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return frozenset(finding["fingerprint"] for finding in data["findings"])
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise InputError("broken_format", where=str(path), format="baseline", reason=repr(problem)) from problem


def only_new(report: Report, known: frozenset[str]) -> Report:
    """The report without findings that the baseline knows; their number is kept."""
    new = tuple(finding for finding in report.findings if finding.fingerprint not in known)
    return replace(report, findings=new, known=report.known + len(report.findings) - len(new))
