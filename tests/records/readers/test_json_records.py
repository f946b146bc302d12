"""Objects of a long JSON list are found one by one, with their lines, whatever is broken between them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dunlint.errors import UnreadableFile
from dunlint.records.readers.json_records import AHEAD, MOST_BROKEN, objects
from dunlint.records.source import Source

MESSAGES = re.compile(r'"messages"\s*:\s*\[')


def found(tmp_path: Path, text: str) -> list[tuple[int, object]]:
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    return [(one.line, one.value and one.value.get("n")) for one in objects(Source(path, "x"), MESSAGES)]


def test_lists_far_apart_and_objects_over_the_edge_of_the_window_are_found(tmp_path: Path) -> None:
    many = [{"n": number, "text": "汉" * 997} for number in range(400)]
    body = ",\n".join(json.dumps(one, ensure_ascii=False) for one in many)
    text = '{"a": "' + "x" * (3 * AHEAD) + '",\n"messages": [\n' + body + '\n], "messages": [{"n": 400}]}'
    assert [value for _, value in found(tmp_path, text)] == list(range(401))


def test_an_object_longer_than_the_window_is_whole(tmp_path: Path) -> None:
    text = json.dumps({"messages": [{"text": "x" * (20 * AHEAD), "n": 1}, {"text": "", "n": 2}]})
    assert [value for _, value in found(tmp_path, text)] == [1, 2]


def test_words_that_look_like_a_list_are_words(tmp_path: Path) -> None:
    text = json.dumps({"messages": [{"n": 1, "text": 'he said "messages": [{"n": 9}]'}, {"n": 2}]})
    assert [value for _, value in found(tmp_path, text)] == [1, 2]


def test_after_a_broken_object_reading_goes_on_with_the_next(tmp_path: Path) -> None:
    text = '{"messages": [\n{"n": 1},\n{"n": 2, "text": "unclosed},\n{"n": 3}, {"n": },\n{"n": 5}\n]}'
    assert found(tmp_path, text) == [(2, 1), (3, None), (4, 3), (4, None), (5, 5)]


def test_a_file_that_ends_inside_the_list_says_so(tmp_path: Path) -> None:
    assert found(tmp_path, '{"messages": [{"n": 1}')[-1] == (1, None)


def test_a_file_of_nothing_but_broken_objects_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile):
        found(tmp_path, '{"messages": [' + '{"n": ,},' * (MOST_BROKEN + 1) + "]}")
