"""The debtor's clock: local time, day, week and month of each contact, in every plausible zone."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from dunlint.facts.conditions import LocalTime

DAY = 86_400
CLOCK = ("at", "zone", "zones", "second")  # the columns that `in_window` looks at
EPOCH_DAY = 719_163  # 1970-01-01 as an ordinal


def with_local_time(frame: pl.DataFrame) -> pl.DataFrame:
    """Adds `local` (naive), `day` (days since 1970), `week`, `month` (running numbers), `second` (of the day),
    `weekday` (1 = Monday); null where time or zone is unknown."""
    local = local_in_own_zone(frame)
    frame = frame.with_columns(local.alias("local"))
    clock = pl.col("local")
    day = clock.dt.epoch("d").cast(pl.Int64)
    return frame.with_columns(
        day.alias("day"),
        ((day + 3) // 7).alias("week"),  # 1970-01-01 was a Thursday: weeks start on Monday
        (clock.dt.year().cast(pl.Int64) * 12 + clock.dt.month().cast(pl.Int64)).alias("month"),
        _second(clock).alias("second"),
        clock.dt.weekday().alias("weekday"),
    )


def _second(clock: pl.Expr) -> pl.Expr:
    hour, minute, second = (part.cast(pl.Int64) for part in (clock.dt.hour(), clock.dt.minute(), clock.dt.second()))
    return hour * 3600 + minute * 60 + second


def local_in_own_zone(frame: pl.DataFrame) -> pl.Series:
    """The naive local time of each row in its own `zone`."""
    pieces = pl.lit(None, dtype=pl.Datetime("us"))
    for zone in frame["zone"].drop_nulls().unique().sort():
        pieces = pl.when(pl.col("zone") == zone).then(_local(zone)).otherwise(pieces)
    return frame.with_columns(pieces.alias("local"))["local"]


def _local(zone: str) -> pl.Expr:
    return pl.col("at").dt.convert_time_zone(zone).dt.replace_time_zone(None)


def in_window(frame: pl.DataFrame, window: LocalTime, *, delay: pl.Expr | None = None) -> pl.Series:
    """True, false or null (unknown): the contact lies in the window; `delay` seconds later if given."""
    if delay is not None:
        frame = frame.with_columns(pl.col("at") + pl.duration(seconds=delay))
    lists = frame["zones"]
    inside = None if lists.null_count() == len(lists) else _plausible(frame, window)
    if delay is None and "second" in frame.columns:
        own = frame.select(_between(pl.col("second"), window).alias("own"))["own"]
    else:
        own = frame.with_columns(_inside(local_in_own_zone(frame), window).alias("own"))["own"]
    return own if inside is None else inside.zip_with(lists.is_not_null(), own).fill_null(own)


def _plausible(frame: pl.DataFrame, window: LocalTime) -> pl.Series:
    some, every = pl.lit(False), pl.lit(True)
    for zone in frame["zones"].explode().drop_nulls().unique().sort():
        holds, listed = _inside_expr(_local(zone), window), pl.col("zones").list.contains(zone)
        some, every = some | (listed & holds), every & (~listed | holds)
    if window.zones == "any":
        answer = some
    elif window.zones == "all":
        answer = every
    else:
        answer = pl.when(some == every).then(some)
    return frame.with_columns(answer.alias("inside"))["inside"]


def _inside(local: pl.Series, window: LocalTime) -> pl.Expr:
    return _inside_expr(pl.lit(local), window)


def _inside_expr(local: pl.Expr, window: LocalTime) -> pl.Expr:
    return _between(_second(local), window)


def _between(second: pl.Expr, window: LocalTime) -> pl.Expr:
    start, end = seconds(window.from_), seconds(window.until)
    if start < end:
        return (second >= start) & (second < end)
    return (second >= start) | (second < end)


@cache
def seconds(clock: str) -> int:
    """Seconds after midnight of "HH:MM" or "HH:MM:SS" ("24:00" is the end of the day)."""
    hour, minute, *rest = (int(part) for part in clock.split(":"))
    return hour * 3600 + minute * 60 + (rest[0] if rest else 0)


def holiday_days(calendar: str, years: list[int]) -> list[int]:
    """Days since 1970 that are public holidays in a calendar such as "CN" or "US-MA".

    Raises NotImplementedError (from the `holidays` library) for a calendar it does not have.
    """
    import holidays  # only rules about holidays pay for it

    country, _, part = calendar.partition("-")
    known = holidays.country_holidays(country, subdiv=part or None, years=years)
    return sorted((day.toordinal() - EPOCH_DAY) for day in known)


def working_days(days: pl.Series, calendar: str) -> pl.Series:
    """Local days (since 1970) -> running number of working days of a calendar, that of the day itself included.

    Weekends and public holidays do not count, weekends that are worked in exchange for a holiday do. A day off has
    the number of the working day before it.
    """
    if days.drop_nulls().is_empty():
        return days
    first, numbers = _numbered(days, calendar)
    return pl.Series(days.name, numbers[days.fill_null(first).to_numpy() - first]).set(days.is_null(), None)


def after_working_days(days: pl.Series, count: int, calendar: str) -> pl.Series:
    """Local days (since 1970) -> the day of the `count`-th working day of a calendar after each."""
    if days.drop_nulls().is_empty():
        return days
    first, numbers = _numbered(days, calendar, spare=count * 3 + 31)
    places = np.searchsorted(numbers, numbers[days.fill_null(first).to_numpy() - first] + count)
    return pl.Series(days.name, places.astype(np.int64) + first).set(days.is_null(), None)


def _numbered(days: pl.Series, calendar: str, spare: int = 0) -> tuple[int, npt.NDArray[np.int64]]:
    """(a first day, the running number of working days of it and of every day after it), all of `days` and as many
    `spare` days after them included.
    """
    import holidays

    earliest, latest = int(days.min() or 0), int(days.max() or 0)  # type: ignore[arg-type]
    span = range(earliest // 366 + 1969, (latest + spare) // 365 + 1972)
    country, _, part = calendar.partition("-")
    known = holidays.country_holidays(country, subdiv=part or None, years=span)
    first = date(span[0], 1, 1)
    worked = [known.is_working_day(first + timedelta(n)) for n in range((date(span[-1], 12, 31) - first).days + 1)]
    return first.toordinal() - EPOCH_DAY, np.cumsum(worked, dtype=np.int64)
