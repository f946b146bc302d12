"""Where each contact stands on the timeline: days from left to right, the hours of the local day downwards.

Drawn by hand (`pages/timeline.svg`), because each mark is a link into the page, a keyboard stop and a
landmark for the filter, in both languages; the other charts come from a library.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

HOUR = 14.0  # height of an hour, in units of the drawing
LEFT, TOP, RIGHT, BOTTOM = 44.0, 34.0, 16.0, 12.0
NARROWEST, WIDEST, DAY = 1100.0, 2400.0, 13.0
LABEL = 46.0  # room that the label of a day takes
SHAPES = {"call": "round", "ai_call": "round", "voicemail": "round", "visit": "triangle"}
MIDNIGHT = 24.0


@dataclass(frozen=True, slots=True)
class Dot:
    """One contact: place, shape, and the entry of the page it belongs to."""

    x: float
    y: float
    shape: str
    entry: Any


@dataclass(frozen=True, slots=True)
class Timeline:
    """The drawing. bands: (y, height) of quiet hours; days: (x, label); hours: (y, label); moments: (x, event)."""

    width: float
    height: float
    bands: tuple[tuple[float, float], ...]
    days: tuple[tuple[float, str], ...]
    hours: tuple[tuple[float, str], ...]
    dots: tuple[Dot, ...]
    moments: tuple[tuple[float, Any], ...]
    left: float = LEFT
    top: float = TOP
    right: float = RIGHT


def timeline(entries: Iterable[Any], moments: Iterable[Any], quiet: Mapping[str, str] | None) -> Timeline | None:
    """The timeline of entries (and moments) with a `local` time; None where no contact has one."""
    timed = sorted((entry for entry in entries if entry.local), key=lambda entry: bool(entry.cards))
    if not timed:
        return None
    events = [moment for moment in moments if moment.local]
    days = [datetime.fromisoformat(one.local).date() for one in (*timed, *events)]
    first, last = min(days), max(days)
    count = (last - first).days + 1
    width = min(max(NARROWEST, count * DAY + LEFT + RIGHT), WIDEST)
    step = (width - LEFT - RIGHT) / count
    height = TOP + 24 * HOUR + BOTTOM
    return Timeline(
        width, height, tuple(_bands(quiet)), tuple(_days(first, count, step)),
        tuple((TOP + hour * HOUR, f"{hour:02}:00") for hour in range(0, 25, 4)),
        tuple(Dot(*_place(one.local, first, step), SHAPES.get(one.channel, "square"), one) for one in timed),
        tuple((_place(one.local, first, step)[0], one) for one in events),
    )  # fmt: skip


def _place(local: str, first: date, step: float) -> tuple[float, float]:
    at = datetime.fromisoformat(local)
    hours = at.hour + at.minute / 60 + at.second / 3600
    return round(LEFT + ((at.date() - first).days + 0.5) * step, 1), round(TOP + hours * HOUR, 1)


def _bands(quiet: Mapping[str, str] | None) -> Iterable[tuple[float, float]]:
    if not quiet:
        return
    start, end = clock(quiet["from"]), clock(quiet["until"])
    for low, high in ((start, end),) if start < end else ((0.0, end), (start, MIDNIGHT)):
        if low < high:
            yield round(TOP + low * HOUR, 1), round((high - low) * HOUR, 1)


def clock(text: str) -> float:
    """Hours since midnight of "22:00" or "21:00:01"."""
    return sum((int(part) / 60.0**place for place, part in enumerate(text.split(":"))), 0.0)


def _days(first: date, count: int, step: float) -> Iterable[tuple[float, str]]:
    """Labels as dense as they can be read, at whole weeks where days are many; the year where it begins."""
    fitting = (every for every in (1, 2, 7, 14, 28, 56, 91, 182, 364) if every * step >= LABEL)
    every = next(fitting, 364)
    year = None
    for offset in range(0, count, every):
        day = first + timedelta(days=offset)
        yield round(LEFT + (offset + 0.5) * step, 1), f"{day:%m-%d}" if day.year == year else f"{day:%Y-%m-%d}"
        year = day.year
