"""Amazon Connect Contact Lens: after the call, in real time, and chats."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.records.readers.calls import example, notes_with, read, row, times, turns, value


def test_participants_give_the_role_and_offsets_the_seconds() -> None:
    records = example("contact_lens.json")
    assert [speaker for speaker, _ in turns(records)] == ["AGENT", "CUSTOMER", "AGENT", "CUSTOMER"]
    assert times(records)[0] == (0.19, 5.26)
    assert row(records)["talk_seconds"] == 16.0
    assert row(records)["at"] is None


def test_the_role_is_taken_where_the_participant_has_another_id(tmp_path: Path) -> None:
    document = value("contact_lens.json")
    document["Participants"][0]["ParticipantId"] = document["Transcript"][0]["ParticipantId"] = "p-1"
    assert turns(read(tmp_path, "a.json", document))[0][0] == "AGENT"


def test_real_time_segments_that_are_no_speech_are_counted_in_a_note() -> None:
    records = example("contact_lens_realtime.json")
    assert [speaker for speaker, _ in turns(records)] == ["AGENT", "CUSTOMER", "AGENT"]
    assert len(notes_with(records, "1 records are no speech")) == 1
    assert records.unreadable == ()


def test_redacted_turns_are_told_of() -> None:
    assert len(notes_with(example("contact_lens_realtime.json"), "taken out of 1 turns")) == 1


def test_a_chat_has_its_time_and_is_no_call(tmp_path: Path) -> None:
    document = value("contact_lens.json") | {"Channel": "CHAT"}
    document["Transcript"] = [
        {"Id": "1", "ParticipantId": "AGENT", "Content": "Hello", "AbsoluteTime": "2026-03-03T14:00:00.500Z"},
        {"Id": "2", "ParticipantId": "CUSTOMER", "Type": "EVENT", "AbsoluteTime": "2026-03-03T14:01:00Z"},
    ]
    records = read(tmp_path, "a.json", document)
    assert (row(records)["channel"], row(records)["zone_from"]) == ("im", "offset")
    assert row(records)["at"] == datetime(2026, 3, 3, 14, 0, 0, 500_000, tzinfo=UTC)
    assert turns(records) == [("AGENT", "Hello")]
