"""Thresholds: a phrase worth something lowers the bar for the model, and false alarms stay within the budget."""

from __future__ import annotations

import numpy as np
import pytest

from dunlint.language.labelled import Message
from dunlint.language.thresholds import BUDGET, Evidence, choose, weigh
from dunlint.language.training import fresh


def evidence(*, trust: float, lawful_scores: float = 0.1) -> Evidence:
    """400 messages and one tag: half labelled; the phrase finds `trust` of these and one in twenty of the others."""
    chance = np.random.default_rng(5)
    labels = np.arange(400)[:, None] < 200
    meant = np.where(labels, chance.random((400, 1)) < trust, chance.random((400, 1)) < 0.05)
    chances = np.where(labels, chance.beta(4, 2, (400, 1)), chance.beta(1, 1 / lawful_scores - 1, (400, 1)))
    return Evidence(("insult",), labels, chances.astype(np.float32), meant, meant, np.ones(400, dtype=bool))


def test_where_a_phrase_fired_the_model_need_be_less_sure() -> None:
    chosen = choose(evidence(trust=0.7))
    assert chosen.veto["insult"] < chosen.propose["insult"]


def test_a_phrase_that_finds_nothing_weighs_little() -> None:
    told = evidence(trust=0.7)
    useless = evidence(trust=0.05)
    assert weigh(useless, 0)[1] < 0.6 * weigh(told, 0)[1]


@pytest.mark.parametrize("lawful_scores", [0.1, 0.4])
def test_the_model_alone_flags_no_more_lawful_messages_than_the_budget(lawful_scores: float) -> None:
    told = evidence(trust=0.0, lawful_scores=lawful_scores)
    silent = Evidence(told.tags, told.labels, told.chances, ~told.labels & False, ~told.labels & False, told.fresh)
    proposed = silent.chances >= choose(silent).propose["insult"]
    assert proposed[~silent.labels].mean() <= BUDGET + 0.005
    assert proposed[silent.labels].any()


def message(split: str, source: str) -> Message:
    return Message("1", "words", "collector", "debtor", frozenset(), {"split": split, "source": source})


def test_phrases_are_judged_by_messages_composed_apart_and_without_these_by_dev() -> None:
    apart, dev = message("train", "composed apart from the phrases"), message("dev", "composed")
    assert fresh([apart, dev]).tolist() == [True, False]
    assert fresh([message("train", "composed"), dev]).tolist() == [False, True]


@pytest.mark.parametrize("seed", [54, 141, 182, 208, 246])
def test_where_few_are_wrong_the_weights_stay_in_bounds(seed: int) -> None:
    """Full steps of Newton's method overshot on such draws and ran away to thousands; the true optimum is small."""
    chance = np.random.default_rng(seed)
    labels = np.arange(800)[:, None] < int(chance.integers(5, 60))
    meant = np.where(labels, chance.random((800, 1)) < 0.97, chance.random((800, 1)) < 0.004)
    guilty = chance.normal(1, chance.uniform(1, 4), (800, 1))
    odds = np.where(labels, guilty, chance.normal(-chance.uniform(4, 12), chance.uniform(1, 3), (800, 1)))
    told = Evidence(("insult",), labels, (1 / (1 + np.exp(-odds))).astype(np.float32), meant, meant, np.ones(800, bool))
    assert max(map(abs, weigh(told, 0))) < 30
