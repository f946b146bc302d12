"""Folders of YAML -> a checked `Rulebook`. Every mistake is a RuleError with file, line and column."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from dunlint.errors import BadArgument, RuleError
from dunlint.facts.conditions import Model
from dunlint.resources import rules_root
from dunlint.rulebook.models import Override, Pack, Parameter, Rule, Source
from dunlint.yaml_places import Document, read

T = TypeVar("T", bound=Model)

PACK_FILE, SOURCES_FILE, PARAMETERS_FILE = "pack.yaml", "sources.yaml", "parameters.yaml"
OVERRIDES_FILE = "overrides.yaml"
COMPLAINTS_FILE = "complaints.yaml"
NOT_RULES = {
    PACK_FILE, SOURCES_FILE, PARAMETERS_FILE, OVERRIDES_FILE, COMPLAINTS_FILE, "obligations.yaml", "suppressions.yaml",
}  # fmt: skip
NOT_JURISDICTIONS = {"language"}


@dataclass(frozen=True, eq=False)
class Rulebook:
    """Rules in file order with what they refer to; `places` leads from a rule id back to its file, `regions` to the
    regions of its pack. `by_region`: the packs were chosen by the accounts' regions, so none judges a contact whose
    region is not known.
    """

    rules: tuple[Rule, ...]
    sources: Mapping[str, Source]
    parameters: Mapping[str, Parameter]
    packs: tuple[Pack, ...]
    places: Mapping[str, str] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
    overrides: tuple[Override, ...] = ()
    regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by_region: bool = False

    @property
    def enabled(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.enabled)

    def judging(self) -> Rulebook:
        """This rulebook. Raises BadArgument if every rule is off: "nothing found" would then mean nothing."""
        if self.rules and not self.enabled:
            raise BadArgument("no_rule_on", packs=", ".join(pack.jurisdiction for pack in self.packs))
        return self

    def rule(self, rule_id: str) -> Rule:
        """The rule of that id. Raises BadArgument if there is none."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise BadArgument("unknown_rule", name=rule_id)

    def parameter_tables(self) -> dict[str, dict[date, float | None]]:
        return {
            name: {day: known.value for day, known in parameter.values.items()}
            for name, parameter in self.parameters.items()
        }


def shipped() -> tuple[str, ...]:
    """The jurisdictions that ship with Dunlint."""
    folders = (path for path in rules_root().iterdir() if (path / PACK_FILE).is_file())
    return tuple(sorted(path.name for path in folders if path.name not in NOT_JURISDICTIONS))


@cache
def pack(name: str) -> Pack:
    """The pack file of a shipped jurisdiction."""
    return _pack(rules_root() / name / PACK_FILE, name)[0]


def load(names: Sequence[str]) -> Rulebook:
    """Load jurisdictions by name ("cn") and folders of one's own ("./my-rules"), in order.

    Raises RuleError for anything wrong inside, BadArgument for a name that is neither.
    """
    folders: list[Path] = []
    for name in names:
        folder = rules_root() / name if name in shipped() else Path(name)
        if not folder.is_dir():
            raise BadArgument("unknown_rules", name=name, known=", ".join(shipped()))
        if folder not in folders:
            folders.append(folder)
    return _merged([_folder(folder) for folder in folders])


def _folder(folder: Path) -> Rulebook:
    shown = folder.name if folder.parent == rules_root() else str(folder)
    rules: list[Rule] = []
    places: dict[str, str] = {}
    hashes: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name in NOT_RULES:
            continue
        document = read(path, f"{shown}/{path.name}")
        for index, rule in enumerate(models(document, Rule)):
            if rule.id in places:
                raise RuleError("duplicate_rule", where=document.where((index,)), id=rule.id, other=places[rule.id])
            places[rule.id] = document.where((index,))
            rules.append(rule)
        hashes[document.path] = hashlib.sha256(path.read_bytes()).hexdigest()
    sources = {source.id: source for source in _optional(folder / SOURCES_FILE, shown, Source)}
    packs = _pack(folder / PACK_FILE, shown)
    parameters = _parameters(folder / PARAMETERS_FILE, shown)
    overrides = tuple(_optional(folder / OVERRIDES_FILE, shown, Override))
    regions = {rule.id: tuple(pack.regions) for rule in rules for pack in packs if pack.regions}
    return Rulebook(tuple(rules), sources, parameters, packs, places, hashes, overrides, regions)


def _optional(path: Path, shown: str, model: type[T]) -> list[T]:
    return models(read(path, f"{shown}/{path.name}"), model) if path.is_file() else []


def _pack(path: Path, shown: str) -> tuple[Pack, ...]:
    if not path.is_file():
        return ()
    document = read(path, f"{shown}/{path.name}")
    return (checked(document, (), document.data, Pack),)


def _parameters(path: Path, shown: str) -> dict[str, Parameter]:
    if not path.is_file():
        return {}
    document = read(path, f"{shown}/{path.name}")
    return {name: checked(document, (name,), raw, Parameter) for name, raw in (document.data or {}).items()}


def models(document: Document, model: type[T]) -> list[T]:
    """The items of a list file as checked models."""
    if document.data is None:
        return []
    if not isinstance(document.data, list):
        raise RuleError("not_a_list", where=document.where(()))
    return [checked(document, (index,), raw, model) for index, raw in enumerate(document.data)]


def checked(document: Document, path: tuple[str | int, ...], raw: Any, model: type[T]) -> T:
    """One checked model. Raises RuleError at the place of the first mistake."""
    try:
        return cast(T, _adapter(model).validate_python(raw))
    except ValidationError as problem:
        first = deepest(problem)
        place = (*path, *(part for part in first["loc"] if isinstance(part, int) or part in _keys(raw)))
        key = ".".join(str(part) for part in first["loc"])
        raise RuleError("rule_value", where=document.where(place), key=key, reason=first["msg"],
                        excerpt=document.excerpt(place)) from None  # fmt: skip


def deepest(problem: ValidationError) -> Any:
    """Of the errors of a union, the one that got furthest is what the author meant."""
    return max(
        problem.errors(include_url=False), key=lambda error: (error["type"] == "extra_forbidden", len(error["loc"]))
    )


def _keys(raw: Any) -> set[str]:
    if isinstance(raw, dict):
        return {str(key) for key in raw} | {name for value in raw.values() for name in _keys(value)}
    return {name for value in raw for name in _keys(value)} if isinstance(raw, list) else set()


@cache
def _adapter(model: type[T]) -> TypeAdapter[T]:
    return TypeAdapter(model)


def _merged(books: Sequence[Rulebook]) -> Rulebook:
    places: dict[str, str] = {}
    for book in books:
        for rule_id, place in book.places.items():
            if rule_id in places:
                raise RuleError("duplicate_rule", where=place, id=rule_id, other=places[rule_id])
            places[rule_id] = place
    whole = Rulebook(
        tuple(rule for book in books for rule in book.rules),
        {name: source for book in books for name, source in book.sources.items()},
        {name: parameter for book in books for name, parameter in book.parameters.items()},
        tuple(pack for book in books for pack in book.packs),
        places,
        {name: value for book in books for name, value in book.hashes.items()},
        regions={name: value for book in books for name, value in book.regions.items()},
    )
    whole = overridden(whole, [override for book in books for override in book.overrides])
    for rule in whole.rules:
        _check_references(rule, whole)
    return whole


def overridden(book: Rulebook, overrides: Sequence[Override]) -> Rulebook:
    """The rulebook with a user's changes. Raises BadArgument for a rule that is not there."""
    rules = {rule.id: rule for rule in book.rules}
    for override in overrides:
        changes = override.model_dump(include={"enabled", "severity"}, exclude_none=True)
        rules[override.rule] = book.rule(override.rule).model_copy(update=changes)
    return replace(book, rules=tuple(rules.values()))


def _check_references(rule: Rule, book: Rulebook) -> None:
    place = book.places[rule.id]
    for authority in rule.authority:
        if authority.source not in book.sources:
            raise RuleError("dangling_source", where=place, id=rule.id, source=authority.source)
        grade = authority.evidence or book.sources[authority.source].evidence
        if rule.enabled and grade in ("D", "NOT_SEEN"):
            raise RuleError("weak_evidence_enabled", where=place, id=rule.id, grade=grade)
    known = set(book.places)
    for name in referred_rules(rule):
        if name not in known:
            raise RuleError("dangling_rule", where=place, id=rule.id, other=name)
    for name in referred_parameters(rule):
        if name not in book.parameters:
            raise RuleError("dangling_parameter", where=place, id=rule.id, name=name)


def referred_rules(rule: Rule) -> set[str]:
    """Ids of the rules whose findings this rule builds on."""
    return {
        name for value in found_in(_blocks(rule), "finding") for name in ([value] if isinstance(value, str) else value)
    }


def referred_parameters(rule: Rule) -> set[str]:
    """Names of the dated parameters this rule compares with."""
    return {value for value in found_in(_blocks(rule), "parameter") if isinstance(value, str)}


def _blocks(rule: Rule) -> list[Any]:
    unless = rule.unless if isinstance(rule.unless, list) else [rule.unless] if rule.unless else []
    return [block.model_dump(exclude_none=True) for block in (rule.when, *unless)]


def found_in(node: Any, key: str) -> Iterable[Any]:
    """Every value under `key`, anywhere inside nested mappings and lists."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key and value is not None:
                yield value
            yield from found_in(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from found_in(value, key)
