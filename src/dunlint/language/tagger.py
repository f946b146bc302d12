"""Text -> tags with spans, by pattern: anchors first, patterns only where an anchor is, context last.

One automaton over every anchor and every innocent phrase makes a single pass over a text. An anchor that lies
inside a longer innocent phrase is no anchor. What is left wakes the patterns that own it; what a pattern finds
is attributed by context.
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

Hit = tuple[int, int, int]

NEAR = 120
SHORT = 600


@dataclass(frozen=True, slots=True)
class Tag:
    """What a span of the original text does: offsets in characters, who says it, how it is meant, and what
    said so.
    """

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
        innocent = set(words.innocent)
        self.innocent = frozenset(place for place, word in enumerate(self.literals) if word in innocent)
        self.automaton = ahocorasick_rs.AhoCorasick(self.literals, store_patterns=False)
        self.regexes = [pattern.regex for pattern in words.patterns]
        self._heard: dict[tuple[str, str], list[list[int]]] = {}

    def tags(self, text: str, speaker: str = "unknown", party: str = "unknown") -> list[Tag]:
        """All tags of one text, in order; linear in its length."""
        return self.tags_of(self.words.normalise(text), speaker, party)

    def tags_of(self, normal: Normal, speaker: str, party: str) -> list[Tag]:
        """The same for a text that is in plain spelling already."""
        hits = self.automaton.find_matches_as_indexes(normal.text, overlapping=True)
        if not hits:
            return []
        owners = self._owners(speaker, party)
        free = self._free(hits)
        if len(normal.text) <= SHORT:
            matches = self._in_short(normal.text, {owner for number, *_ in free for owner in owners[number]})
        else:
            matches = self._in_long(normal.text, free, owners)
        found: dict[tuple[str, int, int], Tag] = {}
        for number, start, end in matches:
            tag = self._tag(self.words.patterns[number], normal, start, end, speaker)
            if tag is not None:
                found.setdefault((tag.tag, tag.start, tag.end), tag)
        return _widest(found.values()) if found else []

    def _owners(self, speaker: str, party: str) -> list[list[int]]:
        """For each literal the patterns it wakes, those left out that cannot count for this speaker and party."""
        known = self._heard.get((speaker, party))
        if known is None:
            counting = [_counts(pattern, speaker, party) for pattern in self.words.patterns]
            known = [[owner for owner in owners if counting[owner]] for owners in self.owners]
            self._heard[speaker, party] = known
        return known

    def _free(self, hits: list[Hit]) -> list[Hit]:
        """The hits that do not lie inside a longer innocent phrase."""
        if self.innocent.isdisjoint(number for number, *_ in hits):
            return hits
        covers = [(start, end) for number, start, end in hits if number in self.innocent]
        return [
            hit for hit in hits
            if not any(a <= hit[1] and hit[2] <= b and (a, b) != (hit[1], hit[2]) for a, b in covers)
        ]  # fmt: skip

    def _in_short(self, text: str, awake: set[int]) -> Iterator[tuple[int, int, int]]:
        """(pattern, start, end) of every match; the whole text is searched at once."""
        for number in sorted(awake):
            if self.regexes[number].compiled.search(text) is not None:
                yield from _matches(self.words.patterns[number], number, text, 0, len(text))

    def _in_long(self, text: str, hits: list[Hit], owners: list[list[int]]) -> Iterator[tuple[int, int, int]]:
        """As `_in_short`, in windows around the anchors: a long text costs what its anchors cost."""
        places: dict[int, list[int]] = {}
        for literal, start, _ in hits:
            for owner in owners[literal]:
                places.setdefault(owner, []).append(start)
        for number in sorted(places):
            for low, high in _windows(len(text), places[number]):
                yield from _matches(self.words.patterns[number], number, text, low, high)

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


def _matches(pattern: Pattern, number: int, text: str, low: int, high: int) -> Iterator[tuple[int, int, int]]:
    for match in pattern.regex.compiled.finditer(text, low, high):
        start, end = match.span()
        if end > start and _sentence_allows(pattern, text, start, end):
            yield number, start, end


def _windows(size: int, places: list[int]) -> Iterator[tuple[int, int]]:
    """Stretches of text around anchors, overlapping ones joined."""
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
    if pattern.unless is not None and pattern.unless.compiled.search(near):
        return False
    return pattern.needs is None or bool(pattern.needs.compiled.search(near))


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
    """ "zh" if the text holds Chinese characters in number, else "en"."""
    if text.isascii():
        return "en"
    chinese = sum("\u3400" <= char <= "\u9fff" for char in text[:2000])
    return "zh" if chinese * 4 >= min(len(text), 2000) or chinese >= 6 else "en"


def plain(text: str) -> str:
    """The text in plain spelling, disguises undone; for comparing keywords."""
    return lexicon(language_of(text)).normalise(text).text
