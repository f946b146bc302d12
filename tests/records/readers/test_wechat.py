"""WeChat exports: CSV and JSON of the known tools, and the pages that hold their messages as data."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dunlint.errors import UnreadableFile
from tests.records.readers.conftest import EXPORTS, Read, columns

FIRST = datetime(2026, 3, 3, 1, 6, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "second", "origin"),
    [
        ("wechat_memotrace.csv", "可以分12期吗？\n我想协商", "epoch"),
        ("wechat_memotrace.html", "你们说 '上门' 是什么意思 <?>", "epoch"),
        ("wechat_weflow.html", "我想协商 & 分期", "epoch"),
        ("wechat_weflow.json", "我想协商分期", "epoch"),
        ("wechat_chatlog.json", "我想协商分期", "offset"),
    ],
)
def test_every_tool_says_when_who_and_what(export: Read, name: str, second: str, origin: str) -> None:
    records = export(name)
    (first, reply, *others) = columns(records, "at", "zone_from", "direction", "from_number", "text")
    assert first[:4] == (FIRST, origin, "outbound", "催收小郑")
    assert (reply[2], reply[3], reply[4]) == ("inbound", None, second)
    assert others[-1][4] is None


def test_a_quoted_message_inside_a_reply_is_not_said_again(export: Read) -> None:
    assert "账单" not in export("wechat_weflow.html").contacts["text"][1]


def test_calls_and_system_lines_of_weflow_are_told_from_the_words_for_their_kind(export: Read) -> None:
    records = export("wechat_weflow.json")
    assert ("call", "no_answer") in columns(records, "channel", "outcome")
    assert any("1 system lines" in note for note in records.notes)


def test_chatlog_csv_has_wall_clock_times_and_groups_need_an_owner(export: Read) -> None:
    rows = columns(export("wechat_chatlog.csv"), "local_time", "direction", "text")
    assert rows[0] == (datetime(2026, 3, 3, 9, 6, 40), "outbound", "您好，请问方便沟通吗")
    assert [direction for _, direction, _ in rows] == ["outbound", "inbound", "outbound", None]


def test_rows_without_a_header_are_read_by_position(export: Read, written: Read) -> None:
    headed = (EXPORTS / "wechat_memotrace_old.csv").read_text(encoding="utf-8")
    for text in (headed, headed.split("\n", 1)[1]):
        assert columns(written("old.csv", text), "direction", "text") == [
            ("outbound", "账单请看一下"),
            ("inbound", "好"),
        ]


def test_a_broken_row_costs_only_itself(export: Read) -> None:
    assert [record.line for record in export("wechat_memotrace.csv").unreadable] == [7]


def test_a_page_in_no_public_schema_is_refused_with_what_to_export_instead(written: Read) -> None:
    page = '<html><head><title>微信聊天记录</title></head><body><div class="msg">您好</div></body></html>'
    with pytest.raises(UnreadableFile) as caught:
        written("page.html", page)
    assert caught.value.code == "page_unknown"
    assert "CSV" in str(caught.value)


def test_sends_of_unknown_origin_in_a_group_stay_open(written: Read) -> None:
    text = (EXPORTS / "wechat_weflow.json").read_text(encoding="utf-8").replace("私聊", "群聊")
    assert columns(written("chat.json", text), "direction")[1] == (None,)


def test_a_time_outside_of_the_calendar_costs_only_its_message(written: Read) -> None:
    text = (EXPORTS / "wechat_memotrace.html").read_text(encoding="utf-8")
    whole = written("whole.html", text)
    read = written("chat.html", text.replace("timestamp:1772500060", "timestamp:292000000000000"))
    assert len(read.contacts) == len(whole.contacts) - 1
    assert [record.expected for record in read.unreadable] == ["timestamp"]
