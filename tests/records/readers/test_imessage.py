"""iMessage: the exporter's text and HTML, and Apple's own database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dunlint.records import load
from dunlint.records.readers.imessage_db import unpacked
from tests.records.readers.conftest import Read, columns
from tests.records.readers.samples import message_database


@pytest.mark.parametrize("name", ["imessage.txt", "imessage.html"])
def test_a_reply_that_stands_twice_counts_once_and_me_is_the_owner(export: Read, name: str) -> None:
    records = export(name)
    rows = columns(records, "local_time", "direction")
    assert rows[:3] == [
        (datetime(2026, 3, 13, 9, 2, 4), "outbound"),
        (datetime(2026, 3, 13, 9, 5), "inbound"),
        (datetime(2026, 3, 13, 23, 10), "outbound"),
    ]
    assert any("1 system lines" in note for note in records.notes)


def test_reactions_are_not_words_and_edits_keep_what_was_sent(export: Read) -> None:
    assert export("imessage.txt").contacts["text"][0] == "This is Northgate Recovery.\nYou owe $420."
    assert export("imessage.html").contacts["text"][2] == "We know where you live\nWe know your address"


def test_the_database_counts_from_2001_in_nanoseconds_or_seconds(tmp_path: Path) -> None:
    records = load([message_database(tmp_path)])
    assert columns(records, "source_line", "at", "direction", "text") == [
        (1, datetime(2026, 3, 3, 1, 2, 4, tzinfo=UTC), "outbound", "This is Northgate Recovery. You owe $420."),
        (2, datetime(2026, 3, 3, 1, 5, tzinfo=UTC), "inbound", "I dispute this."),
        (3, datetime(2026, 3, 3, 1, 5, 50, tzinfo=UTC), "outbound", "We know where you live"),
        (4, datetime(2026, 3, 3, 1, 6, 40, tzinfo=UTC), "outbound", None),
        (5, datetime(2026, 3, 3, 1, 8, 20, tzinfo=UTC), "outbound", None),
    ]
    notes = " ".join(records.notes)
    assert "1 messages could not be unpacked" in notes
    assert "1 system lines" in notes


@pytest.mark.parametrize(("length", "head"), [(5, b"\x05"), (300, b"\x81\x2c\x01"), (70_000, b"\x82\x70\x11\x01\x00")])
def test_packed_words_of_any_length_are_taken_out(length: int, head: bytes) -> None:
    body = b"\x04\x0bstreamtyped...NSString\x01\x94\x84\x01+" + head + b"a" * length + b"\x86"
    assert unpacked(body) == "a" * length
    assert unpacked(body[: len(body) // 2]) is None


def test_the_database_is_not_written_to(tmp_path: Path) -> None:
    path = message_database(tmp_path)
    before = path.read_bytes()
    path.chmod(0o400)
    load([path])
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["chat.db"]
