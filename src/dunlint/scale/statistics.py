"""Exact intervals for rates: ten calls are not compared with ten thousand.

Clopper and Pearson, Biometrika 26 (1934): the bounds are quantiles of beta distributions. A statistics library would
bring a hundred megabytes for this one function; here the incomplete beta function is summed as a continued fraction
(Abramowitz and Stegun 26.5.8, evaluated after Lentz) and inverted by Newton's steps inside a bracket, and the tests
hold it against published tables and against sums of binomial probabilities.
"""

from __future__ import annotations

import math
from functools import cache

CONFIDENCE = 0.95
TINY = 1e-300
STEPS = 2_000
MOST_ROUNDS = 200
CLOSE = 1e-14  # of the value itself


@cache
def interval(hits: int, trials: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Exact bounds of the rate behind `hits` out of `trials`; (0, 1) where nothing was tried."""
    if not trials:
        return 0.0, 1.0
    tail = (1 - confidence) / 2
    low = 0.0 if hits == 0 else beta_quantile(tail, hits, trials - hits + 1)
    high = 1.0 if hits == trials else beta_quantile(1 - tail, hits + 1, trials - hits)
    return low, high


def beta_quantile(probability: float, a: float, b: float) -> float:
    """The x whose `beta_share` is this probability."""
    low, high = 0.0, 1.0
    here = a / (a + b)
    for _ in range(MOST_ROUNDS):
        off = beta_share(here, a, b) - probability
        low, high = (here, high) if off < 0 else (low, here)
        slope = math.exp(_log_front(here, a, b)) / (here * (1 - here))
        newton = here - off / slope if slope else math.nan
        there = newton if low < newton < high else (low + high) / 2
        if abs(there - here) <= CLOSE * here:
            break
        here = there
    return here


def beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b)."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_share(1 - x, b, a)
    return math.exp(_log_front(x, a, b)) / a * _fraction(x, a, b)


def _log_front(x: float, a: float, b: float) -> float:
    """log of x^a (1 - x)^b / B(a, b)."""
    return math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    result = d
    for m in range(1, STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        change = 1.0
        for term in (even, odd):
            d = 1 / _away_from_zero(1 + term * d)
            c = _away_from_zero(1 + term / c)
            change = c * d
            result *= change
        if abs(change - 1) < 1e-15:
            break
    return result


def _away_from_zero(value: float) -> float:
    return value if abs(value) > TINY else TINY
