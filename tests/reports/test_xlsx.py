"""Workbooks, opened again with another library: links, dates, filters, and text that stays text."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from dunlint.reports import as_xlsx, audit_folder, sheets
from dunlint.reports.sheets import Column, Sheet
from tests.reports import made, made_audit


def opened(path: Path) -> Workbook:
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    path = tmp_path_factory.mktemp("xlsx") / "a.xlsx"
    as_xlsx.write(made.SMALL, path, "zh")
    return opened(path)


def cells(book: Workbook, sheet: str, row: int) -> dict[str, object]:
    page = book[sheet]
    return {head.value: cell.value for head, cell in zip(page[1], page[row], strict=True)}


def test_both_languages_name_their_sheets(book: Workbook, tmp_path: Path) -> None:
    assert book.sheetnames == ["发现", "联系", "法律依据", "未能检查", "未能读取", "说明"]
    as_xlsx.write(made.SMALL, tmp_path / "en.xlsx", "en")
    english = opened(tmp_path / "en.xlsx")
    assert english.sheetnames == ["Findings", "Contacts", "Law", "Not checkable", "Unreadable", "About"]
    assert cells(english, "Findings", 2)["Verdict"] == "violation"


def test_a_finding_has_its_words_law_and_place(book: Workbook) -> None:
    row = cells(book, "发现", 3)
    assert (row["级别"], row["结论"], row["标题"], row["原话"]) == ("严重", "违规", "辱骂侮辱", "老赖")
    assert row["依据"] == "法律｜乙法｜条号未见（证据等级 A）"
    assert (row["来源文件"], row["行号"], row["债权人"]) == ("logs/sms.xml", 9, "甲公司")


def test_times_are_dates_on_the_wall_clock_with_the_zone_beside_them(book: Workbook) -> None:
    row = cells(book, "发现", 2)
    assert row["当地时间"] == datetime(2026, 3, 2, 22, 4)
    assert (row["时区"], row["UTC 时间"]) == ("Asia/Shanghai", datetime(2026, 3, 2, 14, 4))


def test_a_finding_leads_to_the_row_of_its_contact(book: Workbook) -> None:
    page = book["发现"]
    column = [cell.value for cell in page[1]].index("联系")
    link = page[3][column].hyperlink
    assert link.location == "'联系'!A3"
    assert book["联系"]["A3"].value == page[3][column].value == "c-2"


def test_heads_stay_and_every_sheet_can_be_filtered(book: Workbook) -> None:
    assert book["发现"].freeze_panes == "D2"
    assert book["发现"].auto_filter.ref == "A1:U4"
    assert all(page.freeze_panes for page in book)


def test_the_law_is_told_once_with_what_rests_on_it(book: Workbook) -> None:
    page = book["法律依据"]
    told = [(page.cell(row, 1).value, page.cell(row, 6).value, page.cell(row, 7).value) for row in (2, 3)]
    assert told == [("乙法", "cn-impersonation, cn-insult", 2), ("甲标准", "cn-quiet-hours", 1)]
    assert page.max_row == 3


def test_what_was_not_read_or_checked_is_there(book: Workbook) -> None:
    assert cells(book, "未能读取", 2) == {"文件": "logs/sms.xml", "行": 12, "应为": "date", "实为": "x"}
    assert cells(book, "未能检查", 2)["规则"] == "cn-no-identity"


def test_no_cell_of_a_hostile_report_is_a_formula_or_a_link_outside(tmp_path: Path) -> None:
    as_xlsx.write(made.hostile(), tmp_path / "a.xlsx", "en")
    for page in opened(tmp_path / "a.xlsx"):
        for row in page.iter_rows():
            assert not [cell for cell in row if cell.data_type == "f"]
            assert not [cell for cell in row if cell.hyperlink and cell.hyperlink.target]


def test_a_formula_stays_the_text_it_was(tmp_path: Path) -> None:
    as_xlsx.write(made.hostile(), tmp_path / "a.xlsx", "en")
    assert cells(opened(tmp_path / "a.xlsx"), "Findings", 2)["Words"] == made.FORMULA


def test_a_text_longer_than_a_cell_is_cut_with_a_mark_that_says_how_long_it_was(tmp_path: Path) -> None:
    as_xlsx.write(made.hostile(), tmp_path / "a.xlsx", "en")
    text = str(cells(opened(tmp_path / "a.xlsx"), "Findings", 2)["Explanation"])
    assert len(text) == 32_767
    assert text.endswith("[longer than a cell holds and cut; 1000000 characters in all]")


def test_the_same_findings_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        as_xlsx.write(made.SMALL, tmp_path / f"{name}.xlsx", "zh")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_dates_that_spreadsheets_do_not_know_and_numbers_that_are_none_do_no_harm(tmp_path: Path) -> None:
    columns = [Column("local", "time"), Column("rate", "share")]
    row = {"local": datetime(1800, 1, 1), "rate": float("nan")}
    sheets.write(tmp_path / "a.xlsx", [Sheet("about", columns, [row])], "en")
    assert [cell.value for cell in opened(tmp_path / "a.xlsx")["About"][2]] == ["1800-01-01T00:00:00", None]


def test_an_audit_has_a_sheet_for_every_rollup_with_numbers_as_numbers(tmp_path: Path) -> None:
    as_xlsx.write_audit(audit_folder.read(made_audit.write(tmp_path / "out")), tmp_path / "a.xlsx", "en")
    book = opened(tmp_path / "a.xlsx")
    assert {"By agency", "By collector", "By channel", "By hour", "Hour × weekday", "By rule"} < set(book.sheetnames)
    row = cells(book, "Hour × weekday", 2)
    assert (row["Hour"], row["Weekday"], row["Contacts"], row["95 % from"]) == (22, 1, 2, 0.158114)
    assert cells(book, "By channel", 2)["Channel"] == "SMS"
    assert cells(book, "Findings", 3)["Words"] == "老赖"
    assert cells(book, "Unreadable", 2)["Found"] == f"'{made.FORMULA}"
