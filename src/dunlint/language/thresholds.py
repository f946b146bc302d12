"""When the model may speak: thresholds for each tag, from how well phrases find it and how sure the model must be.

A phrase that fired, or did not, changes the odds that the model gives (as two witnesses do who do not know of each
other). The threshold is where the odds so changed reach BAR, which is about what makes F1 greatest; then all thresholds
move together until the model alone flags at most BUDGET of lawful messages, and strikes out at most BUDGET of what
phrases found rightly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dunlint.language.combine import Thresholds
from dunlint.language.scorer import Floats

BAR = 0.45
BUDGET = 0.005
UNSEEN_RECALL = 0.7  # phrases find less in the wild than where they were written: no tag is trusted to do better
LEAST_FALSE = 0.005  # and none to be wrong more seldom
STEP = 0.1

Yes = NDArray[np.bool_]


@dataclass(frozen=True)
class Evidence:
    """[messages, tags]: labels, the model's probabilities, what phrases found (meant) or touched at all (named).

    The last `held` messages are those from which phrases are judged.
    """

    tags: tuple[str, ...]
    labels: Yes
    chances: Floats
    meant: Yes
    named: Yes
    held: int


def choose(evidence: Evidence) -> Thresholds:
    """The thresholds, rounded so that the file does not change with the last digit of a sum."""
    recall, false = phrase_rates(evidence)
    bar = _logit(np.array(BAR))
    propose = _lowest(evidence, bar - np.log((1 - recall) / (1 - false)))
    veto = _highest(evidence, bar - np.log(recall / false))
    return Thresholds(
        propose=dict(zip(evidence.tags, _rounded(propose), strict=True)),
        veto=dict(zip(evidence.tags, _rounded(veto), strict=True)),
        alone=alone(evidence),
    )


def phrase_rates(evidence: Evidence) -> tuple[Floats, Floats]:
    """By tag: the share of labelled messages that phrases find, and of others that they flag; both cautious."""
    labels, meant = evidence.labels[-evidence.held :], evidence.meant[-evidence.held :]
    found, flagged = (labels & meant).sum(axis=0), (meant & ~labels).sum(axis=0)
    recall = (found + 5 * UNSEEN_RECALL) / (labels.sum(axis=0) + 5)
    false = (flagged + 1) / ((~labels).sum(axis=0) + 1)
    return np.minimum(recall, UNSEEN_RECALL), np.maximum(false, LEAST_FALSE)


def alone(evidence: Evidence) -> float:
    """The probability from which the model on its own has the best micro F1."""
    steps = np.arange(0.1, 0.9, 0.02)
    scores = [_f1(evidence.labels, evidence.chances >= step) for step in steps]
    return round(float(steps[int(np.argmax(scores))]), 2)


def _lowest(evidence: Evidence, least: Floats) -> Floats:
    """Raise the thresholds of proposals until few lawful messages are flagged by the model alone."""
    lawful = ~evidence.labels.any(axis=1) & ~evidence.meant.any(axis=1)
    sure = _logit(evidence.chances[lawful])
    free = ~evidence.named[lawful]
    while ((sure >= least) & free).any(axis=1).sum() > BUDGET * (~evidence.labels.any(axis=1)).sum():
        least = least + STEP
    return least


def _highest(evidence: Evidence, most: Floats) -> Floats:
    """Lower the thresholds of vetoes until few right finds are struck out."""
    right = evidence.labels & evidence.meant
    sure = _logit(evidence.chances)
    while ((sure < most) & right).sum() > BUDGET * right.sum():
        most = most - STEP
    return most


def _f1(labels: Yes, found: Yes) -> float:
    return float(2 * (labels & found).sum() / max(1, labels.sum() + found.sum()))


def _logit(chance: Floats) -> Floats:
    chance = np.clip(chance.astype(np.float64), 1e-9, 1 - 1e-9)
    return np.asarray(np.log(chance / (1 - chance)), dtype=np.float32)


def _rounded(logits: Floats) -> list[float]:
    return [float(f"{one:.3g}") for one in (1 / (1 + np.exp(-logits))).tolist()]
