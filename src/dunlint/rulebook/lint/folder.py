"""A folder of rules as the checks see it: what could be read, what is around it, and what is broken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Generic, TypeVar

from dunlint.facts.conditions import Model
from dunlint.records.schema import EVENT_KINDS
from dunlint.resources import rules_root
from dunlint.rulebook.coverage import Obligation
from dunlint.rulebook.lint.files import File, Kind, is_ours, read_file
from dunlint.rulebook.lint.problem import Mistake
from dunlint.rulebook.lint.validation import model_of
from dunlint.rulebook.lint.walk import models_in
from dunlint.rulebook.load import found_in
from dunlint.rulebook.models import Bilingual, Override, Pack, Parameter, Rule, Source
from dunlint.yaml_places import Trail, read

M = TypeVar("M", bound=Model)
N = TypeVar("N", bound=Model)
MODELS: dict[Kind, type[Model]] = {
    "rules": Rule, "sources": Source, "parameters": Parameter, "pack": Pack, "overrides": Override,
    "obligations": Obligation,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Written(Generic[M]):
    """A checked model, what it was in the file, and where that stands."""

    model: M
    raw: Any
    file: File
    trail: Trail

    @cached_property
    def parts(self) -> tuple[tuple[Trail, Model], ...]:
        """(path in the YAML, part) of every model inside it, itself first."""
        return tuple(models_in(self.model, Model))

    def texts(self) -> Iterator[tuple[Trail, Bilingual]]:
        """Every text in two languages, with its path."""
        return ((path, part) for path, part in self.parts if isinstance(part, Bilingual))

    def conditions(self, kind: type[N]) -> Iterator[tuple[Trail, N]]:
        """Every condition of a kind in a rule's `when` and `unless`, with its path."""
        asked = (pair for pair in self.parts if pair[0][:1] in (("when",), ("unless",)))
        return ((path, part) for path, part in asked if isinstance(part, kind))

    def mistake(self, *path: Any, key: bool = False, **values: Any) -> Mistake:
        """A mistake at a path inside it."""
        return self.file.mistake((*self.trail, *path), key=key, **values)


@dataclass(frozen=True, eq=False)
class Folder:
    """The files of one folder; `base` are the folders whose rules, sources and parameters it may name."""

    path: Path
    files: tuple[File, ...]
    base: tuple[Folder, ...] = ()
    users: list[Folder] = field(default_factory=list)

    @cached_property
    def written(self) -> Mapping[Kind, tuple[Written[Any], ...]]:
        """Every item that is what it should be, by kind of file. Reading it notes the others as faults."""
        found: dict[Kind, list[Written[Any]]] = {kind: [] for kind in MODELS}
        for file in self.files:
            for trail, raw in file.items():
                model = model_of(file, trail, raw, MODELS[file.kind])
                if model is not None:
                    found[file.kind].append(Written(model, raw, file, trail))
        return {kind: tuple(items) for kind, items in found.items()}

    @property
    def rules(self) -> tuple[Written[Rule], ...]:
        return self.written["rules"]

    @property
    def sources(self) -> tuple[Written[Source], ...]:
        return self.written["sources"]

    @property
    def pack(self) -> Written[Pack] | None:
        return next(iter(self.written["pack"]), None)

    @cached_property
    def parameters(self) -> Mapping[str, Written[Parameter]]:
        return {str(one.trail[0]): one for one in self.written["parameters"]}

    @property
    def around(self) -> tuple[Folder, ...]:
        """This folder and those whose names it may use."""
        return (self, *self.base)

    @cached_property
    def source_by_id(self) -> Mapping[str, Source]:
        return {one.model.id: one.model for folder in reversed(self.around) for one in folder.sources}

    @cached_property
    def rule_by_id(self) -> Mapping[str, Rule]:
        return {one.model.id: one.model for folder in reversed(self.around) for one in folder.rules}

    def ids(self, kind: Kind) -> frozenset[str]:
        """Every id of a kind that can be named here, also of items that are broken."""
        files = [file for folder in self.around for file in folder.files if file.kind == kind]
        if kind == "parameters":
            return frozenset(str(trail[0]) for file in files for trail, _ in file.items())
        return frozenset(name for file in files for name in file.ids())

    def used(self, key: str) -> frozenset[str]:
        """Every text that stands under `key` in the rules of this folder and of those that build on it."""
        files = (file for folder in (self, *self.users) for file in folder.files if file.kind == "rules")
        return frozenset(
            value for file in files for _, raw in file.items() for value in found_in(raw, key) if isinstance(value, str)
        )

    def faults(self, name: str) -> Iterator[Mistake]:
        """What kept items from being read, by the name of its kind."""
        assert self.written is not None  # to validate is to note the faults
        for file in self.files:
            yield from (fault.mistake for fault in file.faults if fault.name == name)


def read_folder(path: Path, shown: str, base: tuple[Folder, ...] = ()) -> Folder:
    """Read all YAML files of a folder, whatever state they are in."""
    files = tuple(read_file(one, str(Path(shown) / one.name)) for one in sorted(path.glob("*.yaml")) if is_ours(one))
    folder = Folder(path, files, base)
    for one in base:
        one.users.append(folder)
    return folder


@cache
def known_tags() -> frozenset[str]:
    """Tags on the list, and those that wordings give."""
    root = rules_root() / "language"
    listed = read(root / "tags.yaml").data if (root / "tags.yaml").is_file() else {}
    wordings = [read(path).data for path in sorted(root.glob("*/*.yaml"))]
    given = [*found_in(wordings, "tag"), *(tag for tags in found_in(wordings, "tags") for tag in tags)]
    return frozenset(listed) | {tag for tag in given if isinstance(tag, str)}


@cache
def known_events() -> frozenset[str]:
    """Kinds of event that a record can hold, and those that are heard in words."""
    path = rules_root() / "language" / "events.yaml"
    heard = read(path).data if path.is_file() else {}
    return frozenset(EVENT_KINDS) | {kind for kind in heard.values() if isinstance(kind, str)}
