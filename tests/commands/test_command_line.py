"""The command line: exit codes, languages, plain data in a pipe, quick help."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import CASES, ROOT, sms, sms_backup

CASE = str(CASES / "huabei-overdue")


def dunlint(*arguments: str, stdin: bytes | None = None, **variables: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "DUNLINT_LANG": "en", "PYTHONWARNINGS": "error", **variables}
    command = [sys.executable, str(ROOT / "cli.py"), *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, env=environment, check=False)


@pytest.fixture
def lawful(tmp_path: Path) -> Path:
    path = tmp_path / "lawful.xml"
    path.write_text(sms_backup(sms("您的账单已过还款日，请尽快还款。")), encoding="utf-8")
    return path


def test_findings_give_exit_code_one_and_none_give_zero(lawful: Path) -> None:
    assert dunlint("check", CASE).returncode == 1
    assert dunlint("check", str(lawful), "--rules", "cn").returncode == 0


def test_fail_on_and_min_severity_set_the_bar(tmp_path: Path) -> None:
    path = tmp_path / "insult.xml"
    path.write_text(sms_backup(sms("你这个畜生，赶紧还款")), encoding="utf-8")
    assert dunlint("check", str(path), "--rules", "cn", "--fail-on", "critical").returncode == 0
    assert dunlint("check", str(path), "--rules", "cn", "--fail-on", "high").returncode == 1
    shown = json.loads(dunlint("check", CASE, "--output", "json", "--min-severity", "critical").stdout)
    assert {finding["severity"] for finding in shown["findings"]} == {"critical"}


def test_a_wrong_rule_gives_two_and_bad_input_or_arguments_three(tmp_path: Path, lawful: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yaml").write_text("- id: [", encoding="utf-8")
    assert dunlint("check", str(lawful), "--rules", str(tmp_path / "rules")).returncode == 2
    assert dunlint("check", str(tmp_path / "missing.xml")).returncode == 3
    assert dunlint("check", str(lawful), "--engine", "prolog").returncode == 3
    assert dunlint("frobnicate").returncode == 3


def test_an_error_is_one_line_with_the_place_and_the_next_step(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.touch()
    done = dunlint("check", str(path))
    message = done.stderr.decode()
    assert "empty.csv" in message
    assert "Traceback" not in message
    assert message.count("\n") == 1
    assert "空" in dunlint("check", str(path), DUNLINT_LANG="zh").stderr.decode()


def test_standard_input_is_read(lawful: Path) -> None:
    done = dunlint("check", "-", "--rules", "cn", "--output", "json", stdin=lawful.read_bytes())
    assert json.loads(done.stdout)["checked"] == 1


def test_output_in_a_pipe_is_plain_and_whole() -> None:
    out = dunlint("check", CASE, "--lang", "zh").stdout.decode()
    assert "\x1b" not in out
    assert "夜间催收" in out
    assert "Contact in quiet hours" in dunlint("check", CASE, "--lang", "en").stdout.decode()


def test_the_rules_chosen_and_why_are_said(lawful: Path) -> None:
    assert "named by the case" in dunlint("check", CASE).stdout.decode()
    assert "inferred from the language" in dunlint("check", str(lawful)).stdout.decode()
    assert "as asked" in dunlint("check", str(lawful), "--rules", "cn").stdout.decode()


def test_both_engines_run_and_agree() -> None:
    pytest.importorskip("durable.engine")
    both = json.loads(dunlint("check", CASE, "--engine", "both", "--output", "json").stdout)
    one = json.loads(dunlint("check", CASE, "--engine", "clips", "--output", "json").stdout)
    assert both["findings"] == one["findings"]


def test_json_from_clips_is_nothing_but_json() -> None:
    out = dunlint("check", CASE, "--engine", "clips", "--output", "json").stdout
    assert json.loads(out)["engine"] == "clips"


def test_personal_data_is_shown_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(sms_backup(sms("再不还款打断你的腿，打13812345678")), encoding="utf-8")
    hidden = dunlint("check", str(path), "--rules", "cn").stdout.decode()
    plain = dunlint("check", str(path), "--rules", "cn", "--show-personal-data").stdout.decode()
    assert "13812345678" not in hidden
    assert "13812345678" in plain


def test_rules_are_listed_and_shown_with_their_law_in_both_languages() -> None:
    assert b"cn-quiet-hours" in dunlint("rules").stdout
    shown = dunlint("rules", "show", "cn-quiet-hours").stdout.decode()
    assert "夜间催收" in shown
    assert "Contact in quiet hours" in shown
    assert "GB/T 45251-2025" in shown
    assert dunlint("rules", "show", "no-such-rule").returncode == 3


@pytest.mark.parametrize("asked", [("--lang", "zh"), ("--lang=zh",)])
def test_errors_are_told_in_the_language_asked_for(asked: tuple[str, ...]) -> None:
    done = dunlint("check", "no-such-file.xml", *asked)
    assert done.returncode == 3
    assert "没有这个文件" in done.stderr.decode()
    assert "no such file" in dunlint("check", "no-such-file.xml").stderr.decode().lower()


def test_formats_lists_every_column() -> None:
    out = dunlint("formats").stdout.decode()
    assert all(word in out for word in ("sms_backup", "webvtt", "talk_seconds", "lender_type"))


@pytest.mark.parametrize("arguments", [("--help",), ("--version",)])
def test_help_and_version_come_at_once(arguments: tuple[str, ...]) -> None:
    """Processor seconds, so that other work on the machine does not count."""
    dunlint(*arguments)  # the first run may compile
    spent = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert dunlint(*arguments).returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(spent) < 0.3


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, dunlint.commands as c\ntry: c.main(['--help'])\nexcept SystemExit: pass\n"
    code += "print([m for m in ('polars', 'spacy', 'pydantic', 'numpy') if m in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stderr.decode().strip() == "[]"
