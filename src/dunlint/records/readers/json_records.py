"""The objects of one long list inside a JSON file, one by one: memory stays flat, each has its line, and a broken one
costs only itself.

A list is found by what stands before its bracket. After an object that cannot be parsed, reading goes on where the next
one begins with the same first key. A streaming parser (ijson) would stop at the first mistake and know no lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dunlint.errors import UnreadableFile
from dunlint.records.source import Source

AHEAD = 1 << 16
LONGEST_OBJECT = 4 << 20
LONGEST_KEY = 400
MOST_BROKEN = 1_000
FIRST_KEY = re.compile(r'\{\s*"(?:[^"\\]|\\.){0,100}"\s*:')
GAP = re.compile(r"[\s,]*")
HEAD_KEPT = 1 << 16
SHORTEST_AHEAD = 20  # characters that decide whether a value is wrong or only cut off
START = "\x00"  # stands before the text, so that an opening can ask for the start of the file
DECODER = json.JSONDecoder(strict=False)  # tools write line ends inside strings


@dataclass(frozen=True)
class Found:
    """One object of a list, or None if it is broken; its line; what stood before its list (the end of that)."""

    value: dict[str, Any] | None
    line: int
    head: str


def objects(source: Source, opening: re.Pattern[str]) -> Iterator[Found]:
    """The objects of every list that begins where `opening` ends. Raises UnreadableFile if most are broken."""
    text, broken = _Window(source), 0
    while head := text.seek(opening):
        for found in _list(text, head):
            yield found
            broken += found.value is None
            if broken > MOST_BROKEN:
                raise UnreadableFile(
                    "broken_format", where=f"{source.name}:{found.line}", format="JSON", reason=f"{broken} × {{…}}"
                )


def _list(text: _Window, head: str) -> Iterator[Found]:
    first_key: re.Pattern[str] | None = None
    while text.skip(GAP):
        if text.begins("]"):
            return
        line = text.line
        if first_key is None and (begin := text.match(FIRST_KEY)):
            first_key = re.compile(r"\s*".join(map(re.escape, begin.split())))
        value = text.parse()
        if value is not None:
            yield Found(value if isinstance(value, dict) else None, line, head)
            continue
        yield Found(None, line, head)
        if not text.resume(first_key):
            return
    yield Found(None, text.line, head)  # the file ends inside the list


class _Window:
    """The part of a text that is being looked at, filled from the file as it moves on."""

    def __init__(self, source: Source) -> None:
        self._chunks = source.chunks()
        self._text, self._at, self.line, self._ended = START, 0, 1, False

    def _fill(self, wanted: int) -> None:
        """At least `wanted` characters ahead, if the file has them."""
        if self._ended or self._ahead() >= wanted:
            return
        pieces = [self._text[self._at :]]
        size = len(pieces[0])
        while size < wanted and not self._ended:
            chunk = next(self._chunks, None)
            self._ended = chunk is None
            pieces.append(chunk or "")
            size += len(pieces[-1])
        self._text, self._at = "".join(pieces), 0

    def _move(self, to: int) -> None:
        self.line += self._text.count("\n", self._at, to)
        self._at = to

    def _ahead(self) -> int:
        return len(self._text) - self._at

    def skip(self, pattern: re.Pattern[str]) -> bool:
        """Past what matches; whether anything follows."""
        while True:
            self._fill(AHEAD)
            found = pattern.match(self._text, self._at)
            self._move(found.end() if found else self._at)
            if self._at < len(self._text) or self._ended:
                return self._at < len(self._text)

    def begins(self, what: str) -> bool:
        return self._text.startswith(what, self._at)

    def match(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.match(self._text, self._at)
        return found[0] if found else None

    def seek(self, pattern: re.Pattern[str]) -> str:
        """Past the next match; what stands before it, its last HEAD_KEPT characters, and the match; "" at the end."""
        head = ""
        while True:
            self._fill(AHEAD)
            if found := pattern.search(self._text, self._at):
                head += self._text[self._at : found.end()]
                self._move(found.end())
                return head[-HEAD_KEPT:]
            passed = len(self._text) if self._ended else max(len(self._text) - AHEAD // 2, self._at)
            head = (head + self._text[self._at : passed])[-HEAD_KEPT:]
            self._move(passed)
            if self._ended:
                return ""

    def parse(self) -> Any:
        """The JSON value that begins here, and past it; None if there is none that can be parsed."""
        wanted = AHEAD
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as problem:
                cut = problem.msg.startswith("Unterminated") or len(self._text) - problem.pos < SHORTEST_AHEAD
                if self._ended or wanted >= LONGEST_OBJECT or not cut:
                    return None
            except (ValueError, RecursionError):
                return None
            else:
                if end < len(self._text) or self._ended:
                    self._move(end)
                    return value
            wanted *= 4
            self._fill(wanted)

    def resume(self, first_key: re.Pattern[str] | None) -> bool:
        """Past a broken object to where the next one begins; False if none does."""
        if first_key is None:
            return False
        self._move(min(self._at + 1, len(self._text)))
        while True:
            if found := first_key.search(self._text, self._at):
                self._move(found.start())
                return True
            if self._ended:
                self._move(len(self._text))
                return False
            self._move(max(len(self._text) - LONGEST_KEY, self._at))
            self._fill(AHEAD)
