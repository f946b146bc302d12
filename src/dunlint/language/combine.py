"""Phrases and model together: the model names what no phrase names, and strikes out what a phrase got wrong.

It does so only where it is sure, by thresholds that `dunlint train` chose for each tag and stored beside the model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

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

    def combined(self, said: Sequence[Said], phrases: Sequence[list[Tag]]) -> list[list[Tag]]:
        """The tags of phrases (one list a text), with what the model adds and strikes out."""
        chances = self.chances(said)
        return [self._combined(one, tags, row) for one, tags, row in zip(said, phrases, chances, strict=True)]

    def chances(self, said: Sequence[Said]) -> list[dict[str, float]]:
        """By text and tag the probability that it is performed or reported; of a long text its likeliest piece's."""
        parts = [(owner, piece) for owner, one in enumerate(said) for piece in self._pieces(*one)]
        rows = self.scorer.probabilities([piece for _, piece in parts])
        if len(parts) != len(said):
            rows = _highest(rows, [owner for owner, _ in parts], len(said))
        return [dict(zip(self.scorer.tags, row, strict=True)) for row in rows.tolist()]

    def _pieces(self, text: str, speaker: str, party: str) -> Iterator[Said]:
        plain = self.words.normalise(text).text
        if len(plain) <= PIECE:
            yield plain, speaker, party
            return
        for start, end in pieces(plain):
            yield plain[start:end], speaker, party

    def _combined(self, said: Said, tags: list[Tag], chances: Mapping[str, float]) -> list[Tag]:
        named = {tag.tag for tag in tags}
        kept = [tag for tag in tags if tag.attribution not in MEANT or not self._struck(tag.tag, chances)]
        new = [tag for tag, least in self.thresholds.propose.items() if chances[tag] >= least and tag not in named]
        if not new:
            return kept
        return sorted([*kept, *self._proposed(new, said)], key=lambda tag: (tag.start, tag.end, tag.tag))

    def _struck(self, tag: str, chances: Mapping[str, float]) -> bool:
        return chances.get(tag, 1.0) < self.thresholds.veto.get(tag, 0.0)

    def _proposed(self, tags: Sequence[str], said: Said) -> Iterator[Tag]:
        """A tag over the sentence that speaks most for it."""
        text, speaker, party = said
        spans = list(sentences(text))
        margins = self.scorer.margins([(self.words.normalise(text[a:b]).text, speaker, party) for a, b in spans])
        default = self.words.defaults.get(speaker, "performed")
        attribution = default if default in MEANT else "reported"
        for tag in tags:
            start, end = spans[int(margins[:, self.scorer.tags.index(tag)].argmax())]
            yield Tag(tag, attribution, start, end, BY)


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
    import numpy as np

    best = np.zeros((count, rows.shape[1]), rows.dtype)
    np.maximum.at(best, np.array(owners), rows)
    return best
