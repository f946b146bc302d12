"""Whisper, whisper-timestamped and WhisperX: JSON with `segments` in seconds.

Whisper itself names no speaker; WhisperX gives `SPEAKER_00`, and leaves it out where it is not sure.
"""

from __future__ import annotations

from typing import Any

from dunlint.records.readers import transcripts
from dunlint.records.readers.transcripts import Said, Vendor, has, listed, under


def _fits(document: Any) -> bool:
    segments = under(document, "segments")
    if not isinstance(segments, list):
        return False
    return any(has(segment, "start", "end", "text") for segment in segments[:20]) or has(document, "text", "language")


def _said(segment: Any, _: Any) -> Said:
    return Said(segment.get("speaker"), segment.get("start"), segment.get("end"), segment["text"])


VENDOR = Vendor("whisper", _fits, lambda document: listed(document, "segments"), _said, per_second=1)
READER = transcripts.reader(VENDOR)
