"""The trained categories: a linear model over n-grams, told who speaks and to whom. NumPy only, a batch at a time.

An n-gram has a weight for each tag, and further ones for the speaker and for the party, so that the same words may mean
one thing from a collector and another from a debtor. spaCy sees the same weights as a text categorizer (`model.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dunlint.language.ngrams import Keys, Ngrams

Said = tuple[str, str, str]  # text (in plain spelling), speaker, party
Floats = NDArray[np.float32]

STEPS = 31  # the largest weight of an n-gram as a whole number
BATCH = 256  # messages at once: what they gather stays in the cache
BLOCKS = ("any", "collector", "debtor", "third_party", "other", "to_debtor", "to_others")
_SPEAKERS = {"collector": 1, "debtor": 2, "third_party": 3, "other": 4}
_OWED = dict.fromkeys(("debtor", "guarantor"), 5)
_PARTIES = _OWED | dict.fromkeys(("third_party", "workplace", "spouse", "minor", "agreed_contact"), 6)


@dataclass(frozen=True)
class Features:
    """Known n-grams of a batch: `values[i]` of n-gram `columns[i]` in text `owners[i]`, in the order of the texts."""

    count: int
    owners: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: Floats


@dataclass(frozen=True)
class Known:
    """The n-grams that a model knows: their hashes in order, and how rare each is (inverse document frequency)."""

    ngrams: Ngrams
    keys: NDArray[np.uint32]
    idf: Floats

    @cached_property
    def _places(self) -> Keys:
        return Keys(self.keys)

    def features(self, texts: Sequence[str]) -> Features:
        """The known n-grams of texts, each once, weighted by count and rarity, every text of length one."""
        ids, owners = self.ngrams(texts)
        places = self._places.places(ids)
        known = places >= 0
        cells, counts = np.unique(owners[known] * len(self.keys) + places[known], return_counts=True)
        owners, columns = np.divmod(cells, max(1, len(self.keys)))
        values = self.idf[columns] * (1 + np.log(counts, dtype=np.float32))
        lengths = np.sqrt(np.bincount(owners, values * values, len(texts)))
        return Features(len(texts), owners, columns, (values / lengths[owners]).astype(np.float32))


def in_small(weights: Floats) -> tuple[NDArray[np.int8], Floats]:
    """(rows, scales) of a Scorer for weights [blocks, n-grams, tags]."""
    scales = np.maximum(np.abs(weights).max(axis=(0, 2)) / STEPS, np.float32(1e-9)).astype(np.float32)
    return np.rint(weights / scales[:, None]).astype(np.int8), scales


@dataclass(frozen=True)
class Scorer:
    """A trained model: `rows[block, n-gram, tag]` times `scales[n-gram]`, and `bias[block, tag]`; blocks are BLOCKS.

    The rows are whole numbers up to STEPS, which pack to a tenth of the size, as good as the weights that were learned.
    """

    tags: tuple[str, ...]
    known: Known
    rows: NDArray[np.int8]
    scales: Floats
    bias: Floats
    _merged: dict[tuple[int, ...], tuple[Floats, Floats]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def places(self) -> dict[str, int]:
        """The column of each tag."""
        return {tag: place for place, tag in enumerate(self.tags)}

    def probabilities(self, said: Sequence[Said]) -> Floats:
        """[messages, tags]: how likely each message performs or reports each tag."""
        with np.errstate(over="ignore"):
            return (1 / (1 + np.exp(-self.margins(said)))).astype(np.float32)

    def margins(self, said: Sequence[Said]) -> Floats:
        """[messages, tags]: the same before it is squeezed between 0 and 1."""
        out = np.zeros((len(said), len(self.tags)), np.float32)
        groups: dict[tuple[int, ...], list[int]] = {}
        for place, (_, speaker, party) in enumerate(said):
            groups.setdefault(blocks_of(speaker, party), []).append(place)
        for blocks, places in groups.items():
            for start in range(0, len(places), BATCH):
                part = places[start : start + BATCH]
                out[part] = self._margins(blocks, [said[place][0] for place in part])
        return out

    def _margins(self, blocks: tuple[int, ...], texts: list[str]) -> Floats:
        rows, bias = self._of(blocks)
        found = self.known.features(texts)
        out = np.tile(bias, (found.count, 1))
        if len(found.owners):
            starts = np.flatnonzero(np.diff(found.owners, prepend=-1))
            sums = np.add.reduceat(rows[found.columns] * found.values[:, None], starts, axis=0)
            out[found.owners[starts]] += sums
        return out

    def _of(self, blocks: tuple[int, ...]) -> tuple[Floats, Floats]:
        """The weights for a speaker and party, added up once."""
        if blocks not in self._merged:
            picked = list(blocks)
            rows = self.rows[picked].sum(axis=0, dtype=np.float32) * self.scales[:, None]
            self._merged[blocks] = rows, self.bias[picked].astype(np.float32).sum(axis=0)
        return self._merged[blocks]


def blocks_of(speaker: str, party: str) -> tuple[int, ...]:
    """Numbers of the blocks that count for a speaker and party; one that is not known has none of its own."""
    return (0, *(number for number in (_SPEAKERS.get(speaker), _PARTIES.get(party)) if number is not None))
