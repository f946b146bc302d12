"""Google CCAI: absolute microseconds, or small numbers without a date."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.records.readers.calls import example, read, row, times, turns, value


def test_the_first_entry_is_the_time_of_the_call() -> None:
    records = example("google_ccai.json")
    assert row(records)["at"] == datetime(2026, 3, 3, 14, 0, tzinfo=UTC)
    assert row(records)["zone_from"] == "epoch"
    assert times(records) == [(0.0, None), (12.0, None), (17.0, None)]
    assert row(records)["talk_seconds"] is None
    assert [speaker for speaker, _ in turns(records)] == ["AGENT", "CUSTOMER", "AGENT"]


def test_small_numbers_count_from_the_start_and_give_no_date(tmp_path: Path) -> None:
    document = value("google_ccai.json")
    for number, entry in enumerate(document["entries"]):
        entry["start_timestamp_usec"] = (number + 1) * 1_000_000
    records = read(tmp_path, "a.json", document)
    assert row(records)["at"] is None
    assert times(records) == [(1.0, None), (2.0, None), (3.0, None)]
