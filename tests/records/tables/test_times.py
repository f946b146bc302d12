"""Dates and times as people and programs write them; what cannot be known is not guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from dunlint.records.tables import times


def read(text: str, zone: str | None = "Asia/Shanghai", fmt: str | None = None, *, serial: bool = False) -> times.Times:
    return times.read(pl.Series([text]), pl.Series([zone], dtype=pl.String), fmt, serial=serial)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02 22:04:07",
        "2026-03-02T22:04:07",
        "2026/3/2 22:04:07",
        "2026年3月2日 22:04:07",
        "2026年3月2日22时4分7秒",
        "2026-03-02 下午10:04:07",
        "2026-03-02 10:04:07 PM",
        "2026.03.02 22:04:07",
        "20260302220407",
        "2026-03-02T14:04:07Z",
        "2026-03-02T22:04:07+08:00",
        "2026-03-02 22:04:07+0800",
        "2026-03-02T22:04:07.000+08",
    ],
)
def test_the_same_moment_in_many_spellings(text: str) -> None:
    assert read(text).at.to_list() == [datetime(2026, 3, 2, 14, 4, 7, tzinfo=UTC)]


@pytest.mark.parametrize(
    "text", ["x", "2026-13-02 10:00:00", "2026-02-30 10:00:00", "26/3/2 10:00", "03/04/2026 10:00", "1772460247"]
)
def test_what_is_no_time_or_more_than_one_is_bad(text: str) -> None:
    done = read(text)
    assert done.bad.to_list() == [True]
    assert done.at.to_list() == [None]


@pytest.mark.parametrize("local", ["2026-03-08 02:30:00", "2026-11-01 01:30:00"])
def test_a_time_that_never_was_or_was_twice_is_not_guessed(local: str) -> None:
    done = read(local, "America/New_York")
    assert done.at.to_list() == [None]
    assert done.clock_change.to_list() == [True]


def test_a_time_without_zone_is_kept_as_the_clock_showed_it() -> None:
    done = read("2026-03-02 22:04:07", None)
    assert done.at.to_list() == [None]
    assert done.local.to_list() == [datetime(2026, 3, 2, 22, 4, 7)]
    assert done.no_zone.to_list() == [True]


def test_a_date_without_a_clock_is_no_midnight() -> None:
    done = read("2026-03-02")
    assert done.at.to_list() == [None]
    assert done.date_only.to_list() == [True]
    assert done.bad.to_list() == [False]


def test_days_of_excel_are_read_only_where_they_may_be() -> None:
    noon = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
    assert read("46083.5", serial=True).at.to_list() == [noon]
    assert read("46083.5", fmt="excel").at.to_list() == [noon]
    assert read("46083.5").bad.to_list() == [True]
    assert times.dates(pl.Series(["46083"]), serial=True).to_list() == [date(2026, 3, 2)]


def test_epochs_are_read_where_a_mapping_says_so() -> None:
    at = datetime(2026, 3, 2, 14, 4, 7, tzinfo=UTC)
    seconds = int(at.timestamp())
    assert read(str(seconds), fmt="epoch").at.to_list() == [at]
    assert read(str(seconds * 1000), fmt="epoch_ms").at.to_list() == [at]
    assert read("99999999999999999", fmt="epoch").bad.to_list() == [True]


def test_each_row_has_its_own_zone() -> None:
    text = pl.Series(["2026-03-02 12:00:00"] * 3)
    done = times.read(text, pl.Series(["Asia/Shanghai", "America/New_York", None]))
    assert [at and at.hour for at in done.at.to_list()] == [4, 17, None]


def test_a_format_of_a_users_that_makes_no_sense_reads_nothing() -> None:
    assert read("2026-03-02 22:04:07", fmt="%Q%%%").bad.to_list() == [True]
