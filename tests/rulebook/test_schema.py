"""`dunlint rules schema`: a valid JSON Schema, which the shipped files keep and wrong ones do not."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from dunlint import i18n
from dunlint.commands import cli
from dunlint.resources import rules_root
from dunlint.rulebook.load import NOT_RULES, shipped
from dunlint.rulebook.reference import examples
from dunlint.rulebook.schema import SHAPES, schema
from dunlint.yaml_places import parse, read


def as_json(value: Any) -> Any:
    """What an editor sees of YAML: dates are text, and so are all keys."""
    if isinstance(value, dict):
        return {str(key): as_json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_json(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def kind_of(path: Path) -> str:
    return path.stem if path.stem in SHAPES and path.name in NOT_RULES else "rules"


def wrong(kind: str, data: Any) -> list[str]:
    validator = Draft202012Validator(schema(kind), format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(as_json(data))]


FILES = [
    path
    for name in shipped()
    for path in sorted((rules_root() / name).glob("*.yaml"))
    if path.name not in NOT_RULES or path.stem in SHAPES
]


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_the_schema_is_valid_json_schema_2020_12(kind: str, lang: str) -> None:
    made = schema(kind, lang)
    Draft202012Validator.check_schema(made)
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_shipped_file_keeps_its_schema(path: Path) -> None:
    assert wrong(kind_of(path), read(path).data) == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("rules", "id: a"),
        ("rules", "- {id: a, colour: red}"),
        ("rules", examples()["Rule"]["about"]),
        ("sources", "- {id: a, title: {zh: 甲, en: a}, weight: law}"),
        ("parameters", "rate: {title: {zh: 甲, en: a}, values: {2024-01-01: {valu: 1}}}"),
        ("parameters", "rate: {title: {zh: 甲, en: a}, values: {soon: {value: 1}}}"),
        ("pack", "jurisdiction: a"),
    ],
)
def test_a_wrong_file_breaks_the_schema(kind: str, text: str) -> None:
    assert wrong(kind, parse(text, "").data)


def test_a_wrong_value_deep_in_a_rule_breaks_the_schema() -> None:
    rule = parse(examples()["Rule"]["about"], "").data
    assert wrong("rules", [rule]) == []
    assert wrong("rules", [{**rule, "when": {"contact": {"local_time": {"from": "25:00", "until": "08:00"}}}}])


def test_keys_are_explained_in_the_language_asked_for() -> None:
    meanings = {
        lang: schema("rules", lang)["$defs"]["Rule"]["properties"]["severity"]["description"] for lang in ("zh", "en")
    }
    assert meanings == {lang: i18n.text("key.Rule.severity", lang) for lang in ("zh", "en")}


@pytest.mark.parametrize("kind", SHAPES)
def test_the_command_prints_the_schema(kind: str) -> None:
    result = CliRunner().invoke(cli, ["rules", "--lang", "en", "schema", "--of", kind], standalone_mode=False)
    assert json.loads(result.output) == schema(kind, "en")
