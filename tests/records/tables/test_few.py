"""A table of few rows is read in Python where that is exact: it must come out as the same rows among very many do."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from dunlint.records import load
from dunlint.records.tables.few import FEW

ODD = ["您好", "  ", "a b", "", "“好”", "x\u3000", "\u3000", "7", "1.0", "NULL", "0x1f\x1f"]
TIMES = [
    "2026-03-02T22:04:00+08:00", "2026-03-02T22:04:00Z", "2026-02-30T22:04:00Z", "2026-03-02 22:04", "",
    "1850-01-01T00:00:00Z", "2026-03-02T22:04:00.5+08:00", "2026-03-02T24:00:00Z", " 2026-03-02T22:04:00Z",
    "9999-12-31T23:59:59-12:00",
]  # fmt: skip
SAME = ["at", "local_time", "zone_from", "channel", "direction", "text"]


def rows_of(path: Path, lines: list[str], many: int) -> tuple[list[tuple[object, ...]], list[str]]:
    """(rows, what was listed) of a table with these lines, as they are or `many` times one below the other."""
    path.write_text("\n".join(["at,channel,direction,text", *lines * many]) + "\n", encoding="utf-8")
    records = load([path], lang="en", zone="Asia/Shanghai")
    first = records.contacts.filter(pl.col("source_line") <= len(lines) + 1).sort("source_line")
    return first.select(SAME).rows(), [one.found for one in records.unreadable if (one.line or 0) <= len(lines) + 1]


@pytest.mark.parametrize("time", TIMES)
def test_times_of_few_rows_are_those_of_many(tmp_path: Path, time: str) -> None:
    lines = ["2026-03-01T10:00:00+08:00,sms,outbound,first", f"{time},sms,outbound,second"]
    assert rows_of(tmp_path / "few.csv", lines, 1) == rows_of(tmp_path / "many.csv", lines, FEW)


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("channel", ["sms", "SMS ", "短信", "pigeon", ""])
def test_cells_of_few_rows_are_those_of_many(tmp_path: Path, text: str, channel: str) -> None:
    lines = [f"2026-03-02T22:04:00+08:00,{channel},outbound,{text}", "2026-03-02T22:05:00+08:00,sms,inbound,second"]
    assert rows_of(tmp_path / "few.csv", lines, 1) == rows_of(tmp_path / "many.csv", lines, FEW)
