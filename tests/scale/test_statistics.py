"""Exact intervals, against published tables and against sums of binomial probabilities."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunlint.scale.statistics import beta_share, interval


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [
        (0, 10, 0.0, 0.3085),  # the "rule" 1 - 0.025^(1/10)
        (1, 10, 0.0025, 0.4450),  # Documenta Geigy, Scientific Tables: exact binomial 95 % limits
        (5, 10, 0.1871, 0.8129),
        (10, 10, 0.6915, 1.0),
        (4, 20, 0.0573, 0.4366),
        (10, 100, 0.0490, 0.1762),
    ],
)
def test_the_bounds_are_those_of_published_tables(hits: int, trials: int, low: float, high: float) -> None:
    assert interval(hits, trials) == pytest.approx((low, high), abs=5e-5)


def test_nothing_tried_says_nothing() -> None:
    assert interval(0, 0) == (0.0, 1.0)


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))), st.floats(0.01, 0.99))
def test_the_beta_share_is_a_sum_of_binomial_probabilities(of: tuple[int, int], x: float) -> None:
    hits, trials = of
    tail = sum(math.comb(trials, k) * x**k * (1 - x) ** (trials - k) for k in range(hits, trials + 1))
    assert beta_share(x, hits, trials - hits + 1) == pytest.approx(tail, abs=1e-10)


@given(st.integers(0, 10_000_000), st.integers(0, 10_000_000))
def test_the_interval_holds_the_rate_whatever_the_size(one: int, other: int) -> None:
    hits, trials = min(one, other), max(one, other, 1)
    low, high = interval(hits, trials)
    assert 0 <= low <= hits / trials <= high <= 1
