"""CSV records one by one, so that a broken one costs only itself.

The standard parser takes an unclosed quote as the start of a field that runs to the end of the file. Here the
physical lines of a record are gathered until its quotes balance; when they never do, the first line alone is
given up as broken and reading goes on with the next.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator

LONGEST_FIELD = 16 << 20
MOST_LINES = 500


def records(lines: Iterator[str], delimiter: str = ",") -> Iterator[tuple[int, list[str] | None]]:
    """(line where the record starts, its fields); fields are None for a line that can't be read."""
    csv.field_size_limit(LONGEST_FIELD)
    waiting: deque[str] = deque()
    number = 0

    def following() -> str | None:
        return waiting.popleft() if waiting else next(lines, None)

    while (first := following()) is not None:
        number += 1
        gathered, quotes = [first], first.count('"')
        while quotes % 2 and len(gathered) < MOST_LINES and (more := following()) is not None:
            gathered.append(more)
            quotes += more.count('"')
        if quotes % 2:
            waiting.extendleft(reversed(gathered[1:]))
            yield number, None
            continue
        yield number, _fields("".join(gathered), delimiter)
        number += len(gathered) - 1


def _fields(text: str, delimiter: str) -> list[str] | None:
    if not text.strip():
        return []
    try:
        return next(csv.reader(text.splitlines(keepends=True), delimiter=delimiter))
    except (csv.Error, StopIteration):
        return None
