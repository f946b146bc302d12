"""`report` and `diff` on the command line: files, standard output, formats by ending, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dunlint.commands import cli
from dunlint.errors import BadArgument, InputError
from tests.conftest import sms, sms_backup
from tests.reports import audit_folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(one) for one in arguments], standalone_mode=False)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("log") / "log.xml"
    path.write_text(sms_backup(sms("你这个畜生，赶紧还款，电话13812345678")), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def findings(log: Path) -> Path:
    path = log.parent / "findings.json"
    path.write_text(run("check", log, "--rules", "cn", "--output", "json").stdout, encoding="utf-8")
    return path


def test_a_report_is_made_from_findings_and_its_format_read_from_the_ending(findings: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    assert run("report", findings, "-o", target, "--lang", "zh").exception is None
    text = target.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert '<html lang="zh-Hans"' in text
    assert "13812345678" not in text


def test_a_report_masks_what_the_findings_show_unless_it_is_asked_not_to(log: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain.json"
    plain.write_text(
        run("check", log, "--rules", "cn", "--output", "json", "--show-personal-data").stdout, encoding="utf-8"
    )
    run("report", plain, "-o", tmp_path / "a.html")
    run("report", plain, "-o", tmp_path / "b.html", "--show-personal-data")
    assert "13812345678" not in (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "13812345678" in (tmp_path / "b.html").read_text(encoding="utf-8")


def test_a_report_made_with_the_check_is_the_one_made_from_its_json(log: Path, findings: Path, tmp_path: Path) -> None:
    done = run("check", log, "--rules", "cn", "--output", f"html={tmp_path / 'a.html'}", "--output", "json")
    assert json.loads(done.stdout) == json.loads(findings.read_text(encoding="utf-8"))
    run("report", findings, "--to", "html", "-o", tmp_path / "b.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_text_goes_to_standard_output_and_what_is_no_text_does_not(findings: Path) -> None:
    assert run("report", findings, "--to", "html", "-o", "-").stdout_bytes.startswith(b"<!DOCTYPE html>")
    assert isinstance(run("report", findings, "--to", "xlsx", "-o", "-").exception, BadArgument)


def test_an_audit_folder_becomes_a_report(tmp_path: Path) -> None:
    folder = audit_folder.make(tmp_path / "out", findings=10, contacts=40)
    assert run("report", folder, "-o", tmp_path / "audit.html").exception is None
    assert "Collection compliance audit" in (tmp_path / "audit.html").read_text(encoding="utf-8")


def test_an_unknown_ending_and_another_file_are_refused(findings: Path, log: Path, tmp_path: Path) -> None:
    assert isinstance(run("report", findings, "-o", tmp_path / "report.odt").exception, BadArgument)
    assert isinstance(run("report", log, "-o", tmp_path / "report.html").exception, InputError)
    assert isinstance(run("report", tmp_path, "-o", tmp_path / "report.html").exception, InputError)


def test_diff_ends_with_one_only_for_something_new_and_grave_enough(findings: Path, tmp_path: Path) -> None:
    data = json.loads(findings.read_text(encoding="utf-8"))
    none = tmp_path / "none.json"
    none.write_text(json.dumps({**data, "findings": []}), encoding="utf-8")
    worst = {one["severity"] for one in data["findings"]}
    assert "critical" not in worst
    assert run("diff", none, findings).return_value == 1
    assert run("diff", none, findings, "--fail-on", "critical").return_value == 0
    assert run("diff", findings, none).return_value == 0
    told = json.loads(run("diff", none, findings, "--output", "json").stdout)
    assert [one["fingerprint"] for one in told["appeared"]] == [one["fingerprint"] for one in data["findings"]]
