"""Turns -> one contact, and what a user should know of them: whichever format a transcript came in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml

from dunlint.records.reader import Known, Note
from dunlint.records.schema import Contact, Turn
from dunlint.resources import rules_root

UNKNOWN = "unknown"
LONGEST_CALL = 7 * 86400.0  # seconds
UNSAFE = re.compile("[\0\ud800-\udfff]")
MASKED = re.compile(r"\*{2,}")
REDACTED = re.compile(r"\[(?:PII|REDACTED)\]")
ONLY_A_NUMBER = re.compile(r"(?:speaker|channel) -?\w+")
MOST_LABELS = 6


@dataclass
class Heard:
    """What was noticed while the calls of one file were read, for the notes at its end."""

    file: str
    key: str
    known: Known
    labels: dict[str, None] = field(default_factory=dict)
    nameless: int = 0
    masked: int = 0
    redacted: int = 0
    twice: int = 0
    silent: int = 0
    unplaced: dict[str, int] = field(default_factory=dict)

    def contact(self, turns: list[Turn], line: int, columns: Mapping[str, Any] | None = None) -> Contact:
        """One call from its turns, in the order of their starts, equal turns at the same moment once."""
        once = list(dict.fromkeys(turns) if all(turn.start is not None for turn in turns) else turns)
        self.twice += len(turns) - len(once)
        if all(turn.start is not None for turn in once):
            once.sort(key=lambda turn: turn.start or 0.0)
        once = _without_lone_number(once)
        for turn in once:
            if turn.speaker == UNKNOWN:
                self.nameless += 1
            else:
                self.labels[turn.speaker] = None
            self.masked += bool(MASKED.search(turn.text))
            self.redacted += bool(REDACTED.search(turn.text))
        ends = [turn.end for turn in once if turn.end is not None]
        contact = Contact(
            channel="call",
            outcome="connected",
            talk_seconds=max(ends, default=None),
            turns=tuple(once),
            party=self.known.owner_party,
            source_line=line,
        )
        for name, value in (columns or {}).items():
            setattr(contact, name, value)
        for name in ("at", "direction"):
            if getattr(contact, name) is None and name not in self.known.about_file:
                self.unplaced[name] = self.unplaced.get(name, 0) + 1
        return contact

    def notes(self) -> Iterator[Note]:
        """What a user should know of the file, and what to write where."""
        for name, count in self.unplaced.items():
            yield Note(f"note.call_without_{name}", {"file": self.file, "count": count, "key": self.key})
        named = self.known.about_file.get("speakers") or {}
        strange = [label for label in self.labels if label not in named and label.strip().lower() not in role_words()]
        if strange:
            labels = ", ".join(strange[:MOST_LABELS])
            yield Note("note.speakers_without_role", {"file": self.file, "labels": labels, "key": self.key,
                                                      "first": strange[0]})  # fmt: skip
        counts = {"nameless": 0 if UNKNOWN in named else self.nameless, "masked": self.masked,
                  "redacted": self.redacted, "twice": self.twice, "silent": self.silent}  # fmt: skip
        for name, count in counts.items():
            if count:
                yield Note(f"note.turns_{name}", {"file": self.file, "count": count})


def _without_lone_number(turns: list[Turn]) -> list[Turn]:
    """A number that every turn bears tells nobody apart: it is what vendors write when speakers were not told apart."""
    labels = {turn.speaker for turn in turns}
    if len(labels) > 1 or not ONLY_A_NUMBER.fullmatch(next(iter(labels))):
        return turns
    return [Turn(UNKNOWN, turn.start, turn.end, turn.text) for turn in turns]


@cache
def role_words() -> frozenset[str]:
    """Labels, in lower case, that say a role by themselves."""
    text = (rules_root() / "language" / "speakers.yaml").read_text(encoding="utf-8")
    return frozenset(str(word).lower() for labels in yaml.safe_load(text).values() for word in labels)
