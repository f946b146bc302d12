"""Attributes of the contact and of its account, as true, false or unknown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from dunlint.facts.clock import CLOCK, holiday_days, in_window
from dunlint.facts.conditions import (
    AccountCondition,
    Compare,
    ContactCondition,
    Holiday,
    Known,
    LocalTime,
    Match,
    Not,
    Range,
)
from dunlint.facts.happenings import event_numbers
from dunlint.facts.kleene import FALSE, TRUE, Answers, answers, constant
from dunlint.facts.table import Ground, Parameters

WEEKDAYS = {name: number for number, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), 1)}
UNKNOWN = "unknown"
REGION = r"^[A-Z]{2}(-[A-Z0-9]+)*$"


def contact(ground: Ground, condition: ContactCondition) -> Answers:
    """All attributes given hold; `collection: true` (the default) also asks that the contact is about collecting."""
    answer = constant(TRUE, len(ground.contacts))
    if condition.collection:
        answer = ground.attribute(("collection",), lambda: answers(ground.contacts["collection"]))
    for name in sorted(condition.model_fields_set - {"collection", "ends_in"}):
        value = getattr(condition, name)
        own = ground.attribute((name, str(value)), partial(_attribute, ground, name, value))
        answer = np.minimum(answer, own)
    if condition.ends_in is not None:
        rows = np.flatnonzero(answer != FALSE)
        contacts = ground.contacts.select(*CLOCK, "talk_seconds")[rows]
        ends = in_window(contacts, condition.ends_in, delay=pl.col("talk_seconds"))
        answer = answer.copy()
        answer[rows] = np.minimum(answer[rows], answers(ends))
    return answer


def _attribute(ground: Ground, name: str, value: Any) -> Answers:
    special = SPECIAL.get(name)
    return answers(special(ground.contacts, value)) if special else matched(ground, name, value)


def matched(ground: Ground, name: str, wanted: Match) -> Answers:
    """As `match`, for a column of the contacts: what its few different values answer is answered for all rows."""
    column = ground.contacts[name]
    if column.dtype != pl.String or isinstance(wanted, Known):
        return answers(match(column, wanted))
    coded = ground.codes.column(name)
    return answers(match(coded.values, wanted))[coded.contacts]


def match(column: pl.Series, wanted: Match) -> pl.Series:
    """Compare a column with a condition; "unknown" in the data counts as unknown unless it is asked for by name."""
    if isinstance(wanted, Known):
        present = column.is_not_null()
        if column.dtype == pl.String:
            present = present & (column != UNKNOWN).fill_null(True)
        return present if wanted.known else ~present
    if isinstance(wanted, Range):
        return within_range(column, wanted)
    values = wanted.not_ if isinstance(wanted, Not) else wanted
    values = values if isinstance(values, list) else [values]
    column = _said(column, values)
    hit = _listed(column, values) if isinstance(column.dtype, pl.List) else column.is_in(values)
    hit = hit.set(column.is_null(), None)
    return ~hit if isinstance(wanted, Not) else hit


def _said(column: pl.Series, values: list[Any]) -> pl.Series:
    if column.dtype != pl.String or UNKNOWN in values:
        return column.fill_null(UNKNOWN) if UNKNOWN in values and column.dtype == pl.String else column
    return column.set(column == UNKNOWN, None)


def _listed(column: pl.Series, values: list[Any]) -> pl.Series:
    frame = column.to_frame("x")
    some = pl.any_horizontal(*(pl.col("x").list.contains(value) for value in values))
    return frame.select(some.alias("x"))["x"]


def within_range(column: pl.Series, bounds: Range) -> pl.Series:
    """Inside the bounds; null where the column is."""
    answer = pl.repeat(True, len(column), eager=True)
    for name, compare in RANGE.items():
        bound = getattr(bounds, name)
        if bound is not None:
            answer = answer & compare(column, _bound(column, bound))
    return answer


def _bound(column: pl.Series, bound: float | date) -> Any:
    if column.dtype == pl.Datetime and isinstance(bound, date):
        return pl.lit(bound).cast(pl.Datetime("us"))
    return bound


RANGE: dict[str, Callable[[pl.Series, Any], pl.Series]] = {
    "at_least": lambda column, bound: column >= bound,
    "at_most": lambda column, bound: column <= bound,
    "more_than": lambda column, bound: column > bound,
    "less_than": lambda column, bound: column < bound,
}


def _local_time(frame: pl.DataFrame, window: LocalTime) -> pl.Series:
    return in_window(frame, window)


def _local_date(frame: pl.DataFrame, bounds: Range) -> pl.Series:
    return within_range(frame["local"].dt.date(), bounds)


def _weekday(frame: pl.DataFrame, wanted: str | list[str]) -> pl.Series:
    days = [WEEKDAYS[name] for name in ([wanted] if isinstance(wanted, str) else wanted)]
    return frame["weekday"].is_in(days).set(frame["weekday"].is_null(), None)


def _holiday(frame: pl.DataFrame, wanted: Holiday) -> pl.Series:
    years = frame["local"].dt.year().drop_nulls().unique().to_list()
    days = holiday_days(wanted.calendar, years) if years else []
    is_holiday = frame["day"].is_in(days).set(frame["day"].is_null(), None)
    return is_holiday if wanted.is_ else ~is_holiday


def _agency_published(frame: pl.DataFrame, wanted: bool) -> pl.Series:
    listed = frame.select(
        pl.when(pl.col("agency").is_not_null()).then(
            pl.col("account.published_agencies").list.contains(pl.col("agency"))
        ).alias("x")
    )["x"]  # fmt: skip
    return listed if wanted else ~listed


SPECIAL: dict[str, Callable[[pl.DataFrame, Any], pl.Series]] = {
    "local_time": _local_time,
    "local_date": _local_date,
    "weekday": _weekday,
    "holiday": _holiday,
    "agency_published": _agency_published,
}


def account(ground: Ground, condition: AccountCondition) -> Answers:
    """All account attributes given hold; unknown where the contact's account lacks one."""
    frame = ground.contacts
    answer = constant(TRUE, len(frame))
    if condition.region_in is not None:
        answer = np.minimum(answer, answers(in_regions(frame["account.region"], condition.region_in)))
    if condition.days_overdue is not None:
        days = frame["day"] - frame["account.overdue_since"].to_physical().cast(pl.Int64)
        answer = np.minimum(answer, answers(within_range(days, condition.days_overdue)))
    for name in sorted(condition.model_fields_set - {"number", "more_than", "less_than", "region_in", "days_overdue"}):
        value, column = getattr(condition, name), f"account.{name}"
        if name == "region" and isinstance(value, Known):
            answer = np.minimum(answer, answers(match(coded(frame[column]), value)))
            continue
        own = ground.attribute((column, str(value)), partial(matched, ground, column, value))
        answer = np.minimum(answer, own)
    if condition.number:
        number = frame[f"account.{condition.number}"]
        if condition.more_than:
            answer = np.minimum(answer, answers(number > yardstick(ground, condition.more_than)))
        if condition.less_than:
            answer = np.minimum(answer, answers(number < yardstick(ground, condition.less_than)))
    return answer


def in_regions(column: pl.Series, regions: list[str]) -> pl.Series:
    """Whether an ISO 3166 region is one of these or a part of one (US-MA of US), and of none marked `!`; null where
    none is named.
    """
    frame = (coded(column) + "-").to_frame("x")
    parts = {one: pl.col("x").str.starts_with(f"{one.removeprefix('!')}-") for one in regions}
    within = pl.any_horizontal(*(part for one, part in parts.items() if not one.startswith("!")))
    without = pl.any_horizontal(pl.lit(False), *(part for one, part in parts.items() if one.startswith("!")))
    return frame.select(within & ~without)["x"]


def coded(column: pl.Series) -> pl.Series:
    """Regions that are ISO 3166 codes; null for anything else, such as the name of a city."""
    return column.set(~column.str.contains(REGION).fill_null(False), None)


def yardstick(ground: Ground, compare: Compare) -> pl.Series:
    """The number to compare with, for each contact; null where the account or the parameter does not say."""
    frame = ground.contacts
    if compare.value is not None:
        column = pl.repeat(compare.value, len(frame), dtype=pl.Float64, eager=True)
    elif compare.event:
        column = event_numbers(ground, compare.event)
    elif compare.account:
        column = frame[f"account.{compare.account}"]
    else:
        days = frame["local"].dt.date() if compare.on == "contact" else frame["account.contract_date"]
        column = parameter_on(ground.parameters, str(compare.parameter), days)
    return column * compare.times + compare.plus


def parameter_on(parameters: Parameters, name: str, days: pl.Series) -> pl.Series:
    """The parameter's value on each day; null before its first date and after the last day it is known for.

    A value of None in the table ends the known span: what lies beyond is unknown, never a guess.
    """
    table = sorted(parameters[name].items())
    steps = pl.DataFrame(
        {"day": [day for day, _ in table], "value": [value for _, value in table]},
        schema={"day": pl.Date, "value": pl.Float64},
    )
    asked = pl.DataFrame({"day": days.cast(pl.Date)}).with_row_index("row")
    known = asked.drop_nulls("day").sort("day").join_asof(steps, on="day", strategy="backward")
    return asked.join(known.select("row", "value"), on="row", how="left", maintain_order="left")["value"]
