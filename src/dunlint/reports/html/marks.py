"""Guilty words inside the text they stand in: text cut into pieces, each knowing which findings it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dunlint.findings import Quote

LONGEST = 20_000  # characters of one text on the page; the rest stays in the source and is counted


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text; findings: numbers of those whose quotes cover it; last: those whose quote ends with it."""

    text: str
    findings: tuple[int, ...] = ()
    last: tuple[int, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Marked:
    """A text in pieces, and how many of its characters are left out."""

    pieces: tuple[Piece, ...]
    left_out: int = 0


def marked(text: str, quotes: Sequence[tuple[int, Quote]]) -> Marked:
    """The text cut at the edges of quotes; `quotes` are (number of the finding, quote), whose offsets are used only
    where the text says the same there.
    """
    shown = text[:LONGEST]
    spans = sorted({(n, q.start, min(q.end, len(shown))) for n, q in quotes if text[q.start : q.end] == q.text})
    spans = [span for span in spans if span[1] < span[2]]
    edges = sorted({0, len(shown), *(start for _, start, _ in spans), *(end for _, _, end in spans)})
    pieces = tuple(_piece(shown, start, end, spans) for start, end in pairwise(edges))
    return Marked(pieces, len(text) - len(shown))


def _piece(text: str, start: int, end: int, spans: Iterable[tuple[int, int, int]]) -> Piece:
    covering = [span for span in spans if span[1] <= start and end <= span[2]]
    narrow = [span for span in covering if (span[1], span[2]) != (0, len(text))]
    numbers = tuple(dict.fromkeys(number for number, _, _ in covering))
    last = tuple(dict.fromkeys(number for number, _, until in covering if until == end))
    return Piece(text[start:end], numbers, last, bool(covering) and not narrow)
