"""A report is made from what `check --output json` printed, and nothing is lost on the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import dunlint
from dunlint.reports import as_json, document, formats
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


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("findings", 0, "local"), "22:00"),
        (("findings", 0, "local"), "2026-03-02T22:00:00+08:00"),
        (("findings", 0, "suppressed"), {"owner": "a"}),
        (("contacts", 0, "local"), "<script>"),
        (("contacts", 0, "at"), "0"),
        (("contacts", 0, "at"), "2026-03-02T22:00:00"),
        (("accounts", 0, "overdue_since"), "2026-02-30"),
        (("quiet_hours",), {"until": "08:00", "rule": "a"}),
        (("quiet_hours",), {"from": "late", "until": "08:00", "rule": "a"}),
    ],
)
def test_a_time_or_a_suppression_that_is_none_is_refused(
    report: dunlint.Report, tmp_path: Path, place: tuple[str | int, ...], value: object
) -> None:
    data = json.loads(as_json.as_json(report))
    inner = data
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    path = tmp_path / "findings.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(dunlint.InputError, match=r"findings\.json"):
        document.read(path)


def test_a_contact_that_names_no_file_is_shown_without_one(report: dunlint.Report, tmp_path: Path) -> None:
    data = json.loads(as_json.as_json(report))
    del data["contacts"][0]["source_file"]
    formats.write_case("html", document.of_data(data), tmp_path / "report.html", "en")
    assert data["contacts"][0]["contact_id"] in (tmp_path / "report.html").read_text("utf-8")
