"""The house keeps its shape: one way for data, law and wordings outside Python, both languages complete."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import dunlint
from dunlint import i18n
from dunlint.records import schema
from tests.conftest import ROOT

SOURCE = ROOT / "src" / "dunlint"
ROOMS = ("records", "language", "facts", "rulebook", "engines", "reports", "evidence", "commands")
BESIDE = {"evidence": {"records", "language"}}  # off the main way: it hashes and masks, and knows nothing of law
KNOWS_ALL = {"audit", "ruletests", "findings"}


def modules() -> Iterator[Path]:
    return (path for path in SOURCE.rglob("*.py") if "_rules" not in path.parts)


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def test_data_walks_one_way_through_the_rooms() -> None:
    for path in modules():
        room = path.relative_to(SOURCE).parts[0]
        if room not in ROOMS[:-1]:
            continue
        below = {f"dunlint.{name}" for name in ROOMS[ROOMS.index(room) + 1 :]}
        reached = {".".join(name.split(".")[:2]) for name in imported(path)}
        assert not reached & below, f"{path.name} of {room} reaches {reached & below}"
        assert "dunlint.audit" not in reached, f"{path.name} of {room} reaches the pipeline"


def test_a_room_beside_the_way_reaches_only_what_it_needs() -> None:
    for room, allowed in BESIDE.items():
        for path in (SOURCE / room).rglob("*.py"):
            reached = {name.split(".")[1] for name in imported(path) if name.startswith("dunlint.")}
            assert reached & set(ROOMS) <= {room, *allowed}, path.name
        for path in modules():
            if path.relative_to(SOURCE).parts[0] in set(ROOMS[:-1]) - {room}:
                assert not any(name.startswith(f"dunlint.{room}") for name in imported(path)), path.name


def test_no_wording_of_the_law_or_of_people_stands_in_python() -> None:
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                node.value.value = ""  # docstrings may quote an example
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not re.search(r"[\u4e00-\u9fff]{2,}", node.value), f"{path.name}:{node.lineno} {node.value!r}"


def test_both_languages_have_the_same_sentences_with_the_same_blanks() -> None:
    chinese, english = i18n.catalogue("zh"), i18n.catalogue("en")
    assert chinese.keys() == english.keys()
    for key in chinese:
        blanks = [set(re.findall(r"\{(\w+)\}", text)) for text in (chinese[key], english[key])]
        assert blanks[0] == blanks[1], key


def test_every_error_raised_has_its_sentences() -> None:
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
                continue
            kind = getattr(__import__("dunlint.errors", fromlist=["x"]), node.func.id, None)
            if isinstance(kind, type) and issubclass(kind, dunlint.DunlintError):
                assert isinstance(node.args[0], ast.Constant), f"{path.name}:{node.lineno}"
                code = node.args[0].value
                assert f"error.{code}.what" in i18n.catalogue("zh"), f"{path.name}:{node.lineno} {code}"


def test_every_column_is_explained() -> None:
    for table in ("contacts", "accounts", "events"):
        for column in getattr(schema, f"{table[:-1].upper()}_COLUMNS"):
            assert f"column.{table}.{column}" in i18n.catalogue("en")


def test_every_public_name_can_be_imported() -> None:
    for name in dunlint.__all__:
        assert getattr(dunlint, name) is not None
    with pytest.raises(AttributeError):
        _ = dunlint.nothing
