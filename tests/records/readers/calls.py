"""Small help for the tests of call readers: a file, perhaps with its case.yaml, read the way a user's file is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dunlint.records import Records, load
from tests.conftest import ROOT

EXPORTS = ROOT / "corpus" / "exports"
Words = list[tuple[str, str]]


def read(folder: Path, name: str, content: Any, case: str = "", zone: str | None = None) -> Records:
    """`content` is text, bytes, or a value to be written as JSON; `case` is what stands in case.yaml."""
    if not isinstance(content, (str, bytes)):
        content = json.dumps(content, ensure_ascii=False, indent=1)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    if case:
        (folder / "case.yaml").write_text(case, encoding="utf-8")
    return load([folder if case else folder / name], zone=zone, lang="en")


def example(name: str, zone: str | None = None) -> Records:
    return load([EXPORTS / name], zone=zone, lang="en")


def value(name: str) -> Any:
    return json.loads((EXPORTS / name).read_text(encoding="utf-8"))


def row(records: Records) -> dict[str, Any]:
    """The only contact."""
    assert len(records.contacts) == 1
    return records.contacts.row(0, named=True)


def turns(records: Records) -> Words:
    """(speaker, words) of the only contact."""
    return [(turn["speaker"], turn["text"]) for turn in row(records)["turns"]]


def times(records: Records) -> list[tuple[float | None, float | None]]:
    return [(turn["start"], turn["end"]) for turn in row(records)["turns"]]


def notes_with(records: Records, part: str) -> list[str]:
    return [note for note in records.notes if part in note]
