"""JSON lines: one object a line. Lines in our own names may mix contacts, events and accounts; each kind is a table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import polars as pl

from dunlint.records.readers.rows import table_of
from dunlint.records.schema import Unreadable
from dunlint.records.source import Source
from dunlint.records.tables.sheet import BATCH_ROWS, SAMPLE_ROWS, Batch, Sheet, header_names, read_once
from dunlint.records.tables.typed import LINE
from dunlint.records.tables.words import COLUMNS

FOREIGN = ""  # the kind of lines in somebody else's names
MOST_FOUND = 60
ESCAPED_SURROGATE = "\\ud"
SURROGATES = re.compile("[\ud800-\udfff]")
MADE_BY_US = ("local_time", "zone_from", "source_file", "source_line", "source_sha256")


def sheets(source: Source, wanted: frozenset[str] = frozenset()) -> list[Sheet]:
    """A table for each kind of line among the first SAMPLE_ROWS; one alone where no line is in our names."""
    groups: dict[str, dict[str, None]] = {}
    lines = 0
    for lines, (_, values) in enumerate(islice(objects(source), SAMPLE_ROWS + 1), 1):
        if isinstance(values, dict) and lines <= SAMPLE_ROWS:
            groups.setdefault(table_of(values) or FOREIGN, {}).update(dict.fromkeys(values))
    ours = any(kind != FOREIGN for kind in groups) and not wanted - set(COLUMNS["contacts"])
    if not ours:
        keys = {key: None for group in groups.values() for key in group}
        return [_sheet(source, None, tuple(keys), first=True)]
    for kind, columns in COLUMNS.items() if lines > SAMPLE_ROWS else ():  # a key may come later
        groups.setdefault(kind, {}).update(dict.fromkeys(name for name in columns if name not in MADE_BY_US))
    groups.pop(FOREIGN, None)
    return [_sheet(source, kind, tuple(keys), first=not number) for number, (kind, keys) in enumerate(groups.items())]


def _sheet(source: Source, kind: str | None, keys: tuple[str, ...], *, first: bool) -> Sheet:
    names = dict(zip(keys, header_names(keys, source.name), strict=True))
    rows = read_once(source, lambda: _batches(source, kind, names, first=first))
    return Sheet(kind or "", tuple(names.values()), rows)


def objects(source: Source) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """(line, object), or (line, its text) where it is none; empty lines are left out."""
    for number, line in enumerate(source.lines(), 1):
        text = line.strip("\ufeff \t\n")
        if text:
            yield number, _object(text)


def first_objects(source: Source) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """As `objects`, of the head only."""
    for number, line in enumerate(source.head_text.split("\n"), 1):
        if text := line.strip("\ufeff \t\r"):
            yield number, _object(text)


def _object(text: str) -> dict[str, Any] | str:
    try:
        values = json.loads(text)
        if ESCAPED_SURROGATE in text.lower():  # half a pair is no character, and no table takes it
            values = json.loads(SURROGATES.sub("\ufffd", json.dumps(values, ensure_ascii=False)))
    except (ValueError, RecursionError):
        return text
    return values if isinstance(values, dict) else text


def _batches(source: Source, kind: str | None, names: dict[str, str], *, first: bool) -> Iterator[Batch]:
    """Rows of one kind; what is no object, or of no kind, is listed by the first table of the file.

    names: key in the file -> name of the column (they differ where a key is blank, or another but for its spaces).
    """
    reading = objects(source)
    while part := list(islice(reading, BATCH_ROWS)):
        rows, unread = [], []
        for line, values in part:
            found = table_of(values) if isinstance(values, dict) and kind else kind
            if isinstance(values, dict) and found == kind:
                rows.append((line, values))
            elif first and (isinstance(values, str) or found is None):
                shown = values if isinstance(values, str) else json.dumps(values, ensure_ascii=False)
                unread.append(Unreadable(source.name, line, "{at, channel, direction, text, …}", shown[:MOST_FOUND]))
        if not rows and not unread:
            continue
        data: dict[str, list[Any]] = {name: [_text(v.get(key)) for _, v in rows] for key, name in names.items()}
        types = dict.fromkeys(data, pl.String)
        yield pl.DataFrame(data | {LINE: [line for line, _ in rows]}, schema=types | {LINE: pl.Int64}), unread


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)
