"""A letter as data: headings, paragraphs, forms, tables and lists, all of plain text.

Whoever makes one says what stands where; the renderers say how it looks. Text from logs is made fit here, once:
characters that nobody sees are shown, and what is too long for a page is cut with a mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from dunlint import i18n
from dunlint.reports.plain import cut, plain

LONGEST = 1_500  # characters of one piece of text on paper; the records themselves are the annex

Style = Literal["", "strong", "mark", "faint"]
Kind = Literal["body", "note", "caution", "finding", "quote", "sign"]


@dataclass(frozen=True)
class Run:
    """Words of one look; `mark` are the words a finding is about."""

    text: str
    style: Style = ""


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    runs: tuple[Run, ...]
    kind: Kind = "body"


@dataclass(frozen=True)
class Items:
    """A list; each item is runs. `numbered` counts from 1."""

    items: tuple[tuple[Run, ...], ...]
    numbered: bool = False


@dataclass(frozen=True)
class Form:
    """Labels with values; a value that is None is left open for the reader to fill in."""

    rows: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Table:
    """Head and rows of text; widths are shares of the page's width."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True)
class Break:
    """What follows begins on a new page."""


Block = Heading | Paragraph | Items | Form | Table | Break


@dataclass(frozen=True)
class Letter:
    """blocks in order; `open_value` is what stands where a form is left open, `page` the footer's text with
    `{page}` and `{pages}`.
    """

    title: str
    blocks: tuple[Block, ...]
    lang: str
    subtitle: str = ""

    @property
    def open_value(self) -> str:
        return i18n.text("letter.open_value", self.lang)

    @property
    def page(self) -> str:
        return i18n.text("letter.page", self.lang)


def run(text: object, style: Style = "", *, lang: str = "en") -> Run:
    """Words of a log or of a rule, fit for paper."""
    return Run(fit(text, lang), style)


def fit(text: object, lang: str) -> str:
    shown = plain(str(text))
    return cut(shown, LONGEST, i18n.text("letter.cut", lang, count=len(shown)))


def paragraph(*runs: Run | str, kind: Kind = "body") -> Paragraph:
    return Paragraph(tuple(one if isinstance(one, Run) else Run(one) for one in runs), kind)


def items(entries: Iterable[Run | str | Sequence[Run]], *, numbered: bool = False) -> Items:
    """A list of texts, runs, or sequences of runs."""
    made = []
    for entry in entries:
        one = Run(entry) if isinstance(entry, str) else entry
        made.append((one,) if isinstance(one, Run) else tuple(one))
    return Items(tuple(made), numbered)


def table(head: Iterable[str], rows: Iterable[Iterable[object]], widths: Sequence[float], lang: str) -> Table:
    """A table whose cells are made fit; None is an empty cell."""
    cells = tuple(tuple("" if cell is None else fit(cell, lang) for cell in row) for row in rows)
    return Table(tuple(head), cells, tuple(widths))
