"""True, false and unknown as small numbers: `and` is the smaller, `or` the larger, `not` is two less the number.

A whole column of them is one byte a contact, and combining two columns is one pass of the processor over both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce

import numpy as np
import numpy.typing as npt
import polars as pl

Answers = npt.NDArray[np.int8]
Rows = npt.NDArray[np.int64]
Ask = Callable[[Rows], Answers]

FALSE, UNKNOWN, TRUE, NOT_ASKED = np.int8(0), np.int8(1), np.int8(2), np.int8(3)


def answers(column: pl.Series) -> Answers:
    """A Boolean column as numbers; null is unknown."""
    return (column.cast(pl.Int8) * 2).fill_null(int(UNKNOWN)).to_numpy()


def column(numbers: Answers) -> pl.Series:
    """The numbers as a Boolean column; unknown is null."""
    return pl.Series(numbers == TRUE, dtype=pl.Boolean).set(pl.Series(numbers == UNKNOWN), None)


def plain(number: np.int8) -> bool | None:
    return None if number == UNKNOWN else bool(number == TRUE)


def constant(value: np.int8, size: int) -> Answers:
    return np.full(size, value, np.int8)


def known(yes: npt.NDArray[np.bool_], unknown: npt.NDArray[np.bool_]) -> Answers:
    """True where `yes`, but unknown where `unknown`."""
    return np.where(unknown, UNKNOWN, np.where(yes, TRUE, FALSE)).astype(np.int8)


def every(cheap: Iterable[Ask], dear: Iterable[Ask], rows: Rows) -> Answers:
    """All hold. The cheap ones are asked of all rows; each dear one only of those that nothing before has settled."""
    result = reduce(np.minimum, (ask(rows) for ask in cheap), constant(TRUE, len(rows)))
    for ask in dear:
        left = np.flatnonzero(result)  # FALSE is 0
        if not len(left):
            break
        result[left] = np.minimum(result[left], ask(rows if len(left) == len(rows) else rows[left]))
    return result


def some(cheap: Iterable[Ask], dear: Iterable[Ask], rows: Rows) -> Answers:
    """At least one holds; asked like `every`."""
    return negation(every(map(_negated, cheap), map(_negated, dear), rows))


def negation(numbers: Answers) -> Answers:
    return TRUE - numbers


def not_false(numbers: Answers) -> Answers:
    """Unknown made true."""
    return np.minimum(numbers, UNKNOWN) * TRUE


def _negated(ask: Ask) -> Ask:
    return lambda rows: negation(ask(rows))
