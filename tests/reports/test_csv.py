"""CSV: one row a finding, and no cell that a spreadsheet runs."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import dunlint
from dunlint.reports import as_csv, audit_folder
from dunlint.reports.plain import cell, cut, plain
from tests.reports import made, made_audit

GOLDEN = Path(__file__).parent / "golden"


def rows(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(10_000_000)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_small_report_is_what_it_should_be_to_the_letter(tmp_path: Path) -> None:
    as_csv.write(made.SMALL, tmp_path / "a.csv", "zh")
    assert (tmp_path / "a.csv").read_text(encoding="utf-8-sig") == (GOLDEN / "small.csv").read_text(encoding="utf-8")


def test_spreadsheets_see_that_it_is_utf_8(tmp_path: Path) -> None:
    as_csv.write(made.SMALL, tmp_path / "a.csv", "zh")
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_no_cell_of_a_hostile_report_starts_a_formula(tmp_path: Path) -> None:
    as_csv.write(made.hostile(), tmp_path / "a.csv", "en")
    (row,) = rows(tmp_path / "a.csv")
    assert row["quote"] == f"'{made.FORMULA}"
    assert not [value for value in row.values() if value.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert "[U+0000]" in row["title_zh"]
    assert "[U+202E]" in row["title_zh"]


@pytest.mark.parametrize("text", ["=1", "+86 139", "-1", "@a", "\tx", "\rx", "\nx", "＝1"])
def test_text_that_looks_like_a_formula_is_prefixed(text: str) -> None:
    assert cell(text).startswith("'")


@pytest.mark.parametrize("value", [-5, 1.5, 0, "a=1", "2026-03-02"])
def test_numbers_and_other_text_stay_as_they_are(value: object) -> None:
    assert cell(value) == value


def test_what_can_not_be_seen_is_shown_and_nothing_is_dropped() -> None:
    assert plain("a\r\nb\rc\x00\u200b\ud800") == "a\nb\nc[U+0000][U+200B][U+D800]"
    assert plain("👨\u200d👩 汉字\tok") == "👨\u200d👩 汉字\tok"


def test_a_cut_text_ends_with_its_mark() -> None:
    assert cut("abcdef", 4, "…") == "abc…"
    assert cut("abcd", 4, "…") == "abcd"


def test_an_audit_gives_the_same_columns_and_its_clock(tmp_path: Path) -> None:
    folder = made_audit.write(tmp_path / "out")
    as_csv.write_audit(audit_folder.read(folder), tmp_path / "a.csv", "zh")
    found = rows(tmp_path / "a.csv")
    assert [(row["rule"], row["quote"], row["week"], row["hour"], row["weekday"]) for row in found] == [
        ("cn-quiet-hours", "", "2026-03-02", "22", "1"),
        ("cn-insult", "老赖", "2026-03-02", "10", "2"),
        ("cn-impersonation", "", "2026-03-02", "10", "2"),
    ]
    assert found[0]["at"] == "2026-03-02T14:04:00+00:00"


@pytest.mark.parametrize("missing", ["summary.json", "findings.parquet", "fields.csv"])
def test_a_folder_that_is_no_audit_is_refused_with_the_next_step(tmp_path: Path, missing: str) -> None:
    folder = made_audit.write(tmp_path / "out")
    (folder / missing).unlink()
    with pytest.raises(dunlint.InputError, match="dunlint audit"):
        as_csv.write_audit(audit_folder.read(folder), tmp_path / "a.csv", "zh")
