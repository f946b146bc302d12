"""WebVTT and SRT: who speaks, when, and no cue lost without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from dunlint.errors import DunlintError
from tests.records.readers.calls import example, notes_with, read, row, times, turns

SRT = "1\n00:00:00,400 --> 00:00:04,900\n坐席：您好\n\n2\n00:00:05,200 --> 00:00:06,800\n客户：你好\n"
VTT = "WEBVTT\n\n00:00:00.400 --> 00:00:04.900\n坐席：您好\n\n00:00:05.200 --> 00:00:06.800\n客户：你好\n"
BOTH = pytest.mark.parametrize(("name", "text"), [("a.srt", SRT), ("a.vtt", VTT)])


def vtt(*cues: str) -> str:
    return "WEBVTT\n\n" + "\n\n".join(f"00:{n:02}.000 --> 00:{n:02}.900\n{cue}" for n, cue in enumerate(cues)) + "\n"


@BOTH
def test_a_name_before_the_words_is_the_speaker_and_milliseconds_are_kept(name: str, text: str, tmp_path: Path) -> None:
    records = read(tmp_path, name, text)
    assert turns(records) == [("坐席", "您好"), ("客户", "你好")]
    assert times(records) == [(0.4, 4.9), (5.2, 6.8)]
    assert row(records)["talk_seconds"] == 6.8


@BOTH
def test_line_ends_and_a_byte_order_mark_do_not_matter(name: str, text: str, tmp_path: Path) -> None:
    for raw in (text.replace("\n", "\r\n").encode("utf-8-sig"), text.replace("\n", "\r").encode("gb18030")):
        assert turns(read(tmp_path, name, raw)) == [("坐席", "您好"), ("客户", "你好")]


@BOTH
@pytest.mark.parametrize("broken", ["->", "-- >", "--> soon", "=>"])
def test_a_broken_cue_is_listed_and_its_words_go_into_nobodys_mouth(
    name: str, text: str, broken: str, tmp_path: Path
) -> None:
    line = next(n for n, one in enumerate(text.split("\n"), 1) if "05" in one and "-->" in one)
    records = read(tmp_path, name, text[: text.index("-->") + 3] + text[text.index("-->") + 3 :].replace("-->", broken))
    assert turns(records) == [("坐席", "您好")]
    assert [lost.line in (line, line - 1) for lost in records.unreadable] == [True]


@BOTH
def test_text_that_belongs_to_no_cue_is_listed(name: str, text: str, tmp_path: Path) -> None:
    records = read(tmp_path, name, text + "\nsomething else\n")
    assert len(turns(records)) == 2
    assert [lost.found for lost in records.unreadable] == ["something else"]


@BOTH
def test_a_file_cut_anywhere_gives_records_or_an_error(name: str, text: str, tmp_path: Path) -> None:
    for cut in range(1, len(text)):
        try:
            records = read(tmp_path, name, text[:cut])
        except DunlintError:
            continue
        assert records.unreadable or all(words in "坐席：您好 客户：你好" for _, words in turns(records))


def test_the_example_parts_two_voices_of_one_cue_and_strips_tags() -> None:
    assert turns(example("call.vtt")) == [
        ("Agent", "Hello, this is Robin from ABC Inc."),
        ("Customer", "I already told you"),
        ("Agent", "I know."),
        ("Customer", "I dispute this debt. Send me proof."),
    ]
    assert example("call.vtt").unreadable == ()


def test_notes_styles_and_regions_are_no_lost_text(tmp_path: Path) -> None:
    text = vtt("<v Agent>hi").replace("WEBVTT\n", "WEBVTT\nKind: captions\n\nNOTE one\ntwo\n\nSTYLE\n::cue {}\n")
    records = read(tmp_path, "a.vtt", text)
    assert turns(records) == [("Agent", "hi")]
    assert records.unreadable == ()


@pytest.mark.parametrize(
    ("cues", "speakers"),
    [
        (["[SPEAKER_00]: hi", "[SPEAKER_01]: yes"], ["SPEAKER_00", "SPEAKER_01"]),
        (["Robin: hi", "Pat: yes", "Robin: pay", "Pat: no"], ["Robin", "Pat", "Robin", "Pat"]),
        (["Remember: pay by Friday", "Agent: yes"], ["unknown", "Agent"]),
        (["at 10:30 please", "hi"], ["unknown", "unknown"]),
        (["<v Agent>Note: pay</v>", "<v.loud Pat>no"], ["Agent", "Pat"]),
    ],
)
def test_what_counts_as_a_speaker(cues: list[str], speakers: list[str], tmp_path: Path) -> None:
    assert [speaker for speaker, _ in turns(read(tmp_path, "a.vtt", vtt(*cues)))] == speakers


def test_words_that_only_look_like_a_name_stay_in_the_text(tmp_path: Path) -> None:
    assert turns(read(tmp_path, "a.vtt", vtt("Remember: pay by Friday"))) == [("unknown", "Remember: pay by Friday")]


def test_names_without_a_role_are_asked_for(tmp_path: Path) -> None:
    records = read(tmp_path, "a.vtt", vtt("<v Robin>hi"))
    assert len(notes_with(records, '{speakers: {"Robin": collector}}')) == 1


def test_a_time_after_a_week_is_no_time(tmp_path: Path) -> None:
    text = "WEBVTT\n\n999:00:00.000 --> 999:00:01.000\n<v Agent>hi\n"
    records = read(tmp_path, "a.vtt", text)
    assert times(records) == [(None, None)]
    assert len(records.unreadable) == 1


def test_nul_and_bad_bytes_are_replaced_and_listed(tmp_path: Path) -> None:
    raw = VTT.encode().replace("您好".encode(), b"a\0\xff\xfe\xfa")
    records = read(tmp_path, "a.vtt", raw)
    assert "\0" not in turns(records)[0][1]
    assert [lost.expected for lost in records.unreadable] == ["UTF-8, GB18030"]


def test_a_file_without_cues_is_listed(tmp_path: Path) -> None:
    records = read(tmp_path, "a.vtt", "WEBVTT\n\nNOTE nothing\n")
    assert [lost.found for lost in records.unreadable] == ["0"]
