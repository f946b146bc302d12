"""Mappings: what is written is what is read; mistakes have a line; what is guessed is told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dunlint.errors import InputError
from dunlint.records import load
from dunlint.records.tables import load_mapping, scan, suggest
from dunlint.records.tables.scan import sheets_of, source_of
from tests.conftest import ROOT

EXPORTS = ROOT / "corpus" / "exports"
AGENCY, MAPPING = EXPORTS / "agency-calls-zh.csv", EXPORTS / "agency-calls-zh.mapping.yaml"


def write(tmp_path: Path, text: str, name: str = "table.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def proposal(path: Path):
    (sheet,) = sheets_of(source_of(path))
    return suggest(sheet, path.stem)


def test_a_mapping_says_what_each_column_means() -> None:
    rows = load([AGENCY], mapping=MAPPING).contacts.sort("at").rows(named=True)
    assert [row["at"] for row in rows[:2]] == [
        datetime(2026, 3, 2, 2, 0, tzinfo=UTC),
        datetime(2026, 3, 2, 14, 15, 9, tzinfo=UTC),
    ]
    assert [row["talk_seconds"] for row in rows] == [90, 0, 30, 180, 0]
    assert [row["party"] for row in rows] == ["debtor", "debtor", "third_party", "debtor", "debtor"]
    assert [row["direction"] for row in rows] == ["outbound"] * 3 + ["inbound", "outbound"]
    assert rows[4]["outcome"] == "unknown"
    assert [row["source_line"] for row in rows] == [3, 4, 5, 6, 7]
    assert {row["zone_from"] for row in rows} == {"mapping"}


def test_a_guess_reads_the_same_and_tells_what_it_took_for_what() -> None:
    mapped = load([AGENCY], mapping=MAPPING)
    guessed = load([AGENCY], zone="Asia/Shanghai", lang="en")
    own = ("contact_id", "at", "direction", "outcome", "talk_seconds", "to_number", "party", "channel")
    assert guessed.contacts.select(own).equals(mapped.contacts.select(own))
    assert any("direction ← 呼叫类型" in note and "--mapping" in note for note in guessed.notes)
    assert any("线路检修 (1)" in note for note in guessed.notes)
    assert not any("guessed" in note for note in mapped.notes)


def test_a_log_seen_from_the_debtor_has_its_directions_turned(tmp_path: Path) -> None:
    path = write(tmp_path, "时刻,类型\n2026-03-02T10:00:00Z,主叫\n2026-03-02T11:00:00Z,被叫\n")
    mapping = write(
        tmp_path,
        "seen_from: debtor\ncolumns:\n  at: 时刻\n  channel: {value: call}\n"
        "  direction: {from: 类型, values: {主叫: outbound, 被叫: inbound}}\n",
        "m.yaml",
    )
    assert load([path], mapping=mapping).contacts["direction"].to_list() == ["inbound", "outbound"]


def test_whose_list_it_is_must_be_said_before_its_direction_is_taken(tmp_path: Path) -> None:
    path = write(tmp_path, "通话时间,主叫号码,呼叫类型,通话时长\n2026-03-02 10:00:00,021,主叫,5\n")
    records = load([path], zone="Asia/Shanghai", lang="en")
    assert records.contacts["direction"].to_list() == [None]
    assert any("seen_from" in note for note in records.notes)


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("columns: {at: 时间, colour: 红}", "unknown_key", ":1:"),
        ("table: people\ncolumns: {at: x}", "bad_mapping", ":1:"),
        ("columns:\n  at: x\n  direction: {from: y, values: {a: sideways}}", "bad_mapping", ":3:"),
        ("columns:\n  at: x\n  at: y", "bad_mapping", ":3:"),
        ("columns: ]", "bad_mapping", ":1:"),
        ("columns: {talk_seconds: {from: x, unit: fortnights}}", "bad_mapping", ":1:"),
        ("columns: {channel: {from: x, value: sms}}", "bad_mapping", ":1:"),
    ],
)
def test_a_wrong_mapping_is_an_error_with_its_line(tmp_path: Path, text: str, code: str, place: str) -> None:
    with pytest.raises(InputError) as caught:
        load_mapping(write(tmp_path, text, "m.yaml"))
    assert caught.value.code == code
    assert place in caught.value.where


def test_a_zone_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_mapping(write(tmp_path, "zone: Mars/Base\ncolumns: {at: x}", "m.yaml"))
    assert caught.value.code == "unknown_zone"


def test_a_mapping_that_fits_nothing_is_an_error_that_names_the_columns(tmp_path: Path) -> None:
    path = write(tmp_path, "at,channel,text\n2026-03-02T10:00:00Z,sms,x\n")
    mapping = write(tmp_path, "columns: {at: 时刻, channel: {value: sms}}", "m.yaml")
    with pytest.raises(InputError) as caught:
        load([path], mapping=mapping)
    assert "时刻" in str(caught.value)


def test_a_folder_may_bring_its_mapping(tmp_path: Path) -> None:
    write(tmp_path, "a,b\n2026-03-02T10:00:00Z,hello\n")
    write(tmp_path, "columns: {at: a, text: b, channel: {value: sms}}", "mapping.yaml")
    assert load([tmp_path]).contacts["text"].to_list() == ["hello"]


def test_month_before_day_is_known_when_a_value_proves_it() -> None:
    records = load([EXPORTS / "dialer-en.csv"], zone="America/New_York")
    assert records.contacts["at"].dt.date().to_list() == [date(2026, 3, 3), date(2026, 3, 14), date(2026, 3, 15)]
    assert proposal(EXPORTS / "dialer-en.csv").mapping.columns["at"].format == "month_first"


def test_a_date_that_may_be_read_two_ways_is_not_guessed(tmp_path: Path) -> None:
    path = write(tmp_path, "call time,agent,direction,text\n03/04/2026 10:00,7,outbound,hi\n")
    records = load([path], zone="UTC", lang="en")
    assert records.contacts["at"].to_list() == [None]
    assert any("03/04/2026" in note for note in records.notes)


@pytest.mark.parametrize(
    ("header", "value", "column", "expected"),
    [
        ("通话时长", "00:01:35", "talk_seconds", 95),
        ("通话时长", "1分35秒", "talk_seconds", 95),
        ("通话时长(分)", "1.5", "talk_seconds", 90),
        ("Duration (ms)", "1500", "talk_seconds", 1.5),
        ("是否接通", "是", "outcome", "connected"),
        ("是否接通", "0", "outcome", "no_answer"),
        ("接通状态", "空号", "outcome", "not_in_service"),
        ("联系方式", "外访", "channel", "visit"),
        ("催收方式", "智能外呼", "channel", "ai_call"),
        ("关系", "紧急联系人", "party", "third_party"),
        ("关系", "单位", "party", "workplace"),
        ("关系", "配偶", "party", "spouse"),
        ("Relationship", "Co-Borrower", "party", "guarantor"),
        ("Disposition", "LEFT MESSAGE", "outcome", "voicemail"),
        ("客户号码", "'13800000003", "to_number", "13800000003"),
        ("客户号码", '"=""13800000003"""', "to_number", "13800000003"),
    ],
)
def test_headers_and_values_in_both_languages(
    tmp_path: Path, header: str, value: str, column: str, expected: object
) -> None:
    path = write(tmp_path, f"时间,工号,{header}\n2026-03-02T10:00:00Z,1,{value}\n")
    assert load([path]).contacts[column].to_list() == [expected]


def test_what_is_not_understood_counts_as_unknown_and_is_told(tmp_path: Path) -> None:
    rows = "".join(
        f"2026-03-02T10:{minute:02d}:00Z,1,{state}\n" for minute, state in enumerate(["接通", "未接", "怪事"])
    )
    records = load([write(tmp_path, "时间,工号,接通状态\n" + rows)], lang="en")
    assert records.contacts["outcome"].to_list() == ["connected", "no_answer", "unknown"]
    assert any("怪事 (1)" in note for note in records.notes)


def test_columns_that_end_a_call_are_not_its_time(tmp_path: Path) -> None:
    path = write(tmp_path, "通话开始时间,结束时间,工号,通话时长\n2026-03-02T10:00:00Z,2026-03-02T10:05:00Z,1,300\n")
    found = proposal(path)
    assert found.mapping.columns["at"].sources == ("通话开始时间",)
    assert [name for name, _, _ in found.unused] == ["结束时间"]


def test_accounts_and_events_are_told_by_their_headers(tmp_path: Path) -> None:
    accounts = write(
        tmp_path, '案件编号,产品,借款本金,年利率,逾期起始日\nA,消费贷,"50,000",18%,2025年12月1日\n', "a.csv"
    )
    events = write(tmp_path, "案件编号,事件类型,登记时间\nA,投诉,2026-03-05 10:00\n", "e.csv")
    contacts = write(tmp_path, "案件编号,时间,工号,短信内容\nA,2026-03-02 10:00:00,1,x\n", "短信.csv")
    records = load([accounts, events, contacts], zone="Asia/Shanghai")
    account = records.accounts.row(0, named=True)
    assert (account["product"], account["principal"], account["contract_rate"]) == ("consumer_loan", 50_000, 0.18)
    assert account["overdue_since"] == date(2025, 12, 1)
    assert records.events.select("kind", "at").rows() == [("complaint", datetime(2026, 3, 5, 2, tzinfo=UTC))]
    assert records.contacts["channel"].to_list() == ["sms"]


def test_scan_gives_frames_and_leaves_no_row_out() -> None:
    (mapping,) = load_mapping(MAPPING)
    batches = list(scan(AGENCY, mapping))
    assert sum(len(frame) + len(unreadable) for frame, unreadable in batches) == 5
    assert all(frame["source_file"].to_list() == [str(AGENCY)] * len(frame) for frame, _ in batches)
    with pytest.raises(InputError):
        scan(AGENCY, mapping, table="events")
