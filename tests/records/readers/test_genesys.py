"""Genesys Cloud transcripts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.records.readers.calls import example, read, row, times, turns, value


def test_times_count_from_the_start_of_the_conversation_and_who_called_is_known() -> None:
    records = example("genesys.json")
    call = row(records)
    assert call["at"] == datetime(2026, 3, 3, 14, 0, tzinfo=UTC)
    assert times(records)[0] == (3.0, 7.2)
    assert (call["direction"], call["from_number"], call["to_number"]) == ("outbound", "+15555550100", "+15555550101")
    assert turns(records)[1] == ("external", "I lost my job. Can I pay in instalments?")


def test_plain_words_do_where_there_are_no_decorated_ones(tmp_path: Path) -> None:
    document = value("genesys.json")
    del document["transcripts"][0]["phrases"][0]["decoratedText"]
    assert turns(read(tmp_path, "a.json", document))[0][1].startswith("this is robin")


@pytest.mark.parametrize("start", ["yesterday", -5, 10**30, float("nan"), 12])
def test_a_start_that_is_no_date_is_listed_and_the_words_are_kept(start: object, tmp_path: Path) -> None:
    records = read(tmp_path, "a.json", value("genesys.json") | {"conversationStartTime": start})
    assert row(records)["at"] is None
    assert len(turns(records)) == 3
    assert records.unreadable[0].expected == "at"


def test_a_part_without_phrases_is_listed(tmp_path: Path) -> None:
    document = value("genesys.json")
    document["transcripts"].append({"transcriptId": "t-2"})
    records = read(tmp_path, "a.json", document)
    assert len(turns(records)) == 3
    assert len(records.unreadable) == 1
