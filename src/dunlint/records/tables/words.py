"""What headers and values are called elsewhere: the data of `records/words/`, read once."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from dunlint.records.schema import ACCOUNT_COLUMNS, CONTACT_COLUMNS, EVENT_COLUMNS
from dunlint.yaml_places import read

WORDS = Path(__file__).parents[1] / "words"
COLUMNS: dict[str, dict[str, Any]] = {
    "contacts": CONTACT_COLUMNS,
    "accounts": ACCOUNT_COLUMNS,
    "events": EVENT_COLUMNS,
}
DATE_PART = ".date"  # `at.date` names the headers of a date that stands apart from its clock time


@cache
def words(name: str) -> dict[str, Any]:
    """`columns`, `values` or `times` of records/words/."""
    data: dict[str, Any] = read(WORDS / f"{name}.yaml", f"words/{name}.yaml").data
    return data


def plain(name: str) -> str:
    """A header as it is compared: width, case, spaces, underscores and brackets left out."""
    return re.sub(r"[\s_\-./()\[\]:*#]+", "", unicodedata.normalize("NFKC", name)).lower()


@dataclass(frozen=True)
class Meaning:
    """What a header may be: one of our columns, and how sure that is: `own` (our own name), `sure` or `likely`."""

    target: str
    certainty: str


@lru_cache(maxsize=4096)  # not only headers are asked for: whatever stands in the first rows
def meaning(table: str, header: str) -> Meaning | None:
    """The column of `table` that a header names, or None."""
    if header in COLUMNS[table]:
        return Meaning(header, "own")
    name = plain(header)
    if not name or name in _never():
        return None
    known = _synonyms(table)
    if name in known:
        return Meaning(known[name], "sure")
    if any(word in name for word in _never()):
        return None
    inside = [word for word in known if len(word) > (1 if not word.isascii() else 3) and word in name]
    return Meaning(known[max(inside, key=len)], "likely") if inside else None


@cache
def _synonyms(table: str) -> dict[str, str]:
    found = {plain(column): column for column in COLUMNS[table]}
    for column, names in words("columns")[table].items():
        for name in names:
            found.setdefault(plain(str(name)), column)
    return found


@cache
def _never() -> frozenset[str]:
    return frozenset(plain(name) for name in words("columns")["never"])


@cache
def value_words(column: str) -> dict[str, str]:
    """Value as others write it (lower case) -> ours; `direction` gives `out` and `in`; empty if there are none."""
    known = words("values").get(column, {})
    found = {ours: ours for ours in known}
    for ours, theirs in known.items():
        for word in theirs:
            found.setdefault(str(word).lower(), ours)
    return found


@cache
def answers(column: str) -> dict[str, str]:
    """As `value_words`, for a header that asks a question (whether connected)."""
    known = words("values")["questions"].get(column, {})
    return {str(word).lower(): ours for ours, theirs in known.items() for word in theirs}


def asks(header: str) -> bool:
    """Whether a header is a question that is answered with yes or no."""
    return plain(header).startswith(tuple(words("values")["questions"]["begin"]))


def unit_in(header: str) -> str | None:
    """A unit that the header names beside the column: `minutes`, `percent`, …"""
    shown = unicodedata.normalize("NFKC", header).lower()
    bare = re.sub(r"[\s_]+", " ", shown)
    for unit, names in words("columns")["units"].items():
        for name in (unicodedata.normalize("NFKC", str(name)).lower() for name in names):
            if (name in bare) if not name.isascii() or not name.isalpha() else name in re.findall(r"[a-z]+", bare):
                return str(unit)
    return None


def channel_of_title(title: str) -> str | None:
    """The channel that the name of a sheet or file gives to everything in it, if it names exactly one."""
    shown = title.lower()
    found = {channel for channel, names in words("columns")["titles"].items() if any(name in shown for name in names)}
    return found.pop() if len(found) == 1 else None


def header_at(rows: list[list[str]], wanted: frozenset[str] = frozenset()) -> int:
    """Index of the header among the first rows of a table: that with most known names (a title may stand above)."""
    if not rows:
        return 0
    first, most_below = _known_names(rows[0], wanted), max((len(row) for row in rows[1:]), default=0)
    if first >= max(2, most_below):  # no row below can name more
        return 0
    scores = [first, *(_known_names(row, wanted) for row in rows[1:])]
    best = max(scores)
    if best < 2:  # one known word may stand in a title
        return next((number for number, row in enumerate(rows) if any(row)), 0)
    return scores.index(best)


def _known_names(row: list[str], wanted: frozenset[str]) -> int:
    return sum(1 for name in row if name and (name in wanted or any(meaning(table, name) for table in COLUMNS)))
