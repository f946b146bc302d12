"""Workbooks: every sheet by its header, cells of every type, phone numbers in full."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from dunlint.errors import UnreadableFile
from dunlint.records import load
from dunlint.records.tables import workbook

CALLS = ["案件编号", "工号", "通话开始时间", "呼叫类型", "通话时长", "客户手机号"]


def book(path: Path, **sheets: Sequence[Sequence[Any]]) -> Path:
    made = xlsxwriter.Workbook(path)
    formats = {datetime: "yyyy-mm-dd hh:mm:ss", date: "yyyy/m/d", time: "hh:mm"}
    styles = {kind: made.add_format({"num_format": text}) for kind, text in formats.items()}
    for name, rows in sheets.items():
        sheet = made.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if type(value) in styles:
                    sheet.write_datetime(number, column, value, styles[type(value)])
                elif isinstance(value, tuple):
                    sheet.write_formula(number, column, value[0], None, value[1])
                elif value is not None:
                    sheet.write(number, column, value)
    made.close()
    return path


def test_cells_of_every_type(tmp_path: Path) -> None:
    row = ["A1", "0721", datetime(2026, 3, 2, 22, 4, 7), "呼出", 61.5, 13800000003]
    formula = ["A1", "0721", datetime(2026, 3, 2, 23, 0), "呼入", ("=1+1", 2), ("=A1", 13800000004)]
    path = book(tmp_path / "a.xlsx", 通话=[CALLS, row, formula])
    first, second = load([path], zone="Asia/Shanghai").contacts.rows(named=True)
    assert (first["at"], first["talk_seconds"]) == (datetime(2026, 3, 2, 14, 4, 7, tzinfo=UTC), 61.5)
    assert (first["to_number"], first["direction"], first["agent"]) == ("13800000003", "outbound", "0721")
    assert (second["talk_seconds"], second["to_number"], second["direction"]) == (2, "13800000004", "inbound")
    assert first["source_file"] == f"{path}[通话]"
    assert [first["source_line"], second["source_line"]] == [2, 3]


def test_a_date_and_a_time_in_two_columns_and_a_day_of_excel_in_one(tmp_path: Path) -> None:
    two = book(
        tmp_path / "two.xlsx", t=[["日期", "时间", "工号", "短信内容"], [date(2026, 3, 2), time(22, 4), "1", "x"]]
    )
    one = book(tmp_path / "one.xlsx", t=[["发送时间", "工号", "短信内容"], [46083.5, "1", "x"]])
    assert load([two], zone="Asia/Shanghai").contacts["at"].to_list() == [datetime(2026, 3, 2, 14, 4, tzinfo=UTC)]
    assert load([one], zone="Asia/Shanghai").contacts["at"].to_list() == [datetime(2026, 3, 2, 4, 0, tzinfo=UTC)]


def test_a_day_without_a_clock_is_not_midnight(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", t=[["联系日期", "工号", "短信内容"], [date(2026, 3, 2), "1", "x"]])
    records = load([path], zone="Asia/Shanghai", lang="en")
    assert records.contacts["at"].to_list() == [None]
    assert any("without a clock time" in note for note in records.notes)


def test_several_sheets_each_by_its_header(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        通话明细=[["某公司"], CALLS, ["A1", "7", datetime(2026, 3, 2, 10), "呼出", 5, "021"]],
        案件=[["案件编号", "产品", "借款本金"], ["A1", "消费贷", 5000]],
        事件=[["案件编号", "事件类型", "登记时间"], ["A1", "投诉", datetime(2026, 3, 3, 9)]],
        说明=[["仅供内部使用"]],
        空=[],
    )
    records = load([path], zone="Asia/Shanghai", lang="en")
    assert (len(records.contacts), len(records.accounts), len(records.events)) == (1, 1, 1)
    assert records.contacts["source_line"].to_list() == [3]
    assert any("[说明]" in note for note in records.notes)


def test_empty_rows_keep_the_row_numbers(tmp_path: Path) -> None:
    row = ["A1", "7", "2026-03-02 10:00:00", "呼出", 5, "021"]
    path = book(tmp_path / "a.xlsx", t=[CALLS, [], row, [], ["A1", "7", "soon", "呼出", 5, "021"], row])
    records = load([path], zone="Asia/Shanghai")
    assert records.contacts["source_line"].to_list() == [3, 6]
    assert [(one.line, one.file) for one in records.unreadable] == [(5, f"{path}[t]")]


def test_a_workbook_without_a_table_of_ours_and_a_wide_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as caught:
        load([book(tmp_path / "a.xlsx", t=[["一", "二"], [1, 2]])])
    assert caught.value.code == "not_our_columns"
    with pytest.raises(UnreadableFile) as caught:
        load([book(tmp_path / "w.xlsx", t=[[*CALLS, *map(str, range(2_500))], ["A"]])])
    assert caught.value.code == "too_many_columns"


def test_a_damaged_workbook_is_unreadable(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", t=[CALLS, ["A1", "7", "2026-03-02 10:00:00", "呼出", 5, "021"]])
    other = tmp_path / "cut.xlsx"
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(other, "w") as cut:
        for name in whole.namelist():
            if "sheet1" not in name:
                cut.writestr(name, whole.read(name))
    with pytest.raises(UnreadableFile):
        load([other])


def test_a_workbook_under_a_password_says_so(tmp_path: Path) -> None:
    path = tmp_path / "locked.xlsx"
    path.write_bytes(workbook.OLE + bytes(600) + workbook.LOCKED.encode("utf-16-le") + bytes(600))
    with pytest.raises(UnreadableFile) as caught:
        load([path])
    assert caught.value.code == "locked_workbook"


def test_the_name_of_the_file_does_not_matter(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", t=[CALLS, ["A1", "7", "2026-03-02 10:00:00", "呼出", 5, "021"]])
    other = shutil.copy(path, tmp_path / "download")
    assert len(load([other], zone="Asia/Shanghai").contacts) == 1


def test_a_cell_in_error_is_told_with_its_row_where_its_column_is_used(tmp_path: Path) -> None:
    called, missing, zero = "2026-03-02 10:00:00", ("=NA()", "#N/A"), ("=1/0", "#DIV/0!")
    rows = [
        ["A1", "7", called, "呼出", missing, "13800000003", zero],
        ["A1", missing, called, "呼出", 5, "13800000003", "x"],
        ["A1", "8", called, "呼出", zero, "13800000003", "x"],
        [missing, None, None, None, None, None, None],
    ]
    path = book(tmp_path / "a.xlsx", 通话=[[], [*CALLS, "随便"], *rows])
    records = load([path], zone="Asia/Shanghai", lang="en")
    told = [note for note in records.notes if "show an error" in note]
    assert [note.partition(" show an error")[0] for note in told] == [
        f"{path}[通话]: 2 cells of 通话时长",
        f"{path}[通话]: 1 cells of 工号",
        f"{path}[通话]: 1 cells of 案件编号",
    ]
    assert "rows 3 (#N/A), 5 (#DIV/0!)." in told[0]
    assert "rows 4 (#N/A)." in told[1]
    assert sorted(records.contacts["source_line"]) == [3, 4, 5, 6]  # a row of nothing but an error is still a row
    assert records.contacts.sort("source_line")["talk_seconds"].to_list() == [None, 5, None, None]


def test_an_error_shown_as_words_is_words_and_a_sheet_without_errors_is_not_told_of(tmp_path: Path) -> None:
    row = ["A1", "7", "2026-03-02 10:00:00", "呼出", 5, "021", 't="e"']
    path = book(tmp_path / "a.xlsx", t=[[*CALLS, "短信内容"], row])
    records = load([path], zone="Asia/Shanghai", lang="en")
    assert not [note for note in records.notes if "show an error" in note]
    assert len(records.contacts) == 1


@pytest.mark.parametrize("blank", [1, 2, 40])
def test_empty_rows_above_the_header_keep_the_row_numbers(tmp_path: Path, blank: int) -> None:
    row = ["A1", "7", "2026-03-02 10:00:00", "呼出", 5, "021"]
    path = book(tmp_path / "a.xlsx", t=[*[[]] * blank, CALLS, row])
    assert load([path], zone="Asia/Shanghai").contacts["source_line"].to_list() == [blank + 2]
