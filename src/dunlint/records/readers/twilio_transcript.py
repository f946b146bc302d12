"""Twilio Voice (Conversational) Intelligence: the list of `sentences` with `media_channel`.

The offsets are text, in seconds as far as is known: no public sample was found. Which channel is whose depends on the
call, so that `case.yaml` must say it.
"""

from __future__ import annotations

from typing import Any

from dunlint.records.readers import transcripts
from dunlint.records.readers.transcripts import Said, Vendor, has, listed, numbered, under


def _fits(document: Any) -> bool:
    sentences = under(document, "sentences")
    return isinstance(sentences, list) and any(has(one, "media_channel", "transcript") for one in sentences[:20])


def _said(sentence: Any, _: Any) -> Said:
    return Said(
        numbered("channel", sentence.get("media_channel")),
        sentence.get("start_time"),
        sentence.get("end_time"),
        sentence["transcript"],
    )


VENDOR = Vendor("twilio_transcript", _fits, lambda document: listed(document, "sentences"), _said, per_second=1)
READER = transcripts.reader(VENDOR)
