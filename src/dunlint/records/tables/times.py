"""Text of dates and times -> instants in UTC, a column at a time.

Formats are tried in order on what is still unread (`words/times.yaml`), so that a column in one format costs one
pass. A time without offset is read in the zone given for its row. Nothing is guessed: a time that a clock change
makes ambiguous or impossible, and a date without a clock time, give no instant and are counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from dunlint.records.schema import UTC_TIME
from dunlint.records.tables.few import few
from dunlint.records.tables.words import words

LOCAL_TIME = pl.Datetime("us")
EPOCH_UNITS = {"epoch": 1_000_000, "epoch_ms": 1_000}
EXCEL_DAY_ZERO = datetime(1899, 12, 30)
YEARS = (1900, 2200)
MONTHS = 12
WITH_OFFSET = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:Z|[+-][0-9]{2}:[0-9]{2})")
OFFSET = r"(?:Z|[+-]\d{2}:?\d{2})$"


@dataclass(frozen=True)
class Times:
    """One column read. at: UTC_TIME; local: the wall-clock time where no offset was written; day: its date.

    The masks say of each row why it has no instant. bad: not understood; no_zone: local, and no zone is known;
    date_only: a date without clock time; clock_change: local time that the zone has twice or never.
    """

    at: pl.Series
    local: pl.Series
    day: pl.Series
    bad: pl.Series
    no_zone: pl.Series
    date_only: pl.Series
    clock_change: pl.Series


def read(text: pl.Series, zone: pl.Series, fmt: str | None = None, *, serial: bool = False) -> Times:
    """`text`: strings (null where empty); `zone`: IANA names or null; `serial`: plain numbers may be days of Excel."""
    if fmt is None and (written := few_with_offset(text)) is not None:
        return from_native(written, zone)
    text = spelled_plainly(text)
    absolute, local, day = _parsed(text, fmt, serial)
    moved = _in_zones(local, zone)
    at = absolute.zip_with(absolute.is_not_null(), moved)
    dated = day.is_not_null() & absolute.is_null() & local.is_null()
    return Times(
        at=at,
        local=local.set(absolute.is_not_null(), None),
        day=day,
        bad=text.is_not_null() & absolute.is_null() & local.is_null() & ~dated,
        no_zone=local.is_not_null() & absolute.is_null() & zone.is_null(),
        date_only=dated,
        clock_change=local.is_not_null() & absolute.is_null() & zone.is_not_null() & moved.is_null(),
    )


def few_with_offset(text: pl.Series) -> pl.Series | None:
    """Instants of a few texts in the commonest spelling, 2026-03-02T22:04:00+08:00; None if there is any other."""
    found: list[datetime | None] = []
    for one in few(text) or ():
        if one is None:
            found.append(None)
            continue
        if not WITH_OFFSET.fullmatch(one):
            return None
        try:
            when = datetime.fromisoformat(one).astimezone(UTC)
        except (ValueError, OverflowError):
            return None
        if not YEARS[0] <= when.year <= YEARS[1]:
            return None
        found.append(when)
    return pl.Series(text.name, found, dtype=UTC_TIME) if found else None


def from_native(values: pl.Series, zone: pl.Series) -> Times:
    """As `read`, of a column that is dates or datetimes already."""
    nothing = pl.Series([False]).new_from_index(0, len(values))
    no_local = pl.Series([None], dtype=LOCAL_TIME).new_from_index(0, len(values))
    if values.dtype == UTC_TIME:
        return Times(values, no_local, values.dt.date(), nothing, nothing, nothing, nothing)
    if isinstance(values.dtype, pl.Datetime) and values.dtype.time_zone:
        at = values.cast(pl.Datetime("us", values.dtype.time_zone)).dt.convert_time_zone("UTC")
        return Times(at, no_local, at.dt.date(), nothing, nothing, nothing, nothing)
    if values.dtype == pl.Date:
        never = pl.Series([None], dtype=UTC_TIME).new_from_index(0, len(values))
        return Times(never, no_local, values, nothing, nothing, values.is_not_null(), nothing)
    local = values.cast(LOCAL_TIME)
    moved = _in_zones(local, zone)
    missing = local.is_not_null() & zone.is_null()
    return Times(
        moved, local, local.dt.date(), nothing, missing, nothing, local.is_not_null() & ~missing & moved.is_null()
    )


def dates(text: pl.Series, fmt: str | None = None, *, serial: bool = False) -> pl.Series:
    """Date of each text, null where there is none; a clock time behind the date is left out."""
    text = spelled_plainly(text)
    absolute, local, day = _parsed(text, fmt, serial)
    written = text.str.head(10).str.to_date("%Y-%m-%d", strict=False)
    return day.zip_with(day.is_not_null(), local.dt.date()).zip_with(absolute.is_null(), written)


def spelled_plainly(text: pl.Series) -> pl.Series:
    """Outer spaces off; dates written in words as numbers."""
    text = text.str.strip_chars()
    odd = text.str.contains(r"[^\x00-\x7f]").fill_null(False)
    if not odd.any():
        return text
    changed = text.filter(odd)
    for pattern, plain in words("times")["spellings"]:
        changed = changed.str.replace_all(pattern, plain)
    return text.scatter(odd.arg_true(), changed.str.strip_chars())


def order_of(text: pl.Series) -> str | None:
    """`day_first` or `month_first` where the values of a column such as 13/02/2026 prove it, else None."""
    parts = text.drop_nulls().str.extract_groups(r"^\s*(\d{1,2})[/.\-](\d{1,2})[/.\-]\d{4}\b").struct.unnest()
    above = [bool((parts[name].cast(pl.Int64) > MONTHS).any()) for name in parts.columns]
    if above[0] == above[1]:
        return None
    return "day_first" if above[0] else "month_first"


def _parsed(text: pl.Series, fmt: str | None, serial: bool) -> tuple[pl.Series, pl.Series, pl.Series]:
    """(instants in UTC, local times, dates without clock): each row in at most one of the first two."""
    absolute = pl.Series([None], dtype=UTC_TIME).new_from_index(0, len(text))
    if fmt in EPOCH_UNITS:
        return _epochs(text, EPOCH_UNITS[fmt]), absolute.dt.replace_time_zone(None), absolute.dt.date()
    formats = words("times")
    local = absolute.dt.replace_time_zone(None)
    if fmt == "excel" or serial:
        local, whole = _serials(text)
        if fmt == "excel":
            return absolute, local, whole
    own = formats[fmt] if fmt in ("day_first", "month_first") else [fmt] if fmt else []
    if not own:  # the commonest first: what ends like an offset is not tried by every local format before
        ends = text.str.contains(OFFSET).fill_null(False)
        absolute = _by(formats["with_offset"], text.set(~ends, None), absolute) if ends.any() else absolute
    local = _by(own or formats["local"], _rest(text, absolute), local)
    if not own or any("%z" in one or "%#z" in one for one in own):
        absolute = _by([f for f in own if "z" in f] or formats["with_offset"], _rest(text, local), absolute)
    if not own:
        local = _by_library(text, absolute, local)
    unread = text.zip_with(local.is_null() & absolute.is_null(), pl.Series([None], dtype=pl.String))
    clockless = [one for one in own if not re.search(r"%-?[HI]", one)] if own else formats["dates"]
    day = _by(clockless, unread, absolute.dt.date())
    if serial:
        day = day.zip_with(day.is_not_null(), _serials(unread)[1])
    return absolute, local, day


def _rest(text: pl.Series, done: pl.Series) -> pl.Series:
    return text.zip_with(done.is_null(), pl.Series([None], dtype=pl.String))


def _by(formats: Iterable[str], text: pl.Series, found: pl.Series) -> pl.Series:
    """`found`, its nulls filled by the first format that takes the text; each is tried on what is left."""
    for one in formats:
        open_rows = (found.is_null() & text.is_not_null()).arg_true()
        if not len(open_rows):
            break
        wanted = text.gather(open_rows)
        try:
            read_here = _strptime(wanted, one, found.dtype)
        except pl.exceptions.PolarsError:  # a format of a user's that makes no sense reads nothing
            continue
        got = read_here.is_not_null()
        if got.any():
            found = found.scatter(open_rows.filter(got), read_here.filter(got))
    return found


def _strptime(text: pl.Series, one: str, dtype: pl.DataType) -> pl.Series:
    if dtype == pl.Date:
        when = text.str.to_date(one, strict=False)
        year = when.dt.year()
    elif dtype == UTC_TIME:
        when = text.str.to_datetime(one, strict=False, time_unit="us", time_zone="UTC")
        year = when.dt.year()
    elif "%H" in one or "%I" in one or "%T" in one or "%R" in one:
        when = text.str.to_datetime(one, strict=False, time_unit="us")
        if when.dtype == UTC_TIME:
            return pl.Series([None], dtype=LOCAL_TIME).new_from_index(0, len(text))
        year = when.dt.year()
    else:
        return pl.Series([None], dtype=LOCAL_TIME).new_from_index(0, len(text))
    return when.set(~year.is_between(*YEARS).fill_null(True), None)


def _by_library(text: pl.Series, absolute: pl.Series, local: pl.Series) -> pl.Series:
    """What no format took but Python's ISO 8601 reader does (such as week dates with a time); rare, so by value."""
    open_rows = (absolute.is_null() & local.is_null() & text.is_not_null() & (text.str.len_chars() > 12)).arg_true()
    found = {}
    for row in open_rows.to_list():
        try:
            when = datetime.fromisoformat(text[row])
        except ValueError:
            continue
        if when.tzinfo is None:
            found[row] = when
    return local.scatter(list(found), list(found.values())) if found else local


def _epochs(text: pl.Series, microseconds: int) -> pl.Series:
    number = text.str.strip_chars().cast(pl.Float64, strict=False)
    inside = (number * microseconds).is_between(-2_000_000_000_000_000, 7_000_000_000_000_000).fill_null(False)
    return (
        (number.set(~inside, None) * microseconds).round().cast(pl.Int64).cast(LOCAL_TIME).dt.replace_time_zone("UTC")
    )


def _serials(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """(local times, dates) of Excel's day numbers; a whole number is a date without clock."""
    number = text.cast(pl.Float64, strict=False)
    number = number.set(~number.is_between(18_000, 80_000).fill_null(False), None)  # 1949 to 2119
    seconds = (number * 86_400).round().cast(pl.Int64)
    when = (seconds * 1_000_000).cast(pl.Duration("us")) + pl.Series([EXCEL_DAY_ZERO], dtype=LOCAL_TIME)
    whole = (number == number.floor()).fill_null(False)
    return when.set(whole, None), when.dt.date().set(~whole, None)


def _in_zones(local: pl.Series, zone: pl.Series) -> pl.Series:
    """Local times as instants, each in the zone of its row; null where the zone is unknown or has that time twice."""
    at = pl.Series([None], dtype=UTC_TIME).new_from_index(0, len(local))
    for name in zone.drop_nulls().unique().sort():
        rows = ((zone == name) & local.is_not_null()).fill_null(False).arg_true()
        there = local.gather(rows).dt.replace_time_zone(name, ambiguous="null", non_existent="null")
        at = at.scatter(rows, there.dt.convert_time_zone("UTC"))
    return at
