"""A carrier's call list: known by its columns, seen from the debtor's phone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.records.readers.calls import example, notes_with, read, row

HEADER = "起始时间,通信方式,对方号码,通信时长\n"
ROW = "2026-03-03 09:06:40,被叫,02180000000,1分35秒\n"
ZONE = "Asia/Shanghai"


def test_the_example_is_read_with_its_encoding_directions_and_durations() -> None:
    records = example("call_list_gb18030.csv", zone=ZONE)
    calls = records.contacts
    assert calls["direction"].to_list() == ["outbound", "outbound", "inbound"]
    assert calls["talk_seconds"].to_list() == [95.0, 28.0, 120.0]
    assert calls["from_number"].to_list() == ["02180000000", "02180000000", None]
    assert calls["to_number"].to_list() == [None, None, "02180000000"]
    assert calls["at"][1] == datetime(2026, 3, 3, 14, 15, 9, tzinfo=UTC)
    assert len(notes_with(records, "call list of the debtor's own phone")) == 1


def test_both_numbers_may_stand_in_the_list(tmp_path: Path) -> None:
    text = "通话开始时间,主叫号码,被叫号码,通话时长(秒),呼叫类型,通话地点\n2026-03-03 22:15:09,021,138,0,未接,上海\n"
    call = row(read(tmp_path, "a.csv", text, zone=ZONE))
    assert (call["direction"], call["outcome"], call["from_number"], call["to_number"]) == (
        "outbound", "no_answer", "021", "138",
    )  # fmt: skip


def test_an_english_list_with_lines_before_its_header(tmp_path: Path) -> None:
    header = "Account,12345\n\nCall Date;x\nStart Time,Call Type,Other Number,Duration\n"
    text = header + "2026-03-03 09:06:40,Missed,021,0:00\n"
    call = row(read(tmp_path, "a.csv", text, zone=ZONE))
    assert (call["direction"], call["outcome"], call["source_line"]) == ("outbound", "no_answer", 5)


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [("95", 95), ("95秒", 95), ("1分35秒", 95), ("1小时2分3秒", 3723), ("00:01:35", 95), ("1:35", 95), ("1m 35s", 95),
     ("０", 0)],
)  # fmt: skip
def test_durations_in_many_spellings(duration: str, seconds: float, tmp_path: Path) -> None:
    call = row(read(tmp_path, "a.csv", HEADER + ROW.replace("1分35秒", duration), zone=ZONE))
    assert (call["talk_seconds"], call["outcome"]) == (seconds, "connected" if seconds else "no_answer")


def test_a_column_of_minutes_is_in_minutes(tmp_path: Path) -> None:
    text = HEADER.replace("通信时长", "通话时长(分钟)") + ROW.replace("1分35秒", "2")
    assert row(read(tmp_path, "a.csv", text, zone=ZONE))["talk_seconds"] == 120


def test_without_a_kind_the_owners_number_tells_who_called(tmp_path: Path) -> None:
    text = "开始时间,主叫号码,被叫号码,时长\n2026-03-03 09:06:40,021,138,5\n2026-03-03 10:06:40,138,021,5\n"
    asked = read(tmp_path, "a.csv", text, zone=ZONE)
    assert asked.contacts["direction"].null_count() == 2
    assert len(notes_with(asked, "owner_number")) == 1
    told = read(tmp_path, "a.csv", text, f'zone: {ZONE}\nfiles: {{a.csv: {{owner_number: "138"}}}}')
    assert told.contacts["direction"].to_list() == ["outbound", "inbound"]


def test_in_and_out_are_not_taken_for_a_side(tmp_path: Path) -> None:
    text = HEADER.replace("通信方式", "呼叫类型") + ROW.replace("被叫", "呼出")
    assert row(read(tmp_path, "a.csv", text, zone=ZONE))["direction"] is None


def test_without_a_zone_no_time_is_guessed(tmp_path: Path) -> None:
    records = read(tmp_path, "a.csv", HEADER + ROW)
    assert [lost.line for lost in records.unreadable] == [2]
    assert len(notes_with(records, "--zone")) == 1


@pytest.mark.parametrize(
    ("good", "bad"),
    [("1分35秒", "-5"), ("1分35秒", "nan"), ("1分35秒", "long"), ("1分35秒", "9" * 20), (",被叫", ""),
     ("被叫", '"被叫'),
     ("2026-03-03 09:06:40", "03-03 09:06:40"), ("2026-03-03 09:06:40", ""), ("2026-03-03 09:06:40", "2026-03-03"),
     ("2026-03-03 09:06:40", "2026/3/32 9:06"), ("被叫", "被\0叫,x")],
)  # fmt: skip
def test_a_broken_row_is_listed_and_the_others_are_read(good: str, bad: str, tmp_path: Path) -> None:
    records = read(tmp_path, "a.csv", HEADER + ROW + ROW.replace(good, bad) + ROW.replace("09:", "10:"), zone=ZONE)
    assert len(records.contacts) == 2
    assert [lost.line for lost in records.unreadable] == [3]


def test_what_spreadsheets_put_around_numbers_is_taken_off(tmp_path: Path) -> None:
    call = row(read(tmp_path, "a.csv", HEADER + ROW.replace("02180000000", '"=""02180000000"""'), zone=ZONE))
    assert call["from_number"] == "02180000000"


@pytest.mark.parametrize(
    "written", ["2026/3/3 9:06:40", "2026-03-03T09:06:40", "2026年3月3日 09:06:40", "2026.03.03 09:06:40"]
)
def test_days_in_many_spellings(written: str, tmp_path: Path) -> None:
    call = row(read(tmp_path, "a.csv", HEADER + ROW.replace("2026-03-03 09:06:40", written), zone=ZONE))
    assert call["at"] == datetime(2026, 3, 3, 1, 6, 40, tzinfo=UTC)


def test_day_and_time_in_two_columns(tmp_path: Path) -> None:
    text = "通话日期,时刻,对方号码,通话时长\n2026-03-03,09:06:40,021,5\n"
    assert row(read(tmp_path, "a.csv", text, zone=ZONE))["at"] == datetime(2026, 3, 3, 1, 6, 40, tzinfo=UTC)
