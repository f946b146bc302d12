"""Twilio call transcripts."""

from __future__ import annotations

from tests.records.readers.calls import example, times, turns


def test_sentences_are_turns_and_channels_their_speakers() -> None:
    records = example("twilio_transcript.json")
    assert [speaker for speaker, _ in turns(records)] == ["channel 1", "channel 2", "channel 1"]
    assert times(records) == [(0.32, 4.1), (4.4, 6.0), (6.3, 10.2)]
