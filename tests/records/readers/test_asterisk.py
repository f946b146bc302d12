"""Asterisk's Master.csv: no header, local times, and no direction."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dunlint.errors import InputError
from tests.records.readers.calls import EXPORTS, example, notes_with, read, row

TEXT = (EXPORTS / "asterisk_Master.csv").read_text(encoding="utf-8")
FIRST = TEXT.split("\n", 1)[0] + "\n"
CASE = """
zone: Asia/Shanghai
files: {Master.csv: {directions: {from-internal: outbound, from-trunk: inbound}}}
"""


def test_rows_are_calls_at_the_servers_time() -> None:
    calls = example("asterisk_Master.csv", zone="Asia/Shanghai").contacts
    assert calls["at"][0] == datetime(2026, 3, 3, 1, 6, 40, tzinfo=UTC)
    assert calls["outcome"].to_list() == ["connected", "no_answer", "connected"]
    assert calls["talk_seconds"].to_list() == [95.0, 0.0, 120.0]
    assert calls["from_number"].to_list() == ["02180000000", "02180000000", "13800000000"]
    assert calls["source_line"].to_list() == [1, 2, 3]
    assert calls["zone_from"].unique().to_list() == ["option"]


def test_without_a_zone_no_time_is_guessed_and_a_note_says_what_to_do() -> None:
    records = example("asterisk_Master.csv")
    assert len(records.contacts) == 0
    assert [lost.line for lost in records.unreadable] == [1, 2, 3]
    assert len(notes_with(records, "--zone")) == 1


def test_who_called_is_asked_for_context_by_context() -> None:
    records = example("asterisk_Master.csv", zone="Asia/Shanghai")
    assert records.contacts["direction"].null_count() == 3
    assert len(notes_with(records, "{directions: {from-internal: …, from-trunk: …}}")) == 1


def test_the_case_says_who_called_by_context_or_extension(tmp_path: Path) -> None:
    records = read(tmp_path, "Master.csv", TEXT, CASE)
    assert records.contacts["direction"].to_list() == ["outbound", "outbound", "inbound"]
    assert notes_with(records, "who called") == []
    by_extension = CASE.replace("from-internal", '"02180000000"')
    assert read(tmp_path, "Master.csv", TEXT, by_extension).contacts["direction"][0] == "outbound"


@pytest.mark.parametrize("wrong", ["{a: sideways}", "[a, b]", "outbound", "{a: [1]}"])
def test_a_wrong_direction_in_the_case_is_an_error(wrong: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, "Master.csv", TEXT, f"files: {{Master.csv: {{directions: {wrong}}}}}")
    assert caught.value.code == "bad_value"


@pytest.mark.parametrize(
    ("disposition", "outcome"),
    [("ANSWERED", "connected"), ("NO ANSWER", "no_answer"), ("BUSY", "busy"), ("FAILED", "unknown"),
     ("CONGESTION", "unknown")],
)  # fmt: skip
def test_dispositions_are_outcomes(disposition: str, outcome: str, tmp_path: Path) -> None:
    records = read(tmp_path, "a.csv", FIRST.replace("ANSWERED", disposition), zone="Asia/Shanghai")
    assert row(records)["outcome"] == outcome


def test_an_answer_by_the_mailbox_is_no_conversation(tmp_path: Path) -> None:
    records = read(tmp_path, "a.csv", FIRST.replace('"Dial"', '"VoiceMail"'), zone="Asia/Shanghai")
    assert row(records)["outcome"] == "voicemail"


def test_rows_of_the_same_call_count_once_as_answered(tmp_path: Path) -> None:
    unanswered = FIRST.replace(',107,95,"ANSWERED"', ',45,0,"NO ANSWER"')
    for text in (unanswered + FIRST, FIRST + unanswered):
        records = read(tmp_path, "a.csv", text, zone="Asia/Shanghai")
        assert row(records)["outcome"] == "connected"
        assert len(notes_with(records, "1 rows repeat")) == 1


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (",95,", ",soon,"), (",95,", ",-5,"), (",95,", ",nan,"), (",95,", ",99999999999,"),
        ("2026-03-03 09:06:40", "2026-13-03 09:06:40"), ("2026-03-03 09:06:40", "0001-01-01 00:00:00"),
        ("ANSWERED", "SHRUGGED"), ('"DOCUMENTATION"', '"DOCUMENTATION","","",""'), ('"Dial",', '"Dial'),
    ],
)  # fmt: skip
def test_a_broken_row_is_listed_and_the_others_are_read(good: str, bad: str, tmp_path: Path) -> None:
    lines = TEXT.splitlines(keepends=True)
    text = lines[1] + lines[0].replace(good, bad) + lines[2]
    records = read(tmp_path, "a.csv", text, zone="Asia/Shanghai")
    assert len(records.contacts) == 2
    assert [lost.line for lost in records.unreadable] == [2]


def test_a_file_cut_anywhere_loses_nothing_silently(tmp_path: Path) -> None:
    for cut in range(len(FIRST) + 1, len(TEXT) - 1, 7):
        records = read(tmp_path, "a.csv", TEXT[:cut], zone="Asia/Shanghai")
        begun = TEXT[:cut].rstrip("\n").count("\n") + 1
        assert len(records.contacts) + len(records.unreadable) == begun
