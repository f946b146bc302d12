"""Signal and QQ as text, Instagram and Facebook as JSON."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.records.readers.conftest import Read, columns


def test_signal_lines_go_on_and_need_an_owner(export: Read) -> None:
    assert columns(export("signal.txt", owner=["Robin"]), "source_line", "local_time", "direction", "text") == [
        (1, datetime(2026, 3, 13, 9, 2), "outbound", "You owe $420.\nPay today"),
        (3, datetime(2026, 3, 13, 23, 10), "outbound", "We know where you live"),
        (4, datetime(2026, 3, 14, 8, 0), "inbound", "Stop contacting me"),
    ]
    assert set(export("signal.txt").contacts["direction"]) == {None}


def test_a_date_that_does_not_exist_is_listed(written: Read) -> None:
    records = written("s.txt", "[2026-03-13, 09:02] A: a\n[2026-02-30, 09:02] A: b\n")
    assert len(records.contacts) == 1
    assert [record.line for record in records.unreadable] == [2]


def test_the_banner_of_qq_names_the_other_person(export: Read) -> None:
    records = export("qq.txt")
    assert columns(records, "local_time", "direction", "text") == [
        (datetime(2026, 3, 3, 9, 6, 40), "outbound", "您好，账单逾期了\n请尽快处理"),
        (datetime(2026, 3, 3, 9, 7, 40), "inbound", "我要分期"),
        (datetime(2026, 3, 3, 22, 30), "outbound", None),
    ]
    assert any("1 system lines" in note for note in records.notes)


def test_an_owner_of_qq_may_be_named_by_number(written: Read) -> None:
    chat = "消息记录\n\n2026-03-03 9:06:40 甲(10000001)\n您好\n\n2026-03-03 9:07:40 乙(10000002)\n好\n"
    assert columns(written("qq.txt", chat), "direction") == [(None,), (None,)]
    assert columns(written("qq.txt", chat, owner=["10000002"]), "direction") == [("outbound",), ("inbound",)]


def test_meta_text_written_as_latin_1_is_undone_and_the_title_names_the_other_person(export: Read) -> None:
    rows = columns(export("meta_message_1.json"), "at", "direction", "channel", "outcome", "text")
    assert rows == [
        (datetime(2026, 3, 3, 1, 8, 40, tzinfo=UTC), "inbound", "im", "connected", None),
        (datetime(2026, 3, 3, 1, 7, 40, tzinfo=UTC), "inbound", "im", "connected", "别再发了 😠"),
        (datetime(2026, 3, 3, 1, 7, 10, tzinfo=UTC), "outbound", "call", "no_answer", None),
        (datetime(2026, 3, 3, 1, 6, 40, tzinfo=UTC), "outbound", "im", "connected", "您好，账单逾期了"),
    ]
