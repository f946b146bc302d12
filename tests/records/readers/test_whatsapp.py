"""WhatsApp's chat text: every locale's dates, words without a sender, and whose phone it was."""

from __future__ import annotations

from datetime import datetime

import pytest

from dunlint import check
from tests.records.readers.conftest import EXPORTS, Read, columns


def test_messages_keep_their_lines_and_the_owner_gives_the_direction(export: Read) -> None:
    records = export("whatsapp_android.txt", owner=["林女士"], zone="Asia/Shanghai")
    assert columns(records, "source_line", "direction", "text") == [
        (2, "outbound", "您好，提醒您账单已到期\n如已还款请忽略"),
        (4, "inbound", "我想申请分期: 12 期可以吗？"),
        (5, "outbound", None),
        (6, "outbound", "明天上午我们带人到你家门口等你"),
        (7, "outbound", None),
        (8, "inbound", "别再发了"),
    ]
    assert records.contacts["to_number"][1] == "催收小郑"
    assert records.contacts["zone_from"].unique().to_list() == ["option"]


def test_pictures_deleted_messages_and_system_lines_are_told_in_notes(export: Read) -> None:
    notes = " ".join(export("whatsapp_android.txt", owner=["林女士"]).notes)
    for told in ("1 system lines", "1 messages were deleted", "1 messages are pictures"):
        assert told in notes


def test_without_an_owner_there_is_no_direction_and_a_note_asks_for_one(export: Read) -> None:
    for owner in ([], ["somebody who is not in this chat"]):
        records = export("whatsapp_android.txt", owner=owner)
        assert set(records.contacts["direction"]) == {None}
        assert any("--owner" in note and "林女士" not in note for note in records.notes)


def test_people_of_the_case_who_collect_are_known_to_be_the_other_side(written: Read) -> None:
    case = "case_id: k\npeople: [{numbers: [Agent Lee], role: agency, agency: A}]\n"
    chat = "13/3/26, 09:00 - Agent Lee: Pay\n13/3/26, 09:01 - Robin: No\n"
    assert columns(written("chat.txt", chat, case=case), "direction", "agency") == [("outbound", "A"), (None, None)]


def test_iphone_marks_halves_of_the_day_and_missed_calls(export: Read) -> None:
    records = export("whatsapp_iphone.txt", owner=["林女士"])
    assert columns(records, "source_line", "local_time", "channel", "outcome") == [
        (2, datetime(2026, 3, 3, 9, 11, 40), "im", "connected"),
        (4, datetime(2026, 3, 3, 22, 40, 2), "im", "connected"),
        (5, datetime(2026, 3, 3, 22, 41, 15), "im", "connected"),
        (6, datetime(2026, 3, 3, 12, 30), "call", "no_answer"),
    ]
    assert set(records.contacts["from_number"].drop_nulls()) == {"催收小郑"}


def test_a_date_order_that_stays_open_gives_no_time_and_is_asked_for(export: Read, written: Read) -> None:
    open_ = export("whatsapp_am_pm.txt", owner=["Robin"])
    assert set(open_.contacts["local_time"]) == {None}
    assert any("date_order" in note for note in open_.notes)
    chat = (EXPORTS / "whatsapp_am_pm.txt").read_bytes()
    case = "case_id: k\nfiles: {chat.txt: {date_order: dmy, owner: Robin}}\n"
    told = written("chat.txt", chat, case=case)
    assert columns(told, "local_time", "direction")[0] == (datetime(2026, 2, 1, 21, 15), "outbound")


@pytest.mark.parametrize(
    ("style", "second", "third"),
    [
        ("13/03/26, 09:05 - {}", "14/03/26, 00:05 - {}", "02/04/26, 23:05 - {}"),
        ("[3/13/26, 9:05:00 AM] {}", "[3/14/26, 12:05:00 AM] {}", "[4/2/26, 11:05:00 PM] {}"),
        ("2026/3/13 上午9:05 - {}", "2026/3/14 凌晨12:05 - {}", "2026/4/2 晚上11:05 - {}"),
        ("2026. 3. 13. 오전 9:05 - {}", "2026. 3. 14. 오전 12:05 - {}", "2026. 4. 2. 오후 11:05 - {}"),
        ("13.03.26, 09:05 - {}", "14.03.26, 00:05 - {}", "02.04.26, 23:05 - {}"),
        ("[2026-03-13 09:05:00] {}", "[2026-03-14 00:05:00] {}", "[2026-04-02 23:05:00] {}"),
        ("13/3/2026, 9:05 a. m. - {}", "14/3/2026, 12:05 a. m. - {}", "2/4/2026, 11:05 p. m. - {}"),
        (
            "\u200f13\u200f/3\u200f/2026, 9:05 - {}",
            "\u200f14\u200f/3\u200f/2026, 0:05 - {}",
            "\u200f2/4/2026, 23:05 - {}",
        ),
        ("3/4/26, 09:05 - {}", "3/5/26, 00:05 - {}", "3/24/26, 23:05 - {}"),
    ],
)
def test_dates_of_many_locales_are_read(written: Read, style: str, second: str, third: str) -> None:
    chat = "\n".join(line.format("A: hi") for line in (style, second, third))
    found = [time for (time,) in columns(written("chat.txt", chat), "local_time")]
    days = (4, 5) if style.startswith("3/4") else (13, 14)
    last = datetime(2026, 3, 24, 23, 5) if style.startswith("3/4") else datetime(2026, 4, 2, 23, 5)
    assert found == [datetime(2026, 3, days[0], 9, 5), datetime(2026, 3, days[1], 0, 5), last]


def test_time_running_backwards_rules_an_order_out(written: Read) -> None:
    chat = "5/1/26, 9:00 - A: a\n2/3/26, 9:00 - A: b\n4/4/26, 9:00 - A: c\n"
    assert columns(written("chat.txt", chat), "local_time")[0] == (datetime(2026, 1, 5, 9, 0),)


def test_a_day_that_reads_the_same_both_ways_is_not_open(written: Read) -> None:
    assert columns(written("chat.txt", "3/3/26, 9:00 - A: a\n"), "local_time") == [(datetime(2026, 3, 3, 9, 0),)]


def test_a_damaged_date_costs_its_message_only(written: Read) -> None:
    lines = [f"{day}/3/26, 9:00 - A: {day}" for day in range(1, 29)]
    lines[10] = "41/3/26, 9:00 - A: lost"
    records = written("chat.txt", "\n".join(lines))
    assert len(records.contacts) == 27
    assert [record.line for record in records.unreadable] == [11]


def test_a_threat_at_night_is_found_in_the_zone_of_the_jurisdiction() -> None:
    report = check(EXPORTS / "whatsapp_android.txt", rules=["cn"], owner=["林女士"])
    assert (6, "cn-threat-visit") in {(finding.source_line, finding.rule) for finding in report.findings}
    assert (6, "cn-quiet-hours") in {(finding.source_line, finding.rule) for finding in report.findings}


def test_a_line_of_a_million_spaces_is_read_at_once(written: Read) -> None:
    chat = "13/3/26, 9:00 - A: a\n[13/3/26" + " " * 1_000_000 + "\n" + "1" * 1_000_000 + "\n"
    records = written("chat.txt", chat)
    assert len(records.contacts) == 1
