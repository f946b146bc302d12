"""The debtor's clock: midnight, daylight saving, several plausible zones."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from dunlint.facts.clock import holiday_days, in_window, with_local_time
from dunlint.facts.conditions import LocalTime

NIGHT = {"from": "22:00", "until": "08:00"}


def frame(at: str, zone: str | None = "Asia/Shanghai", zones: list[str] | None = None) -> pl.DataFrame:
    moment = datetime.fromisoformat(at).astimezone(UTC)
    return pl.DataFrame(
        {"at": [moment], "zone": [zone], "zones": [zones]},
        schema={"at": pl.Datetime("us", "UTC"), "zone": pl.String, "zones": pl.List(pl.String)},
    )


@pytest.mark.parametrize(
    ("at", "quiet"),
    [("21:59:59", False), ("22:00:00", True), ("00:00:00", True), ("07:59:59", True), ("08:00:00", False)],
)
def test_quiet_hours_begin_and_end_on_the_second(at: str, quiet: bool) -> None:
    table = frame(f"2026-03-02T{at}+08:00")
    assert in_window(table, LocalTime(**NIGHT)).to_list() == [quiet]


def test_without_a_zone_the_answer_is_unknown() -> None:
    assert in_window(frame("2026-03-02T23:00:00+08:00", zone=None), LocalTime(**NIGHT)).to_list() == [None]


def test_plausible_zones_that_disagree_are_unknown_unless_the_rule_says_any_or_all() -> None:
    table = frame("2026-03-02T20:30:00-05:00", zone=None, zones=["America/New_York", "America/Los_Angeles"])
    evening = {"from": "20:00", "until": "22:00"}
    assert in_window(table, LocalTime(**evening)).to_list() == [None]
    assert in_window(table, LocalTime(**evening, zones="any")).to_list() == [True]
    assert in_window(table, LocalTime(**evening, zones="all")).to_list() == [False]


def test_daylight_saving_moves_the_local_clock() -> None:
    table = with_local_time(frame("2026-03-08T12:30:00+00:00", zone="America/New_York"))
    assert table["local"].to_list() == [datetime(2026, 3, 8, 8, 30)]
    assert table["weekday"].to_list() == [7]


def test_weeks_begin_on_monday() -> None:
    sunday = with_local_time(frame("2026-03-08T12:00:00+08:00"))["week"][0]
    monday = with_local_time(frame("2026-03-09T12:00:00+08:00"))["week"][0]
    assert monday == sunday + 1


def test_holidays_come_from_the_library() -> None:
    national_day = datetime(2026, 10, 1).toordinal() - 719_163
    assert national_day in holiday_days("CN", [2026])
