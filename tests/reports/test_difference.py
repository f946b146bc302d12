"""Two audits are compared by fingerprint, as files or as folders."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

import dunlint
from dunlint.errors import InputError
from dunlint.reports import as_json
from dunlint.reports.difference import difference, lines
from tests.conftest import sms, sms_backup
from tests.reports import audit_folder

INSULT, THREAT = sms("你这个畜生，赶紧还款"), sms("再不还款就打断你的腿", "2026-03-03T10:00:00")


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    made = []
    for name, records in (("old", [INSULT]), ("new", [INSULT, THREAT])):
        source = tmp_path / "log.xml"
        source.write_text(sms_backup(*records), encoding="utf-8")
        made.append(tmp_path / f"{name}.json")
        made[-1].write_text(as_json.as_json(dunlint.check(source, rules=["cn"])), encoding="utf-8")
    return made[0], made[1]


def test_what_appeared_what_went_away_and_what_stayed(files: tuple[Path, Path]) -> None:
    old, new = files
    told = [{one["fingerprint"] for one in json.loads(path.read_text())["findings"]} for path in files]
    forth, back = difference(old, new), difference(new, old)
    assert {one.fingerprint for one in forth.appeared} == told[1] - told[0] != set()
    assert forth.went_away == ()
    assert forth.stayed == len(told[0]) > 0
    assert back.went_away == forth.appeared
    assert back.appeared == ()


def test_the_lines_name_sign_rule_and_place_in_the_language_asked(files: tuple[Path, Path]) -> None:
    told = list(lines(difference(*files), "zh"))
    assert told[0].startswith("+ [极严重 · 违规] 2026-03-03 10:00:00 · 短信")
    assert "log.xml:4" in told[0]
    assert "went away" in list(lines(difference(*files), "en"))[-1]


def test_two_audit_folders_are_compared(tmp_path: Path) -> None:
    old = audit_folder.make(tmp_path / "old", findings=20, contacts=50)
    new = audit_folder.make(tmp_path / "new", findings=20, contacts=50)
    table = pl.read_parquet(new / "findings.parquet")
    table[3:].write_parquet(new / "findings.parquet")
    found = difference(old, new)
    assert {one.fingerprint for one in found.went_away} == set(table["fingerprint"][:3])
    assert (len(found.appeared), found.stayed) == (0, 17)


def test_a_folder_that_no_audit_wrote_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="dunlint audit"):
        difference(tmp_path, tmp_path)
