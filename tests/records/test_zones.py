"""Wall-clock times become instants where a zone is known, and are never guessed where it is not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from dunlint import check
from dunlint.errors import BadArgument
from dunlint.records import load
from dunlint.records.schema import ACCOUNT_COLUMNS
from dunlint.records.zones import from_accounts, instant

HEADER = "at,channel,direction,text\n"


def log(tmp_path: Path, *times: str) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(HEADER + "".join(f"{time},sms,outbound,逾期未还，请还款\n" for time in times), encoding="utf-8")
    return path


@pytest.mark.parametrize("local", ["2026-03-08T02:30:00", "2026-11-01T01:30:00"])
def test_an_hour_the_clock_skipped_or_showed_twice_is_no_instant(local: str) -> None:
    assert instant(datetime.fromisoformat(local), "America/New_York") is None


def test_any_other_hour_is_one() -> None:
    assert instant(datetime(2026, 3, 8, 3, 30), "America/New_York") == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


def test_the_zone_of_the_accounts_is_used_where_they_agree(tmp_path: Path) -> None:
    contacts = load([log(tmp_path, "2026-03-02T23:00:00", "2026-03-02T22:00:00")]).contacts
    rows = [{"case_id": "log", "account_id": name, "zone": "Asia/Shanghai"} for name in "ab"]
    read = from_accounts(contacts, accounts(rows))
    assert read["at"].to_list() == [datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in (14, 15)]
    assert read["zone_from"].to_list() == ["account", "account"]
    rows[1]["zone"] = "America/New_York"
    assert from_accounts(contacts, accounts(rows))["at"].to_list() == [None, None]


def accounts(rows: list[dict[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema_overrides=ACCOUNT_COLUMNS).with_columns(zones=pl.lit(None, pl.List(pl.String)))


def test_a_jurisdiction_with_one_clock_gives_the_zone_and_its_rules_decide(tmp_path: Path) -> None:
    report = check(log(tmp_path, "2026-03-02T23:00:00", "2026-03-02T15:00:00"), rules=["cn"])
    assert [finding.source_line for finding in report.findings if finding.rule == "cn-quiet-hours"] == [2]
    assert report.contacts is not None
    assert report.contacts["zone_from"].to_list() == ["jurisdiction", "jurisdiction"]


def test_without_any_zone_the_hour_is_not_judged_and_a_note_asks_for_one(tmp_path: Path) -> None:
    report = check(log(tmp_path, "2026-03-02T23:00:00"), rules=["us"])
    assert report.contacts is not None
    assert report.contacts["at"].to_list() == [None]
    assert any("--zone" in note for note in report.notes)


def test_an_unknown_zone_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(BadArgument):
        load([tmp_path / "nothing"], zone="Mars/Base")
