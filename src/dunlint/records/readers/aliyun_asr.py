"""阿里云 录音文件识别 (Alibaba Cloud file transcription): `Result.Sentences[]`, milliseconds.

Who speaks is a channel, or `SpeakerId` where speakers were told apart.
"""

from __future__ import annotations

from typing import Any

from dunlint.records.readers import transcripts
from dunlint.records.readers.transcripts import Said, Vendor, has, listed, numbered, under


def _fits(document: Any) -> bool:
    sentences = under(document, "Result", "Sentences")
    return isinstance(sentences, list) and (
        any(has(one, "Text", "BeginTime") for one in sentences[:20]) or has(document, "TaskId")
    )


def _said(sentence: Any, _: Any) -> Said:
    speaker = numbered("speaker", sentence.get("SpeakerId")) or numbered("channel", sentence.get("ChannelId"))
    return Said(speaker, sentence.get("BeginTime"), sentence.get("EndTime"), sentence["Text"])


READER = transcripts.reader(
    Vendor("aliyun_asr", _fits, lambda document: listed(document, "Result", "Sentences"), _said)
)
