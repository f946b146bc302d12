"""Rule files: every mistake is an error with file, line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from dunlint import yaml_places
from dunlint.errors import BadArgument, RuleError
from dunlint.rulebook import load
from dunlint.rulebook.program import compile_program
from dunlint.ruletests import run

SOURCES = """
- id: s
  title: {zh: 某法, en: Some law}
  binds: {zh: 所有人, en: everyone}
  weight: law
  evidence: A
"""
RULE = """
- id: my-rule
  title: {zh: 题, en: title}
  topic: hours
  severity: high
  verdict: violation
  authority: [{source: s}]
  when: {contact: {direction: outbound}}
  message: {zh: 文, en: text}
"""


def folder(tmp_path: Path, rules: str = RULE, sources: str = SOURCES) -> str:
    (tmp_path / "sources.yaml").write_text(sources, encoding="utf-8")
    (tmp_path / "rules.yaml").write_text(rules, encoding="utf-8")
    return str(tmp_path)


def error(tmp_path: Path, rules: str, sources: str = SOURCES) -> RuleError:
    with pytest.raises(RuleError) as caught:
        compile_program(load.load([folder(tmp_path, rules, sources)]))
    return caught.value


def test_a_folder_of_ones_own_is_a_rulebook(tmp_path: Path) -> None:
    assert [rule.id for rule in load.load([folder(tmp_path)]).rules] == ["my-rule"]


@pytest.mark.parametrize(
    ("change", "code", "line"),
    [
        (("severity: high", "severity: high\n  colour: red"), "rule_value", 6),
        (("severity: high", "severity: dreadful"), "rule_value", 5),
        (("severity: high", "severity: high\n  severity: low"), "duplicate_key", 6),
        (("{source: s}", "{source: t}"), "dangling_source", 2),
        (("direction: outbound", "directoin: outbound"), "rule_value", 8),
        (("{contact: {direction: outbound}}", "{finding: other}"), "dangling_rule", 2),
        (("{contact: {direction: outbound}}", "{finding: my-rule}"), "circular_rules", 2),
        (("authority: [", "authority: &a ["), None, 0),
        (("title: {zh: 题, en: title}", "title: &t {zh: 题, en: title}\n  notes: *t"), "yaml_alias", 3),
        (("topic: hours", "topic: [hours"), "yaml", 5),
    ],
)
def test_each_mistake_is_found_at_its_place(
    tmp_path: Path, change: tuple[str, str], code: str | None, line: int
) -> None:
    rules = RULE.replace(*change)
    if code is None:
        assert load.load([folder(tmp_path, rules)]).rules
        return
    problem = error(tmp_path, rules)
    assert problem.code == code
    assert problem.where.split(":")[-2] == str(line)
    assert problem.exit_code == 2


def test_a_second_rule_of_the_same_name_is_refused(tmp_path: Path) -> None:
    assert error(tmp_path, RULE + RULE).code == "duplicate_rule"


def test_weak_evidence_may_not_be_switched_on(tmp_path: Path) -> None:
    assert error(tmp_path, RULE, SOURCES.replace("evidence: A", "evidence: D")).code == "weak_evidence_enabled"


def test_a_rule_that_is_off_needs_a_reason(tmp_path: Path) -> None:
    assert error(tmp_path, RULE + "  enabled: false\n").code == "rule_value"


def test_clock_times_and_words_like_no_keep_their_spelling() -> None:
    data = yaml_places.parse("a: 22:00\nb: no\nc: on\nd: true\ne: 2026-01-01\nf: 1.5", "x").data
    assert [data[key] for key in "abcd"] == ["22:00", "no", "on", True]
    assert data["e"].isoformat() == "2026-01-01"
    assert data["f"] == 1.5


def test_deep_nesting_is_refused_not_followed() -> None:
    with pytest.raises(RuleError):
        yaml_places.parse("[" * 300 + "]" * 300, "x")


def test_an_unknown_pack_is_a_bad_argument() -> None:
    with pytest.raises(BadArgument):
        load.load(["atlantis"])


@pytest.mark.parametrize("pack", load.shipped())
def test_every_test_inside_the_shipped_rules_passes(pack: str) -> None:
    book = load.load([pack])
    outcomes = list(run(book))
    assert len(outcomes) >= 4 * len(book.enabled)
    assert [f"{o.rule}: {o.name}: {o.expected} != {o.found} {o.error}" for o in outcomes if not o.passed] == []


@pytest.mark.parametrize("pack", load.shipped())
def test_every_shipped_rule_has_a_passing_and_a_failing_test(pack: str) -> None:
    for rule in load.load([pack]).enabled:
        verdicts = {test.expect for test in rule.tests}
        assert "none" in verdicts, rule.id
        assert verdicts - {"none"}, rule.id


def test_china_has_at_least_twenty_rules_on() -> None:
    assert len(load.load(["cn"]).enabled) >= 20


def test_an_unexpected_finding_fails_a_rule_test(tmp_path: Path) -> None:
    tests = "  tests: [{name: t, given: {contact: {channel: sms, direction: outbound, text: 请还款}}, expect: none}]\n"
    outcome = next(run(load.load([folder(tmp_path, RULE + tests)])))
    assert not outcome.passed
    assert outcome.found == {0: "violation"}
