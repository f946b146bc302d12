"""Learning the weights: linear support vectors (squared hinge, L2) by scikit-learn, one tag after the other.

A message has a feature for every n-gram it holds, once for each block it is in (anybody's, its speaker's, its party's),
and one for each block. Everything is done in a fixed order from fixed data: the same corpus gives the same weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dunlint.errors import BadArgument
from dunlint.language.ngrams import Ngrams
from dunlint.language.scorer import BLOCKS, Floats, Known, Said, Scorer, blocks_of, in_small

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

COST = 0.66  # of a message on the wrong side, beside weights that are not small
POSITIVE = 3.0  # what a labelled message weighs beside one without
UNMARKED = 0.3  # every message is also shown without its speaker and party, at this weight
ROUNDS, CLOSE = 200, 0.02  # of liblinear: how many at most, and what is near enough to end before
LEAST = 0.1  # the share of n-grams that are left out
BIAS = 0.5  # the feature that every message has, in every block
FOLDS = 5


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


def matrix(known: Known, said: Sequence[Said]) -> csr_matrix:
    """[messages, blocks x (n-grams, bias)]: the features of a message, in each of its blocks. Raises as `library`."""
    sparse, _ = library()
    found = known.features([text for text, _, _ in said])
    width = len(known.keys) + 1
    owners = np.append(found.owners, np.arange(found.count))
    columns = np.append(found.columns, np.full(found.count, width - 1))
    values = np.append(found.values, np.full(found.count, BIAS, np.float32))
    member = np.array([[block in blocks_of(*who) for block in range(len(BLOCKS))] for _, *who in said], bool)
    parts = [(owners[mine], columns[mine] + block * width, values[mine])
             for block in range(len(BLOCKS)) for mine in (member[owners, block],)]  # fmt: skip
    rows, cells, worth = (np.concatenate(one) for one in zip(*parts, strict=True))
    return sparse.csr_matrix((worth, (rows, cells)), shape=(found.count, width * len(BLOCKS)), dtype=np.float32)


@dataclass(frozen=True)
class Lesson:
    """What weights are learned from: messages as features, with their marks and without them, and the labels."""

    marked: csr_matrix
    unmarked: csr_matrix
    labels: Floats

    @classmethod
    def of(cls, known: Known, examples: Examples) -> Lesson:
        nobody = [(text, "unknown", "unknown") for text, _, _ in examples.said]
        return cls(matrix(known, examples.said), matrix(known, nobody), examples.labels)

    def part(self, chosen: NDArray[np.bool_]) -> Lesson:
        return Lesson(self.marked[chosen], self.unmarked[chosen], self.labels[chosen])


def solve(lesson: Lesson) -> Floats:
    """[features and an offset, tags]: the weights. Raises as `library`."""
    sparse, svm = library()
    features = sparse.vstack([lesson.marked, lesson.unmarked], format="csr")
    solved = []
    for label in lesson.labels.T > 0:
        if not label.any():  # nothing to learn: never this tag
            solved.append(np.append(np.zeros(features.shape[1]), -1))
            continue
        weights = np.where(label, POSITIVE, 1.0)
        machine = svm.LinearSVC(C=COST, loss="squared_hinge", dual=True, tol=CLOSE, max_iter=ROUNDS, random_state=0)
        machine.fit(features, np.tile(label, 2), sample_weight=np.concatenate([weights, UNMARKED * weights]))
        solved.append(np.append(machine.coef_[0], machine.intercept_))
    return np.stack(solved, axis=1).astype(np.float32)


def library() -> tuple[Any, Any]:
    """(scipy.sparse, sklearn.svm). Raises BadArgument where they are not installed."""
    try:
        from scipy import sparse
        from sklearn import svm
    except ImportError as problem:
        raise BadArgument("extra_needed", name="scikit-learn", extra="train") from problem
    return sparse, svm


def margins(features: csr_matrix, solved: Floats) -> Floats:
    """[messages, tags]: how far each message lies on the side of each tag."""
    return np.asarray(features @ solved[:-1] + solved[-1], np.float32)


def scorer_of(known: Known, solved: Floats, tags: Sequence[str], slopes: Floats, offsets: Floats) -> Scorer:
    """Weights of features -> weights of n-grams, stretched so that they give probabilities."""
    stretched = solved * slopes
    blocks = stretched[:-1].reshape(len(BLOCKS), len(known.keys) + 1, len(tags))
    bias = BIAS * blocks[:, -1]
    bias[0] += stretched[-1] + offsets
    rows, scales = in_small(blocks[:, :-1].astype(np.float32))
    return without_the_least(Scorer(tuple(tags), known, rows, scales, bias.astype(np.float32)))


def without_the_least(scorer: Scorer) -> Scorer:
    """Without the n-grams that can move a score least, LEAST of them: a smaller file for a thousandth of F1."""
    moves = np.abs(scorer.rows.astype(np.int16)).max(axis=(0, 2)) * scorer.scales * scorer.known.idf
    kept = np.flatnonzero(moves >= np.quantile(moves, LEAST)) if len(moves) else np.zeros(0, np.int64)
    known = replace(scorer.known, keys=scorer.known.keys[kept], idf=scorer.known.idf[kept])
    return replace(scorer, known=known, rows=scorer.rows[:, kept], scales=scorer.scales[kept], _merged={})


def out_of_fold(lesson: Lesson, groups: NDArray[np.int64]) -> Floats:
    """[messages, tags]: margins from weights that saw neither the message nor any of its template."""
    found = np.zeros_like(lesson.labels)
    fold = groups % FOLDS
    for number in range(FOLDS):
        left = fold == number
        if left.any() and not left.all():
            found[left] = margins(lesson.marked[left], solve(lesson.part(~left)))
    return found


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
