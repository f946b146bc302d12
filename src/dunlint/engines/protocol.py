"""What every engine takes and gives.

An engine never sees an id, a text or a time: only row numbers, and for each row which columns are true
(`sure`) or not false (`possible`). So nothing a record holds can reach an engine's limits, and two engines can
be compared firing for firing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from dunlint.rulebook.program import Compiled

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RowFacts:
    """One contact as the engine sees it: its row number and the numbers of its columns."""

    row: int
    sure: frozenset[int]
    possible: frozenset[int]


@dataclass(frozen=True, slots=True, order=True)
class Firing:
    """Rule number `rule` (its place in the program's level) holds for contact `row`; not `sure` means `review`."""

    row: int
    rule: int
    sure: bool


@dataclass(frozen=True)
class Fired:
    """Where one rule fired: its rows, in order, and for each whether it is sure."""

    rows: Ints
    sure: Bools

    def at(self, places: Ints | Bools) -> Fired:
        """Those at these places."""
        return Fired(self.rows[places], self.sure[places])


class Engine(Protocol):
    """Decides the rules of one level for cases handed over one by one."""

    name: str

    def decide(self, rules: tuple[Compiled, ...], cases: Iterable[list[RowFacts]]) -> Iterator[Firing]:
        """Firings in order of case; each (row, rule) at most once, `sure` winning. Raises EngineError."""
        ...


def strongest(firings: Iterable[Firing]) -> list[Firing]:
    """One firing for each row and rule: the sure one where there are both."""
    best: dict[tuple[int, int], bool] = {}
    for firing in firings:
        key = (firing.row, firing.rule)
        best[key] = best.get(key, False) or firing.sure
    return [Firing(row, rule, sure) for (row, rule), sure in sorted(best.items())]
