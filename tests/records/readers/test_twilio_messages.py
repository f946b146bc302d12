"""Twilio's message log."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.records.readers.calls import EXPORTS, example, notes_with, read, row

TEXT = (EXPORTS / "twilio_messages.csv").read_text(encoding="utf-8")
HEADER = TEXT.split("\n", 1)[0] + "\n"
ROW = "+1555,+1666,Hello,delivered,2026-03-03T10:01:00Z,2010-04-01,1,0,AC0,SM9,outbound-api,-0.0079,USD\n"


def test_what_the_account_sent_is_outbound_and_bodies_may_run_over_lines() -> None:
    messages = example("twilio_messages.csv").contacts
    assert messages["direction"].to_list() == ["outbound", "inbound", "outbound"]
    assert messages["text"][0] == "ABC Inc: your payment of $120 is due.\nReply STOP to opt out."
    assert messages["source_line"].to_list() == [2, 4, 5]
    assert messages["at"][0] == datetime(2026, 3, 3, 17, 1, tzinfo=UTC)
    assert messages["zone_from"].unique().to_list() == ["offset"]


@pytest.mark.parametrize("status", ["failed", "undelivered", "canceled", "queued", "draft"])
def test_what_reached_nobody_is_counted_in_a_note(status: str, tmp_path: Path) -> None:
    records = read(tmp_path, "a.csv", HEADER + ROW + ROW.replace("delivered", status).replace("SM9", "SM8"))
    assert len(records.contacts) == 1
    assert len(notes_with(records, "1 messages that were never sent or delivered")) == 1


def test_a_message_exported_twice_counts_once(tmp_path: Path) -> None:
    records = read(tmp_path, "a.csv", HEADER + ROW + ROW)
    assert len(records.contacts) == 1
    assert len(notes_with(records, "1 rows repeat")) == 1


def test_equal_messages_with_different_ids_are_two(tmp_path: Path) -> None:
    assert len(read(tmp_path, "a.csv", HEADER + ROW + ROW.replace("SM9", "SM8")).contacts) == 2


def test_a_chat_address_is_a_chat(tmp_path: Path) -> None:
    message = row(read(tmp_path, "a.csv", HEADER + ROW.replace("+1555", "whatsapp:+1555")))
    assert (message["channel"], message["from_number"]) == ("im", "+1555")


@pytest.mark.parametrize(
    ("good", "bad"),
    [("outbound-api", "sideways"), ("2026-03-03T10:01:00Z", "soon"), ("Hello", '"Hello'), (",USD", ""),
     ("2026-03-03T10:01:00Z", "2026-03-03T10:01:00")],
)  # fmt: skip
def test_a_broken_row_is_listed_and_the_others_are_read(good: str, bad: str, tmp_path: Path) -> None:
    text = HEADER + ROW.replace("SM9", "SM7") + ROW.replace(good, bad) + ROW.replace("SM9", "SM8")
    records = read(tmp_path, "a.csv", text)
    assert len(records.contacts) == 2
    assert [lost.line for lost in records.unreadable] == [3]


def test_nul_in_a_body_is_replaced(tmp_path: Path) -> None:
    assert row(read(tmp_path, "a.csv", HEADER + ROW.replace("Hello", "He\0llo")))["text"] == "He\ufffdllo"
