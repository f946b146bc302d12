"""YAML with places: every value keeps its line and column, duplicate keys and aliases are errors.

Only `true` and `false` are booleans and `22:00` is text, so that clock times and words like `on` or `no` mean
themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from dunlint.errors import RuleError
from dunlint.kept import code_of, kept
from dunlint.resources import rules_root

DEEPEST = 60
DATE, PAIRS = "\0date", "\0pairs"

Trail = tuple[str | int, ...]
Place = tuple[int, int]
Complain = Callable[[RuleError], None]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe loader with plainer implicit types."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("float", r"^[-+]?[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?$", "-+0123456789"),
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("timestamp", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


@dataclass(frozen=True)
class Document:
    """A parsed file: its data, and (line, column) from 1 for every path into it; `keys` are the places of keys.

    One that was kept has the places of what is outermost, and finds the others by parsing its lines.
    """

    path: str
    data: Any
    places: dict[Trail, Place]
    lines: tuple[str, ...]
    keys: dict[Trail, Place] = field(default_factory=dict)
    outermost: bool = False

    def where(self, path: Trail) -> str:
        """`file:line:column` of the value at `path`, or of its nearest parent that has a place."""
        line, column = self._place(path)
        return f"{self.path}:{line}:{column}"

    def excerpt(self, path: Trail) -> str:
        """The line of the file at `path`."""
        line = self._place(path)[0]
        return self.lines[line - 1].strip() if line <= len(self.lines) else ""

    def _place(self, path: Trail) -> Place:
        places = self._all_places if self.outermost and len(path) > 1 else self.places
        while path and path not in places:
            path = path[:-1]
        return places.get(path, (1, 1))

    @cached_property
    def _all_places(self) -> dict[Trail, Place]:
        return parse("\n".join(self.lines), self.path).places


def read(path: Path, name: str | None = None, *, keep: bool = True) -> Document:
    """Parse one YAML file; one that ships is kept parsed, unless what is made of it is kept itself.

    Raises RuleError with the place of what is wrong.
    """
    name = name or str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise RuleError("rule_file", where=name, reason=str(problem)) from problem
    if not keep or rules_root() not in path.parents:
        return parse(text, name)
    return kept(
        path, [text.encode(), code_of(__file__)], lambda: parse(text, name), _bare, lambda bare: _back(bare, text, name)
    )


def _bare(document: Document) -> list[Any]:
    """A document as lists and texts: its data, and the places of what is outermost."""
    outermost = ([*place, *map(_plain, trail)] for trail, place in document.places.items() if len(trail) <= 1)
    return [_plain(document.data), list(outermost)]


def _back(bare: list[Any], text: str, name: str) -> Document:
    data, places = bare
    outermost = {tuple(map(_read, trail)): (line, column) for line, column, *trail in places}
    return Document(name, _read(data), outermost, tuple(text.splitlines()), outermost=True)


def _plain(data: Any) -> Any:
    """As JSON can hold it: dates, and mappings whose keys are not all text, under names that no YAML can hold."""
    if isinstance(data, date):
        return {DATE: data.isoformat()}
    if isinstance(data, dict):
        rows = {key: _plain(value) for key, value in data.items()}
        if all(isinstance(key, str) for key in rows):
            return rows
        return {PAIRS: [[_plain(key), value] for key, value in rows.items()]}
    return [_plain(one) for one in data] if isinstance(data, list) else data


def _read(plain: Any) -> Any:
    if isinstance(plain, dict):
        if DATE in plain:
            return date.fromisoformat(plain[DATE])
        if PAIRS in plain:
            return {_read(key): _read(value) for key, value in plain[PAIRS]}
        return {key: _read(value) for key, value in plain.items()}
    return [_read(one) for one in plain] if isinstance(plain, list) else plain


def parse(text: str, name: str, complain: Complain | None = None, lines_before: int = 0) -> Document:
    """Parse YAML text, of which `lines_before` lines come first in its file.

    Raises RuleError with the place of what is wrong. `complain` takes duplicate keys and aliases instead, so that
    all of them can be told at once.
    """
    loader = _Loader(text)
    builder = _Builder(loader, name, complain, lines_before)
    try:
        node = loader.get_single_node()
        data = builder.build(node, ()) if node else None
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        place = f"{name}:{mark.line + 1 + lines_before}:{mark.column + 1}" if mark else name
        reason = getattr(problem, "problem", None) or " ".join(str(problem).split())
        raise RuleError("yaml", where=place, reason=reason) from None
    finally:
        loader.dispose()
    return Document(name, data, builder.places, tuple(text.splitlines()), builder.keys)


def tokens(text: str) -> Iterator[Any]:
    """The tokens of a YAML text with their marks, up to where it stops being YAML."""
    with suppress(yaml.YAMLError):
        yield from yaml.scan(text, Loader=_Loader)


class _Builder:
    """Nodes -> plain data, noting where each value and each key stands."""

    def __init__(self, loader: Any, name: str, complain: Complain | None, lines_before: int) -> None:
        self.loader, self.name, self.complain, self.lines_before = loader, name, complain, lines_before
        self.places: dict[Trail, Place] = {}
        self.keys: dict[Trail, Place] = {}
        self.seen: set[int] = set()

    def build(self, node: yaml.Node, path: Trail) -> Any:
        self.places[path] = self._place(node)
        if id(node) in self.seen or len(path) > DEEPEST:
            return self._wrong(RuleError("yaml_alias", where=self._where(node)))
        self.seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.build(one, (*path, number)) for number, one in enumerate(node.value)]
        return self._mapping(node, path) if isinstance(node, yaml.MappingNode) else self._plain(node)

    def _mapping(self, node: yaml.MappingNode, path: Trail) -> dict[Any, Any]:
        built: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = self._plain(key_node)
            if key in built:
                self._wrong(RuleError("duplicate_key", where=self._where(key_node), key=key))
                continue
            self.keys[(*path, key)] = self._place(key_node)
            built[key] = self.build(value_node, (*path, key))
        return built

    def _plain(self, node: yaml.Node) -> Any:
        """A scalar: text, number, date, true, false or null. A list as a key or a 30th of February is wrong."""
        if not isinstance(node, yaml.ScalarNode):
            return self._wrong(RuleError("yaml", where=self._where(node), reason="a key must be a word or a number"))
        try:
            return self.loader.construct_object(node)
        except ValueError as problem:
            return self._wrong(RuleError("yaml", where=self._where(node), reason=f"{node.value}: {problem}"))

    def _wrong(self, problem: RuleError) -> None:
        if self.complain is None:
            raise problem
        self.complain(problem)

    def _place(self, node: yaml.Node) -> Place:
        return node.start_mark.line + 1 + self.lines_before, node.start_mark.column + 1

    def _where(self, node: yaml.Node) -> str:
        line, column = self._place(node)
        return f"{self.name}:{line}:{column}"
