"""Raw YAML -> a checked model, or every mistake in it at its place.

Pydantic tries every branch of a union and reports what each of them lacks; the author meant the branch that got
furthest, so only that one is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from dunlint import i18n
from dunlint.facts.conditions import Model
from dunlint.rulebook.lint.files import File
from dunlint.rulebook.lint.problem import Phrase, nearest
from dunlint.rulebook.models import Override, Pack, Parameter, Rule, Source
from dunlint.yaml_places import Trail

M = TypeVar("M", bound=Model)
SAID = "lint.said."
Loc = tuple[str | int, ...]
Wrong = tuple[Trail, Any]  # where, and pydantic's error


def model_of(file: File, trail: Trail, raw: Any, model: type[M]) -> M | None:
    """The checked model, or None after noting in `file` every mistake that keeps it from being one."""
    try:
        return model.model_validate(raw)
    except ValidationError as problem:
        errors = problem.errors(include_url=False)
        for where, error in meant([(error["loc"], error) for error in errors], raw, trail):
            _note(file, model, trail, raw, where, error)
        return None


def _note(file: File, model: type[Model], item: Trail, raw: Any, where: Trail, error: Any) -> None:
    name = error["loc"][-1] if error["loc"] else ""
    if error["type"] == "extra_forbidden":
        known = nearest(name, known_keys() | set(keys_of(model)))
        file.fault("unknown_key", file.mistake(where, key=True, name=name, nearest=known))
    elif error["type"] == "missing":
        kind = "missing_evidence" if file.kind == "sources" and name == "evidence" else "missing_key"
        file.fault(kind, file.mistake(where, name=name))
    elif not (where == item and is_off_without_reason(raw)):
        shown = ".".join(str(part) for part in where[len(item) :]) or str(where[-1] if where else file.kind)
        file.fault("wrong_value", file.mistake(where, name=shown, reason=_reason(error)))


def is_off_without_reason(raw: Any) -> bool:
    """Whether a raw rule is switched off and does not say why."""
    return isinstance(raw, dict) and raw.get("enabled") is False and not raw.get("reason")


def _reason(error: Any) -> Phrase:
    known = i18n.catalogue("en")
    if f"lint.reason.{error['type']}" in known:
        return Phrase(f"lint.reason.{error['type']}", error.get("ctx", {}))
    said = error["msg"].removeprefix("Value error, ")
    key = next((key for key in known if key.startswith(SAID) and key.removeprefix(SAID) in said), None)
    return Phrase(key, {}) if key else Phrase("lint.reason.other", {"reason": said})


def meant(errors: Sequence[tuple[Loc, Any]], raw: Any, trail: Trail) -> list[Wrong]:
    """Of the errors of every branch, those that the author meant, each with its real place in the data."""
    found: list[Wrong] = []
    branches: dict[str | int, list[tuple[Loc, Any]]] = {}
    steps: dict[str | int, list[tuple[Loc, Any]]] = {}
    for loc, error in errors:
        if not loc or (len(loc) == 1 and error["type"] == "missing"):
            found.append((trail, error))
        else:
            group = branches if step(raw, loc[0]) is None else steps
            group.setdefault(loc[0], []).append((loc[1:], error))
    for name, inside in steps.items():
        key = step(raw, name)
        assert key is not None
        found += meant(inside, raw[key], (*trail, key))
    return found + min((meant(inside, raw, trail) for inside in branches.values()), key=_strayed, default=[])


def _strayed(wrong: list[Wrong]) -> tuple[int, int]:
    """How far a branch is from what was meant: the deeper it got, and the fewer its errors, the nearer."""
    return -max(len(trail) for trail, _ in wrong), len(wrong)


def step(raw: Any, name: str | int) -> Any:
    """The key or index of `raw` that pydantic calls `name`, or None if it is no part of the data."""
    if isinstance(raw, list):
        return name if isinstance(name, int) and name < len(raw) else None
    if isinstance(raw, dict):
        return next((key for key in raw if key == name or str(key) == name), None)
    return None


@cache
def known_keys() -> frozenset[str]:
    """Every key of every model of the rule language."""
    return frozenset(key for model in language_models() for key in keys_of(model))


@cache
def language_models() -> tuple[type[BaseModel], ...]:
    """Every model that can stand in a rule file, a source file, a parameter file or the pack file."""
    found: dict[type[BaseModel], None] = {}
    waiting: list[type[BaseModel]] = [Rule, Source, Parameter, Pack, Override]
    while waiting:
        model = waiting.pop(0)
        if model not in found:
            found[model] = None
            waiting += [one for field in model.model_fields.values() for one in _models_of(field.annotation)]
    return tuple(found)


def _models_of(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_of(part)]


def keys_of(model: type[BaseModel]) -> Mapping[str, str]:
    """The keys of a model as they are written in YAML -> the names of its fields."""
    return {field.alias or name: name for name, field in model.model_fields.items()}
