"""Phrases and model together: the model speaks where phrases are silent, and strikes out what a phrase got wrong.

It does so only where it is sure, by thresholds that `dunlint train` chose for each tag and stored beside the model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dunlint.language.lexicon import Lexicon
from dunlint.language.scorer import Floats, Said, Scorer
from dunlint.language.tagger import Tag

MEANT = ("performed", "reported")
BY = "model"
PIECE = 400  # characters: about the longest message that the model has learned from
_MARKS = re.compile(r"[。！？!?；;\n]+|\.(?=\s)")


@dataclass(frozen=True)
class Thresholds:
    """By tag: the probability from which the model names it, and below which it strikes out a phrase's."""

    propose: Mapping[str, float]
    veto: Mapping[str, float]
    alone: float = 0.5  # the probability from which the model names a tag where it is asked without phrases


@dataclass(frozen=True)
class Model:
    """What was trained for one language, with the words it needs to read a text as it was trained to."""

    words: Lexicon
    scorer: Scorer
    thresholds: Thresholds

    def combined(
        self, said: Sequence[Said], phrases: Sequence[list[Tag]], plain: Sequence[str] | None = None
    ) -> list[list[Tag]]:
        """The tags of phrases (one list a text), with what the model adds and strikes out.

        `plain` are the texts in plain spelling, where somebody has them already.
        """
        rows = self.matrix(said, plain)
        least = np.array([self.thresholds.propose.get(tag, 2.0) for tag in self.scorer.tags])
        found = self._kept(said, phrases, rows)
        wanted: list[tuple[int, str]] = []
        for place, column in zip(*(axis.tolist() for axis in np.nonzero(rows >= least)), strict=True):
            tag = self.scorer.tags[column]
            if all(one.tag != tag for one in phrases[place]):
                wanted.append((place, tag))
        for place, tags in self._proposed(said, wanted).items():
            found[place] = sorted([*found[place], *tags], key=lambda tag: (tag.start, tag.end, tag.tag))
        return found

    def chances(self, said: Sequence[Said]) -> list[dict[str, float]]:
        """By text and tag the probability that it is performed or reported; of a long text its likeliest piece's."""
        return [dict(zip(self.scorer.tags, row, strict=True)) for row in self.matrix(said).tolist()]

    def matrix(self, said: Sequence[Said], plain: Sequence[str] | None = None) -> Floats:
        """[texts, tags]: the same as an array."""
        texts = [self.words.normalise(text).text for text, _, _ in said] if plain is None else plain
        marked = enumerate(zip(texts, said, strict=True))
        parts = [(owner, piece) for owner, (text, one) in marked for piece in _pieces(text, *one[1:])]
        rows = self.scorer.probabilities([piece for _, piece in parts])
        return rows if len(parts) == len(said) else _highest(rows, [owner for owner, _ in parts], len(said))

    def _kept(self, said: Sequence[Said], phrases: Sequence[list[Tag]], rows: Floats) -> list[list[Tag]]:
        """The tags of phrases without what the model is sure against: of the whole text, and of the words around too,
        so that a threat is not struck out because it stands among lawful sentences.
        """
        named = ((place, tag) for place, tags in enumerate(phrases) for tag in tags)
        doubted = [(place, tag) for place, tag in named if self._against(tag, rows[place])]
        if not doubted:
            return list(phrases)
        around = [self._sentence(said[place], *_around(said[place][0], tag)) for place, tag in doubted]
        chances = self.scorer.probabilities(around)
        struck = {id(tag) for (_, tag), row in zip(doubted, chances, strict=True) if self._against(tag, row)}
        return [[tag for tag in tags if id(tag) not in struck] for tags in phrases]

    def _against(self, tag: Tag, row: Floats) -> bool:
        veto = self.thresholds.veto.get(tag.tag)
        return tag.attribution in MEANT and veto is not None and bool(row[self.scorer.places[tag.tag]] < veto)

    def _proposed(self, said: Sequence[Said], wanted: Sequence[tuple[int, str]]) -> dict[int, list[Tag]]:
        """Each wanted tag over the sentence of its text that speaks most for it."""
        spans = {place: list(sentences(said[place][0])) for place, _ in wanted}
        flat = [(place, start, end) for place, found in spans.items() for start, end in found]
        margins = self.scorer.margins([self._sentence(said[place], start, end) for place, start, end in flat])
        first = {place: number for number, (place, _, _) in reversed(list(enumerate(flat)))}
        tags: dict[int, list[Tag]] = {}
        for place, tag in wanted:
            rows = margins[first[place] : first[place] + len(spans[place]), self.scorer.places[tag]]
            start, end = spans[place][int(rows.argmax())]
            tags.setdefault(place, []).append(Tag(tag, self._attribution(said[place][1]), start, end, BY))
        return tags

    def _sentence(self, said: Said, start: int, end: int) -> Said:
        return self.words.normalise(said[0][start:end]).text, said[1], said[2]

    def _attribution(self, speaker: str) -> str:
        default = self.words.defaults.get(speaker, "performed")
        return default if default in MEANT else "reported"


def _pieces(plain: str, speaker: str, party: str) -> Iterator[Said]:
    if len(plain) <= PIECE:
        yield plain, speaker, party
        return
    for start, end in pieces(plain):
        yield plain[start:end], speaker, party


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of every sentence that has words, blanks at its ends left out; the whole text if none is found."""
    start, found = 0, False
    for end in [*(mark.end() for mark in _MARKS.finditer(text)), len(text)]:
        words = text[start:end]
        if any(map(str.isalnum, words)):
            found = True
            yield start + len(words) - len(words.lstrip()), start + len(words.rstrip())
        start = end
    if not found:
        yield 0, len(text)


def _around(text: str, tag: Tag) -> tuple[int, int]:
    """Bounds of the sentences that a tag lies in."""
    held = [(start, end) for start, end in sentences(text) if start < tag.end and tag.start < end]
    return (held[0][0], held[-1][1]) if held else (tag.start, tag.end)


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """A long text in pieces of at most PIECE characters, cut at ends of sentences where there are any."""
    start = 0
    while start < len(text):
        end = min(len(text), start + PIECE)
        if end < len(text):
            marks = [mark.end() for mark in _MARKS.finditer(text, start + PIECE // 2, end)]
            end = marks[-1] if marks else end
        yield start, end
        start = end


def _highest(rows: Floats, owners: Sequence[int], count: int) -> Floats:
    best = np.zeros((count, rows.shape[1]), rows.dtype)
    np.maximum.at(best, np.array(owners), rows)
    return best
