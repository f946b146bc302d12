"""Telegram's result.json: one chat or a whole account, text in pieces, and calls."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from tests.records.readers.conftest import EXPORTS, Read, columns


def test_the_id_of_a_personal_chat_says_who_is_who(export: Read) -> None:
    records = export("telegram_chat.json")
    assert columns(records, "direction", "channel", "text") == [
        ("outbound", "call", None),
        ("outbound", "im", "请看https://example.com/pay 今天不还就上门"),
        ("inbound", "im", "别再发了"),
        ("outbound", "im", None),
        ("outbound", "im", "旧版文件只有当地时间"),
    ]
    assert records.contacts["talk_seconds"][0] == 12
    assert any("1 system lines" in note for note in records.notes)


def test_epoch_seconds_give_the_instant_and_old_files_only_the_wall_clock(export: Read) -> None:
    rows = columns(export("telegram_chat.json"), "at", "local_time", "zone_from")
    assert rows[0] == (datetime(2026, 3, 3, 1, tzinfo=UTC), None, "epoch")
    assert rows[-1] == (None, datetime(2026, 3, 3, 9, 10, 40), "unknown")


def test_an_account_names_its_owner_and_own_notes_are_left_out(export: Read) -> None:
    records = export("telegram_account.json")
    assert columns(records, "direction", "text") == [
        ("outbound", "Pay today."),
        ("inbound", "I dispute this debt."),
        ("outbound", "Who is this Northgate?"),
        ("inbound", "Ignore them."),
    ]
    assert any("wrote to himself" in note for note in records.notes)


def test_a_chat_that_names_nobody_asks_for_the_owner(written: Read) -> None:
    message = {"type": "message", "date_unixtime": "1544006350", "from": "Author 1", "text": "Minimal"}
    chat = json.dumps({"messages": [message]})
    assert columns(written("result.json", chat), "direction") == [(None,)]
    assert columns(written("result.json", chat, owner=["Author 1"]), "direction") == [("inbound",)]


def test_a_broken_message_costs_only_itself(written: Read) -> None:
    lines = [f'{{"id": {n}, "type": "message", "date_unixtime": "{1772500000 + n}", "text": "m{n}"}}' for n in range(6)]
    lines[2] = lines[2].replace('"text": "m2"', '"text": "m2')
    lines[4] = lines[4].replace("1772500004", "not a time")
    records = written("result.json", '{"id": 1, "messages": [\n' + ",\n".join(lines) + "\n]}")
    assert records.contacts["text"].to_list() == ["m0", "m1", "m3", "m5"]
    assert sorted(record.line or 0 for record in records.unreadable) == [4, 6]


def test_a_truncated_file_gives_what_came_before_and_says_so(export: Read, written: Read, root) -> None:
    whole = (root / "corpus" / "exports" / "telegram_chat.json").read_text(encoding="utf-8")
    records = written("cut.json", whole[: whole.index("别再发了") + 2])
    assert len(records.contacts) == 2
    assert len(records.unreadable) >= 1


def test_a_sender_that_is_no_text_is_kept_as_text(written: Read) -> None:
    chat = json.loads((EXPORTS / "telegram_chat.json").read_text(encoding="utf-8"))
    for message, sender in zip(chat["messages"], (5, ["a"], {"a": 1}, True), strict=False):
        message |= {"from": sender, "actor": sender}
    chat["type"] = "private_group"
    records = written("result.json", json.dumps(chat))
    assert "5" in records.contacts["from_number"].to_list()
    assert records.unreadable == ()
