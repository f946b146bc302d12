"""Cues of WebVTT (and SRT turned into it) -> turns: who speaks from `<v Name>` or a `Name: ` before the words.

webvtt-py parses. What it drops without a word (cues with a broken timing line, text outside a cue) is listed here, and
a cue in which two voices speak becomes two turns: the parser gives all its words to the first.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator

import webvtt
from webvtt.errors import MalformedCaptionError, MalformedFileError

from dunlint.errors import UnreadableFile
from dunlint.records.reader import Item, Known
from dunlint.records.readers.conversation import LONGEST_CALL, UNKNOWN, UNSAFE, Heard, role_words
from dunlint.records.schema import Turn, Unreadable
from dunlint.records.source import Source

VOICE = re.compile(r"<v(?:\.[^\s<>]*)*\s+([^<>]+)>")
TAG = re.compile(r"<[^<>]*>")
PREFIX = re.compile(r"\s*(?:\[([^\[\]:：]{1,40})\]|([^\W\d][^\[\]:：，。,.!?！？、\n]{0,24}))\s*[:：]\s*(?=\S)")
NO_CUE = ("NOTE", "STYLE", "REGION")
TIMING = "HH:MM:SS.mmm --> HH:MM:SS.mmm"
BROKEN = (MalformedFileError, MalformedCaptionError, ValueError)

Cue = tuple[float, float, str]  # from, to, text with its tags


def read(source: Source, known: Known, text: str, kind: str, shift: int = 0) -> Iterator[Item]:
    """One contact from WebVTT text whose lines stand `shift` lines further up in the file.

    Raises UnreadableFile for what webvtt-py does not take.
    """
    text = UNSAFE.sub("\ufffd", text)
    try:
        captions = webvtt.from_string(text).captions
    except BROKEN as problem:
        raise UnreadableFile("broken_format", where=source.name, format=kind, reason=str(problem)) from problem
    yield from _lost(source.name, text, len(captions), shift)
    cues = [(c.start_time.in_milliseconds() / 1000, c.end_time.in_milliseconds() / 1000, c.raw_text) for c in captions]
    for start, _, words in cues:
        if start > LONGEST_CALL:
            yield Unreadable(source.name, None, "time", f"{start} s: {words[:40]}")
        elif source.encoding == "unknown" and "\ufffd" in words:
            yield Unreadable(source.name, None, "UTF-8, GB18030", words[:60])
    turns = turns_of(cues)
    if not turns:
        yield Unreadable(source.name, 1, f"{kind} cues", "0")
        return
    heard = Heard(source.name, source.path.name, known)
    yield heard.contact(turns, 1)
    yield from heard.notes()


def turns_of(cues: list[Cue]) -> list[Turn]:
    """Turns in the order of the cues. A `Name: ` counts as a speaker if it stands in brackets, says a role, or comes
    more than once.
    """
    spoken = [(start, end, voice, words) for start, end, text in cues for voice, words in _voices(text)]
    prefixes = Counter(
        label for _, _, voice, words in spoken if voice is None and (label := _prefix(words)[0]) is not None
    )
    turns = []
    for start, end, voice, words in spoken:
        speaker, rest = (voice, words) if voice is not None else _prefix(words)
        if voice is None and speaker is not None and not _is_speaker(speaker, words, prefixes):
            speaker, rest = None, words
        if rest.strip():
            ends = start <= end <= LONGEST_CALL
            begins = start if start <= LONGEST_CALL else None
            turns.append(Turn(speaker or UNKNOWN, begins, end if ends else None, rest.strip()))
    return turns


def _voices(text: str) -> Iterator[tuple[str | None, str]]:
    """(voice or None, its words without tags) for each voice of a cue."""
    pieces = VOICE.split(text)
    for voice, words in [(None, pieces[0]), *zip(pieces[1::2], pieces[2::2], strict=True)]:
        plain = html.unescape(TAG.sub("", words)).strip()
        if plain:
            yield (voice.strip() if voice else None), plain


def _prefix(words: str) -> tuple[str | None, str]:
    found = PREFIX.match(words)
    return ((found[1] or found[2]).strip(), words[found.end() :]) if found else (None, words)


def _is_speaker(label: str, words: str, prefixes: Counter[str]) -> bool:
    return words.lstrip().startswith("[") or prefixes[label] > 1 or label.lower() in role_words()


def _lost(name: str, text: str, parsed: int, shift: int) -> Iterator[Unreadable]:
    """Lines that should have been cues and are not, and text that belongs to none."""
    lines = text.split("\n")
    arrows = [number for number, line in enumerate(lines, 1) if "-->" in line]
    bad = [] if len(arrows) == parsed else [n for n in arrows if not _timing_is_good(lines[n - 1])]
    for number in sorted({*bad, *_outside(lines)}):
        yield Unreadable(name, number - shift, TIMING, lines[number - 1].strip()[:60])
    if len(arrows) - len(bad) > parsed:
        yield Unreadable(name, None, f"{len(arrows) - len(bad)} cues", str(parsed))


def _outside(lines: list[str]) -> Iterator[int]:
    """First lines of blocks without a timing line, after the header."""
    start, block = 0, []
    for number, line in enumerate([*lines, ""], 1):
        if line.strip():
            start = start or number
            block.append(line)
            continue
        if start > 1 and not any("-->" in one for one in block) and not block[0].startswith(NO_CUE):
            yield start
        start, block = 0, []


def _timing_is_good(line: str) -> bool:
    try:
        return bool(webvtt.from_string(f"WEBVTT\n\n{line}\nx\n").captions)
    except BROKEN:
        return False
