"""Hours that an event names in its `value`: "19:00-23:00", "mon-fri 9:00-17:00, sat 10:00-12:00".

People agree on hours, and debtors name times that suit them or do not: such hours belong to the case, not to the
rule. Weekdays are those of the debtor's local day; a span over midnight belongs to the days on both its sides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, reduce

import numpy as np
import polars as pl

from dunlint.facts.clock import CLOCK, in_window
from dunlint.facts.conditions import Event, LocalTime
from dunlint.facts.happenings import events_found, listed
from dunlint.facts.kleene import FALSE, TRUE, Answers, Rows, answers, constant, negation
from dunlint.facts.table import Ground

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = "|".join(DAYS)
_SPAN = re.compile(
    rf"\s*(?:(?P<days>(?:{_DAY})(?:\s*[-/]\s*(?:{_DAY}))*)\s+)?"
    r"(?P<start>\d{1,2}:\d\d)\s*[-–—~～至]\s*(?P<end>\d{1,2}:\d\d)\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Hours:
    """From and until on these weekdays (1 = Monday)."""

    window: LocalTime
    weekdays: tuple[int, ...]


@cache
def parse_hours(value: str) -> tuple[Hours, ...] | None:
    """The hours that a text names; None where it names none, or anything beside them."""
    found = []
    for part in re.split(r"[,;，；]", value):
        match = _SPAN.fullmatch(part)
        clocks = [_clock(match[name]) for name in ("start", "end")] if match else []
        if match is None or None in clocks or clocks[0] == clocks[1]:
            return None
        window = LocalTime.model_validate({"from": clocks[0], "until": clocks[1]})
        found.append(Hours(window, _weekdays(match["days"] or "mon-sun")))
    return tuple(found)


def _clock(text: str) -> str | None:
    hour, minute = (int(part) for part in text.split(":"))
    return f"{hour:02}:{minute:02}" if (hour < 24 and minute < 60) or (hour, minute) == (24, 0) else None


def _weekdays(text: str) -> tuple[int, ...]:
    """Of "mon-fri" all five, of "mon/wed" the two."""
    days: list[int] = []
    for part in re.split(r"\s*/\s*", text.lower()):
        first, *rest = (DAYS.index(name) + 1 for name in re.split(r"\s*-\s*", part))
        last = rest[-1] if rest else first
        days += range(first, last + 1) if first <= last else [*range(first, 8), *range(1, last + 1)]
    return tuple(sorted(set(days)))


def event_hours(ground: Ground, condition: Event, rows: Rows) -> Answers:
    """Whether each contact lies inside (or outside) the hours named by events that stand when it takes place.

    False where no such event stands; unknown where its value names no hours, or the contact's clock is unknown.
    """
    index = ground.events_of(listed(condition.kind), condition.origin)
    values = ground.events["value"].gather(index)
    contacts = ground.contacts.select(*CLOCK, "weekday")[rows]
    standing = inside = constant(FALSE, len(rows))
    for value in values.unique(maintain_order=True):
        among = index[values.eq_missing(value).to_numpy()]
        stands = np.where(events_found(ground, condition, rows, among) >= 0, TRUE, FALSE).astype(np.int8)
        standing = np.maximum(standing, stands)
        inside = np.maximum(inside, np.minimum(stands, answers(in_hours(contacts, parse_hours(value or "")))))
    return np.minimum(standing, inside if condition.hours == "inside" else negation(inside))


def in_hours(frame: pl.DataFrame, hours: tuple[Hours, ...] | None) -> pl.Series:
    """True, false or null for each contact; all null where no hours are known."""
    if hours is None:
        return pl.Series([None] * len(frame), dtype=pl.Boolean)
    return reduce(lambda left, right: left | right, (_inside(frame, one) for one in hours))


def _inside(frame: pl.DataFrame, hours: Hours) -> pl.Series:
    on_day = frame["weekday"].is_in(hours.weekdays).set(frame["weekday"].is_null(), None)
    return in_window(frame, hours.window) & on_day
