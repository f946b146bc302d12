"""The columns that conditions compare and count by, as numbers.

Comparing a million texts is slow, comparing a million numbers is not; and what a column's few different values
answer is answered for all rows. Each column is turned once, when it is first asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from dunlint.facts.clock import working_days

if TYPE_CHECKING:
    from dunlint.facts.table import Ground

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MOST = 1 << 62
WORKING_DAY = "working_day:"  # a clock that the calendar's name completes
EVENT_SIDE = {"reached_number": "number", "party": "party", "agency": "agency", "debt": "debt"}


@dataclass(frozen=True)
class Coded:
    """Numbers into `values` for every contact and every event; null has the last number, and `values` ends with it."""

    contacts: npt.NDArray[np.uint32]
    events: npt.NDArray[np.uint32] | None
    values: pl.Series


class Codes:
    """Columns of one ground as numbers, each made once."""

    def __init__(self, ground: Ground) -> None:
        self.frame, self.events = ground.contacts, ground.events
        self._coded: dict[str, Coded] = {}
        self._clocks: dict[tuple[str, str], tuple[Ints, Bools]] = {}
        self._groups: dict[tuple[str, ...], Ints] = {}
        changes = (self.frame["case_id"] != self.frame["case_id"].shift(1)).fill_null(True).to_numpy()
        self.starts = np.append(np.flatnonzero(changes), len(self.frame)).astype(np.int64)
        self.case = np.cumsum(changes, dtype=np.int64) - 1

    def column(self, name: str) -> Coded:
        """A text column of the contacts, and of the events where they have it too."""
        if name not in self._coded:
            self._coded[name] = self._code(name)
        return self._coded[name]

    def _code(self, name: str) -> Coded:
        own = self.frame[name]
        theirs = self._event_column(name)
        both = own if theirs is None else pl.concat([own, theirs])
        values = both.drop_nulls().unique()
        numbers = both.cast(pl.Enum(values)).to_physical().cast(pl.UInt32).fill_null(len(values)).to_numpy()
        values = pl.concat([values, pl.Series([None], dtype=values.dtype)])
        return Coded(numbers[: len(own)], None if theirs is None else numbers[len(own) :], values)

    def _event_column(self, name: str) -> pl.Series | None:
        if name not in EVENT_SIDE:
            return None
        return self.events["account_id"].fill_null("") if name == "debt" else self.events[EVENT_SIDE[name]]

    def clock(self, name: str, table: str = "contacts") -> tuple[Ints, Bools]:
        """(ticks, are they known) of a clock: `at` (and `until` of events) in microseconds, `day`, `week`, `month`, or
        working days of a calendar.
        """
        if (name, table) not in self._clocks:
            frame = self.frame if table == "contacts" else self.events
            if name.startswith(WORKING_DAY):
                column = working_days(frame["day"], name.removeprefix(WORKING_DAY))
            else:
                column = frame[name].dt.epoch("us") if name in ("at", "until") else frame[name]
            ticks = column.fill_null(0).cast(pl.Int64).to_numpy()
            self._clocks[name, table] = ticks, column.is_not_null().to_numpy()
        return self._clocks[name, table]

    def group(self, keys: tuple[str, ...]) -> Ints:
        """A number for each contact: equal for equal case and keys, rising with the case; null is a value like any."""
        keys = tuple(dict.fromkeys(key for key in keys if key != "case"))
        if keys not in self._groups:
            coded = [self.column(key) for key in keys]
            self._groups[keys] = mixed(self.case, [(one.contacts, len(one.values)) for one in coded])
        return self._groups[keys]

    def groups_with_events(self, keys: tuple[str, ...], case: Ints) -> tuple[Ints, Ints]:
        """As `group`, for the contacts and for the events of these cases."""
        coded = [self.column(key) for key in dict.fromkeys(keys)]
        digits = [(np.r_[one.contacts, one.events], len(one.values)) for one in coded if one.events is not None]
        numbers = mixed(np.r_[self.case, case], digits)
        return numbers[: len(self.case)], numbers[len(self.case) :]

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


def mixed(case: Ints, digits: list[tuple[npt.NDArray[np.uint32], int]]) -> Ints:
    """Cases and codes as digits of one number, made dense again before it grows too large."""
    numbers, size = case, int(case.max(initial=0)) + 1
    for digit, many in digits:
        if size * many >= MOST:
            numbers = np.unique(numbers, return_inverse=True)[1].astype(np.int64)
            size = int(numbers.max(initial=0)) + 1
        numbers, size = numbers * many + digit, size * many
    return numbers
