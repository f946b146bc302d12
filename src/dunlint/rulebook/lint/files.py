"""One rule file, read as far as it can be read: what is broken becomes a fault, and the rest is still there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from dunlint.errors import RuleError
from dunlint.rulebook.coverage import OBLIGATIONS_FILE
from dunlint.rulebook.lint.problem import Mistake
from dunlint.rulebook.load import NOT_RULES, OVERRIDES_FILE, PACK_FILE, PARAMETERS_FILE, SOURCES_FILE
from dunlint.yaml_places import Complain, Document, Trail, parse

Kind = Literal["rules", "sources", "parameters", "pack", "overrides", "obligations"]
KINDS: dict[str, Kind] = {
    PACK_FILE: "pack", SOURCES_FILE: "sources", PARAMETERS_FILE: "parameters", OVERRIDES_FILE: "overrides",
    OBLIGATIONS_FILE: "obligations",
}  # fmt: skip
MAPPINGS: tuple[Kind, ...] = ("parameters", "pack")
PLACE = re.compile(r":(\d+):(\d+)$")
ITEM_OF_LIST, ITEM_OF_MAPPING = re.compile(r"-(\s|$)"), re.compile(r"[^\s#-]")
ID = re.compile(r"^- (?:\{ *)?id: *[\"']?([a-z0-9-]+)", re.MULTILINE)


@dataclass(frozen=True)
class Fault:
    """Something that kept (part of) a file from being read, by the name of its kind."""

    name: str
    mistake: Mistake


@dataclass(frozen=True)
class File:
    """A file of a rule folder, of one kind; `faults` grow while it is read and checked."""

    path: Path
    kind: Kind
    text: str
    document: Document
    faults: list[Fault] = field(default_factory=list)

    def mistake(self, trail: Trail, *, key: bool = False, **values: Any) -> Mistake:
        """A mistake in the value at `trail` (or in its key), or in its nearest parent that has a place."""
        places = self.document.keys if key else self.document.places
        while trail and trail not in places:
            trail = trail[:-1]
        return self.mistake_at(*places.get(trail, (1, 1)), **values)

    def mistake_at(self, line: int, column: int, **values: Any) -> Mistake:
        """A mistake at a line and column, both from 1."""
        lines = self.document.lines
        excerpt = lines[line - 1].strip() if 0 < line <= len(lines) else ""
        return Mistake(self.document.path, line, column, excerpt, values)

    def fault(self, name: str, mistake: Mistake) -> None:
        """Note a fault, one at a place: what follows from the first is not said again."""
        if all((one.mistake.line, one.mistake.column) != (mistake.line, mistake.column) for one in self.faults):
            self.faults.append(Fault(name, mistake))

    def ids(self) -> set[str]:
        """Ids that stand in the file, those of items that cannot be read included."""
        raw = (item.get("id") for _, item in self.items() if isinstance(item, dict))
        return {*ID.findall(self.text), *(name for name in raw if isinstance(name, str))}

    def items(self) -> Iterator[tuple[Trail, Any]]:
        """(trail, raw value) of each rule, source or parameter, or of the pack."""
        data = self.document.data
        if self.kind == "pack" and data is not None:
            yield (), data
        elif isinstance(data, dict):
            yield from (((name,), value) for name, value in data.items())
        elif isinstance(data, list):
            yield from (((number,), value) for number, value in enumerate(data))


def is_ours(path: Path) -> bool:
    """Whether a YAML file of a rule folder holds rules or something that rules rest on."""
    return path.name in KINDS or path.name not in NOT_RULES


def read_file(path: Path, shown: str) -> File:
    """Read one file. Raises nothing: what is wrong is noted in its faults."""
    kind = KINDS.get(path.name, "rules")
    problems: list[RuleError] = []
    try:
        text = path.read_bytes().decode("utf-8").removeprefix("\ufeff")
        document = _shaped(_document(text, shown, kind, problems.append), kind, problems.append)
    except (OSError, UnicodeDecodeError) as problem:
        text, document = "", Document(shown, None, {}, ())
        problems.append(RuleError("rule_file", where=shown, reason=str(problem)))
    file = File(path, kind, text, document)
    for one in problems:
        place = PLACE.search(one.where)
        line, column = (int(place[1]), int(place[2])) if place else (1, 1)
        file.fault(one.code, file.mistake_at(line, column, **one.values))
    return file


def _shaped(document: Document, kind: Kind, complain: Complain) -> Document:
    """The document if it is a list or a mapping as its kind must be, else one without data."""
    if document.data is None or isinstance(document.data, dict if kind in MAPPINGS else list):
        return document
    complain(RuleError("not_a_list", where=document.where(()), kind=kind))
    return Document(document.path, None, {}, document.lines)


def _document(text: str, shown: str, kind: Kind, complain: Complain) -> Document:
    """The whole file; or, if its syntax is broken somewhere, all of its items that can be read."""
    noted: list[RuleError] = []
    try:
        document = parse(text, shown, noted.append)
    except RuleError as problem:
        noted = []
        document = _by_items(text, shown, kind, noted.append)
        noted = noted or [problem]
    for one in noted:
        complain(one)
    return document


def _by_items(text: str, shown: str, kind: Kind, complain: Complain) -> Document:
    whole = Document(shown, {} if kind in MAPPINGS else [], {}, tuple(text.splitlines()))
    for before, item in _items(text, kind):
        try:
            part = parse(item, shown, complain, before)
        except RuleError as problem:
            complain(problem)
            continue
        if isinstance(part.data, type(whole.data)):
            _add(whole, part)
    return whole


def _items(text: str, kind: Kind) -> list[tuple[int, str]]:
    """(lines before it, text) of each item of a list, or key of a mapping, that begins at the margin."""
    begins = ITEM_OF_MAPPING if kind in MAPPINGS else ITEM_OF_LIST
    lines = text.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if begins.match(line)]
    return [(start, "".join(lines[start:end])) for start, end in pairwise([*starts, len(lines)])]


def _add(whole: Document, part: Document) -> None:
    shift = len(whole.data) if isinstance(whole.data, list) else 0
    for there, here in ((whole.places, part.places), (whole.keys, part.keys)):
        there.update({_shifted(trail, shift): place for trail, place in here.items() if trail})
    if isinstance(whole.data, list):
        whole.data.extend(part.data)
    else:
        whole.data.update(part.data)


def _shifted(trail: Trail, shift: int) -> Trail:
    return (trail[0] + shift, *trail[1:]) if isinstance(trail[0], int) else trail
