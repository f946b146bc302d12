"""CSV and JSON lines in Dunlint's own columns, and WeChat's CSV."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dunlint.errors import BadArgument, UnreadableFile
from dunlint.records import load
from dunlint.records.readers.csv_records import records as csv_records

HEADER = "at,channel,direction,text\n"


def write(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_csv_rows_become_contacts_with_their_line(tmp_path: Path) -> None:
    path = write(tmp_path, "log.csv", HEADER + "2026-03-02T22:04:00+08:00,sms,outbound,请还款\n")
    row = load([path]).contacts.row(0, named=True)
    assert (row["channel"], row["text"], row["source_line"]) == ("sms", "请还款", 2)


@pytest.mark.parametrize("delimiter", ["\t", ";", "|"])
def test_other_delimiters_are_recognised(tmp_path: Path, delimiter: str) -> None:
    text = (HEADER + "2026-03-02T22:04:00+08:00,sms,outbound,请还款\n").replace(",", delimiter)
    assert load([write(tmp_path, "log.txt", text)]).contacts["text"].to_list() == ["请还款"]


def test_an_unclosed_quote_costs_one_line_not_the_rest_of_the_file() -> None:
    lines = iter(["a,b\n", '"broken,2\n', "3,4\n"])
    assert list(csv_records(lines)) == [(1, ["a", "b"]), (2, None), (3, ["3", "4"])]


def test_a_quoted_field_may_run_over_lines() -> None:
    lines = iter(["a,b\n", '"one\n', 'two",2\n', "3,4\n"])
    assert list(csv_records(lines)) == [(1, ["a", "b"]), (2, ["one\ntwo", "2"]), (4, ["3", "4"])]


def test_a_time_without_zone_is_kept_as_written_until_one_is_known(tmp_path: Path) -> None:
    path = write(tmp_path, "log.csv", HEADER + "2026-03-02T22:04:00,sms,outbound,请还款\n")
    open_ = load([path]).contacts.row(0, named=True)
    assert (open_["at"], open_["local_time"], open_["zone_from"]) == (None, datetime(2026, 3, 2, 22, 4), "unknown")
    told = load([path], zone="Asia/Shanghai").contacts.row(0, named=True)
    assert (told["at"], told["zone_from"]) == (datetime(2026, 3, 2, 14, 4, tzinfo=UTC), "option")
    assert told["contact_id"] == open_["contact_id"]


def test_a_zone_that_does_not_exist_costs_its_row(tmp_path: Path) -> None:
    header = "at,zone,channel,direction,text\n"
    rows = "2026-03-02T22:04:00,Asia/Nowhere,sms,outbound,a\n2026-03-02T22:04:00,Asia/Shanghai,sms,outbound,b\n"
    records = load([write(tmp_path, "log.csv", header + rows)])
    assert records.contacts["text"].to_list() == ["b"]
    assert [(record.line, "Nowhere" in record.found) for record in records.unreadable] == [(2, True)]


def test_an_unknown_zone_is_a_bad_argument(tmp_path: Path) -> None:
    path = write(tmp_path, "log.csv", HEADER + "2026-03-02T22:04:00,sms,outbound,请还款\n")
    with pytest.raises(BadArgument):
        load([path], zone="Asia/Nowhere")


def test_a_value_outside_its_set_is_listed_with_the_set(tmp_path: Path) -> None:
    path = write(tmp_path, "log.csv", HEADER + "2026-03-02T22:04:00+08:00,pigeon,outbound,请还款\n")
    record = load([path]).unreadable[0]
    assert "pigeon" in record.found
    assert "sms" in record.found


def test_json_lines_carry_turns(tmp_path: Path) -> None:
    contact = {
        "at": "2026-03-02T10:00:00+08:00",
        "channel": "call",
        "direction": "outbound",
        "turns": [{"speaker": "collector", "start": 0.0, "end": 2.5, "text": "您好"}],
    }
    records = load([write(tmp_path, "log.jsonl", json.dumps(contact, ensure_ascii=False) + "\n{broken\n")])
    assert records.contacts["turns"][0][0]["text"] == "您好"
    assert [record.line for record in records.unreadable] == [2]


def test_one_hundred_thousand_columns_are_refused_with_a_message(tmp_path: Path) -> None:
    header = HEADER.strip() + ",x" * 9_000
    path = write(tmp_path, "wide.csv", header + "\n")
    with pytest.raises(UnreadableFile) as caught:
        load([path])
    assert caught.value.code == "too_many_columns"


def test_wechat_rows_are_read_by_position_and_system_lines_noted(tmp_path: Path) -> None:
    header = "localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,Sender\n"
    rows = (
        "1,7,1,0,0,1772500000,,您好,2026-03-03 09:06:40,小李,李,a\n"
        '2,7,1,0,1,1772500060,,"可以分期吗？\n我想协商",2026-03-03 09:07:40,小李,李,me\n'
        "3,7,10000,0,0,1772500130,,撤回,2026-03-03 09:08:50,小李,李,a\n"
    )
    records = load([write(tmp_path, "chat.csv", header + rows)])
    assert records.contacts["direction"].to_list() == ["outbound", "inbound"]
    assert records.contacts["source_line"].to_list() == [2, 3]
    assert records.contacts["from_number"][0] == "小李"
    assert len(records.notes) == 1


def test_a_file_of_objects_without_keys_asks_for_a_mapping(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("{}\n{}\n", encoding="utf-8")

    with pytest.raises(UnreadableFile, match="--mapping"):
        load([tmp_path / "a.jsonl"], format_in="jsonl")


def test_keys_that_are_blank_or_differ_only_in_spaces_are_columns_of_their_own(tmp_path: Path) -> None:
    row = {"at": "2026-03-02T22:04:00Z", "channel": "sms", "text": "pay", " ": "a", "": "b", " text": "c"}
    read = load([write(tmp_path, "log.jsonl", json.dumps(row) + "\n")])
    assert (read.contacts["text"].to_list(), read.unreadable) == (["pay"], ())


@pytest.mark.parametrize("start", ["<script>", True, [1], {}, "NaN", 1e999, 10**400])
def test_a_turn_whose_offset_is_no_number_of_seconds_is_listed_with_its_line(tmp_path: Path, start: object) -> None:
    rows = [
        {"at": "2026-03-02T22:04:00Z", "channel": "call", "turns": [{"speaker": "a", "start": one, "text": "pay"}]}
        for one in (9, "9.5", None, start)
    ]
    read = load([write(tmp_path, "log.jsonl", "".join(json.dumps(row) + "\n" for row in rows))])
    assert sorted(str(turns[0]["start"]) for turns in read.contacts["turns"]) == ["9.0", "9.5", "None"]
    assert [record.line for record in read.unreadable] == [4]


def test_kinds_of_lines_that_a_short_file_does_not_hold_are_not_looked_for_and_those_of_a_long_one_are(
    tmp_path: Path,
) -> None:
    contact = {"at": "2026-03-02T22:04:00Z", "channel": "sms", "text": "pay", "case_id": "a"}
    event = {"case_id": "a", "kind": "consent", "at": "2026-03-01T00:00:00Z"}
    for count in (1, 199, 200, 201, 300):
        rows = [*({**contact, "text": f"pay {number}"} for number in range(count)), event]
        read = load([write(tmp_path, "log.jsonl", "".join(json.dumps(row) + "\n" for row in rows))])
        assert (len(read.contacts), read.events["kind"].to_list(), read.unreadable) == (count, ["consent"], ())
