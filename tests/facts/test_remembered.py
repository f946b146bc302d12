"""Answers are made once while there is room, and the ones not asked for longest make room."""

from __future__ import annotations

import numpy as np
import pytest

from dunlint.facts import remembered
from dunlint.facts.kleene import TRUE, Answers, constant
from dunlint.facts.remembered import Remembered


def asked(known: Remembered, *keys: str) -> list[str]:
    """Which of the keys had to be made, in order."""
    made: list[str] = []

    def make(key: str) -> Answers:
        made.append(key)
        return constant(TRUE, 10)

    for key in keys:
        assert np.array_equal(known.get(key, lambda key=key: make(key)), constant(TRUE, 10))  # type: ignore[misc]
    return made


def test_an_answer_is_made_once() -> None:
    assert asked(Remembered(), "a", "b", "a", "b", "a") == ["a", "b"]


def test_the_answer_not_asked_for_longest_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "LEAST", 1)
    monkeypatch.setattr(remembered, "MOST_BYTES", 20)
    assert asked(Remembered(), "a", "b", "a", "c", "a", "b") == ["a", "b", "c", "b"]


def test_what_is_unwanted_is_made_again() -> None:
    known = Remembered()
    asked(known, "finding:x", "contact:y")
    known.forget(lambda key: "finding" in str(key))
    assert asked(known, "finding:x", "contact:y") == ["finding:x"]
