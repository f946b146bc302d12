"""Events and earlier contacts: what had happened when a contact took place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from dunlint.facts.clock import working_days
from dunlint.facts.conditions import Event, Step, Within
from dunlint.facts.table import Ground, groups
from dunlint.facts.windows import Ints, latest_before

MICROSECONDS = 1_000_000
CONTACT_RANK = 1
WORKING_DAY = "working_day:"  # a clock that the calendar's name completes
EVENT_KEYS = {"number": "reached_number", "party": "party", "agency": "agency", "debt": "debt"}


@dataclass(frozen=True)
class Past:
    """Earlier rows that may precede a contact: their key columns and clocks, in one frame.

    frame: `case`, key columns, `at` (µs), `day`, `rank` (order at the same instant), `index` (row or event number), and
    for events `until` (µs, null where they do not end).
    """

    frame: pl.DataFrame
    keys: list[str]

    def latest(self, step: Step, rows: pl.DataFrame) -> Ints:
        """For each contact the position of the latest earlier entry inside the step's window, else -1."""
        return look_back(self, rows, within=step.within, later=step.later)


def look_back(past: Past, rows: pl.DataFrame, *, within: Within | None, later: Within | None) -> Ints:
    """Position of the latest past entry for each row, not nearer than `later` and not further than `within`.

    What has an end does not stand any more after it: such entries are looked up one by one for each key, so that one
    that has ended hides none that still stands.
    """
    if "until" not in past.frame.columns or past.frame["until"].null_count() == len(past.frame):
        return _latest(past, rows, within=within, later=later)
    order = past.frame["order"].to_numpy()
    best = np.full(len(rows), -1, np.int64)
    for places, until in _one_by_one(past):
        part = Past(past.frame[places], past.keys)
        found = _latest(part, rows, within=within, later=later)
        found = np.where(found >= 0, places[found], -1)
        if until is not None:
            found[_ticks(rows["at"].dt.epoch("us")) > until[np.maximum(found, 0)]] = -1
        better = (found >= 0) & ((best < 0) | (order[found] > order[best]))
        best = np.where(better, found, best)
    return best


def _one_by_one(past: Past) -> Iterator[tuple[Ints, Ints | None]]:
    """Positions of the entries that do not end; then of those that do, at most one for each key, with all ends."""
    frame = past.frame.with_row_index("place").with_columns(
        pl.col("order").rank("ordinal").over("case", *past.keys, pl.col("until").is_null()).alias("nth")
    )
    ending = frame.filter(pl.col("until").is_not_null())
    lasting = frame.filter(pl.col("until").is_null())["place"].to_numpy().astype(np.int64)
    if len(lasting):
        yield lasting, None
    ends = _ticks(past.frame["until"])
    for nth in range(1, int(ending["nth"].max() or 0) + 1):  # type: ignore[arg-type]
        yield ending.filter(pl.col("nth") == nth)["place"].to_numpy().astype(np.int64), ends


def _latest(past: Past, rows: pl.DataFrame, *, within: Within | None, later: Within | None) -> Ints:
    """As `look_back`, ends left aside."""
    both = pl.concat([rows.select("case", *past.keys), past.frame.select("case", *past.keys)], how="vertical_relaxed")
    codes = groups(both, ["case", *past.keys])
    own, theirs = codes[: len(rows)], codes[len(rows) :]
    at = _ticks(rows["at"].dt.epoch("us"))
    order = at * 4 + CONTACT_RANK if "row" not in past.frame.columns else _ticks(rows["row"])
    clock, past_clock, gap = _gap_clock(past, rows, later)
    found = latest_before(own, clock, order, theirs, past_clock, past.frame["order"].to_numpy(), gap)
    found[rows["at"].is_null().to_numpy()] = -1
    if later is not None and span_of(later)[0] != "at":
        found = _timed(found, past, rows, span_of(later)[0])
    if within is not None:
        found = _near(found, past, rows, within)
    return found


def _ticks(column: pl.Series) -> Ints:
    return column.fill_null(0).to_numpy().astype(np.int64)


def _gap_clock(past: Past, rows: pl.DataFrame, later: Within | None) -> tuple[Ints, Ints, int]:
    if later is None:
        return _ticks(rows["at"].dt.epoch("us")), past.frame["at"].to_numpy(), 0
    name, span = span_of(later)
    return _ticks(clock_of(rows, name)), _ticks(clock_of(past.frame, name)), span


def _near(found: Ints, past: Past, rows: pl.DataFrame, within: Within) -> Ints:
    name, span = span_of(within)
    found = _timed(found, past, rows, name)
    own, theirs = _ticks(clock_of(rows, name)), _ticks(clock_of(past.frame, name))
    near = found >= 0
    near[near] = own[near] - theirs[found[near]] < span
    return np.where(near, found, -1)


def _timed(found: Ints, past: Past, rows: pl.DataFrame, name: str) -> Ints:
    """Without a local clock on either side nothing is near: a day that is unknown is no day."""
    if past.frame.is_empty():
        return found
    unknown = clock_of(rows, name).is_null().to_numpy() | clock_of(past.frame, name).is_null().to_numpy()[found]
    return np.where(unknown, -1, found)


def clock_of(rows: pl.DataFrame, name: str) -> pl.Series:
    """A column of running numbers: microseconds, days, weeks, months, or working days of a calendar."""
    if name == "at":
        return rows["at"].dt.epoch("us") if rows.schema["at"] == pl.Datetime else rows["at"]
    if name.startswith(WORKING_DAY):
        return working_days(rows["day"], name.removeprefix(WORKING_DAY))
    return rows[name]


def span_of(within: Within) -> tuple[str, int]:
    """(clock column, length on it): microseconds for sliding windows, days, weeks or months otherwise."""
    if within.by == "calendar_day":
        days = (within.days or 0) + 7 * (within.weeks or 0)
        return "day", days + (1 if within.day_one == "next" else 0)
    if within.by == "working_day":
        return f"{WORKING_DAY}{within.calendar}", (within.days or 0) + (1 if within.day_one == "next" else 0)
    if within.by == "iso_week":
        return "week", within.weeks or 1
    if within.by == "calendar_month":
        return "month", within.months or 1
    days = (within.days or 0) + 7 * (within.weeks or 0)
    return "at", (days * 86_400 + (within.hours or 0) * 3600 + (within.minutes or 0) * 60) * MICROSECONDS


def kinds_of(condition: Event) -> list[str]:
    return [condition.kind] if isinstance(condition.kind, str) else condition.kind


def past_events(ground: Ground, condition: Event, same: Sequence[str]) -> Past:
    """The events of some kinds, as a past; `same` names contact keys that the event must share."""
    kinds = kinds_of(condition)
    events = ground.events.with_row_index("index").filter(pl.col("kind").is_in(kinds) & pl.col("at").is_not_null())
    if condition.origin != "any":
        events = events.filter(pl.col("origin") == condition.origin)
    keys = [EVENT_KEYS.get(name, name) for name in (*condition.same, *same)]
    at = events["at"].dt.epoch("us")
    frame = events.select(
        pl.col("case_id").alias("case"),
        pl.col("number").alias("reached_number"),
        "party",
        "agency",
        pl.col("account_id").fill_null("").alias("debt"),
        at.alias("at"),
        pl.col("until").dt.epoch("us"),
        (at * 4 + pl.col("rank")).alias("order"),
        "day",
        "week",
        "month",
        pl.col("index").cast(pl.Int64),
    )
    return Past(frame, list(dict.fromkeys(key for key in keys if key in frame.columns and key != "case")))


def past_contacts(ground: Ground, holds: pl.Series, same: Sequence[str]) -> Past:
    """The contacts for which a step certainly holds, as a past."""
    keys = [key for key in dict.fromkeys(same) if key != "case"]
    frame = ground.contacts.filter(holds.fill_null(False) & ground.contacts["at"].is_not_null())
    return Past(
        frame.select(
            "case",
            *keys,
            pl.col("at").dt.epoch("us"),
            "row",
            pl.col("row").alias("order"),
            "day",
            "week",
            "month",
            pl.col("row").alias("index"),
        ),
        keys,
    )


def event(ground: Ground, condition: Event) -> pl.Series:
    """Whether it happened before (or after) each contact and was not undone; for `absent`, whether it did not."""
    found = events_found(ground, condition)
    happened = pl.Series(found >= 0, dtype=pl.Boolean)
    if not condition.absent:
        return happened
    kinds = kinds_of(condition)
    kept = pl.DataFrame(
        [(case, kind) for case, kind in ground.kept_events if kind in kinds],
        schema={"case": pl.String, "kind": pl.String},
        orient="row",
    )
    recorded = ground.contacts["case"].is_in(kept["case"].to_list())
    return (~happened).set(~happened & ~recorded, None)


def events_found(ground: Ground, condition: Event) -> Ints:
    """For each contact the index (in the events table) of the event that makes the condition hold, else -1."""
    past = past_events(ground, condition, [])
    rows = ground.contacts
    if condition.order == "after":
        return _after(past, rows)
    found = look_back(past, rows, within=condition.within, later=condition.later)
    if condition.not_after:
        undone = past_events(ground, condition.model_copy(update={"kind": condition.not_after, "origin": "any"}), [])
        last = look_back(undone, rows, within=None, later=None)
        both = (found >= 0) & (last >= 0)
        at, undone_at = past.frame["at"].to_numpy(), undone.frame["at"].to_numpy()
        both[both] = undone_at[last[both]] >= at[found[both]]
        found = np.where(both, -1, found)
    index = past.frame["index"].to_numpy()
    return np.where(found >= 0, index[np.maximum(found, 0)] if len(index) else -1, -1)


def _after(past: Past, rows: pl.DataFrame) -> Ints:
    """Whether any such event lies after the contact: the last one of the group decides."""
    keys = ["case", *past.keys]
    last = past.frame.group_by(keys).agg(pl.col("at").max().alias("last"), pl.col("index").sort_by("at").last())
    joined = rows.select(*keys, pl.col("at").dt.epoch("us").alias("own")).join(
        last, on=keys, how="left", maintain_order="left", nulls_equal=True
    )
    index = joined.select(pl.when(pl.col("last") > pl.col("own")).then(pl.col("index")).otherwise(-1))
    return index.to_series().fill_null(-1).to_numpy()


def event_numbers(ground: Ground, kind: str) -> pl.Series:
    """For each contact the number in the `value` of the latest event of a kind before it; null where there is none."""
    found = events_found(ground, Event(kind=kind))
    numbers = ground.events["value"].str.extract(r"^\s*([0-9]+(?:\.[0-9]+)?)\s*$").cast(pl.Float64)
    return pl.Series(found).replace(-1, None).to_frame("i").select(pl.lit(numbers).gather(pl.col("i")))["value"]
