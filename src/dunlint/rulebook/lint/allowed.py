"""What conditions that must all hold leave possible: contradictions and implications, by plain set arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from dunlint.facts.conditions import AccountCondition, Block, ContactCondition, Event, Known, Match, Not, Range, Says
from dunlint.records.schema import CHANNELS, DIRECTIONS, OUTCOMES, PARTIES, ROLES
from dunlint.rulebook.lint.walk import many

CLOSED: dict[str, tuple[str, ...]] = {
    "contact.channel": CHANNELS,
    "contact.direction": DIRECTIONS,
    "contact.outcome": OUTCOMES,
    "contact.party": PARTIES,
    "contact.role": ROLES,
    "contact.weekday": ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
}
NOT_COMPARED = {"local_time", "ends_in", "holiday", "agency_published", "collection",
                "debtor_flags", "region_in", "days_overdue", "number", "more_than", "less_than"}  # fmt: skip
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Allowed:
    """What is left of one attribute: values named (None: any), values barred, ranges, and whether it is known."""

    named: frozenset[Any] | None = None
    barred: frozenset[Any] = frozenset()
    ranges: tuple[Range, ...] = ()
    known: frozenset[bool] = frozenset()

    def narrowed(self, wanted: Match) -> Allowed:
        """What is left after one more condition."""
        if isinstance(wanted, Known):
            return replace(self, known=self.known | {wanted.known})
        if isinstance(wanted, Not):
            return replace(self, barred=self.barred | values(wanted.not_))
        if isinstance(wanted, Range):
            return replace(self, ranges=(*self.ranges, wanted))
        given = values(wanted)
        return replace(self, named=given if self.named is None else self.named & given)

    def left(self, closed: Iterable[str]) -> frozenset[Any] | None:
        """The values that remain possible, or None if they cannot be listed."""
        possible = self.named if self.named is not None else frozenset(closed) or None
        if possible is None:
            return None
        return frozenset(v for v in possible - self.barred if all(inside(v, one) for one in self.ranges))

    def is_empty(self, closed: Iterable[str] = ()) -> bool:
        """Whether no value can satisfy all conditions."""
        left = self.left(closed)
        if left is not None and not left:
            return True
        if False in self.known and UNKNOWN not in (left or ()):
            return bool(self.named is not None or self.barred or self.ranges or True in self.known)
        return is_void(self.ranges)


def values(wanted: Any) -> frozenset[Any]:
    """The values of a condition that is one value or a list of them."""
    return frozenset(wanted) if isinstance(wanted, list) else frozenset((wanted,))


def inside(value: Any, bounds: Range) -> bool:
    """Whether a value lies between bounds; what cannot be compared does."""
    if not isinstance(value, int | float | date):
        return True
    return not is_void((bounds, Range(at_least=value, at_most=value)))


def is_void(ranges: Iterable[Range]) -> bool:
    """Whether no number (or date) lies in all ranges."""
    known = list(ranges)
    lows = [(one.at_least, False) for one in known] + [(one.more_than, True) for one in known]
    highs = [(one.at_most, False) for one in known] + [(one.less_than, True) for one in known]
    return any(_apart(low, high, above or below) for low, above in lows for high, below in highs)


def _apart(low: float | date | None, high: float | date | None, strict: bool) -> bool:
    if low is None or high is None or isinstance(low, date) != isinstance(high, date):
        return False
    return low > high or (strict and low == high)  # type: ignore[operator]


@dataclass
class Conjunction:
    """Conditions that must all hold, opened: attributes narrowed, every other condition listed."""

    attributes: dict[str, Allowed] = field(default_factory=dict)
    others: list[tuple[str, Any]] = field(default_factory=list)
    negated: list[Block] = field(default_factory=list)
    of_collection: bool = False

    def add(self, block: Block) -> Conjunction:
        """Open one more block that must hold too."""
        for name, condition in block.parts():
            if name == "all":
                for inner in condition:
                    self.add(inner)
            elif name == "none":
                self.negated += condition
            elif name in ("contact", "account"):
                self._narrow(name, condition)
            else:
                self.others.append((name, condition))
        return self

    def _narrow(self, name: str, condition: ContactCondition | AccountCondition) -> None:
        self.of_collection |= name == "contact" and bool(getattr(condition, "collection", False))
        for key, wanted in attributes_of(name, condition).items():
            self.attributes[key] = self.attributes.get(key, Allowed()).narrowed(wanted)

    def contradiction(self) -> str | None:
        """The name of what makes it impossible, or None."""
        for key, allowed in self.attributes.items():
            if allowed.is_empty(CLOSED.get(key, ())):
                return key.partition(".")[2]
        for name, condition in self.others:
            if getattr(condition, "absent", False) and self._says_so(condition.model_copy(update={"absent": False})):
                return name
        return next((block.parts()[0][0] for block in self.negated if self.implies(block)), None)

    def implies(self, block: Block) -> bool:
        """Whether `block` certainly holds wherever all of this does (False also where that cannot be told)."""
        return all(self._implies_part(name, condition) for name, condition in block.parts())

    def _implies_part(self, name: str, condition: Any) -> bool:
        if name in ("all", "any"):
            return (all if name == "all" else any)(self.implies(inner) for inner in condition)
        if name in ("contact", "account"):
            return self._implies_attributes(name, condition)
        return any(kind == name and is_at_least(ours, condition) for kind, ours in self.others)

    def _implies_attributes(self, name: str, condition: ContactCondition | AccountCondition) -> bool:
        wanted = attributes_of(name, condition)
        if not condition.model_fields_set <= {*(key.partition(".")[2] for key in wanted), "collection"}:
            return False  # a clock or a comparison is not followed
        if name == "contact" and getattr(condition, "collection", False) and not self.of_collection:
            return False
        return all(self._implies_value(key, one) for key, one in wanted.items())

    def _implies_value(self, key: str, wanted: Match) -> bool:
        left = self.attributes.get(key, Allowed()).left(CLOSED.get(key, ()))
        if left is None or UNKNOWN in left:
            return False
        asked = key in self.attributes and self.attributes[key].named is not None
        return asked and all(not Allowed(frozenset((value,))).narrowed(wanted).is_empty() for value in left)

    def _says_so(self, condition: Any) -> bool:
        return any(is_at_least(ours, condition) for _, ours in self.others if not getattr(ours, "absent", False))


def attributes_of(name: str, condition: ContactCondition | AccountCondition) -> Mapping[str, Match]:
    """`contact.channel` and the like -> what is asked of it; clocks, flags and comparisons are left out."""
    given = condition.model_fields_set - NOT_COMPARED
    pairs = ((key, getattr(condition, key)) for key in type(condition).model_fields if key in given)
    return {f"{name}.{key}": wanted for key, wanted in pairs if wanted is not None}


def is_at_least(ours: Any, theirs: Any) -> bool:
    """Whether `ours` holding means that `theirs` holds: equal, or of fewer kinds, tags or rules."""
    choice = "kind" if isinstance(ours, Event) else "tag"
    if not isinstance(ours, Event | Says):
        plain = all(isinstance(one, str) for one in many(ours) + many(theirs))
        return values(ours) <= values(theirs) if plain else bool(ours == theirs)
    mine, other = getattr(ours, choice), getattr(theirs, choice, None)
    if mine is None or other is None or ours.absent:
        return bool(ours == theirs)
    same = ours.model_copy(update={choice: None}) == theirs.model_copy(update={choice: None})
    return same and values(mine) <= values(other)
