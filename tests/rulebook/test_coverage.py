"""Every obligation of the law notes is accounted for, and the pages say what the tables say."""

from __future__ import annotations

import subprocess
import sys

import pytest

from dunlint.errors import RuleError
from dunlint.rulebook import coverage, load
from dunlint.rulebook.load import checked
from dunlint.yaml_places import parse
from tests.conftest import ROOT


def test_all_128_obligations_of_china_are_there_once_each() -> None:
    assert [row.id for row in coverage.obligations("cn")] == [f"{number:03}" for number in range(1, 129)]


def test_the_rules_an_obligation_names_exist_and_at_least_one_is_on_or_it_is_off() -> None:
    book = load.load(["cn"])
    known = {rule.id: rule.enabled for rule in book.rules}
    for row in coverage.obligations("cn"):
        assert set(row.rules) <= set(known), row.id
        if row.state in ("rule", "covered"):
            assert any(known[name] for name in row.rules), row.id


def test_an_obligation_without_its_reason_is_refused() -> None:
    document = parse("id: a\nkey: b\ntitle: {zh: 题, en: t}\nstate: checklist", "x")
    with pytest.raises(RuleError):
        checked(document, (), document.data, coverage.Obligation)


def test_the_coverage_pages_are_up_to_date() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "scripts" / "build_coverage.py"), "--check"], check=False)
    assert done.returncode == 0
