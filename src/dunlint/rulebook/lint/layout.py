"""DL100–DL104: how a file is set out. All of it can be mended without changing what the file says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import yaml

from dunlint.rulebook.lint.files import File
from dunlint.rulebook.lint.folder import Folder
from dunlint.rulebook.lint.problem import Mistake
from dunlint.rulebook.lint.registry import check
from dunlint.yaml_places import tokens

KEY_ORDER = (
    "id", "title", "topic", "severity", "verdict", "once", "obligations", "enabled", "reason", "authority",
    "applies_to", "if_unknown", "when", "unless", "message", "notes", "tests",
)  # fmt: skip
BLANK_END = re.compile(r"[ \t]+$")
CLOCK = re.compile(r"([01]?\d|2[0-4]):[0-5]\d(:[0-5]\d)?")


@dataclass(frozen=True)
class Layout:
    """A text as lines, and where its scalars stand; lines are counted from 0."""

    text: str

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def scalars(self) -> list[yaml.ScalarToken]:
        """The scalars in order, as far as the text is YAML."""
        return [token for token in tokens(self.text) if isinstance(token, yaml.ScalarToken)]

    @cached_property
    def inside_scalar(self) -> frozenset[int]:
        """Lines that begin or end inside a scalar of several lines: their white space may be content."""
        spans = ((one.start_mark.line, one.end_mark.line) for one in self.scalars)
        return frozenset(line for start, end in spans if end > start for line in range(start, end))

    def clocks(self) -> Iterator[yaml.ScalarToken]:
        """Clock times without quotes: other YAML programs read 22:00 as a number."""
        return (one for one in self.scalars if one.plain and CLOCK.fullmatch(one.value))

    def trailing(self) -> Iterator[tuple[int, int]]:
        """(line, column from 0) of white space at the end of a line."""
        for number, line in enumerate(self.lines):
            found = BLANK_END.search(line)
            if found and number not in self.inside_scalar:
                yield number, found.start()

    def tabs(self) -> Iterator[tuple[int, int]]:
        """(line, column) of the first tab of each line that is not inside a scalar nor at the line's end."""
        for number, line in enumerate(self.lines):
            column = BLANK_END.sub("", line).find("\t")
            if column >= 0 and number not in self.inside_scalar and not self._in_scalar(number, column):
                yield number, column

    def _in_scalar(self, line: int, column: int) -> bool:
        place = (line, column)
        return any(
            (one.start_mark.line, one.start_mark.column) <= place < (one.end_mark.line, one.end_mark.column)
            for one in self.scalars
        )


@lru_cache(maxsize=256)
def layout_of(text: str) -> Layout:
    """The layout of a text, read once for all checks."""
    return Layout(text)


@check("DL100", "trailing-space", "warning", fixable=True)
def trailing_space(folder: Folder) -> Iterator[Mistake]:
    """White space at the end of a line."""
    for file in folder.files:
        for line, column in layout_of(file.text).trailing():
            yield file.mistake_at(line + 1, column + 1)


@check("DL101", "tab", "warning", fixable=True)
def tab(folder: Folder) -> Iterator[Mistake]:
    """A tab, which every editor shows in a width of its own."""
    for file in folder.files:
        for line, column in layout_of(file.text).tabs():
            yield file.mistake_at(line + 1, column + 1)


@check("DL102", "key-order", "warning", fixable=True)
def key_order(folder: Folder) -> Iterator[Mistake]:
    """The keys of a rule in another order than everywhere else."""
    for file in folder.files:
        if file.kind == "rules":
            yield from _out_of_order(file)


@check("DL103", "clock-without-quotes", "warning", fixable=True)
def clock_without_quotes(folder: Folder) -> Iterator[Mistake]:
    """A clock time that other YAML programs read as a number."""
    for file in folder.files:
        for one in layout_of(file.text).clocks():
            yield file.mistake_at(one.start_mark.line + 1, one.start_mark.column + 1, time=one.value)


@check("DL104", "no-final-newline", "warning", fixable=True)
def no_final_newline(folder: Folder) -> Iterator[Mistake]:
    """The last line has no end."""
    for file in folder.files:
        if file.text and not file.text.endswith("\n"):
            yield file.mistake_at(len(file.document.lines), len(file.document.lines[-1]) + 1)


def rank(key: str) -> int:
    """The place of a rule's key; what is no key of a rule comes last."""
    return KEY_ORDER.index(key) if key in KEY_ORDER else len(KEY_ORDER)


def _out_of_order(file: File) -> Iterator[Mistake]:
    for trail, raw in file.items():
        keys = [key for key in raw if key in KEY_ORDER] if isinstance(raw, dict) else []
        late = next((key for before, key in pairwise(keys) if rank(key) < rank(before)), None)
        if late is not None:
            before = next(key for key in keys if rank(key) > rank(late))
            yield file.mistake((*trail, late), key=True, name=late, before=before)
