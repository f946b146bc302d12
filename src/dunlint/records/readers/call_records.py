"""What readers of call records share: local times, talk time, and rows that tell of the same call twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from dunlint.records.reader import Known, Note
from dunlint.records.readers.rows import moment
from dunlint.records.schema import Contact

LONGEST_TALK = 7 * 86400.0
MOST_WAITING = 1000  # rows within which a call may be told of again
YEAR_FIRST = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T]*(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?")


def local_moment(value: str, known: Known) -> tuple[datetime, str]:
    """(instant in UTC, where its zone is from), from ISO 8601 or year, month, day with other marks (2026/3/3 9:06).

    Raises ValueError for no time, a day without a clock time (midnight would be a guess), a local time without a zone.
    """
    value = value.strip()
    if len(value) <= len("2026-03-03"):
        raise ValueError(f"{value!r}")
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        found = YEAR_FIRST.fullmatch(value)
        if found is None:
            raise
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        at = datetime(year, month, day, hour, minute, second)
    return moment(at, known.zone or ""), "option" if at.tzinfo is None else "offset"


def talk_seconds(value: str) -> float:
    """Seconds of talk. Raises ValueError for what is no duration."""
    seconds = float(value)
    if not 0 <= seconds <= LONGEST_TALK:
        raise ValueError(value)
    return seconds


def zone_note(name: str, known: Known) -> Iterator[Note]:
    """A note where local times can't be read for lack of a zone."""
    if not known.zone:
        yield Note("note.zone_needed", {"file": name})


class OnceEach:
    """Passes calls on, a call that is told of twice (same key, MOST_WAITING rows apart at most) once: as answered."""

    def __init__(self) -> None:
        self.waiting: dict[tuple[str, ...], Contact] = {}
        self.twice = 0

    def add(self, key: tuple[str, ...], call: Contact) -> Iterator[Contact]:
        """Take in a call; yields the one that need not wait any more."""
        earlier = self.waiting.get(key)
        if earlier is None:
            self.waiting[key] = call
            if len(self.waiting) > MOST_WAITING:
                yield self.waiting.pop(next(iter(self.waiting)))
            return
        self.twice += 1
        if (call.talk_seconds or 0) > (earlier.talk_seconds or 0):
            self.waiting[key] = call

    def rest(self) -> Iterator[Contact]:
        yield from self.waiting.values()
        self.waiting.clear()
