"""Only contacts for which some rule can still hold are handed to the engine.

A rule can hold only where all its hard needs are true and none of its soft needs is false. That is a few
boolean operations on whole columns; bars are left to the engine. Sound by construction, and compared with no
filter at all in the tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dunlint.engines.protocol import Ints, RowFacts
from dunlint.facts.kleene import FALSE, TRUE, Answers
from dunlint.rulebook.program import Compiled


@dataclass(frozen=True)
class Holding:
    """Where one rule can still hold: the rows, in order, and the answers of its columns there."""

    rows: Ints
    columns: Mapping[int, Answers]


def holding(rule: Compiled, columns: Mapping[int, Answers], size: int, *, filtered: bool = True) -> Holding:
    """The rows where a rule's needs leave it possible (or, not filtered, all of them), out of whole columns."""
    rows = np.arange(size)
    for need in rule.needs if filtered else ():
        own = columns[need.column][rows]
        rows = rows[own != FALSE] if need.soft else rows[own == TRUE]
    used = {need.column for need in rule.needs} | set(rule.bars)
    return Holding(rows, {number: columns[number][rows] for number in sorted(used)})


def cases(holdings: Sequence[Holding], case_starts: Ints) -> Iterator[list[RowFacts]]:
    """Facts case by case, for the rows and columns that matter. `case_starts` are first rows of cases, then
    the row count.
    """
    sure: dict[int, set[int]] = {}
    possible: dict[int, set[int]] = {}
    for held in holdings:
        for row in held.rows.tolist():
            sure.setdefault(row, set())
            possible.setdefault(row, set())
        for number, answer in held.columns.items():
            for row in held.rows[answer == TRUE].tolist():
                sure[row].add(number)
            for row in held.rows[answer != FALSE].tolist():
                possible[row].add(number)
    rows = np.array(sorted(possible), np.int64)
    case_of = np.searchsorted(case_starts, rows, side="right")
    for piece in np.split(rows, np.flatnonzero(np.diff(case_of)) + 1):
        if len(piece):
            yield [RowFacts(row, frozenset(sure[row]), frozenset(possible[row])) for row in piece.tolist()]
