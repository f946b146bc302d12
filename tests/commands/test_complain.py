"""`dunlint complain`: files it writes, what it says, what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result

import dunlint
from dunlint.commands import cli
from dunlint.reports import as_json
from tests.conftest import CASES, sms, sms_backup

PHONE = "13812345678"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["complain", *map(str, arguments)], standalone_mode=False)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "a.xml"
    words = sms("再不还款就打断你的腿", "2026-03-02T23:30:00", address=PHONE)
    path.write_text(sms_backup(words), encoding="utf-8")
    return path


def text_of(path: Path) -> str:
    with ZipFile(path) as packed:
        return packed.read("word/document.xml").decode("utf-8")


def test_both_kinds_are_written_unless_one_is_asked_for(log: Path, tmp_path: Path) -> None:
    result = run(log, "--rules", "cn", "--to", "lender", "-o", tmp_path / "both")
    assert result.return_value == 0
    assert sorted(path.name for path in (tmp_path / "both").iterdir()) == [
        "complaint-lender.docx", "complaint-lender.pdf"
    ]  # fmt: skip
    run(log, "--rules", "cn", "--to", "lender", "--pdf", "-o", tmp_path / "one")
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["complaint-lender.pdf"]


def test_numbers_are_masked_unless_the_copy_is_to_be_sent(log: Path, tmp_path: Path) -> None:
    draft = run(log, "--rules", "cn", "--to", "lender", "--docx", "-o", tmp_path)
    assert PHONE not in text_of(tmp_path / "complaint-lender.docx")
    assert "--show-personal-data" in draft.stderr
    final = run(log, "--rules", "cn", "--to", "lender", "--docx", "-o", tmp_path, "--show-personal-data")
    assert PHONE in text_of(tmp_path / "complaint-lender.docx")
    assert final.stderr == ""


def test_what_check_printed_is_taken_and_masked_too(log: Path, tmp_path: Path) -> None:
    path = tmp_path / "findings.json"
    path.write_text(as_json.as_json(dunlint.check(log, rules=["cn"])), encoding="utf-8")
    assert PHONE in json.dumps(json.loads(path.read_text(encoding="utf-8")))
    assert run(path, "--to", "lender", "--docx", "-o", tmp_path).return_value == 0
    assert PHONE not in text_of(tmp_path / "complaint-lender.docx")


def test_the_list_names_every_channel_with_its_pack() -> None:
    lines = run("--to", "list", "--lang", "en").stdout.splitlines()
    assert "cfpb\tus\tConsumer Financial Protection Bureau (CFPB)" in lines
    assert {line.split("\t")[0] for line in lines} >= {"lender", "12378", "12363", "nifa", "12321"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([CASES / "huabei-overdue", "--to", "nobody"], "unknown_channel"),
        ([CASES / "huabei-overdue", "--to", "cfpb"], "channel_elsewhere"),
        (["--to", "12378"], "no_case"),
        ([CASES / "huabei-overdue", "--to", "12363"], "nothing_to_complain"),
        ([CASES / "cn-lawful-collection", "--to", "12378"], "nothing_to_complain"),
    ],
)
def test_what_makes_no_sense_is_refused_with_exit_code_3(
    arguments: list[object], code: str, tmp_path: Path
) -> None:
    result = run(*arguments, "-o", tmp_path)
    assert isinstance(result.exception, dunlint.DunlintError)
    assert (result.exception.code, result.exception.exit_code) == (code, 3)
    assert list(tmp_path.iterdir()) == []


def test_the_table_of_contacts_names_their_sealed_entries(log: Path, tmp_path: Path) -> None:
    seal = ["evidence", "seal", str(log), "-o", str(tmp_path / "bundle")]
    assert CliRunner().invoke(cli, seal, standalone_mode=False).return_value == 0
    sealed = ("--sealed", tmp_path / "bundle", "--lang", "zh")
    run(log, "--rules", "cn", "--to", "lender", "--docx", "-o", tmp_path, *sealed)
    head = json.loads((tmp_path / "bundle" / "manifest.jsonl").read_text("utf-8").splitlines()[-1])["sha256"]
    assert f"封存条目 3（末条哈希 {head[:16]}…）" in text_of(tmp_path / "complaint-lender.docx")


def test_a_bundle_that_changed_is_not_named_in_a_complaint(log: Path, tmp_path: Path) -> None:
    seal = ["evidence", "seal", str(log), "-o", str(tmp_path / "bundle")]
    assert CliRunner().invoke(cli, seal, standalone_mode=False).return_value == 0
    next((tmp_path / "bundle" / "files").iterdir()).write_bytes(b"")
    result = run(log, "--rules", "cn", "--to", "lender", "-o", tmp_path, "--sealed", tmp_path / "bundle")
    assert isinstance(result.exception, dunlint.DunlintError)
    assert not list(tmp_path.glob("complaint-*"))
