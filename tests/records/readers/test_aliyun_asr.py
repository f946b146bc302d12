"""阿里云 file transcription."""

from __future__ import annotations

from pathlib import Path

from tests.records.readers.calls import example, read, row, times, turns, value


def test_channels_are_speakers_and_milliseconds_seconds() -> None:
    records = example("aliyun_asr.json")
    assert turns(records)[3] == ("channel 1", "我失业了，想申请分期，可以吗？")
    assert times(records)[3] == (14.1, 18.0)
    assert row(records)["talk_seconds"] == 21.4


def test_a_speaker_id_goes_before_the_channel(tmp_path: Path) -> None:
    document = value("aliyun_asr.json")
    for number, sentence in enumerate(document["Result"]["Sentences"]):
        sentence |= {"SpeakerId": number % 2, "ChannelId": 0}
    assert [speaker for speaker, _ in turns(read(tmp_path, "a.json", document))][:2] == ["speaker 0", "speaker 1"]
