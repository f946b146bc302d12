"""JSON lines in Dunlint's own column names: one contact, event or account a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from dunlint.records.reader import Item, Known, Reader
from dunlint.records.readers.rows import item, table_of
from dunlint.records.schema import Unreadable
from dunlint.records.source import Source


def recognises(source: Source) -> bool:
    first_lines = (_object(line) for line in source.head_text.split("\n")[:20])
    if any(table_of(values) is not None for values in first_lines if values is not None):
        return True
    long_line = "\n" not in source.head_text and isinstance(source.json_head, dict)
    return long_line and table_of(source.json_head) is not None


def read(source: Source, known: Known) -> Iterator[Item]:
    for number, line in enumerate(source.lines(), 1):
        if not line.strip("\ufeff \t\n"):
            continue
        values = _object(line)
        table = table_of(values) if values is not None else None
        if values is None or table is None:
            yield Unreadable(source.name, number, "{at, channel, direction, text, …}", line.strip()[:60])
            continue
        try:
            yield item(table, values, number, known)
        except ValueError as problem:
            yield Unreadable(source.name, number, "Dunlint JSONL", str(problem))


def _object(line: str) -> dict[str, Any] | None:
    try:
        values = json.loads(line.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


READER = Reader("jsonl", recognises, read, (".jsonl", ".ndjson"))
