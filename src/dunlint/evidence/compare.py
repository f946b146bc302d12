"""Sealed records beside found ones: which changed, are missing, were added or moved."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass

from dunlint.evidence.contents import Record
from dunlint.evidence.manifest import Entry


@dataclass(frozen=True, slots=True)
class Difference:
    """kind: changed, missing, added or moved; line: where it stands now (for a missing one: stood); entry: its number
    in the manifest, None for an added one.
    """

    kind: str
    line: int | None
    entry: int | None


def differences(sealed: Sequence[Entry], found: Sequence[Record]) -> list[Difference]:
    """Equal records are paired in order; those outside the longest row that kept its order have moved; what is
    left over between the same neighbours has changed, else is missing or added. n log n.
    """
    pairs = _pairs(sealed, found)
    kept = _longest_rising(pairs)
    moved = [Difference("moved", found[new].line, sealed[old]["entry"]) for old, new in pairs if (old, new) not in kept]
    olds, news = {old for old, _ in pairs}, {new for _, new in pairs}
    gone, come = defaultdict(deque), defaultdict(deque)  # type: ignore[var-annotated]
    old_ends, new_ends = sorted(old for old, _ in kept), sorted(new for _, new in kept)
    for place, entry in enumerate(sealed):
        if place not in olds:
            gone[bisect_right(old_ends, place)].append(entry)
    for place, record in enumerate(found):
        if place not in news:
            come[bisect_right(new_ends, place)].append(record)
    return [*_left_over(gone, come), *moved]


def _pairs(sealed: Sequence[Entry], found: Sequence[Record]) -> list[tuple[int, int]]:
    """(place in sealed, place in found) of records with the same content, the first with the first."""
    where: dict[tuple[str, str], deque[int]] = defaultdict(deque)
    for place, record in enumerate(found):
        where[record.what, record.content].append(place)
    return [
        (place, waiting.popleft())
        for place, entry in enumerate(sealed)
        if (waiting := where.get((entry["what"], entry["content"])))
    ]


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """The longest row of pairs whose second places rise."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for number, (_, new) in enumerate(pairs):
        place = bisect_left(tails, new)
        tails[place : place + 1] = [new]
        ends[place : place + 1] = [number]
        before.append(ends[place - 1] if place else -1)
    row, number = set(), ends[-1] if ends else -1
    while number >= 0:
        row.add(pairs[number])
        number = before[number]
    return row


def _left_over(gone: dict[int, deque[Entry]], come: dict[int, deque[Record]]) -> list[Difference]:
    told = []
    for gap in sorted({*gone, *come}):
        old, new = gone.get(gap, deque()), come.get(gap, deque())
        while old and new:
            told.append(Difference("changed", new.popleft().line, old.popleft()["entry"]))
        told += [Difference("missing", entry["line"], entry["entry"]) for entry in old]
        told += [Difference("added", record.line, None) for record in new]
    return told
