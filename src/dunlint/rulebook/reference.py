"""The reference pages of the rule language, made from the models themselves.

Every key has its type, default, meaning (from the catalogue, `key.Model.key`) and a tiny example (from
`examples.yaml` beside this file).
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import yaml
from annotated_types import Ge, MinLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from dunlint import i18n
from dunlint.facts.conditions import Block, Clock, Match, Scalar
from dunlint.rulebook.lint import checks
from dunlint.rulebook.lint.validation import keys_of, language_models
from dunlint.rulebook.models import Identifier, Override, Pack, Parameter, Rule, Source
from dunlint.yaml_places import parse, read

ORDER = (
    "Rule", "Bilingual", "Authority", "AppliesTo", "RuleTest", "Block", "Match", "ContactCondition", "AccountCondition",
    "Not", "Known", "Range", "LocalTime", "Holiday", "Compare", "Says", "Keywords", "Anchor", "Turns", "Silence",
    "Claim", "Event", "Following", "Within", "Count", "Step", "AtLeast", "Source", "Parameter", "ParameterValue",
    "Pack", "PlausibleZones", "Override",
)  # fmt: skip
MATCH = frozenset(get_args(Match))
SCALAR = frozenset(get_args(Scalar))
PLAIN: dict[Any, str] = {str: "text", int: "whole", float: "number", bool: "truth", date: "date"}
FRAGMENTS: dict[str, type[BaseModel]] = {
    "Source": Source, "Parameter": Parameter, "ParameterValue": Parameter, "Pack": Pack, "PlausibleZones": Pack,
    "Override": Override,
}  # fmt: skip


def page(lang: str) -> str:
    """The whole page in "zh" or "en", as Markdown."""
    return "\n".join([*_head(lang), *(line for name in ORDER for line in _section(name, lang)), *_checks(lang)])


def page_path(root: Path, lang: str) -> Path:
    """docs/rule-language.md, and docs/rule-language.zh-CN.md."""
    return root / "docs" / f"rule-language{'.zh-CN' if lang == 'zh' else ''}.md"


@cache
def examples() -> dict[str, dict[str, str]]:
    """Model -> key -> YAML; `about` is the fuller example of the model itself."""
    known: dict[str, dict[str, str]] = read(Path(__file__).parent / "examples.yaml").data
    return known


@cache
def models_by_name() -> dict[str, type[BaseModel]]:
    """Every model of the rule language."""
    return {model.__name__: model for model in language_models()}


def _head(lang: str) -> Iterator[str]:
    for name in ("title", "generated", "intro", "editor"):
        yield from (i18n.text(f"reference.{name}", lang).rstrip("\n"), "")


def _section(name: str, lang: str) -> Iterator[str]:
    yield from (f"## {name}", "", i18n.text(f"key.{name}.about", lang), "")
    yield from ("```yaml", examples()[name]["about"].rstrip("\n"), "```", "")
    if name in models_by_name():
        yield from _table(models_by_name()[name], lang)


def _table(model: type[BaseModel], lang: str) -> Iterator[str]:
    words = [i18n.text(f"reference.column.{name}", lang) for name in ("key", "type", "default", "meaning", "example")]
    yield from (f"| {' | '.join(words)} |", "| --- | --- | --- | --- | --- |")
    hints = get_type_hints(model, include_extras=True)
    for key, name in keys_of(model).items():
        field = model.model_fields[name]
        cells = (
            f"`{key}`", typed(hints[name], lang) + _limits(field, lang), default(field, lang),
            i18n.text(f"key.{model.__name__}.{key}", lang), f"`{examples()[model.__name__][key]}`",
        )  # fmt: skip
        yield f"| {' | '.join(cells)} |"
    yield ""


def typed(hint: Any, lang: str) -> str:
    """A type in words: `text`, `list of text`, a link to another section, the choices of a literal."""
    if hint in (Identifier, Clock):
        return i18n.text(f"reference.type.{'id' if hint == Identifier else 'clock'}", lang)
    origin, inside = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return typed(inside[0], lang)
    if origin is Literal:
        return ", ".join(f"`{choice}`" for choice in inside)
    if origin is list:
        return i18n.text("reference.type.list", lang, item=typed(inside[0], lang))
    if origin is dict:
        return i18n.text("reference.type.mapping", lang, key=typed(inside[0], lang), value=typed(inside[1], lang))
    if origin in (Union, types.UnionType):
        return _either(inside, lang)
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return f"[{hint.__name__}](#{hint.__name__.lower()})"
    return i18n.text(f"reference.type.{PLAIN.get(hint, 'any')}", lang)


def _either(choices: tuple[Any, ...], lang: str) -> str:
    given = [one for one in choices if one is not type(None)]
    parts: list[str] = []
    if set(given) >= MATCH:
        parts, given = ["[Match](#match)"], [one for one in given if one not in MATCH]
    elif set(given) >= SCALAR:
        parts, given = [i18n.text("reference.type.scalar", lang)], [one for one in given if one not in SCALAR]
    return i18n.text("reference.type.or", lang).join([*parts, *(typed(one, lang) for one in given)])


def _limits(field: FieldInfo, lang: str) -> str:
    """A lower bound that a type does not say: `, ≥ 1`."""
    for limit in field.metadata:
        if isinstance(limit, Ge):
            return f", ≥ {limit.ge}"
        if isinstance(limit, MinLen):
            return ", " + i18n.text("reference.type.least", lang, number=limit.min_length)
    return ""


def default(field: FieldInfo, lang: str) -> str:
    """The default as YAML, a dash for none, or that the key must be there."""
    if field.is_required():
        return i18n.text("reference.required", lang)
    if field.default is None:
        return "—"
    written = yaml.safe_dump(field.default, default_flow_style=True, width=1000).split("\n")[0]
    return f"`{written}`"


def _checks(lang: str) -> Iterator[str]:
    yield from (i18n.text("reference.checks", lang).rstrip("\n"), "")
    words = [i18n.text(f"reference.column.{name}", lang) for name in ("code", "name", "severity", "says")]
    yield from (f"| {' | '.join(words)} |", "| --- | --- | --- | --- |")
    for check in checks():
        severity = i18n.text(f"lint.{check.severity}", lang) + (" · `--fix`" if check.fixable else "")
        yield f"| {check.code} | {check.name} | {severity} | {i18n.text(f'lint.{check.code}', lang)} |"
    yield ""


def parsed(name: str, text: str) -> BaseModel:
    """An example of a model as what it stands for: a rule, a source, a parameter, the pack, or a block.

    Raises ValidationError if it is none.
    """
    data = parse(text, name).data
    of_rule = name in ORDER[: ORDER.index("Block")]
    model = FRAGMENTS.get(name, Rule if of_rule else Block)
    whole = "Parameter" if model is Parameter else model.__name__
    base = parse(examples()[whole]["about"], name).data if model is not Block else {}
    return model.model_validate({**base, **data})
