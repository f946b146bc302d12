"""Worked examples of Regulation F, restated as cases: what Dunlint answers is what the Interpretations conclude."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dunlint import audit
from dunlint.rulebook import load
from dunlint.rulebook.load import Rulebook
from dunlint.ruletests import given
from dunlint.yaml_places import read
from tests.conftest import ROOT

FOLDER = ROOT / "corpus" / "conformance" / "regf"
FILES = sorted(path for path in FOLDER.glob("*.yaml") if path.name != "undecidable.yaml")
EXAMPLES = [entry for path in FILES for entry in read(path).data]
UNDECIDABLE = read(FOLDER / "undecidable.yaml").data


@cache
def rulebook() -> Rulebook:
    return load.load(["us"])


def answers(entry: dict[str, Any]) -> dict[str, dict[int, str]]:
    """Rule id -> {contact number: verdict}, for the rules that the example names."""
    book = rulebook()
    records, heard = given(entry["given"], book.packs[0].test_defaults)
    report = audit.check_records(records, rules=["us"], book=book, heard=heard)
    places = {contact: number for number, contact in enumerate(records.contacts["contact_id"])}
    found: dict[str, dict[int, str]] = {rule: {} for rule in entry["expect"]}
    for finding in report.findings:
        if finding.rule in found:
            found[finding.rule][places[finding.contact_id]] = finding.verdict
    return found


@pytest.mark.parametrize("entry", EXAMPLES, ids=lambda entry: entry["id"])
def test_an_example_is_answered_as_the_interpretation_concludes(entry: dict[str, Any]) -> None:
    found = answers(entry)
    for rule, verdict in entry["expect"].items():
        contacts = entry["given"].get("contacts") or [{}]
        last = sum(int(contact.get("repeat", 1)) for contact in contacts) - 1
        numbers = entry.get("at", {}).get(rule, [last])
        assert found[rule] == ({} if verdict == "none" else dict.fromkeys(numbers, verdict)), rule


def test_every_example_is_decided_or_listed_with_its_reason_and_none_twice() -> None:
    names = [entry["id"] for entry in EXAMPLES + UNDECIDABLE]
    assert len(names) == len(set(names)) >= 100
    assert all(entry["reason"]["zh"] and entry["reason"]["en"] for entry in UNDECIDABLE)


def test_examples_name_only_rules_that_exist() -> None:
    known = {rule.id for rule in load.load(["us"]).rules}
    assert {rule for entry in EXAMPLES for rule in entry["expect"]} <= known


def test_the_files_are_where_the_readme_says() -> None:
    assert Path(FOLDER / "README.md").is_file()
