"""Only contacts for which some rule can still hold are handed to the engine.

A rule can hold only where all its hard needs are true and none of its soft needs is false. That is a few
boolean operations on whole columns; bars are left to the engine. Sound by construction, and compared with no
filter at all in the tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from dunlint.engines.protocol import RowFacts
from dunlint.rulebook.program import Compiled

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Columns:
    """Decided columns as two arrays each: certainly true, and possibly true."""

    sure: Mapping[int, Bools]
    possible: Mapping[int, Bools]

    @staticmethod
    def of(answers: Mapping[int, pl.Series]) -> Columns:
        return Columns(
            {number: answer.fill_null(False).to_numpy() for number, answer in answers.items()},
            {number: answer.fill_null(True).to_numpy() for number, answer in answers.items()},
        )


def can_hold(rule: Compiled, columns: Columns, rows: int) -> Bools:
    """Rows for which the rule's needs leave it possible."""
    mask = np.ones(rows, bool)
    for need in rule.needs:
        mask &= columns.possible[need.column] if need.soft else columns.sure[need.column]
    return mask


def cases(
    rules: tuple[Compiled, ...], columns: Columns, case_starts: npt.NDArray[np.int64], *, filtered: bool = True
) -> Iterator[list[RowFacts]]:
    """Facts case by case, for the rows and columns that matter. `case_starts` are first rows of cases, then
    the row count.
    """
    total = int(case_starts[-1])
    wanted: dict[int, set[int]] = {}
    everything = {need.column for rule in rules for need in rule.needs} | {bar for rule in rules for bar in rule.bars}
    if not filtered:
        wanted = dict.fromkeys(range(total), everything)
    for rule in rules if filtered else ():
        used = {need.column for need in rule.needs} | set(rule.bars)
        for row in np.flatnonzero(can_hold(rule, columns, total)).tolist():
            wanted.setdefault(row, set()).update(used)
    rows = np.array(sorted(wanted), np.int64)
    case_of = np.searchsorted(case_starts, rows, side="right")
    for piece in np.split(rows, np.flatnonzero(np.diff(case_of)) + 1):
        if len(piece):
            yield [_facts(int(row), wanted[int(row)], columns) for row in piece]


def _facts(row: int, used: set[int], columns: Columns) -> RowFacts:
    return RowFacts(
        row,
        frozenset(number for number in used if columns.sure[number][row]),
        frozenset(number for number in used if columns.possible[number][row]),
    )
