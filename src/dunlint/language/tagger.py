"""Text -> tags with spans, by pattern: anchors first, patterns only where an anchor is, context last.

One automaton over every anchor and every innocent phrase makes a single pass over a text. An anchor that lies
inside a longer innocent phrase is no anchor. What is left wakes the patterns that own it; what a pattern finds
is attributed by context.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from itertools import accumulate
from operator import or_

import ahocorasick_rs

from dunlint.language.context import attribute, cues_in
from dunlint.language.lexicon import Lexicon, Pattern, lexicon
from dunlint.language.normal import Normal
from dunlint.language.values import parse

Hit = tuple[int, int, int]  # literal, start, end
Match = tuple[Pattern, int, int]
Owners = list[list[tuple[int, int]]]  # for each literal the patterns it wakes, with the marks that they need

NEAR = 120
SHORT = 600
FIRST = 2000  # characters by which a language is told
CHINESE = re.compile("[\u3400-\u9fff]")
SIX_CHINESE = re.compile(r"(?:[^\u3400-\u9fff]*[\u3400-\u9fff]){6}")
INNOCENT = 1  # the mark of innocent phrases; higher bits are rows of words


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
        besides = dict.fromkeys(row for pattern in words.patterns for row in pattern.besides)
        rows = {row: 1 << place for place, row in enumerate(besides, 1)}
        marks = dict.fromkeys(words.innocent, INNOCENT)
        for row, mark in rows.items():
            for word in row:
                marks[word] = marks.get(word, 0) | mark
        self.literals = sorted(literals.keys() | marks.keys())
        self.owners = [literals.get(literal, []) for literal in self.literals]
        self.marks = [marks.get(literal, 0) for literal in self.literals]
        self.needs = [reduce(or_, (rows[row] for row in pattern.besides), 0) for pattern in words.patterns]
        self.automaton = ahocorasick_rs.AhoCorasick(self.literals, store_patterns=False)
        self.begins, self.ends = _bounded(self.literals, self.marks) if words.lang == "en" else ([], [])
        self._heard: dict[tuple[str, str], Owners] = {}

    def tags(self, text: str, speaker: str = "unknown", party: str = "unknown") -> list[Tag]:
        """All tags of one text, in order; linear in its length."""
        return self.tags_of(self.words.normalise(text), speaker, party)

    def tags_of(self, normal: Normal, speaker: str, party: str) -> list[Tag]:
        """The same for a text that is in plain spelling already."""
        hits = self.automaton.find_matches_as_indexes(normal.text, overlapping=True)
        if self.begins:
            hits = self._whole_words(normal.text, hits)
        matches = list(self._matches(normal.text, hits, self._owners(speaker, party)))
        if not matches:
            return []
        cues = cues_in(self.words, normal.text)
        found: dict[tuple[str, int, int], Tag] = {}
        seen: set[tuple[str, str | None, int, int]] = set()
        for pattern, start, end in matches:
            same = (pattern.tag, pattern.attribution, start, end)
            if same in seen:  # what another wording found already
                continue
            seen.add(same)
            tag = self._tag(pattern, normal, start, end, speaker, cues)
            if tag is not None:
                found.setdefault((tag.tag, tag.start, tag.end), tag)
        return _widest(found.values())

    def _whole_words(self, text: str, hits: list[Hit]) -> list[Hit]:
        """The hits that no letter runs on from: words of scripts with spaces are whole words in every pattern."""
        begins, ends, last = self.begins, self.ends, len(text)
        return [
            hit for hit in hits
            if not (begins[hit[0]] and hit[1] and _in_word(text[hit[1] - 1]))
            and not (ends[hit[0]] and hit[2] < last and _in_word(text[hit[2]]))
        ]  # fmt: skip

    def _matches(self, text: str, hits: list[Hit], owners: Owners) -> Iterator[Match]:
        """What the woken patterns find: those that own a free hit, if the text holds all that their matches hold."""
        marks, patterns = self.marks, self.words.patterns
        held = reduce(or_, [marks[number] for number, _, _ in hits], 0)
        free = _free(hits, marks) if held & INNOCENT else hits
        lacking = ~held
        woken = {owner for number, _, _ in free for owner, needs in owners[number] if not needs & lacking}
        if len(text) <= SHORT:
            for number in sorted(woken):
                if patterns[number].regex.compiled.search(text) is not None:
                    yield from _found(patterns[number], text, 0, len(text))
        elif woken:
            yield from self._in_windows(text, free, owners, woken)

    def _owners(self, speaker: str, party: str) -> Owners:
        """For each literal the patterns it wakes, those left out that cannot count for this speaker and party."""
        known = self._heard.get((speaker, party))
        if known is None:
            counting = [_counts(pattern, speaker, party) for pattern in self.words.patterns]
            known = [[(one, self.needs[one]) for one in owners if counting[one]] for owners in self.owners]
            self._heard[speaker, party] = known
        return known

    def _in_windows(self, text: str, hits: list[Hit], owners: Owners, woken: set[int]) -> Iterator[Match]:
        """A long text is searched around the anchors: it costs what its anchors cost."""
        places: dict[int, list[int]] = {}
        for literal, start, _ in hits:
            for owner, _ in owners[literal]:
                if owner in woken:
                    places.setdefault(owner, []).append(start)
        for number in sorted(places):
            for low, high in _windows(len(text), places[number]):
                yield from _found(self.words.patterns[number], text, low, high)

    def _tag(self, pattern: Pattern, normal: Normal, start: int, end: int, speaker: str, cues: int) -> Tag | None:
        attribution = pattern.attribution or attribute(self.words, normal.text, start, end, pattern.tag, speaker, cues)
        if attribution is None:
            return None
        value, unit = parse(pattern.value, normal.text[start:end]) if pattern.value else (None, None)
        first, last = normal.span(start, end)
        return Tag(pattern.tag, attribution, first, last, pattern.id, value, unit)


def _in_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def _bounded(literals: Sequence[str], marks: Sequence[int]) -> tuple[list[bool], list[bool]]:
    """Whether each literal begins, and ends, as a word does; innocent phrases may lie inside words."""
    bounds = [(not mark & INNOCENT, literal) for literal, mark in zip(literals, marks, strict=True)]
    return [one and _in_word(word[0]) for one, word in bounds], [one and _in_word(word[-1]) for one, word in bounds]


def _counts(pattern: Pattern, speaker: str, party: str) -> bool:
    by = not pattern.speakers or speaker in pattern.speakers or speaker == "unknown"
    return by and (not pattern.parties or party in pattern.parties)


def _free(hits: list[Hit], marks: list[int]) -> list[Hit]:
    """The hits that do not lie inside a longer innocent phrase."""
    covers = sorted((start, end) for number, start, end in hits if marks[number] & INNOCENT)
    starts = [start for start, _ in covers]
    ends = [0, *accumulate((end for _, end in covers), max)]  # how far the covers up to a place reach
    return [
        hit for hit in hits
        if ends[bisect_left(starts, hit[1])] < hit[2] and ends[bisect_right(starts, hit[1])] <= hit[2]
    ]  # fmt: skip


def _found(pattern: Pattern, text: str, low: int, high: int) -> Iterator[Match]:
    for match in pattern.regex.compiled.finditer(text, low, high):
        start, end = match.span()
        if end > start and _sentence_allows(pattern, text, start, end):
            yield pattern, start, end


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


def _widest(tags: Collection[Tag]) -> list[Tag]:
    """Of overlapping spans with the same tag the widest; everything in order of place."""
    if len(tags) <= 1:
        return list(tags)
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
    if SIX_CHINESE.match(text, 0, FIRST):
        return "zh"
    return "zh" if len(CHINESE.findall(text, 0, FIRST)) * 4 >= min(len(text), FIRST) else "en"


def plain(text: str) -> str:
    """The text in plain spelling, disguises undone; for comparing keywords."""
    return lexicon(language_of(text)).normalise(text).text
