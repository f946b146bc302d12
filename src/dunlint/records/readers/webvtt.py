"""A transcribed call as WebVTT: one file is one contact, each cue one turn, `<v Name>` its speaker.

Cue times count from the start of the call. When the call took place, on which number and who spoke stands in
`case.yaml` under `files:`; without it the contact has no time and the rules that need one say so.
"""

from __future__ import annotations

from collections.abc import Iterator

import webvtt
from webvtt.errors import MalformedFileError

from dunlint.errors import UnreadableFile
from dunlint.records.reader import Item, Known, Reader
from dunlint.records.schema import Contact, Turn, Unreadable
from dunlint.records.source import Source


def recognises(source: Source) -> bool:
    return source.head_text.lstrip().startswith("WEBVTT")


def read(source: Source, known: Known) -> Iterator[Item]:
    text = source.text().replace("\0", "\ufffd")
    try:
        captions = webvtt.from_string(text).captions
    except (MalformedFileError, ValueError) as problem:
        raise UnreadableFile("broken_format", where=source.name, format="WebVTT", reason=str(problem)) from problem
    turns = tuple(
        Turn(cue.voice or "unknown", float(cue.start_in_seconds), float(cue.end_in_seconds), cue.text)
        for cue in captions
        if cue.text.strip()
    )
    yield from _lost_cues(source.name, text, len(captions))
    if not turns:
        yield Unreadable(source.name, 1, "WEBVTT cues", "0")
        return
    yield Contact(
        channel="call",
        outcome="connected",
        talk_seconds=turns[-1].end,
        turns=turns,
        party=known.owner_party,
        source_line=1,
    )


def _lost_cues(name: str, text: str, parsed: int) -> Iterator[Unreadable]:
    """The parser drops cues whose timing line is broken; each `-->` without a cue is listed."""
    arrows = [number for number, line in enumerate(text.split("\n"), 1) if "-->" in line]
    if len(arrows) == parsed:
        return
    good = {line for line in arrows if _timing_is_good(text.split("\n")[line - 1])}
    for line in arrows:
        if line not in good:
            yield Unreadable(name, line, "HH:MM:SS.mmm --> HH:MM:SS.mmm", text.split("\n")[line - 1].strip()[:60])


def _timing_is_good(line: str) -> bool:
    try:
        return bool(webvtt.from_string(f"WEBVTT\n\n{line}\nx\n").captions)
    except (MalformedFileError, ValueError):
        return False


READER = Reader("webvtt", recognises, read, (".vtt",), example="WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n<v Agent>...")
