"""FunASR: JSON, and what Python prints."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from dunlint.errors import UnreadableFile
from dunlint.records.readers import funasr
from tests.records.readers.calls import example, read, row, times, turns

SENTENCES = [
    {"text": "您好，", "start": 580, "end": 1160, "spk": 0},
    {"sentence": "<|zh|><|NEUTRAL|>是我", "start": 1200, "end": 1800, "spk": 1},
]


def test_sentences_are_turns_in_seconds_with_numbered_speakers() -> None:
    records = example("funasr.json")
    assert [speaker for speaker, _ in turns(records)] == ["speaker 0", "speaker 1", "speaker 0", "speaker 1"]
    assert times(records)[0] == (0.58, 2.16)
    assert row(records)["source_line"] == 2


def test_both_names_of_the_words_are_known_and_tags_inside_them_are_left_out(tmp_path: Path) -> None:
    result = [{"key": "k", "text": "您好是我", "sentence_info": SENTENCES}]
    assert turns(read(tmp_path, "a.json", result)) == [("speaker 0", "您好，"), ("speaker 1", "是我")]


def test_one_number_for_all_turns_tells_nobody_apart(tmp_path: Path) -> None:
    result = [{"key": "k", "text": "您好", "sentence_info": SENTENCES[:1]}]
    assert turns(read(tmp_path, "a.json", result)) == [("unknown", "您好，")]


def test_without_sentences_the_text_is_one_turn(tmp_path: Path) -> None:
    result = [{"key": "k", "text": "您好请还款", "timestamp": [[100, 300], [300, 900]]}]
    records = read(tmp_path, "a.json", result)
    assert turns(records) == [("unknown", "您好请还款")]
    assert times(records) == [(0.1, 0.9)]


def test_a_result_printed_by_python_is_read_as_a_literal(tmp_path: Path) -> None:
    printed = repr([{"key": "k", "text": "您好是我", "sentence_info": SENTENCES}])
    assert turns(read(tmp_path, "a.txt", printed)) == [("speaker 0", "您好，"), ("speaker 1", "是我")]


@pytest.mark.parametrize(
    ("rest", "code"),
    [
        ("'text': __import__('os').getcwd()}]", "broken_format"),
        ("'text': 'a', 'timestamp': array([1])}]", "broken_format"),
        ("'text': 'a'", "broken_format"),
        ("'text': " + "[" * 80 + "]" * 80 + "}]", "too_deep"),
    ],
)
def test_anything_but_a_small_flat_literal_is_refused(rest: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(tmp_path, "a.txt", "[{'key': 'k', " + rest)
    assert caught.value.code == code


def test_a_long_printed_result_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(funasr, "MOST_PRINTED", 40)
    with pytest.raises(UnreadableFile) as caught:
        read(tmp_path, "a.txt", repr([{"key": "k", "text": "好" * 40, "sentence_info": []}]))
    assert caught.value.code == "file_too_long"


def test_python_does_not_comment_on_the_style_of_what_is_read(tmp_path: Path) -> None:
    """`1if` makes Python's parser warn."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with pytest.raises(UnreadableFile):
            read(tmp_path, "a.txt", "[{'key': 'k', 'text': 1if 1else 2}]")
    assert told == []
