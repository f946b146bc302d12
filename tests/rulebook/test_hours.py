"""Quiet hours come from the rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from dunlint.rulebook.hours import quiet_hours
from dunlint.rulebook.load import load

RULE = """
- id: noon
  title: {{zh: 午休, en: Noon}}
  topic: hours
  severity: low
  verdict: {verdict}
  authority: [{{source: house-rule}}]
  when: {{contact: {{direction: outbound, local_time: {{from: "12:00", until: "14:00"}}{more}}}}}
  message: {{zh: 午休, en: noon}}
  tests: []
"""
SOURCE = """
- id: house-rule
  title: {zh: 内规, en: House rule}
  binds: {zh: 本机构, en: this house}
  weight: standard
  evidence: A
"""


def hours(folder: Path, verdict: str = "violation", more: str = "") -> dict[str, str] | None:
    (folder / "sources.yaml").write_text(SOURCE, encoding="utf-8")
    (folder / "rules.yaml").write_text(RULE.format(verdict=verdict, more=more), encoding="utf-8")
    return quiet_hours(load([str(folder)]))


def test_the_hours_are_those_of_a_violation_rule_about_hours(tmp_path: Path) -> None:
    assert hours(tmp_path) == {"from": "12:00", "until": "14:00", "rule": "noon"}


@pytest.mark.parametrize(("verdict", "more"), [("warning", ""), ("violation", ", weekday: sun")])
def test_warnings_and_single_days_make_no_quiet_hours(tmp_path: Path, verdict: str, more: str) -> None:
    assert hours(tmp_path, verdict, more) is None


def test_the_hours_of_a_shipped_pack_are_those_in_its_rule() -> None:
    assert quiet_hours(load(["cn"])) == {"from": "22:00", "until": "08:00", "rule": "cn-quiet-hours"}
