"""What every JSON transcript has in common, asked of each vendor's example: damage costs only itself."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dunlint.errors import DunlintError, InputError
from dunlint.records import Records
from tests.records.readers.calls import example, notes_with, read, row, turns, value

# file -> where its list of turns stands, and in a turn where its words and its start
PLACES: dict[str, tuple[tuple, tuple, tuple]] = {
    "aliyun_asr.json": (("Result", "Sentences"), ("Text",), ("BeginTime",)),
    "azure.json": (("recognizedPhrases",), ("nBest", 0, "display"), ("offsetInTicks",)),
    "azure_older.json": (("AudioFileResults", 0, "SegmentResults"), ("NBest", 0, "Display"), ("Offset",)),
    "contact_lens.json": (("Transcript",), ("Content",), ("BeginOffsetMillis",)),
    "funasr.json": ((0, "sentence_info"), ("text",), ("start",)),
    "genesys.json": (("transcripts", 0, "phrases"), ("decoratedText",), ("startTimeMs",)),
    "google_ccai.json": (("entries",), ("text",), ("start_timestamp_usec",)),
    "tencent_asr.json": (("Response", "Data", "ResultDetail"), ("FinalSentence",), ("StartMs",)),
    "twilio_transcript.json": (("sentences",), ("transcript",), ("start_time",)),
    "whisper.json": (("segments",), ("text",), ("start",)),
    "whisperx.json": (("segments",), ("text",), ("start",)),
    "xfyun_asr_v1.json": ((), ("onebest",), ("bg",)),
}
ALL = pytest.mark.parametrize("name", PLACES)
LAST = -1


def at(value: Any, path: tuple) -> Any:
    for step in path:
        value = value[step]
    return value


def with_last(name: str, change: Callable[[list[Any]], None]) -> tuple[Any, int]:
    """(the example's document with its list of turns changed, how many turns it had)"""
    document = value(name)
    listed = at(document, PLACES[name][0])
    count = len(example_turns(name))
    change(listed)
    return document, count


def example_turns(name: str) -> list[tuple[str, str]]:
    return turns(example(name))


def put(turn: Any, path: tuple, what: Any) -> None:
    at(turn, path[:-1])[path[-1]] = what


def say(name: str, what: Any) -> Callable[[list[Any]], None]:
    """A change that makes the last turn say something else; Azure has its words twice."""

    def change(listed: list[Any]) -> None:
        path = PLACES[name][1]
        put(listed[LAST], path, what)
        for key in ("lexical", "Lexical"):
            if name.startswith("azure") and key in at(listed[LAST], path[:-1]):
                put(listed[LAST], (*path[:-1], key), what)

    return change


def line_of(document: Any, mark: str) -> int:
    lines = json.dumps(document, ensure_ascii=False, indent=1).split("\n")
    return next(number for number, line in enumerate(lines, 1) if mark in line)


@ALL
def test_an_example_is_one_call_with_nothing_unreadable(name: str) -> None:
    records = example(name)
    call = row(records)
    assert (call["channel"], call["outcome"], call["party"]) == ("call", "connected", "debtor")
    assert records.unreadable == ()
    assert all(turn["text"].strip() == turn["text"] != "" for turn in call["turns"])


@ALL
@pytest.mark.parametrize("junk", [12345678, "junk-record", [12345678], {"junk-record": 1}, True])
def test_a_record_that_is_no_turn_is_listed_with_its_line_and_the_rest_is_read(
    name: str, junk: Any, tmp_path: Path
) -> None:
    document, count = with_last(name, lambda listed: listed.__setitem__(LAST, junk))
    records = read(tmp_path, name, document)
    assert [text for _, text in turns(records)] == [text for _, text in example_turns(name)][: count - 1]
    mark = {int: "12345678", str: "junk-record", list: "[", dict: "{", bool: "true"}[type(junk)]
    text = json.dumps(document, ensure_ascii=False, indent=1).split("\n")
    (lost,) = records.unreadable
    assert lost.line is not None
    assert mark in text[lost.line - 1]


@ALL
def test_a_turn_whose_words_are_no_text_is_listed(name: str, tmp_path: Path) -> None:
    document, count = with_last(name, say(name, 5))
    records = read(tmp_path, name, document)
    assert len(row(records)["turns"]) == count - 1
    assert len(records.unreadable) == 1


@ALL
@pytest.mark.parametrize("time", [float("nan"), float("inf"), -1, 10**30, "soon", {}, [1], True])
def test_a_broken_time_costs_the_time_and_not_the_words(name: str, time: Any, tmp_path: Path) -> None:
    document, count = with_last(name, lambda listed: put(listed[LAST], PLACES[name][2], time))
    records = read(tmp_path, name, document)
    assert sorted(turns(records)) == sorted(example_turns(name))
    assert count == len(row(records)["turns"])
    assert [turn["start"] is None for turn in row(records)["turns"]].count(True) == 1
    assert len(records.unreadable) >= 1
    assert "time" in records.unreadable[0].expected


@ALL
def test_a_missing_time_is_no_mistake(name: str, tmp_path: Path) -> None:
    document, count = with_last(name, lambda listed: listed[LAST].pop(PLACES[name][2][0]))
    records = read(tmp_path, name, document)
    assert len(row(records)["turns"]) == count
    assert records.unreadable == ()


@ALL
def test_a_record_that_is_broken_json_is_listed_with_its_line_and_the_rest_is_read(name: str, tmp_path: Path) -> None:
    document, count = with_last(name, lambda listed: put(listed[LAST], PLACES[name][1], "BROKEN-HERE"))
    text = json.dumps(document, ensure_ascii=False, indent=1).replace('"BROKEN-HERE"', "oops")
    records = read(tmp_path, name, text)
    found = row(records)["turns"]
    assert count - 1 <= len(found) <= count  # inside an inner list the turn may outlive its words
    assert "oops" not in str(found)
    assert records.unreadable[0].line == line_of(document, "BROKEN-HERE")


@ALL
def test_a_file_cut_anywhere_gives_what_came_before_or_an_error(name: str, tmp_path: Path) -> None:
    text = json.dumps(value(name), ensure_ascii=False, indent=1)
    whole = [words for _, words in example_turns(name)]
    for cut in range(1, len(text) - 2, max(1, len(text) // 60)):
        try:
            records = read(tmp_path, name, text[:cut])
        except DunlintError as problem:
            assert problem.exit_code == 3
            continue
        assert records.unreadable
        for contact in records.contacts.iter_rows(named=True):
            said = [turn["text"] for turn in contact["turns"]]
            assert [words for words in said[:-1] if words not in whole and "lazy" not in words] == []


@ALL
@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_the_encoding_does_not_matter(name: str, encoding: str, tmp_path: Path) -> None:
    text = json.dumps(value(name), ensure_ascii=False)
    assert turns(read(tmp_path, name, text.encode(encoding))) == example_turns(name)


@ALL
def test_bytes_in_no_encoding_are_listed_and_the_other_turns_kept(name: str, tmp_path: Path) -> None:
    document, count = with_last(name, lambda listed: put(listed[LAST], PLACES[name][1], "BROKEN-HERE 您"))
    raw = json.dumps(document, ensure_ascii=False, indent=1).encode().replace(b"BROKEN-HERE", b"\xff\xfe\xfa")
    records = read(tmp_path, name, raw)
    assert len(row(records)["turns"]) == count
    assert [lost.expected for lost in records.unreadable] == ["UTF-8, GB18030"]


@ALL
def test_nul_and_lone_surrogates_become_the_replacement_character(name: str, tmp_path: Path) -> None:
    document, _ = with_last(name, lambda listed: put(listed[LAST], PLACES[name][1], "a\0b\ud83dc"))
    records = read(tmp_path, name, json.dumps(document))
    assert "a\ufffdb\ufffdc" in [text for _, text in turns(records)]


@ALL
def test_the_same_turn_twice_counts_once_and_a_note_says_so(name: str, tmp_path: Path) -> None:
    document, count = with_last(name, lambda listed: listed.append(copy.deepcopy(listed[LAST])))
    records = read(tmp_path, name, document)
    assert len(row(records)["turns"]) == count
    assert len(notes_with(records, "1 turns repeat")) == 1


@ALL
def test_words_nested_too_deeply_are_an_error_or_listed(name: str, tmp_path: Path) -> None:
    document, _ = with_last(name, lambda listed: put(listed[LAST], PLACES[name][1], "DEEP"))
    text = json.dumps(document).replace('"DEEP"', "[" * 100_000 + "]" * 100_000)
    with pytest.raises(DunlintError):
        read(tmp_path, name, text)


@ALL
def test_no_turns_at_all_is_said(name: str, tmp_path: Path) -> None:
    document, _ = with_last(name, lambda listed: listed.__delitem__(slice(1, None)))
    say(name, "  ")(at(document, PLACES[name][0]))
    records = read(tmp_path, name, document)
    assert len(records.contacts) == 0
    assert [(lost.expected, lost.found) for lost in records.unreadable] == [("turns", "0")]


@ALL
def test_masked_words_are_told_of(name: str, tmp_path: Path) -> None:
    document, _ = with_last(name, say(name, "you **** fool"))
    assert len(notes_with(read(tmp_path, name, document), "masked with asterisks in 1 turns")) == 1


CASE = """
case_id: k
zone: Asia/Shanghai
files:
  calls.json: {at: "2026-03-02T10:00:00", direction: outbound, from_number: "021"}
"""


def whisper(*texts: str, speaker: str | None = None) -> dict[str, Any]:
    segments = [{"start": n, "end": n + 1, "text": text, "speaker": speaker} for n, text in enumerate(texts)]
    return {"segments": segments, "language": "en"}


def test_the_case_tells_when_a_call_was_and_who_called(tmp_path: Path) -> None:
    call = row(read(tmp_path, "calls.json", whisper("hello"), CASE))
    assert call["at"].isoformat() == "2026-03-02T02:00:00+00:00"
    assert (call["zone_from"], call["direction"], call["from_number"]) == ("case", "outbound", "021")


def test_without_it_notes_say_what_to_write(tmp_path: Path) -> None:
    records = read(tmp_path, "calls.json", whisper("hello"))
    assert row(records)["at"] is None
    assert len(notes_with(records, 'files: {calls.json: {at: "')) == 1
    assert len(notes_with(records, "files: {calls.json: {direction: outbound}}")) == 1


def test_one_time_for_several_calls_is_a_mistake_in_the_case(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, "calls.json", [whisper("hello"), whisper("hello again")], CASE)
    assert caught.value.code == "one_time_many_calls"


def test_each_document_of_a_file_is_a_call_at_its_own_line(tmp_path: Path) -> None:
    text = f"[\n{json.dumps(whisper('one'))},\n\n{json.dumps(whisper('two'))}\n]"
    records = read(tmp_path, "calls.json", text)
    assert records.contacts["source_line"].to_list() == [2, 4]


def test_a_document_of_another_kind_among_them_is_listed(tmp_path: Path) -> None:
    text = "\n".join(map(json.dumps, [whisper("one"), {"note": 1}, whisper("two")]))
    records = read(tmp_path, "calls.json", text)
    assert len(records.contacts) == 2
    assert [lost.line for lost in records.unreadable] == [2]


def test_anonymous_speakers_are_named_in_the_case_and_asked_for_otherwise(tmp_path: Path) -> None:
    document = whisper("hello", "pay", speaker="SPEAKER_00")
    asked = read(tmp_path, "calls.json", document)
    assert [speaker for speaker, _ in turns(asked)] == ["SPEAKER_00", "SPEAKER_00"]
    assert len(notes_with(asked, '{speakers: {"SPEAKER_00": collector}}')) == 1
    case = 'files: {calls.json: {speakers: {"SPEAKER_00": collector}}}'
    named = read(tmp_path, "calls.json", document, case)
    assert [speaker for speaker, _ in turns(named)] == ["collector", "collector"]
    assert notes_with(named, "SPEAKER_00") == []


def test_a_role_as_label_needs_no_note(tmp_path: Path) -> None:
    records = read(tmp_path, "calls.json", whisper("hello", speaker="Agent"))
    assert notes_with(records, "have no role") == []


def test_turns_are_put_in_the_order_of_their_starts(tmp_path: Path) -> None:
    document = whisper("first", "second", "third")
    document["segments"].reverse()
    assert [text for _, text in turns(read(tmp_path, "calls.json", document))] == ["first", "second", "third"]


def test_turns_without_times_keep_their_order_and_are_not_taken_for_repeats(tmp_path: Path) -> None:
    document = whisper("no", "no", "yes")
    for segment in document["segments"]:
        segment["start"] = None
    assert [text for _, text in turns(read(tmp_path, "calls.json", document))] == ["no", "no", "yes"]


def test_an_end_before_its_start_is_dropped_and_listed(tmp_path: Path) -> None:
    document = whisper("hello")
    document["segments"][0] |= {"start": 5, "end": 3}
    records: Records = read(tmp_path, "calls.json", document)
    assert (row(records)["turns"][0]["start"], row(records)["turns"][0]["end"]) == (5, None)
    assert [lost.found for lost in records.unreadable] == ["5 > 3"]


@pytest.mark.parametrize("label", [5, 0.5, True, {"a": 1}, ["a"], "\ud800"])
@pytest.mark.parametrize("name", ["contact_lens.json", "genesys.json", "google_ccai.json"])
def test_a_label_that_is_no_text_costs_no_words(name: str, label: Any, tmp_path: Path) -> None:
    keys = {"contact_lens.json": "ParticipantRole", "genesys.json": "participantPurpose", "google_ccai.json": "role"}
    document, count = with_last(name, lambda listed: listed[LAST].update({keys[name]: label}))
    records = read(tmp_path, "a.json", json.dumps(document))
    assert [words for _, words in turns(records)] == [words for _, words in example_turns(name)]
    assert len(turns(records)) == count
