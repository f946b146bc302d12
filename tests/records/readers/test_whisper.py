"""Whisper and WhisperX."""

from __future__ import annotations

from pathlib import Path

from tests.records.readers.calls import example, notes_with, read, times, turns


def test_whisper_names_nobody_and_a_note_says_so() -> None:
    records = example("whisper.json")
    assert turns(records) == [
        ("unknown", "Hello, this is Robin from ABC Inc."),
        ("unknown", "Please call us back at your convenience."),
    ]
    assert times(records) == [(0.0, 2.6), (2.6, 5.1)]
    assert len(notes_with(records, "2 turns name no speaker")) == 1


def test_a_segment_without_speaker_stays_unknown_beside_those_that_have_one() -> None:
    speakers = [speaker for speaker, _ in turns(example("whisperx.json"))]
    assert speakers == ["SPEAKER_00", "unknown", "SPEAKER_00", "SPEAKER_01"]


def test_word_lists_of_whisper_timestamped_do_not_matter(tmp_path: Path) -> None:
    words = [{"text": "Hi", "start": 0.1, "end": 0.9, "confidence": 0.9}]
    segment = {"id": 0, "start": 0.1, "end": 0.9, "text": " Hi!", "confidence": 0.9, "words": words}
    assert turns(read(tmp_path, "a.json", {"text": " Hi!", "segments": [segment], "language": "en"})) == [
        ("unknown", "Hi!")
    ]
