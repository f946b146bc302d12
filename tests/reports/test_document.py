"""A report is made from what `check --output json` printed, and nothing is lost on the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import dunlint
from dunlint.reports import as_json, document
from dunlint.reports.privacy import masked
from tests.conftest import CASES


@pytest.fixture(scope="module")
def report() -> dunlint.Report:
    return masked(dunlint.check(CASES / "huabei-overdue"))


def test_findings_read_back_from_json_are_the_same(report: dunlint.Report, tmp_path: Path) -> None:
    path = tmp_path / "findings.json"
    path.write_text(as_json.as_json(report), encoding="utf-8")
    assert document.read(path).findings == report.findings
    made = document.of_report(report)
    again = document.read(path)
    assert (again.contacts, again.accounts, again.events) == (made.contacts, made.accounts, made.events)
    assert again.about.keys() == made.about.keys()


def test_json_holds_every_contact_with_its_source_and_no_number_of_a_person(report: dunlint.Report) -> None:
    data = json.loads(as_json.as_json(report))
    assert len(data["contacts"]) == data["checked"] == report.checked
    assert all(row["source_file"] and row["source_sha256"] for row in data["contacts"])
    assert "13900000009" not in json.dumps(data)
    assert {row["kind"] for row in data["events"]} >= {"instalment_agreement"}


@pytest.mark.parametrize("words", ["", "[]", '{"schema": "something/9"}', '{"schema": "dunlint.findings/1"}'])
def test_what_is_no_report_is_refused_with_the_next_step(tmp_path: Path, words: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(words, encoding="utf-8")
    with pytest.raises(dunlint.InputError, match=r"other\.json.*dunlint check"):
        document.read(path)
