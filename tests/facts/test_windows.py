"""Counting in windows, against a loop too simple to be wrong."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dunlint.facts.windows import counts, distinct_counts, latest_before

ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(-50, 50), st.booleans(), st.integers(0, 2)), min_size=0, max_size=40
)


def arrays(rows: list[tuple[int, int, bool, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rows = sorted(rows, key=lambda row: row[:2])
    columns = list(zip(*rows, strict=True)) or [[], [], [], []]
    return tuple(
        np.array(column, kind) for column, kind in zip(columns, (np.int64, np.int64, bool, np.int64), strict=True)
    )


def inside(i: int, group: np.ndarray, clock: np.ndarray, span: int) -> list[int]:
    return [j for j in range(i + 1) if group[j] == group[i] and clock[i] - span < clock[j] <= clock[i]]


@given(ROWS, st.integers(1, 30))
def test_counts_are_those_of_a_plain_loop(rows: list[tuple[int, int, bool, int]], span: int) -> None:
    group, clock, flag, _ = arrays(rows)
    expected = [sum(flag[j] for j in inside(i, group, clock, span)) for i in range(len(group))]
    assert counts(group, clock, flag, span).tolist() == expected


@given(ROWS, st.integers(1, 30))
def test_distinct_counts_are_those_of_a_plain_loop(rows: list[tuple[int, int, bool, int]], span: int) -> None:
    group, clock, flag, value = arrays(rows)
    expected = [len({value[j] for j in inside(i, group, clock, span) if flag[j]}) for i in range(len(group))]
    assert distinct_counts(group, clock, flag, value=value, span=span).tolist() == expected


@given(ROWS, ROWS, st.integers(0, 20))
def test_the_latest_earlier_entry_is_that_of_a_plain_loop(
    rows: list[tuple[int, int, bool, int]], past: list[tuple[int, int, bool, int]], gap: int
) -> None:
    group, clock, *_ = arrays(rows)
    past_group, past_clock, *_ = arrays(past)
    found = latest_before(group, clock, clock * 2 + 1, past_group, past_clock, past_clock * 2, gap)
    for i, place in enumerate(found):
        fitting = [
            past_clock[j]
            for j in range(len(past_group))
            if past_group[j] == group[i] and past_clock[j] * 2 < clock[i] * 2 + 1 and past_clock[j] <= clock[i] - gap
        ]
        assert (place < 0) == (not fitting)
        if fitting:
            assert past_clock[place] == max(fitting)


def test_a_window_of_seven_days_leaves_out_the_instant_seven_days_ago() -> None:
    day = 86_400_000_000
    clock = np.array([0, 7 * day - 1, 7 * day], np.int64)
    flags = np.ones(3, bool)
    assert counts(np.zeros(3, np.int64), clock, flags, 7 * day).tolist() == [1, 2, 2]


def test_years_one_and_ten_thousand_do_not_overflow() -> None:
    clock = np.tile(np.array([-62_135_596_800_000_000, 253_402_300_799_000_000], np.int64), 40)
    group = np.repeat(np.arange(40), 2).astype(np.int64)
    assert counts(group, clock, np.ones(80, bool), 1).tolist() == [1] * 80
