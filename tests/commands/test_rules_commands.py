"""`dunlint rules test | explain | new`, overrides, suppressions and baselines: a user's own answers to what
was found.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

import dunlint
from dunlint import suppress
from dunlint.commands import cli
from dunlint.errors import BadArgument, RuleError
from dunlint.rulebook import load
from tests.conftest import CASES

CASE = str(CASES / "huabei-overdue")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), standalone_mode=False)


@pytest.fixture(scope="module")
def report() -> dunlint.Report:
    return dunlint.check(CASE)


def test_a_rule_is_tested_with_the_defaults_of_its_own_pack_though_all_packs_are_loaded() -> None:
    assert run("rules", "test", "cn-not-the-agreed-contact", "us-ma-two-in-seven").return_value == 0


def test_rule_tests_run_by_id_and_write_junit(tmp_path: Path) -> None:
    junit = tmp_path / "out.xml"
    result = run("rules", "--rules", "cn", "test", "cn-quiet-hours", "--junit", str(junit))
    assert result.return_value == 0
    suite = ElementTree.parse(junit).getroot()
    assert int(suite.get("tests", "0")) >= 8
    assert suite.get("failures") == "0"


def test_a_case_with_a_wrong_expectation_fails(tmp_path: Path) -> None:
    for path in (CASES / "huabei-overdue").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert run("rules", "test", "--case", str(tmp_path)).return_value == 0
    (tmp_path / "expected.yaml").write_text(
        "- {file: sms.xml, line: 4, rule: cn-insult, verdict: violation}\n", encoding="utf-8"
    )
    result = run("rules", "test", "--case", str(tmp_path))
    assert result.return_value == 2
    assert "cn-insult" in result.output
    assert "cn-quiet-hours" in result.output


def test_explain_shows_each_condition_with_its_value_and_the_verdict() -> None:
    fired = run("rules", "--rules", "cn", "--lang", "en", "explain", "cn-quiet-hours", CASE, "--contact", "sms.xml:8")
    assert "✓ when.contact.local_time" in fired.output
    assert "22:04" in fired.output
    assert fired.output.strip().endswith("so: violation")
    kept = run("rules", "--rules", "cn", "--lang", "en", "explain", "cn-quiet-hours", CASE, "--contact", "sms.xml:7")
    assert "✗ when.contact.local_time" in kept.output
    assert kept.output.strip().endswith("so: does not hold")


def test_explain_refuses_a_contact_that_is_not_there() -> None:
    assert isinstance(run("rules", "explain", "cn-quiet-hours", CASE, "--contact", "c-0").exception, BadArgument)


def test_a_new_rule_passes_its_own_tests_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    assert run("rules", "new", "no-noon", str(folder)).exception is None
    assert run("rules", "--rules", str(folder), "test").return_value == 0
    assert isinstance(run("rules", "new", "no-noon", str(folder)).exception, BadArgument)


def test_shipped_rules_can_be_switched_off_or_weighed_anew(tmp_path: Path) -> None:
    (tmp_path / "overrides.yaml").write_text(
        "- {rule: cn-quiet-hours, enabled: false, reason: 另有约定}\n"
        "- {rule: cn-insult, severity: low, reason: 内部口径}\n",
        encoding="utf-8",
    )
    found = dunlint.check(CASE, rules=["cn", str(tmp_path)]).findings
    assert "cn-quiet-hours" not in {finding.rule for finding in found}
    assert {finding.severity for finding in found if finding.rule == "cn-insult"} == {"low"}


def test_an_override_of_no_rule_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "overrides.yaml").write_text("- {rule: no-such, enabled: false, reason: 错误}\n", encoding="utf-8")
    with pytest.raises(BadArgument):
        load.load(["cn", str(tmp_path)])


def suppressions(tmp_path: Path, text: str) -> list[suppress.Suppression]:
    path = tmp_path / "suppressions.yaml"
    path.write_text(text, encoding="utf-8")
    return suppress.load(path)


def test_a_suppressed_finding_is_hidden_counted_and_keeps_its_reason(tmp_path: Path, report: dunlint.Report) -> None:
    first = report.findings[0]
    told = f"- {{fingerprint: {first.fingerprint}, reason: 已道歉处理, owner: 合规部, until: 2026-12-31}}\n"
    shown = suppress.suppress(report, suppressions(tmp_path, told), date(2026, 11, 23), "en")
    assert first.fingerprint not in {finding.fingerprint for finding in shown.findings}
    assert [finding.suppressed["owner"] for finding in shown.suppressed if finding.suppressed] == ["合规部"]


def test_an_expired_suppression_hides_nothing_and_is_said_aloud(tmp_path: Path, report: dunlint.Report) -> None:
    told = f"- {{rule: {report.findings[0].rule}, reason: 已道歉处理, owner: 合规部, until: 2026-01-31}}\n"
    shown = suppress.suppress(report, suppressions(tmp_path, told), date(2026, 11, 23), "en")
    assert shown.findings == report.findings
    assert any("ended on 2026-01-31" in note for note in shown.notes)


@pytest.mark.parametrize(
    "text", ["- {rule: a, reason: why, owner: me}", "- {reason: why, owner: me, until: 2026-01-01}", "- {rule: a}"]
)
def test_a_suppression_needs_what_why_who_and_until(tmp_path: Path, text: str) -> None:
    with pytest.raises(RuleError):
        suppressions(tmp_path, text)


def test_a_baseline_leaves_only_what_is_new(tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_text(run("check", CASE, "--output", "json").output, encoding="utf-8")
    again = json.loads(run("check", CASE, "--output", "json", "--baseline", str(path)).output)
    assert again["findings"] == []
    assert again["known"] == len(json.loads(path.read_text(encoding="utf-8"))["findings"])
