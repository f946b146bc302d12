"""A transcribed call as WebVTT: one file is one contact, each cue one turn, `<v Name>` or `Name: ` its speaker.

Cue times count from the start of the call. When the call took place, on which number and who spoke stands in
`case.yaml` under `files:`; without it the contact has no time and the rules that need one say so.
"""

from __future__ import annotations

from collections.abc import Iterator

from dunlint.records.reader import Item, Known, Reader
from dunlint.records.readers import subtitles
from dunlint.records.source import Source


def recognises(source: Source) -> bool:
    return source.head_text.lstrip().startswith("WEBVTT")


def read(source: Source, known: Known) -> Iterator[Item]:
    text = source.text().replace("\r\n", "\n").replace("\r", "\n")
    lead = len(text) - len(text.lstrip())
    return subtitles.read(source, known, text.lstrip(), "WebVTT", shift=-text.count("\n", 0, lead))


READER = Reader("webvtt", recognises, read, (".vtt",), example="WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n<v Agent>...")
