"""Whether 03/04/05 is day, month, year, or month, day, year, or year, month, day: seen from the whole file.

Phones write dates in the order of their locale and the file does not name it. An order is out if it makes dates that
do not exist or a year no chat can be from; of those left, one in which time would run backwards is out, because exports
are chronological. Orders that give the same dates are one. What is then still open is not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import pairwise

Triple = tuple[str, str, str]

PLACES = {"dmy": (2, 1, 0), "mdy": (2, 0, 1), "ymd": (0, 1, 2)}
EARLIEST, LATEST = 2000, 2099
MOST_WRONG = 0.1  # share of dates that may be damaged


def date_of(triple: Triple, order: str) -> date | None:
    """The date of three written numbers in an order; None if there is no such date."""
    year, month, day = (triple[place] for place in PLACES[order])
    if len(year) not in (2, 4) or len(month) > 2 or len(day) > 2:
        return None
    try:
        found = date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        return None
    return found if EARLIEST <= found.year <= LATEST else None


def infer(triples: Iterable[Triple], *, short_year_first: bool = False) -> str | None:
    """The one order that fits, or None where several do or none does.

    A year of two digits comes last in every locale but those that write 26. 3. 15. (`short_year_first`).
    """
    once = list(dict.fromkeys(triples))
    long_year = all(len(first) > 2 for first, _, _ in once)
    orders = [order for order in PLACES if order != "ymd" or long_year or short_year_first]
    read = {order: [date_of(triple, order) for triple in once] for order in orders}
    valid = {order: dates for order, dates in read.items() if _share(dates) == max(map(_share, read.values()))}
    valid = {order: dates for order, dates in valid.items() if _share(dates) >= 1 - MOST_WRONG}
    for candidates in (valid, {order: dates for order, dates in valid.items() if _runs_forwards(dates)}):
        if candidates and len({tuple(dates) for dates in candidates.values()}) == 1:
            return next(iter(candidates))
    return None


def _share(dates: list[date | None]) -> float:
    return sum(found is not None for found in dates) / len(dates) if dates else 0.0


def _runs_forwards(dates: list[date | None]) -> bool:
    """Days of a chronological file; one day backwards is a phone whose clock was set."""
    known = [found.toordinal() for found in dates if found is not None]
    return all(after - before >= -1 for before, after in pairwise(known))
