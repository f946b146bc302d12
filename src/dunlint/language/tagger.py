"""Text -> tags with spans, by pattern: anchors first, patterns only where an anchor is, context last.

One automaton over every anchor and every innocent phrase makes a single pass over a text. An anchor that lies inside a longer
innocent phrase is no anchor. What is left wakes the patterns that own it; what a pattern finds is attributed by context.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import ahocorasick_rs

from dunlint.language.context import attribute
from dunlint.language.lexicon import Lexicon, Pattern, lexicon
from dunlint.language.normal import Normal
from dunlint.language.values import parse

NEAR = 120
SHORT = 600


@dataclass(frozen=True, slots=True)
class Tag:
    """What a span of the original text does: offsets in characters, who says it, how it is meant, and what said so."""

    tag: str
    attribution: str
    start: int
    end: int
    by: str
    value: float | None = None
    unit: str | None = None


class Tagger:
    """The patterns of one language over one automaton."""

    def __init__(self, words: Lexicon) -> None:
        self.words = words
        literals: dict[str, list[int]] = {}
        for number, pattern in enumerate(words.patterns):
            for anchor in pattern.anchors:
                literals.setdefault(anchor.lower(), []).append(number)
        self.literals = sorted(set(literals) | set(words.innocent))
        self.owners = [literals.get(literal, []) for literal in self.literals]
        guilty_inside = set(words.innocent)
        self.is_innocent = [literal in guilty_inside for literal in self.literals]
        self.automaton = ahocorasick_rs.AhoCorasick(self.literals, store_patterns=False)

    def tags(self, text: str, speaker: str = "unknown", party: str = "unknown") -> list[Tag]:
        """All tags of one text, in order; linear in its length."""
        normal = self.words.normalise(text)
        hits = self.automaton.find_matches_as_indexes(normal.text, overlapping=True)
        if not hits:
            return []
        found: dict[tuple[str, int, int], Tag] = {}
        for number, places in self._awake(hits).items():
            pattern = self.words.patterns[number]
            if not _counts(pattern, speaker, party):
                continue
            for start, end in _matches(pattern, normal.text, places):
                tag = self._tag(pattern, normal, start, end, speaker)
                if tag is not None:
                    found.setdefault((tag.tag, tag.start, tag.end), tag)
        return _widest(found.values())

    def _awake(self, hits: list[tuple[int, int, int]]) -> dict[int, list[int]]:
        """Pattern number -> places of its anchors, anchors inside an innocent phrase left out."""
        innocent = [(start, end) for number, start, end in hits if self.is_innocent[number]]
        awake: dict[int, list[int]] = {}
        for number, start, end in hits:
            if innocent and any(a <= start and end <= b and (a, b) != (start, end) for a, b in innocent):
                continue
            for owner in self.owners[number]:
                awake.setdefault(owner, []).append(start)
        return awake

    def _tag(self, pattern: Pattern, normal: Normal, start: int, end: int, speaker: str) -> Tag | None:
        attribution = pattern.attribution or attribute(self.words, normal.text, start, end, pattern.tag, speaker)
        if attribution is None:
            return None
        value, unit = parse(pattern.value, normal.text[start:end]) if pattern.value else (None, None)
        first, last = normal.span(start, end)
        return Tag(pattern.tag, attribution, first, last, pattern.id, value, unit)


def _counts(pattern: Pattern, speaker: str, party: str) -> bool:
    by = not pattern.speakers or speaker in pattern.speakers or speaker == "unknown"
    return by and (not pattern.parties or party in pattern.parties)


def _matches(pattern: Pattern, text: str, places: list[int]) -> Iterator[tuple[int, int]]:
    """Non-empty matches near the anchors; a short text is searched whole, a long one in windows."""
    for low, high in _windows(len(text), places):
        for match in pattern.regex.finditer(text, low, high):
            if match.end() > match.start() and _sentence_allows(pattern, text, match.start(), match.end()):
                yield match.start(), match.end()


def _windows(size: int, places: list[int]) -> Iterator[tuple[int, int]]:
    if size <= SHORT:
        yield 0, size
        return
    low = high = -1
    for place in places:
        if place - NEAR > high:
            if high >= 0:
                yield low, high
            low = max(0, place - NEAR)
        high = min(size, place + NEAR)
    yield low, high


def _sentence_allows(pattern: Pattern, text: str, start: int, end: int) -> bool:
    if pattern.unless is None and pattern.needs is None:
        return True
    near = text[max(0, start - NEAR // 2) : end + NEAR // 2]
    if pattern.unless is not None and pattern.unless.search(near):
        return False
    return pattern.needs is None or bool(pattern.needs.search(near))


def _widest(tags: Iterable[Tag]) -> list[Tag]:
    """Of overlapping spans with the same tag the widest; everything in order of place."""
    kept: list[Tag] = []
    ordered = sorted(tags, key=lambda t: (t.tag, t.start, -t.end))
    for tag in ordered:
        if kept and kept[-1].tag == tag.tag and tag.start < kept[-1].end:
            if tag.end > kept[-1].end and tag.attribution == "performed" != kept[-1].attribution:
                kept[-1] = tag
            continue
        kept.append(tag)
    return sorted(kept, key=lambda t: (t.start, t.end, t.tag))


@cache
def tagger(lang: str) -> Tagger:
    """The shipped tagger of a language, built once."""
    return Tagger(lexicon(lang))


def language_of(text: str) -> str:
    """"zh" if the text holds Chinese characters in number, else "en"."""
    if text.isascii():
        return "en"
    chinese = sum("\u3400" <= char <= "\u9fff" for char in text[:2000])
    return "zh" if chinese * 4 >= min(len(text), 2000) or chinese >= 6 else "en"
