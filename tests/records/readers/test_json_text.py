"""JSON documents one by one: what is damaged costs as little as can be, and every line is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from dunlint.errors import UnreadableFile
from dunlint.records.readers import json_text
from dunlint.records.readers.json_text import Document, documents
from dunlint.records.source import Source

CALL = """{"turns": [
 {"say": "one", "words": [{"w": 1}, {"w": 2}]},
 {"say": "two", "words": []},
 {"say": "three"}
]}
"""
ONE = {"say": "one", "words": [{"w": 1}, {"w": 2}]}
TWO = {"say": "two", "words": []}
THREE = {"say": "three"}


def read(tmp_path: Path, text: str, *, lists: bool = True) -> list[Document]:
    path = tmp_path / "file.json"
    path.write_text(text, encoding="utf-8", newline="")
    return list(documents(Source(path, "file.json"), lists=lists))


def test_one_document_a_list_and_one_a_line_are_told_apart(tmp_path: Path) -> None:
    assert [d.value for d in read(tmp_path, '{"a": 1}')] == [{"a": 1}]
    assert [(d.value, d.line) for d in read(tmp_path, '[\n{"a": 1},\n\n{"a": 2}]')] == [({"a": 1}, 2), ({"a": 2}, 4)]
    assert [(d.value, d.line) for d in read(tmp_path, '{"a": 1}\n\n{"a": 2}\n')] == [({"a": 1}, 1), ({"a": 2}, 3)]
    assert [d.value for d in read(tmp_path, '[{"a": 1}, {"a": 2}]', lists=False)] == [[{"a": 1}, {"a": 2}]]


def test_the_line_of_a_value_is_found_by_its_path(tmp_path: Path) -> None:
    document = read(tmp_path, "\n\n" + CALL)[0]
    assert document.line == 3
    assert document.line_of(("turns", 1)) == 5
    assert document.line_of(("turns", 2, "say")) == 6
    assert document.line_of(("nothing", 7)) == 3


@pytest.mark.parametrize(
    ("good", "bad", "left"),
    [
        ('"two"', "oops", [ONE, None, THREE]),
        ('"two"', '"two', [ONE, None, THREE]),
        ('"two",', '"two"', [ONE, None, THREE]),
        ('{"w": 1}', '{"w": }', [{"say": "one", "words": [None, {"w": 2}]}, TWO, THREE]),
        ('"one"', "oops", [None, TWO, THREE]),
        ('"three"', "oops", [ONE, TWO, None]),
    ],
)
def test_a_mistake_costs_the_smallest_record_around_it(tmp_path: Path, good: str, bad: str, left: list) -> None:
    (document,) = read(tmp_path, CALL.replace(good, bad))
    assert document.value == {"turns": left}
    line = next(number for number, text in enumerate(CALL.split("\n"), 1) if good in text)
    assert [place for place, _ in document.broken] == [line]


def test_a_truncated_document_gives_what_came_before(tmp_path: Path) -> None:
    (document,) = read(tmp_path, CALL[: CALL.index("two") + 1])
    assert document.value["turns"][0] == ONE
    assert [place for place, _ in document.broken] == [3]


def test_a_broken_document_of_a_list_does_not_cost_the_others(tmp_path: Path) -> None:
    found = read(tmp_path, '[{"a": 1},\n{"a": oops, "b": [{"c": 1}, {"c": 2}]},\n{"a": 3}]')
    assert [(d.value, d.line, len(d.broken)) for d in found] == [({"a": 1}, 1, 0), ({}, 2, 1), ({"a": 3}, 3, 0)]


def test_a_broken_line_does_not_cost_the_others(tmp_path: Path) -> None:
    found = read(tmp_path, '{"a": 1}\n{"a":\n{"a": 3}\n')
    assert [(d.value, d.line, len(d.broken)) for d in found] == [({"a": 1}, 1, 0), ({}, 2, 1), ({"a": 3}, 3, 0)]


def test_lone_backslashes_and_line_breaks_in_strings_are_kept(tmp_path: Path) -> None:
    (document,) = read(tmp_path, '{"say": "C:\\data \\u12 a\nb \\" \\\\ \\u4f60"}')
    assert document.value == {"say": 'C:\\data \\u12 a\nb " \\ 你'}
    assert document.broken == ()


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, '[{"a":' * 50_000])
def test_deep_nesting_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(tmp_path, text)
    assert caught.value.code == "too_deep"


def test_an_endless_number_is_infinite_and_no_crash(tmp_path: Path) -> None:
    assert read(tmp_path, '{"a": ' + "9" * 5000 + "}")[0].value == {"a": float("inf")}


def test_a_file_over_the_bound_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "MOST_BYTES", 20)
    assert read(tmp_path, '{"a": 1}')
    with pytest.raises(UnreadableFile) as caught:
        read(tmp_path, '{"a": "' + "x" * 20 + '"}')
    assert caught.value.code == "file_too_long"


def test_many_mistakes_end_the_reading_of_a_document_not_the_program(tmp_path: Path) -> None:
    records = ",\n".join('{"say": oops}' if n % 2 else f'{{"say": {n}}}' for n in range(200))
    (document,) = read(tmp_path, f'{{"turns": [{records}]}}')
    assert document.value["turns"][0] == {"say": 0}
    assert len(document.broken) == json_text.MOST_REPAIRS + 1


def test_a_broken_document_early_in_a_long_list_does_not_cost_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_text, "LONGEST_REPAIRED", 60)
    good = [f'{{"a": {n}}}' for n in range(100)]
    found = read(tmp_path, "[" + ",\n".join([good[0], '{"a": oops}', *good[1:]]) + "]")
    assert [d.value for d in found if not d.broken] == [{"a": n} for n in range(100)]
    assert [d.broken[0][0] for d in found if d.broken] == [2]


def test_a_file_full_of_broken_documents_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(tmp_path, "[" + ",\n".join(['{"a": oops}'] * 200) + "]")
    assert caught.value.code == "too_damaged"
