"""What is kept beside shipped files comes back as it was made, and is made anew where anything changed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from dunlint import yaml_places
from dunlint.kept import FOLDER, kept
from dunlint.language import compiled, lexicon
from dunlint.resources import rules_root
from dunlint.yaml_places import parse, read


class Maker:
    """Counts how often it made something."""

    def __init__(self, made: object = (1, 2)) -> None:
        self.made, self.times = made, 0

    def __call__(self) -> object:
        self.times += 1
        return self.made


@pytest.fixture(autouse=True)
def _as_where_bytecode_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def ask(file: Path, make: Maker, *, made_from: bytes = b"a") -> object:
    return kept(file, [made_from], make, list, tuple)


def test_the_second_time_nothing_is_made(tmp_path: Path) -> None:
    make = Maker()

    assert ask(tmp_path / "x.yaml", make) == ask(tmp_path / "x.yaml", make) == (1, 2)

    assert make.times == 1
    assert [file.name for file in (tmp_path / FOLDER).iterdir()] == ["x.yaml.json"]


def test_other_contents_are_made_anew(tmp_path: Path) -> None:
    ask(tmp_path / "x.yaml", Maker())

    assert ask(tmp_path / "x.yaml", Maker((3,)), made_from=b"b") == (3,)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff", b'{"digest": 1}', b"null"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    ask(tmp_path / "x.yaml", Maker())
    (tmp_path / FOLDER / "x.yaml.json").write_bytes(damage)
    make = Maker()

    assert ask(tmp_path / "x.yaml", make) == ask(tmp_path / "x.yaml", make) == (1, 2)
    assert make.times == 1


def test_nothing_is_written_where_python_writes_no_bytecode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    assert ask(tmp_path / "x.yaml", Maker()) == (1, 2)

    assert not (tmp_path / FOLDER).exists()


def test_a_folder_that_cannot_be_written_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file where the folder should be", encoding="utf-8")

    assert ask(tmp_path / "x.yaml", Maker()) == (1, 2)


def test_nothing_is_kept_beside_a_file_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("a: 1\n", encoding="utf-8")

    read(tmp_path / "own.yaml")

    assert [file.name for file in tmp_path.iterdir()] == ["own.yaml"]


@pytest.mark.parametrize("file", sorted(rules_root().glob("cn/*.yaml")), ids=lambda file: file.name)
def test_a_parsed_file_comes_back_with_its_places(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    made = parse(text, file.name)

    came = yaml_places._back(json.loads(json.dumps(yaml_places._bare(made))), text, file.name)

    assert (came.data, came.lines) == (made.data, made.lines)
    assert [came.where(trail) for trail in list(made.places)[:40]] == [
        made.where(trail) for trail in list(made.places)[:40]
    ]


def test_the_places_within_are_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "- {a: 1, b: 2}\n"
    came = yaml_places._back(yaml_places._bare(parse(text, "x")), text, "x")
    make = Maker(parse(text, "x"))
    monkeypatch.setattr(yaml_places, "parse", lambda *_: make())

    assert (came.where((0, "a")), came.where((0, "b"))) == ("x:1:7", "x:1:13")
    assert make.times == 1


def test_keys_that_are_no_words_and_dates_come_back() -> None:
    text = "2026-01-02: 3\n7: [2026-03-04, true, 1.5]\n"
    made = parse(text, "x")

    came = yaml_places._back(json.loads(json.dumps(yaml_places._bare(made))), text, "x")

    assert came.data == made.data
    assert came.where((7,)) == made.where((7,)) == "x:2:4"
    assert came.where((7, 1)) == made.where((7, 1)) == "x:2:17"


@pytest.mark.parametrize("lang", lexicon.LANGUAGES)
def test_compiled_wordings_come_back(lang: str) -> None:
    made = lexicon.load(lexicon.language_root() / lang, lang)

    came = compiled.back(json.loads(json.dumps(compiled.bare(made))))

    assert came == made
    assert came.normalise.disguises == made.normalise.disguises
