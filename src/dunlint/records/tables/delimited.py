"""CSV, TSV and their kind, in any encoding: blocks of lines, checked and parsed as columns.

Lines are counted and checked before anything is parsed, so that a broken record costs only itself: a line whose quote
is never closed, or closed where the columns do not come out right, is given up alone and reading goes on with the
next one. Memory is bounded by the block.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import polars as pl

from dunlint.errors import UnreadableFile
from dunlint.records.schema import Unreadable
from dunlint.records.source import Source
from dunlint.records.tables.few import FEW
from dunlint.records.tables.sheet import MOST_COLUMNS, PREFACE_ROWS, Batch, Sheet, header_names, read_once
from dunlint.records.tables.typed import LINE
from dunlint.records.tables.words import header_at

DELIMITERS = ",\t;|\x01^~"
FIRST_BLOCK, BLOCK_CHARACTERS = 1 << 18, 8 << 20  # the first is enough to see what the columns hold
MOST_LINES = 500  # in one record
LONGEST_LINE = 64 << 20
INSIDE = r'[^"]*+(?:""[^"]*+)*+'  # of a quoted cell
QUOTED = re.compile(r'"[^"]*"')
UNBALANCED = "unbalanced quotes"


@dataclass(frozen=True)
class Shape:
    """How a file is laid out: its delimiter, the line of its header (from 1), its columns."""

    delimiter: str
    header_line: int
    columns: tuple[str, ...]

    @cached_property
    def row(self) -> str:
        """A record with quotes only around whole cells, as Rust's expressions want it."""
        delimiter = re.escape(self.delimiter)
        cell = rf'(?:"(?:[^"]|"")*"|[^"{delimiter}]*)'
        return rf"\A{cell}(?:{delimiter}{cell})*\z"

    @cached_property
    def whole(self) -> re.Pattern[str]:
        """The same for Python; nothing is tried twice, however long the line."""
        delimiter = re.escape(self.delimiter)
        cell = rf'(?:"{INSIDE}"|[^"{delimiter}]*+)'
        return re.compile(rf"{cell}(?:{delimiter}{cell})*+")

    @cached_property
    def opens(self) -> re.Pattern[str]:
        """A line whose last cell begins with a quote and does not end."""
        delimiter = re.escape(self.delimiter)
        return re.compile(rf'(?:(?:"{INSIDE}"|[^"{delimiter}]*+){delimiter})*+"{INSIDE}')

    def fits(self, record: str) -> bool:
        columns = QUOTED.sub("", record).count(self.delimiter) + 1
        return columns == len(self.columns) and self.whole.fullmatch(record) is not None


def sheets(source: Source, wanted: frozenset[str] = frozenset()) -> list[Sheet]:
    """The one table of the file; `wanted` are header names that a mapping speaks of."""
    shape = shape_of(source, wanted)
    rows = read_once(source, lambda: batches(source, shape))
    return [Sheet("", shape.columns, rows, line=shape.header_line)]


def shape_of(source: Source, wanted: frozenset[str] = frozenset()) -> Shape:
    """Raises UnreadableFile for a table that is too wide."""
    head = list(islice(source.head_text.splitlines(), PREFACE_ROWS))
    delimiter = delimiter_of(head)
    if head and head[0].count(delimiter) >= MOST_COLUMNS:
        raise UnreadableFile("too_many_columns", where=f"{source.name}:1", limit=MOST_COLUMNS)
    rows = [[cell.strip() for cell in _cells(line, delimiter)] for line in head if len(line) < 1_000_000]
    number = header_at(rows, wanted) if rows else 0
    columns = header_names(rows[number] if rows else [], f"{source.name}:{number + 1}")
    return Shape(delimiter, number + 1, columns)


def delimiter_of(lines: list[str]) -> str:
    """The delimiter that `sep=` names, else the one that most lines have, and have most of."""
    if lines and (named := re.fullmatch(r"sep=(.)", lines[0].strip())):
        return named[1]
    bare = [QUOTED.sub("", line) for line in lines if line.strip()]
    return max(DELIMITERS, key=lambda one: (sum(one in line for line in bare), sum(line.count(one) for line in bare)))


def batches(source: Source, shape: Shape) -> Iterator[Batch]:
    """Rows behind the header. A record may run over lines; its line is where it begins."""
    waiting: list[str] = []
    for first, below, last in _blocks(source):
        start = first - len(waiting)
        lines = waiting + below
        skip = max(0, min(shape.header_line - start + 1, len(lines)))
        starts, texts, broken, rest = _records(lines, skip, shape, last)
        waiting = lines[rest:]
        frame, unread = _parsed(texts, [start + at for at in starts], shape, source.name)
        unread += [_not_a_row(source.name, start + at, shape, UNBALANCED) for at in broken]
        yield frame, sorted(unread, key=lambda one: one.line or 0)


def _blocks(source: Source) -> Iterator[tuple[int, list[str], bool]]:
    """(number of the first line, lines without their ends, whether these are the last)."""
    rest: list[str] = []
    number, size, enough = 1, 0, FIRST_BLOCK
    for chunk in source.chunks():
        rest.append(chunk)
        size += len(chunk)
        if size > LONGEST_LINE:
            raise UnreadableFile("record_too_long", where=f"{source.name}:{number}", limit=LONGEST_LINE)
        if size >= enough and not chunk.endswith("\r") and "\n" in chunk:
            *lines, tail = "".join(rest).replace("\r\n", "\n").replace("\r", "\n").split("\n")
            yield number, lines, False
            number += len(lines)
            rest, size, enough = [tail], len(tail), BLOCK_CHARACTERS
    text = "".join(rest).replace("\r\n", "\n").replace("\r", "\n")
    yield number, text.removesuffix("\n").split("\n") if text else [], True


def _records(lines: list[str], skip: int, shape: Shape, last: bool) -> tuple[list[int], list[str], list[int], int]:
    """(where each record starts, its text, lines given up, where what waits for the next block starts)."""
    opened = [at for at, line in enumerate(lines) if '"' in line and line.count('"') % 2 and at >= skip]
    if not opened:
        return list(range(skip, len(lines))), lines[skip:], [], len(lines)
    starts: list[int] = []
    texts: list[str] = []
    broken: list[int] = []
    at, turn = skip, 0
    while turn < len(opened):
        start = opened[turn]
        starts += range(at, start)
        texts += lines[at:start]
        at = start
        if not shape.opens.fullmatch(lines[start]):  # a quote somewhere inside a cell: the line stands for itself
            turn += 1
            continue
        end = opened[turn + 1] if turn + 1 < len(opened) else None
        if end is None and not last and len(lines) - start < MOST_LINES:
            return starts, texts, broken, start
        record = "\n".join(lines[start : end + 1]) if end is not None and end - start < MOST_LINES else None
        if record is not None and end is not None and shape.fits(record):
            starts.append(start)
            texts.append(record)
            at, turn = end + 1, turn + 2
        else:
            broken.append(start)
            at, turn = start + 1, turn + 1
    return [*starts, *range(at, len(lines))], [*texts, *lines[at:]], broken, len(lines)


def _parsed(texts: list[str], lines: list[int], shape: Shape, name: str) -> tuple[pl.DataFrame, list[Unreadable]]:
    """Records that are well formed as a frame; of the others those that a patient parser can still read."""
    if (cells := _few_cells(texts, shape)) is not None:
        schema = dict.fromkeys(shape.columns, pl.String) | {LINE: pl.Int64}
        return pl.DataFrame({**cells, LINE: lines}, schema=schema), []
    records = pl.DataFrame({"text": texts, LINE: lines}, schema={"text": pl.String, LINE: pl.Int64})
    good = _well_formed(records["text"], shape)
    if good.all():
        return _frame(records["text"], shape).with_columns(records[LINE]), []
    others = records.filter(~good & (records["text"].str.strip_chars() != ""))
    records = records.filter(good)
    frame = _frame(records["text"], shape).with_columns(records[LINE])
    patient, unread = _patient(others, shape, name)
    return (pl.concat([frame, patient]).sort(LINE) if len(patient) else frame), unread


def _few_cells(texts: list[str], shape: Shape) -> dict[str, list[str | None]] | None:
    """The columns of a few records; None where there are more, or quotes, or another number of cells."""
    if not 0 < len(texts) <= FEW:
        return None
    rows = [text.split(shape.delimiter) for text in texts]
    if any('"' in text or not text or len(row) != len(shape.columns) for text, row in zip(texts, rows, strict=True)):
        return None
    return {name: [row[place] or None for row in rows] for place, name in enumerate(shape.columns)}


def _well_formed(texts: pl.Series, shape: Shape) -> pl.Series:
    """Whether a record has the right number of columns, and quotes only around whole cells."""
    delimiters = max(len(shape.columns) - 1, 0)
    good = (texts.str.count_matches(shape.delimiter, literal=True) == delimiters) & (texts != "")
    rows = texts.str.contains('"', literal=True).arg_true()
    if not len(rows):
        return good
    quoted = texts.gather(rows)
    bare = quoted.str.replace_all('"[^"]*"', "").str.count_matches(shape.delimiter, literal=True)
    return good.scatter(rows, (bare == delimiters) & quoted.str.contains(shape.row))


def _frame(texts: pl.Series, shape: Shape) -> pl.DataFrame:
    schema = dict.fromkeys(shape.columns, pl.String)
    if not len(texts):
        return pl.DataFrame(schema=schema)
    data = texts.str.join("\n")[0].encode("utf-8", "replace")
    frame = pl.read_csv(
        data, has_header=False, schema=schema, separator=shape.delimiter, quote_char='"',
        raise_if_empty=False,
    )  # fmt: skip
    if len(frame) == len(texts):
        return frame
    rows = [next(csv.reader(io.StringIO(text), delimiter=shape.delimiter)) for text in texts]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _patient(records: pl.DataFrame, shape: Shape, name: str) -> tuple[pl.DataFrame, list[Unreadable]]:
    """Rows with quotes inside a cell, as Python's reader takes them; what has other columns is listed."""
    read: dict[int, list[str]] = {}
    unread = []
    csv.field_size_limit(LONGEST_LINE)
    for text, line in zip(records["text"], records[LINE], strict=True):
        cells = _cells(text, shape.delimiter)
        if len(cells) == len(shape.columns):
            read[line] = cells
        else:
            unread.append(_not_a_row(name, line, shape, f"{len(cells)} columns"))
    schema = dict.fromkeys(shape.columns, pl.String)
    frame = pl.DataFrame(list(read.values()), schema=schema, orient="row")
    return frame.with_columns(pl.Series(LINE, list(read), dtype=pl.Int64)), unread


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(text.splitlines(keepends=True), delimiter=delimiter), [])
    except csv.Error:
        return []


def _not_a_row(name: str, line: int, shape: Shape, found: str) -> Unreadable:
    return Unreadable(name, line, f"{len(shape.columns)} columns", found)
