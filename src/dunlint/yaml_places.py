"""YAML with places: every value keeps its line and column, duplicate keys and aliases are errors.

Only `true` and `false` are booleans and `22:00` is text, so that clock times and words like `on` or `no` mean
themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dunlint.errors import RuleError

DEEPEST = 60


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
    """A parsed file: its data, and (line, column) from 1 for every path into it."""

    path: str
    data: Any
    places: dict[tuple[str | int, ...], tuple[int, int]]
    lines: tuple[str, ...]

    def where(self, path: tuple[str | int, ...]) -> str:
        """`file:line:column` of the value at `path`, or of its nearest parent that has a place."""
        while path and path not in self.places:
            path = path[:-1]
        line, column = self.places.get(path, (1, 1))
        return f"{self.path}:{line}:{column}"

    def excerpt(self, path: tuple[str | int, ...]) -> str:
        """The line of the file at `path`."""
        while path and path not in self.places:
            path = path[:-1]
        line = self.places.get(path, (1, 1))[0]
        return self.lines[line - 1].strip() if line <= len(self.lines) else ""


def read(path: Path, name: str | None = None) -> Document:
    """Parse one YAML file. Raises RuleError with the place of what is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise RuleError("rule_file", where=name or str(path), reason=str(problem)) from problem
    return parse(text, name or str(path))


def parse(text: str, name: str) -> Document:
    """Parse YAML text. Raises RuleError with the place of what is wrong."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        places: dict[tuple[str | int, ...], tuple[int, int]] = {}
        data = _built(loader, node, (), places, name, set()) if node else None
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        reason = getattr(problem, "problem", None) or " ".join(str(problem).split())
        raise RuleError("yaml", where=place, reason=reason) from None
    finally:
        loader.dispose()
    return Document(name, data, places, tuple(text.splitlines()))


def _built(
    loader: Any, node: yaml.Node, path: tuple[str | int, ...], places: dict[tuple[str | int, ...], tuple[int, int]],
    name: str, seen: set[int],
) -> Any:  # fmt: skip
    mark = node.start_mark
    places[path] = (mark.line + 1, mark.column + 1)
    if id(node) in seen or len(path) > DEEPEST:
        raise RuleError("yaml_alias", where=f"{name}:{mark.line + 1}:{mark.column + 1}")
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return [_built(loader, one, (*path, i), places, name, seen) for i, one in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return loader.construct_object(node)
    built: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in built:
            line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            raise RuleError("duplicate_key", where=f"{name}:{line}:{column}", key=key)
        built[key] = _built(loader, value_node, (*path, key), places, name, seen)
    return built
