"""A transcribed call as SRT: numbered cues, `HH:MM:SS,mmm`, and often `Name: ` before the words.

It is turned into WebVTT and read as such: the SRT parser of webvtt-py adds the text of a broken cue to the cue before
it, which would put words into the wrong mouth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dunlint.records.reader import Item, Known, Reader
from dunlint.records.readers import subtitles
from dunlint.records.source import Source

FIRST = re.compile(r"\s*\d{1,9}[ \t]*\n[ \t]*\d+:\d{1,2}:\d{1,2}[,.]\d{1,3}[ \t]*-->")
COMMA = re.compile(r"(\d+:\d{1,2}:\d{1,2}),(\d{1,3})")
HEADER = "WEBVTT\n\n"


def recognises(source: Source) -> bool:
    return bool(FIRST.match(_lines(source.head_text)))


def read(source: Source, known: Known) -> Iterator[Item]:
    text = "\n".join(
        COMMA.sub(r"\1.\2", line) if "-->" in line else line for line in _lines(source.text()).split("\n")
    )
    return subtitles.read(source, known, HEADER + text, "SRT", shift=HEADER.count("\n"))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


READER = Reader("srt", recognises, read, (".srt",))
