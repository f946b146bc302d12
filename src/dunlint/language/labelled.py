"""Labelled messages: JSON lines of what was said, by whom, to whom, and which tags a reader gave it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dunlint.errors import InputError, UnreadableFile


@dataclass(frozen=True)
class Message:
    """One labelled message; `group` holds lang, kind, split, template and source, where the row has them."""

    id: str
    text: str
    speaker: str
    party: str
    labels: frozenset[str]
    group: dict[str, str]


def read_messages(path: str) -> list[Message]:
    """The messages of a file, "-" for standard input. Raises InputError with file and line for a row that is none."""
    messages = [_message(line, f"{path}:{number}") for number, line in _lines(path)]
    if not messages:
        raise UnreadableFile("empty_file", where=path)
    return messages


def _lines(path: str) -> Iterator[tuple[int, str]]:
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise UnreadableFile("cannot_open", where=path, reason=str(problem)) from problem
    # not splitlines(): a message may hold characters that it takes for line ends
    return ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def _message(line: str, where: str) -> Message:
    try:
        row = json.loads(line)
    except ValueError as problem:
        raise InputError("labelled_json", where=where, reason=str(problem)) from problem
    if not isinstance(row, dict):
        raise InputError("labelled_json", where=where, reason=type(row).__name__)
    labels = _field(row, "labels", list, where)
    if not all(isinstance(label, str) for label in labels):
        raise InputError("labelled_field", where=where, field="labels")
    return Message(
        id=str(row.get("id") or where),
        text=_field(row, "text", str, where),
        speaker=_word(row, ("speaker",), where),
        party=_word(row, ("party", "recipient"), where),
        labels=frozenset(labels),
        group={name: str(row[name]) for name in ("lang", "kind", "split", "template", "source") if name in row},
    )


def _field(row: dict[str, Any], name: str, kind: type, where: str) -> Any:
    if not isinstance(row.get(name), kind):
        raise InputError("labelled_field", where=where, field=name)
    return row[name]


def _word(row: dict[str, Any], names: tuple[str, ...], where: str) -> str:
    """The first of the fields that is there; a missing or empty one means unknown."""
    value = next((row[name] for name in names if row.get(name) is not None), None) or "unknown"
    if not isinstance(value, str):
        raise InputError("labelled_field", where=where, field=names[0])
    return value
