"""The columns that conditions compare and count by, as numbers.

Comparing a million texts is slow, comparing a million numbers is not; and what a column's few different values
answer is answered for all rows. Each column is turned once, when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from dunlint.facts.clock import after_working_days, working_days

if TYPE_CHECKING:
    from dunlint.facts.table import Ground

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MOST = 1 << 62
WORKING_DAY = "working_day:"  # a clock that the calendar's name completes
AFTER = "after:"  # days moved on by working days: their number, a colon and the calendar's name complete it
DEBT = "debt"
EVENT_SIDE = {"reached_number": "number", "party": "party", "agency": "agency", DEBT: DEBT,
              "named_place": "value", "named_channel": "value"}  # fmt: skip
CONTACT_SIDE = {"named_place": "place", "named_channel": "channel"}


@dataclass(frozen=True)
class Coded:
    """Numbers into `values` for every contact and every event; null has the last number, and `values` ends with it.

    `more` has the numbers of further values of a contact (its other debts), null where it has no more.
    """

    contacts: npt.NDArray[np.uint32]
    events: npt.NDArray[np.uint32] | None
    values: pl.Series
    more: tuple[npt.NDArray[np.uint32], ...] = ()


class Codes:
    """Columns of one ground as numbers, each made once."""

    def __init__(self, ground: Ground) -> None:
        self.frame, self.events = ground.contacts, ground.events
        self._coded: dict[str, Coded] = {}
        self._clocks: dict[tuple[str, str], tuple[Ints, Bools]] = {}
        self._groups: dict[tuple[str, ...], tuple[Ints, ...]] = {}
        changes = (self.frame["case_id"] != self.frame["case_id"].shift(1)).fill_null(True).to_numpy()
        self.starts = np.append(np.flatnonzero(changes), len(self.frame)).astype(np.int64)
        self.case = np.cumsum(changes, dtype=np.int64) - 1

    def column(self, name: str) -> Coded:
        """A text column of the contacts, and of the events where they have it too."""
        if name not in self._coded:
            self._coded[name] = self._code(name)
        return self._coded[name]

    def _code(self, name: str) -> Coded:
        own = self.frame[CONTACT_SIDE.get(name, name)]
        more = [self.frame[other] for other in self.frame.columns if other.startswith(f"{name}.")]
        theirs = [self.events[EVENT_SIDE[name]]] if name in EVENT_SIDE else []
        every = pl.concat([column.alias(name) for column in (own, *more, *theirs)])
        values = every.drop_nulls().unique()
        numbers = every.cast(pl.Enum(values)).to_physical().cast(pl.UInt32).fill_null(len(values)).to_numpy()
        values = pl.concat([values, pl.Series([None], dtype=values.dtype)])
        size = len(self.frame)
        first, *further = apart(numbers, size, 1 + len(more))
        return Coded(first, numbers[size * (1 + len(more)) :] if theirs else None, values, tuple(further))

    def clock(self, name: str, table: str = "contacts") -> tuple[Ints, Bools]:
        """(ticks, are they known) of a clock: `at` (and `until` of events) in microseconds, `day`, `week`, `month`, or
        working days of a calendar, or days moved on by working days.
        """
        if (name, table) not in self._clocks:
            frame = self.frame if table == "contacts" else self.events
            if name.startswith(WORKING_DAY):
                column = working_days(frame["day"], name.removeprefix(WORKING_DAY))
            elif name.startswith(AFTER):
                number, calendar = name.removeprefix(AFTER).split(":")
                column = after_working_days(frame["day"], int(number), calendar)
            else:
                column = frame[name].dt.epoch("us") if name in ("at", "until") else frame[name]
            ticks = column.fill_null(0).cast(pl.Int64).to_numpy()
            self._clocks[name, table] = ticks, column.is_not_null().to_numpy()
        return self._clocks[name, table]

    def layers(self, keys: tuple[str, ...]) -> tuple[Ints, ...]:
        """Numbers for each contact: equal for equal case and keys, rising with the case; null is a value like any.

        A contact that names several debts has, where the debt is a key, one number for each: the first in the first
        layer, and so on, -1 where it has no more.
        """
        keys = tuple(dict.fromkeys(key for key in keys if key != "case"))
        if keys not in self._groups:
            self._groups[keys] = self._layered(keys, self.case[:0])[0]
        return self._groups[keys]

    def layers_with_events(self, keys: tuple[str, ...], case: Ints) -> tuple[tuple[Ints, ...], Ints]:
        """As `layers`, for the contacts and for the events of these cases. An event that names no debt is about all of
        them: a last layer has every contact as if it named none either.
        """
        return self._layered(tuple(key for key in dict.fromkeys(keys) if key in EVENT_SIDE), case)

    def _layered(self, keys: tuple[str, ...], case: Ints) -> tuple[tuple[Ints, ...], Ints]:
        coded = [self.column(key) for key in keys]
        nothing = np.empty(0, np.uint32)
        layers = [_layers(one, with_all=key == DEBT and len(case) > 0) for key, one in zip(keys, coded, strict=True)]
        depth = max((len(one) for one in layers), default=1)
        digits = []
        for one, own in zip(coded, layers, strict=True):
            events = one.events if len(case) and one.events is not None else nothing
            digits.append((np.concatenate([*(own if len(own) == depth else own * depth), events]), len(one.values)))
        numbers = mixed(np.r_[np.tile(self.case, depth), case], digits)
        size = len(self.case)
        found = apart(numbers, size, depth)
        for one, own in zip(coded, layers, strict=True):
            for place in range(1, len(own)):
                found[place] = np.where(own[place] != len(one.values) - 1, found[place], -1)
        return tuple(found), numbers[size * depth :]

    def event_case(self) -> Ints:
        """The case of every event, as numbered here; -1 for a case without contacts."""
        names = self.frame["case_id"].gather(self.starts[:-1])
        cases = pl.DataFrame({"case_id": names, "number": np.arange(len(names))})
        joined = self.events.select("case_id").join(cases, on="case_id", how="left", maintain_order="left")
        return np.asarray(joined["number"].fill_null(-1), np.int64)

    def rows_of_cases(self, rows: Ints) -> Ints:
        """All rows of the cases that these rows belong to; `rows` in order."""
        if len(rows) == len(self.case):
            return rows
        touched = self.case[rows]
        cases = touched[np.r_[True, touched[1:] != touched[:-1]]] if len(rows) else touched
        sizes = self.starts[cases + 1] - self.starts[cases]
        ends = np.cumsum(sizes)
        within = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - sizes, sizes)
        return np.asarray(np.repeat(self.starts[cases], sizes) + within, np.int64)


def apart(numbers: npt.NDArray[Any], size: int, many: int) -> list[npt.NDArray[Any]]:
    """The first `many` pieces of this size."""
    return [numbers[place * size : (place + 1) * size] for place in range(many)]


def _layers(coded: Coded, *, with_all: bool) -> list[npt.NDArray[np.uint32]]:
    """The numbers of the contacts' first value, of their second and so on; with the number of "no debt named" last."""
    layers = [coded.contacts, *coded.more]
    if with_all and "" in coded.values:
        layers.append(np.full(len(coded.contacts), coded.values.index_of(""), np.uint32))
    return layers


def mixed(case: Ints, digits: Iterable[tuple[npt.NDArray[Any], int]]) -> Ints:
    """Cases and codes as digits of one number, made dense again before it grows too large."""
    numbers, size = case, int(case.max(initial=0)) + 1
    for digit, many in digits:
        if size * many >= MOST:
            numbers = np.unique(numbers, return_inverse=True)[1].astype(np.int64)
            size = int(numbers.max(initial=0)) + 1
        numbers, size = numbers * many + digit, size * many
    return numbers
