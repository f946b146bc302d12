"""The manifest of a bundle: JSON lines, each entry with the SHA-256 of the entry before.

An entry is one line of canonical JSON (keys sorted, no spaces, UTF-8). `sha256` is the hash of that line without the
key `sha256` itself; `previous` is the `sha256` of the entry before, 64 zeros for the first. So a changed entry is known
by itself, and a removed, added or moved one by its neighbours.

    header   schema, tool, rules {pack: sha256}, who, clock, originals (copied or referenced), public_key (hex or null)
    file     name, stored (path in the bundle or null), bytes, sha256_of_file, format, records
    record   file (its number), line, what (contacts, events, accounts or unreadable), content (SHA-256 of its columns)
    footer   files, records
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SCHEMA = "dunlint.evidence/1"
NAME = "manifest.jsonl"
START = "0" * 64

Entry = dict[str, Any]

LINK = {"entry": int, "kind": str, "previous": str, "sha256": str}
SHAPES: dict[str, dict[str, Any]] = {
    "header": {"schema": str, "tool": str, "rules": dict, "who": str | None, "clock": dict, "originals": str,
               "public_key": str | None},
    "file": {"number": int, "name": str, "stored": str | None, "bytes": int, "sha256_of_file": str,
             "format": str | None, "records": int},
    "record": {"file": int, "line": int | None, "what": str, "content": str},
    "footer": {"files": int, "records": int},
    "timestamp": {"name": str, "bytes": int, "sha256_of_file": str},
}  # fmt: skip
STORED = re.compile(r"files/[0-9]{4,}-[^/\\\0]+")
STAMPED = re.compile(r"timestamps/[0-9]{4,}\.tsr")


def canonical(values: Mapping[str, Any]) -> bytes:
    """Stable JSON of plain data. A lone surrogate is escaped, so that every text has exactly one spelling."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "backslashreplace")


def digest(data: bytes) -> str:
    """Hex SHA-256."""
    return hashlib.sha256(data).hexdigest()


@dataclass
class Chain:
    """A growing chain: `add` gives the line of the next entry."""

    previous: str = START
    length: int = 0

    def add(self, kind: str, **values: Any) -> bytes:
        self.length += 1
        entry = {"entry": self.length, "kind": kind, "previous": self.previous, **values}
        self.previous = digest(canonical(entry))
        return canonical({**entry, "sha256": self.previous}) + b"\n"


@dataclass(frozen=True, slots=True)
class Broken:
    """A place where the chain does not hold: line of the manifest, and what is wrong (a key of the catalogue)."""

    line: int
    problem: str
    entry: int | None = None


def parse(line: bytes) -> Entry | None:
    """The entry in a line (without its line end), or None if it is not exactly what was written."""
    try:
        entry = json.loads(line.decode("utf-8"))
        if not isinstance(entry, dict) or canonical(entry) != line:
            return None
        told = entry.get("sha256")
        rest = {key: value for key, value in entry.items() if key != "sha256"}
        return entry if told == digest(canonical(rest)) and _well_formed(entry) else None
    except (ValueError, RecursionError):
        return None


def _well_formed(entry: Entry) -> bool:
    """Whether it has the keys of its kind with values of their types, and names no place outside the bundle."""
    shape = LINK | SHAPES.get(str(entry.get("kind")), {})
    if len(shape) == len(LINK) or shape.keys() != entry.keys():
        return False
    if not all(isinstance(entry[key], kind) for key, kind in shape.items()):
        return False
    if entry["kind"] == "file":
        return entry["stored"] is None or STORED.fullmatch(entry["stored"]) is not None
    return entry["kind"] != "timestamp" or STAMPED.fullmatch(entry["name"]) is not None


def read(data: bytes, previous: str = START, first: int = 1) -> tuple[list[Entry], list[Broken]]:
    """The entries that hold by themselves, and every place where the chain is broken."""
    *lines, rest = data.split(b"\n")
    broken = [Broken(len(lines) + 1, "entry_changed")] if rest else []
    entries, expected = [], first
    for number, line in enumerate(lines, 1):
        entry = parse(line)
        if entry is None:
            broken.append(Broken(number, "entry_changed"))
            expected, previous = expected + 1, ""
            continue
        broken += _place(entry, number, expected, previous)
        entries.append(entry)
        if entry["entry"] >= expected:  # one that was moved back says nothing of those behind it
            expected, previous = entry["entry"] + 1, entry["sha256"]
    there = {entry["entry"] for entry in entries}
    return entries, [one for one in broken if one.problem != "entry_missing" or one.entry not in there]


def _place(entry: Entry, line: int, expected: int, previous: str) -> Iterator[Broken]:
    """What is wrong with where an unchanged entry stands. After a changed entry the hash before is not known."""
    number = entry["entry"]
    if number > expected:
        yield from (Broken(line, "entry_missing", gone) for gone in range(expected, min(number, expected + 1000)))
    elif number < expected:
        yield Broken(line, "entry_moved", number)
    elif previous and entry.get("previous") != previous:
        yield Broken(line, "entry_relinked", number)


def of_kind(entries: Sequence[Entry], kind: str) -> list[Entry]:
    return [entry for entry in entries if entry.get("kind") == kind]
