"""`dunlint import`: anything becomes one table that gives the same findings; a proposal can be saved and used."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from dunlint.records import load, store
from dunlint.records.schema import ACCOUNT_COLUMNS, CONTACT_COLUMNS, EVENT_COLUMNS
from tests.conftest import CASES, ROOT, sms, sms_backup

EXPORTS = ROOT / "corpus" / "exports"
AGENCY = EXPORTS / "agency-calls-zh.csv"
CASE = CASES / "huabei-overdue"


def dunlint(*arguments: object, **variables: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "DUNLINT_LANG": "en", "PYTHONWARNINGS": "error", **variables}
    command = [sys.executable, str(ROOT / "cli.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, env=environment, check=False)


def checked(*arguments: object) -> dict[str, object]:
    told = json.loads(dunlint("check", *arguments, "--output", "json").stdout)
    return {name: told[name] for name in ("findings", "not_checkable", "unreadable", "notes", "checked", "rules")}


def test_a_case_imported_gives_the_same_findings_as_its_files(tmp_path: Path) -> None:
    done = dunlint("import", CASE, "-o", tmp_path / "records.parquet")
    assert done.returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "records.accounts.parquet",
        "records.events.parquet",
        "records.parquet",
    ]
    assert checked(tmp_path / "records.parquet") == checked(CASE)


def test_a_folder_of_imported_tables_is_read_once(tmp_path: Path) -> None:
    store.write(load([CASE]), tmp_path / "records.parquet")
    records = load([tmp_path])
    again = load([tmp_path / "records.parquet"])
    assert records.contacts.equals(again.contacts)
    assert records.accounts.equals(again.accounts)
    assert records.events.equals(again.events)
    assert records.contacts.equals(load([CASE]).contacts)


def test_what_could_not_be_read_stays_listed(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text("at,channel,direction,text\n2026-03-02T10:00:00Z,sms,outbound,x\nbroken\n", encoding="utf-8")
    done = dunlint("import", log, "-o", tmp_path / "r.parquet")
    assert done.returncode == 0
    assert b"log.csv:3" in done.stderr
    assert (tmp_path / "r.unreadable.csv").is_file()
    assert [(one.file, one.line) for one in load([tmp_path / "r.parquet"]).unreadable] == [(str(log), 3)]
    assert json.loads(pl.read_parquet_metadata(tmp_path / "r.parquet")["dunlint"])["unreadable"] == 1
    log.write_text("at,channel,direction,text\n2026-03-02T10:00:00Z,sms,outbound,x\n", encoding="utf-8")
    dunlint("import", log, "-o", tmp_path / "r.parquet")
    assert not (tmp_path / "r.unreadable.csv").exists()


def test_the_tables_have_the_documented_columns(tmp_path: Path) -> None:
    files = store.write(load([CASE]), tmp_path / "r.parquet")
    for path, columns in zip(files, (CONTACT_COLUMNS, ACCOUNT_COLUMNS, EVENT_COLUMNS), strict=True):
        assert pl.read_parquet_schema(path) == columns


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_proposal_can_be_saved_and_used(tmp_path: Path, lang: str) -> None:
    proposed = dunlint("import", "--suggest", AGENCY, "--zone", "Asia/Shanghai", "--lang", lang)
    assert proposed.returncode == 0
    for word in ("呼叫类型", "呼出: outbound", "线路检修", "1.5", {"zh": "确定", "en": "sure"}[lang]):
        assert word in proposed.stdout.decode()
    mapping = tmp_path / "mapping.yaml"
    mapping.write_bytes(proposed.stdout)
    by_mapping = load([AGENCY], mapping=mapping)
    by_hand = load([AGENCY], mapping=EXPORTS / "agency-calls-zh.mapping.yaml")
    assert by_mapping.contacts.equals(by_hand.contacts)


def test_a_proposal_for_several_tables_is_a_list_that_can_be_used(tmp_path: Path) -> None:
    for path in (AGENCY, EXPORTS / "dialer-en.csv"):
        shutil.copy(path, tmp_path)
    mappings = [dunlint("import", "--suggest", path).stdout.decode() for path in sorted(tmp_path.iterdir())]
    assert all(text.count("table: contacts") == 1 for text in mappings)
    assert "month_first" in mappings[1]


def test_a_file_without_a_table_of_ours_says_what_its_header_is(tmp_path: Path) -> None:
    path = tmp_path / "shopping.csv"
    path.write_text("apples,pears\n1,2\n", encoding="utf-8")
    done = dunlint("import", "--suggest", path)
    assert done.returncode == 3
    assert "apples, pears" in done.stderr.decode()


def test_a_preview_is_plain_in_a_pipe_and_masked(tmp_path: Path) -> None:
    done = dunlint("import", AGENCY, "--zone", "Asia/Shanghai", "--rows", "2")
    lines = done.stdout.decode().splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("case_id\tat\t")
    assert "13800000003" not in done.stdout.decode()
    plain = dunlint("import", AGENCY, "--zone", "Asia/Shanghai", "--rows", "2", "--show-personal-data")
    assert "13800000003" in plain.stdout.decode()


def test_data_goes_to_stdout_and_the_account_to_stderr(tmp_path: Path) -> None:
    done = dunlint("import", AGENCY, "--zone", "Asia/Shanghai", "-o", tmp_path / "r.parquet")
    assert done.stdout == b""
    assert b"5 contacts" in done.stderr
    quiet = dunlint("import", AGENCY, "--zone", "Asia/Shanghai", "-o", tmp_path / "r.parquet", "-q")
    assert quiet.stderr == b""


@pytest.mark.parametrize(
    "arguments",
    [
        (AGENCY,),
        (AGENCY, "-o", "records.csv"),
        (AGENCY, "-o", "no/such/folder/r.parquet"),
        ("missing.csv", "--rows", "1"),
    ],
    ids=["nothing asked", "not parquet", "no such folder", "no such file"],
)
def test_bad_arguments_give_three_in_one_message(tmp_path: Path, arguments: tuple[object, ...]) -> None:
    done = dunlint("import", *arguments)
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr


def test_no_half_file_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = load([CASE])
    store.write(records, tmp_path / "r.parquet")
    before = (tmp_path / "r.parquet").read_bytes()

    def fails(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", fails)
    with pytest.raises(Exception, match="No space left"):
        store.write(records, tmp_path / "r.parquet")
    assert (tmp_path / "r.parquet").read_bytes() == before
    assert not list(tmp_path.glob("*.part"))


def test_a_mixed_folder_of_a_new_user(tmp_path: Path) -> None:
    (tmp_path / "sms.xml").write_text(sms_backup(sms("您的借呗已逾期，再不还款就上门")), encoding="utf-8")
    shutil.copy(AGENCY, tmp_path)
    (tmp_path / "letter.doc").write_bytes(bytes(range(256)))
    for lang in ("zh", "en"):
        done = dunlint("import", tmp_path, "--zone", "Asia/Shanghai", "--lang", lang, "-o", tmp_path / "out.parquet")
        told = done.stderr.decode()
        assert done.returncode == 0
        assert "letter.doc" in told
        assert "--case" in told
        (tmp_path / "out.parquet").unlink()
        (tmp_path / "out.unreadable.csv").unlink()


def test_check_takes_the_same_inputs_and_mappings(tmp_path: Path) -> None:
    mapping = EXPORTS / "agency-calls-zh.mapping.yaml"
    by_mapping = dunlint("check", AGENCY, "--mapping", mapping, "--rules", "cn", "--output", "json")
    assert json.loads(by_mapping.stdout)["checked"] == 5
    archive = shutil.make_archive(str(tmp_path / "case"), "zip", CASE)
    assert len(checked(archive)["findings"]) == len(checked(CASE)["findings"]) > 0
