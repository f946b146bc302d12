"""Counting and looking back inside windows, as arrays.

Rows are laid on one line, group after group, so far apart that no window reaches into its neighbour;
then a window is two binary searches. Linear in rows (n log n for the searches), any number of groups, no joins.
"""

from __future__ import annotations

from collections import Counter, deque

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MOST = 1 << 62


def counts(group: Ints, clock: Ints, flag: Bools, span: int) -> Ints:
    """For each row: flagged rows of its group in (clock - span, clock], those later in order at the same clock
    left out.
    """
    order = line_up(group, clock)
    running = np.cumsum(flag[order], dtype=np.int64)
    first = window_starts(group[order], clock[order], span)
    before = np.where(first > 0, running[first - 1], 0)
    result = np.empty(len(group), np.int64)
    result[order] = running - before
    return result


def distinct_counts(group: Ints, clock: Ints, flag: Bools, value: Ints, span: int) -> Ints:
    """As `counts`, but counting different values among the flagged rows. A plain loop: few rules ask for it."""
    result = np.zeros(len(group), np.int64)
    window: deque[tuple[int, int]] = deque()
    inside: Counter[int] = Counter()
    present = None
    for row in line_up(group, clock):
        if group[row] != present:
            present = group[row]
            window.clear()
            inside.clear()
        while window and window[0][0] <= clock[row] - span:
            gone = window.popleft()[1]
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
        if flag[row]:
            window.append((int(clock[row]), int(value[row])))
            inside[int(value[row])] += 1
        result[row] = len(inside)
    return result


def window_starts(group: Ints, clock: Ints, span: int) -> Ints:
    """For each sorted row: the position of the first row of its group with a clock after (its clock - span).

    A gap longer than the span may as well be just longer: shortened so, all groups fit on one line of small numbers.
    """
    if not len(group):
        return np.empty(0, np.int64)
    gaps = np.where(group[1:] == group[:-1], np.minimum(clock[1:] - clock[:-1], span + 1), span + 1)
    if float(gaps.sum(dtype=np.float64)) + span >= MOST:
        names = np.cumsum(np.r_[0, group[1:] != group[:-1]])
        return _position_of_any(names, clock - span, names, clock)
    line = np.cumsum(np.r_[0, gaps], dtype=np.int64)
    starts_at: Ints = np.searchsorted(line, line - span, side="right").astype(np.int64)
    return starts_at


def over(group: Ints, clock: Ints, limit: int, span: int) -> Bools:
    """For each entry: whether more than `limit` entries of its group lie in (clock - span, clock], itself among them.

    The entry `limit` places before it decides; no counting.
    """
    order = line_up(group, clock)
    group, clock = group[order], clock[order]
    passed = np.zeros(len(group), bool)
    if limit < len(group):
        first = len(group) - limit
        passed[limit:] = (group[limit:] == group[:first]) & (clock[limit:] - clock[:first] < span)
    result = np.empty(len(group), bool)
    result[order] = passed
    return result


def line_up(group: Ints, clock: Ints) -> Ints:
    """Places in order of group, then clock, then as they stand; records mostly stand so already."""
    same = group[1:] == group[:-1]
    if np.all((group[1:] > group[:-1]) | (same & (clock[1:] >= clock[:-1]))):
        return np.arange(len(group))
    return np.lexsort((clock, group)).astype(np.int64)


def latest_before(
    group: Ints, clock: Ints, rank: Ints, past_group: Ints, past_clock: Ints, past_rank: Ints, gap: int
) -> Ints:
    """For each row: the index of the latest past entry of its group with a lower rank and clock <= own clock -
    gap; else -1.

    `rank` orders rows and past entries of one group against each other and must not fall as the clock rises.
    """
    result = np.full(len(group), -1, np.int64)
    if not len(past_group) or not len(group):
        return result
    order = line_up(past_group, past_rank)
    names = past_group[order]
    firsts = np.flatnonzero(np.r_[True, names[1:] != names[:-1]])
    distinct, theirs = names[firsts], np.repeat(np.arange(len(firsts)), np.diff(np.r_[firsts, len(names)]))
    place = np.minimum(np.searchsorted(distinct, group), len(distinct) - 1)
    rows = np.flatnonzero(distinct[place] == group)
    own = place[rows]
    found = _position(own, rank[rows], theirs, past_rank[order], side="left")
    if gap:
        found = np.minimum(found, _position(own, clock[rows] - gap, theirs, past_clock[order], side="right"))
    found -= 1
    inside = found >= 0
    inside[inside] = theirs[found[inside]] == own[inside]
    result[rows[inside]] = order[found[inside]]
    return result


def _position(names: Ints, needle: Ints, past_names: Ints, past: Ints, side: str) -> Ints:
    """searchsorted over (name, value) pairs; `past` rises within each name, names are small numbers."""
    low, high = int(past.min()), int(past.max())
    width = high - low + 2
    if (int(past_names[-1]) + 1) * width >= MOST:
        values = np.unique(past)
        needle = np.searchsorted(values, needle, side="left" if side == "left" else "right")
        past, low, width, side = np.searchsorted(values, past), 0, len(values) + 1, "left"
    keys = past_names * width + (past - low)
    wanted = names * width + np.clip(needle - low, -1, width - 1)
    return np.searchsorted(keys, wanted, side="left" if side == "left" else "right").astype(np.int64)


def _position_of_any(names: Ints, needle: Ints, past_names: Ints, past: Ints) -> Ints:
    """As `_position` to the right, whatever the numbers: all values ranked together once."""
    values = np.unique(np.r_[needle, past])
    width = len(values) + 1
    keys = past_names * width + np.searchsorted(values, past)
    return np.searchsorted(keys, names * width + np.searchsorted(values, needle), side="right").astype(np.int64)
