"""Learning the weights: squared hinge loss with L2, solved in the space of the messages.

There are far more n-grams than messages, so the unknowns are one number for each message and tag, and blocks of weights
for speakers and parties are factors on the similarity of two messages. Everything is done in a fixed order from fixed
data: the same corpus gives the same weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dunlint.language.ngrams import Ngrams
from dunlint.language.scorer import BLOCKS, Floats, Known, Said, Scorer, blocks_of, in_small

L2 = 3.0
POSITIVE = 3.0  # what a labelled message weighs beside one without
UNMARKED = 0.3  # every message is also shown without its speaker and party, at this weight
STEPS = 300
LEAST = 0.1  # the share of n-grams that are left out
BIAS = 0.5  # the feature that every message has, in every block


@dataclass(frozen=True)
class Examples:
    """Messages in plain spelling, [messages, tags] of 0 and 1, and the number of each one's template."""

    said: list[Said]
    labels: Floats
    groups: NDArray[np.int64]


def known_ngrams(ngrams: Ngrams, examples: Examples, least: int) -> Known:
    """The n-grams that occur in at least `least` templates."""
    ids, owners = ngrams([text for text, _, _ in examples.said])
    pairs = np.unique(np.stack([ids.astype(np.int64), examples.groups[owners]]), axis=1)
    keys, counts = np.unique(pairs[0], return_counts=True)
    kept = counts >= least
    idf = np.log((1 + len(np.unique(examples.groups))) / (1 + counts[kept])) + 1
    return Known(ngrams, keys[kept].astype(np.uint32), idf.astype(np.float32))


@dataclass(frozen=True)
class Problem:
    """Everything that stays the same while learning: messages twice, with and without their marks.

    `dense` has each message once; whatever else has a row for each message has it twice.
    """

    known: Known
    dense: Floats
    membership: Floats
    labels: Floats
    weights: Floats
    groups: NDArray[np.int64]

    @classmethod
    def of(cls, known: Known, examples: Examples) -> Problem:
        """Set up a problem; memory grows with the square of the messages."""
        marked = dense(known, [text for text, _, _ in examples.said])
        blocks = [blocks_of(speaker, party) for _, speaker, party in examples.said] + [(0,)] * len(marked)
        return cls(
            known=known,
            dense=marked,
            membership=np.array([[b in own for b in range(len(BLOCKS))] for own in blocks], np.float32),
            labels=np.concatenate([examples.labels, examples.labels]),
            weights=np.repeat(np.array([1.0, UNMARKED], np.float32), len(marked)),
            groups=np.concatenate([examples.groups, examples.groups]),
        )

    def kernel(self) -> Floats:
        """Similarity of every two messages: shared n-grams, times the number of blocks that both are in."""
        similar = np.tile(self.dense @ self.dense.T + np.float32(BIAS * BIAS), (2, 2))
        similar *= self.membership @ self.membership.T
        return similar


def dense(known: Known, texts: Sequence[str]) -> Floats:
    """The features as a full matrix [messages, n-grams]."""
    found = known.features(texts)
    matrix = np.zeros((found.count, len(known.keys)), np.float32)
    matrix[found.owners, found.columns] = found.values
    return matrix


def solve(kernel: Floats, labels: Floats, weights: Floats) -> Floats:
    """The share of each message in the weights, [messages, tags], by accelerated descent."""
    signs = 2 * labels - 1
    costs = weights[:, None] * np.where(labels > 0, np.float32(POSITIVE), np.float32(1))
    rate = np.float32(1 / (2 * float(costs.max()) * _largest(kernel) + L2))
    now = ahead = np.zeros_like(signs)
    pace = 1.0
    for _ in range(STEPS):
        slack = np.maximum(0, 1 - signs * (kernel @ ahead))
        after = ahead - rate * (L2 * ahead - 2 * costs * signs * slack)
        faster = (1 + (1 + 4 * pace * pace) ** 0.5) / 2
        ahead = after + np.float32((pace - 1) / faster) * (after - now)
        now, pace = after, faster
    return now


def _largest(kernel: Floats) -> float:
    """The largest eigenvalue, a little over: bounds the step."""
    vector = np.ones(len(kernel), np.float32)
    size = 1.0
    for _ in range(12):
        vector = kernel @ (vector / np.float32(size))
        size = float(np.sqrt((vector * vector).sum()))
    return 1.05 * size


def scorer_of(problem: Problem, shares: Floats, tags: Sequence[str], slopes: Floats, offsets: Floats) -> Scorer:
    """Shares of messages -> weights of n-grams, stretched so that they give probabilities."""
    shares = shares * slopes
    parts = [shares * problem.membership[:, [block]] for block in range(len(BLOCKS))]
    half = len(problem.dense)
    rows = np.stack([problem.dense.T @ (part[:half] + part[half:]) for part in parts])
    bias = np.stack([BIAS * BIAS * part.sum(axis=0) for part in parts])
    bias[0] += offsets
    return without_the_least(
        Scorer(tuple(tags), problem.known, *in_small(rows.astype(np.float32)), bias.astype(np.float32))
    )


def without_the_least(scorer: Scorer) -> Scorer:
    """Without the n-grams that can move a score least, LEAST of them: a smaller file for a thousandth of F1."""
    moves = np.abs(scorer.rows.astype(np.int16)).max(axis=(0, 2)) * scorer.scales * scorer.known.idf
    kept = np.flatnonzero(moves >= np.quantile(moves, LEAST)) if len(moves) else np.zeros(0, np.int64)
    known = replace(scorer.known, keys=scorer.known.keys[kept], idf=scorer.known.idf[kept])
    return replace(scorer, known=known, rows=scorer.rows[:, kept], scales=scorer.scales[kept], _merged={})


def out_of_fold(problem: Problem, kernel: Floats, folds: int = 5) -> Floats:
    """[messages with marks, tags]: margins from models that saw neither the message nor any of its template."""
    half = len(kernel) // 2
    margins = np.zeros((half, problem.labels.shape[1]), np.float32)
    fold = problem.groups % folds
    for number in range(folds):
        seen, left = np.flatnonzero(fold != number), np.flatnonzero(fold[:half] == number)
        shares = solve(kernel[np.ix_(seen, seen)], problem.labels[seen], problem.weights[seen])
        margins[left] = kernel[np.ix_(left, seen)] @ shares
    return margins


def calibrate(margins: Floats, labels: Floats) -> tuple[Floats, Floats]:
    """(slopes, offsets), one a tag: sigmoid(slope * margin + offset) is how often that margin was right."""
    fitted = np.array([_platt(margins[:, tag], labels[:, tag]) for tag in range(labels.shape[1])], np.float32)
    return fitted[:, 0], fitted[:, 1]


def _platt(margin: Floats, label: Floats) -> tuple[float, float]:
    """Logistic regression on one number, by Newton's method, with a weak pull to slope 4 against too few labels."""
    inputs = np.stack([margin.astype(np.float64), np.ones(len(margin))], axis=1)
    middle, pull = np.array([4.0, 0.0]), np.diag([0.05, 0.001])
    line = middle.copy()
    for _ in range(30):
        chance = 1 / (1 + np.exp(-(inputs @ line)))
        slope = inputs.T @ (chance - label) + pull @ (line - middle)
        curve = (inputs * (chance * (1 - chance) + 1e-9)[:, None]).T @ inputs + pull
        line = line - np.linalg.solve(curve, slope)
    return float(line[0]), float(line[1])
