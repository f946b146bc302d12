"""Contacts that answer alike are handed to the engine once.

Rules join what is known of one contact with nothing but itself, so two contacts with the same answers break the same
rules. Real records are full of them: the engine's work, and its memory, follow the number of different contacts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dunlint.engines.prefilter import Holding
from dunlint.engines.protocol import Fired, Firing, Ints
from dunlint.facts.codes import mixed

ANSWERS = 3  # true, possible, or neither
MAYBE, SURE = 1, 2


@dataclass(frozen=True)
class Alike:
    """rows: those where some rule can hold, in order; kind: a number for each, equal for equal answers; first: the
    first row of each kind.
    """

    rows: Ints
    kind: Ints
    first: Ints

    def firsts_of(self, held: Holding) -> Holding:
        """Of where one rule can hold, the first row of each kind."""
        keep = np.isin(held.rows, self.first, kind="table")
        return Holding(held.rows[keep], {number: answer[keep] for number, answer in held.columns.items()})

    def spread(self, firings: Sequence[Firing], rules: int) -> Iterator[Fired]:
        """For each rule the rows that it fired for, given its firings for the first rows."""
        kinds = {row: kind for kind, row in enumerate(self.first.tolist())}
        by_rule: dict[int, list[Firing]] = {}
        for firing in firings:
            by_rule.setdefault(firing.rule, []).append(firing)
        for rule in range(rules):
            yield self._fired([(kinds[one.row], one.sure) for one in by_rule.get(rule, [])])

    def _fired(self, kinds: list[tuple[int, bool]]) -> Fired:
        if not kinds:
            return Fired(self.rows[:0], np.empty(0, np.bool_))
        said = np.zeros(len(self.first), np.int8)
        for kind, sure in kinds:
            said[kind] = SURE if sure else MAYBE
        own = said[self.kind]
        places = np.flatnonzero(own)
        return Fired(self.rows[places], own[places] == SURE)


def alike(holdings: Sequence[Holding], size: int) -> Alike:
    """Which of the rows (numbers below `size`) where some rule can hold are of one kind."""
    held = np.zeros(size, np.bool_)
    for one in holdings:
        held[one.rows] = True
    rows = np.flatnonzero(held)
    place = np.cumsum(held) - 1
    numbers = mixed(np.zeros(len(rows), np.int64), _digits(holdings, place, len(rows)))
    _, first, kind = np.unique(numbers, return_index=True, return_inverse=True)
    return Alike(rows, kind.astype(np.int64), rows[first])


def _digits(holdings: Sequence[Holding], place: Ints, many: int) -> Iterator[tuple[npt.NDArray[np.uint8], int]]:
    """What each column answers for each row as a digit; columns that answer the same everywhere tell nothing."""
    for column in sorted({number for one in holdings for number in one.columns}):
        digit = np.zeros(many, np.uint8)
        for one in holdings:
            if column in one.columns:
                digit[place[one.rows]] = one.columns[column]
        if many and digit.min() != digit.max():
            yield digit, ANSWERS
