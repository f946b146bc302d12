"""When the model may speak: thresholds for each tag, from what phrases and model together are worth.

For each tag a logistic regression weighs the model's margin and whether a phrase fired, on messages that neither had
seen. One bar for all tags is then chosen: the one with the best micro F1 that flags at most BUDGET of lawful messages.
Solved for the margin, the bar is a threshold where no phrase fired (the model proposes) and a lower one where one did
(below it the model strikes the phrase out).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dunlint.language.combine import Thresholds
from dunlint.language.scorer import Floats

BUDGET = 0.03  # of the fresh lawful messages, half of which are near misses by design
PULL = 0.5  # toward a model that is as sure as it says and a phrase worth HIT, against too few labels
HIT = 3.0
RIGHT_STRUCK = 0.1  # the share of what phrases found rightly that may be struck out
BARS = np.arange(0.2, 1.0, 0.02)

Yes = NDArray[np.bool_]


@dataclass(frozen=True)
class Evidence:
    """[messages, tags]: labels, the model's probabilities, what phrases found (meant) or touched at all (named).

    `fresh` marks the messages that the phrases were not written from.
    """

    tags: tuple[str, ...]
    labels: Yes
    chances: Floats
    meant: Yes
    named: Yes
    fresh: Yes


def choose(evidence: Evidence) -> Thresholds:
    """The thresholds, rounded so that the file does not change with the last digit of a sum."""
    weights = np.array([weigh(evidence, tag) for tag in range(len(evidence.tags))])
    bar = _logit(np.array(best_bar(evidence, weights)))
    slope, hit, offset = weights.T
    return Thresholds(
        propose=dict(zip(evidence.tags, _rounded((bar - offset) / slope), strict=True)),
        veto=dict(zip(evidence.tags, _rounded(_lowered(evidence, (bar - offset - hit) / slope)), strict=True)),
        alone=alone(evidence),
    )


def weigh(evidence: Evidence, tag: int) -> tuple[float, float, float]:
    """(slope, hit, offset): how likely a tag is by the model's margin and a phrase, by Newton's method."""
    fresh = evidence.fresh
    margin, hit = _logit(evidence.chances[fresh, tag]), evidence.meant[fresh, tag]
    inputs = np.stack([margin, hit, np.ones(len(margin))], axis=1).astype(np.float64)
    label, middle, pull = evidence.labels[fresh, tag], np.array([1.0, HIT, 0.0]), np.diag([PULL, PULL, 0.01])
    line = middle.copy()
    for _ in range(60):
        chance = 1 / (1 + np.exp(-(inputs @ line)))
        slope = inputs.T @ (chance - label) + pull @ (line - middle)
        curve = (inputs * (chance * (1 - chance) + 1e-9)[:, None]).T @ inputs + pull
        step = np.linalg.solve(curve, slope)
        line = line - step / max(1.0, float(np.abs(step).max()))  # a full step may overshoot where few are wrong
    return max(float(line[0]), 0.1), max(float(line[1]), 0.0), float(line[2])


def best_bar(evidence: Evidence, weights: NDArray[np.float64]) -> float:
    """The probability from which a tag counts: best micro F1 on fresh messages within the budget of false alarms."""
    fresh = evidence.fresh
    labels, meant = evidence.labels[fresh], evidence.meant[fresh]
    sure = _logit(evidence.chances[fresh]) * weights[:, 0] + meant * weights[:, 1] + weights[:, 2]
    lawful = ~labels.any(axis=1)
    found = {float(bar): _counted(sure - _logit(np.array(bar)), meant, evidence.named[fresh]) for bar in BARS}
    allowed = [bar for bar, yes in found.items() if yes[lawful].any(axis=1).sum() <= BUDGET * lawful.sum()]
    return max(allowed or [float(BARS[-1])], key=lambda bar: _f1(labels, found[bar]))


def _counted(over: NDArray[np.float64], meant: Yes, named: Yes) -> Yes:
    """What phrases found and the model lets stand, and what the model says, by how far each is over the bar."""
    return (over >= 0) & (meant | ~named)


def alone(evidence: Evidence) -> float:
    """The probability from which the model on its own has the best micro F1."""
    steps = np.arange(0.1, 0.9, 0.02)
    scores = [_f1(evidence.labels, evidence.chances >= step) for step in steps]
    return round(float(steps[int(np.argmax(scores))]), 2)


def _lowered(evidence: Evidence, most: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lower the thresholds of vetoes until few right finds are struck out."""
    right = evidence.labels & evidence.meant
    sure = _logit(evidence.chances)
    while ((sure < most) & right).sum() > RIGHT_STRUCK * right.sum():
        most = most - 0.1
    return most


def _f1(labels: Yes, found: Yes) -> float:
    return float(2 * (labels & found).sum() / max(1, labels.sum() + found.sum()))


def _logit(chance: Floats | NDArray[np.float64]) -> NDArray[np.float64]:
    chance = np.clip(chance.astype(np.float64), 1e-9, 1 - 1e-9)
    return np.asarray(np.log(chance / (1 - chance)))


def _rounded(logits: NDArray[np.float64]) -> list[float]:
    return [float(f"{one:.3g}") for one in (1 / (1 + np.exp(-logits))).tolist()]
