"""DL030–DL039: rules that can never hold, because what they ask for excludes itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from dunlint.facts.conditions import (
    AtLeast,
    Block,
    Count,
    Event,
    Keywords,
    LocalTime,
    Range,
    Step,
    Turns,
    Within,
)
from dunlint.rulebook.lint.allowed import CLOSED, Allowed, Conjunction, is_void
from dunlint.rulebook.lint.folder import Folder, Written
from dunlint.rulebook.lint.problem import Mistake
from dunlint.rulebook.lint.registry import check, each_rule
from dunlint.rulebook.lint.walk import unless_of
from dunlint.rulebook.models import Authority, Rule, Source
from dunlint.rulebook.program import binding, bound
from dunlint.yaml_places import Trail

MINUTES = {"minutes": 1, "hours": 60, "days": 1440, "weeks": 10_080, "months": 43_800}


@check("DL030", "empty-range")
@each_rule
def empty_range(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """A lower bound above the upper one."""
    for path, bounds in rule.conditions(Range):
        if is_void((bounds,)):
            yield rule.mistake(*path)
    for path, turns in rule.conditions(Turns):
        if turns.from_ and turns.to and turns.from_ > turns.to:
            yield rule.mistake(*path)


@check("DL031", "empty-clock")
@each_rule
def empty_clock(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """A clock window that ends where it begins."""
    for path, window in rule.conditions(LocalTime):
        if window.from_ == window.until:
            yield rule.mistake(*path, time=window.from_)


@check("DL032", "contradiction")
@each_rule
def contradiction(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """Conditions that must all hold and cannot: a channel both in and not in, an event both there and absent."""
    told: list[Trail] = []
    for path, block in rule.conditions(Block):
        what = None if any(path[: len(one)] == one for one in told) else Conjunction().add(block).contradiction()
        if what is not None:
            told.append(path)
            yield rule.mistake(*path, what=what)


@check("DL033", "count-out-of-reach")
@each_rule
def count_out_of_reach(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """A count that asks for more than there can be."""
    for path, block in rule.conditions(Block):
        counts = block.count if isinstance(block.count, list) else [block.count] if block.count else []
        for count in counts:
            most, least = _most(count, block), _least(count)
            if most is not None and least > most:
                yield rule.mistake(*path, "count", least=least, most=most)
    some = [(path, one.n, len(one.of)) for path, one in rule.conditions(AtLeast)]
    some += [(path, one.at_least or 0, len(one.of or ())) for path, one in rule.conditions(Keywords)]
    for path, least, size in some:
        if least > size:
            yield rule.mistake(*path, least=least, most=size)


@check("DL034", "unless-cancels-when")
@each_rule
def unless_cancels_when(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """An exception that holds whenever the rule does."""
    asked = Conjunction().add(rule.model.when)
    for path, block in unless_of(rule.model):
        if asked.implies(block):
            yield rule.mistake(*path)


@check("DL035", "empty-dates")
def empty_dates(folder: Folder) -> Iterator[Mistake]:
    """In force until a day before the first."""
    for source in folder.sources:
        start, end = source.model.from_, source.model.until
        if _reversed(start, end):
            yield source.mistake("until", start=start, end=end)
    for rule in folder.rules:
        for number, authority in enumerate(rule.model.authority):
            start, end = _dates(authority, folder.source_by_id.get(authority.source))
            if _reversed(start, end) and (authority.from_ or authority.until):
                yield rule.mistake("authority", number, start=start, end=end)


@check("DL036", "empty-list")
@each_rule
def empty_list(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """An empty list among the conditions: nothing can match it."""
    for key in ("when", "unless", "applies_to"):
        for path in _empty_lists(rule.raw.get(key), (key,)):
            yield rule.mistake(*path, key=True, name=path[-1])


@check("DL037", "contradictory-window")
@each_rule
def contradictory_window(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """Not before `later`, but not after an earlier `within`."""
    timed: list[tuple[Trail, Event | Step]] = [*rule.conditions(Event), *rule.conditions(Step)]
    for path, one in timed:
        if one.within and one.later and _minutes(one.later) > _minutes(one.within):
            yield rule.mistake(*path, "later")


@check("DL038", "authority-never-binds", "warning")
@each_rule
def authority_never_binds(rule: Written[Rule], folder: Folder) -> Iterator[Mistake]:
    """An authority whose dates or scope exclude everything that the rule is about."""
    for number, what in _never(rule.model, folder):
        yield rule.mistake("authority", number, source=rule.model.authority[number].source, what=what)


@check("DL039", "rule-never-binds")
@each_rule
def rule_never_binds(rule: Written[Rule], folder: Folder) -> Iterator[Mistake]:
    """No authority of the rule can bind what the rule is about."""
    if len(_never(rule.model, folder)) == len(rule.model.authority):
        yield rule.mistake("authority")


def _most(count: Count, block: Block) -> int | None:
    """The most that a count can reach, or None if there is no limit."""
    if count.distinct is None:
        return None
    if count.distinct in count.per:
        return 1
    key = f"contact.{count.distinct}"
    counted = count.of or Block.model_construct(_fields_set={"contact"}, contact=block.contact)
    left = Conjunction().add(counted).attributes.get(key, Allowed()).left(CLOSED.get(key, ()))
    return None if left is None else len(left)


def _least(count: Count) -> int:
    return count.more_than + 1 if count.more_than is not None else count.at_least or 1


def _never(rule: Rule, folder: Folder) -> list[tuple[int, str]]:
    """(number, what excludes it) of each authority that cannot bind."""
    if Conjunction().add(rule.when).contradiction():
        return []
    found: list[tuple[int, str]] = []
    for number, authority in enumerate(rule.authority):
        source = folder.source_by_id.get(authority.source)
        what = excluded(rule, (authority, source)) if source else None
        if what is not None:
            found.append((number, what))
    return found


def excluded(rule: Rule, *bindings: tuple[Authority, Source]) -> str | None:
    """What keeps a contact that the rule is about from being bound by all of these authorities, or None."""
    together = Conjunction().add(rule.when)
    for block in bound(rule.applies_to):
        together.add(block)
    for limits in (binding(authority, source) for authority, source in bindings):
        if limits is not None:
            together.add(limits)
    return together.contradiction()


def _dates(authority: Authority, source: Source | None) -> tuple[date | None, date | None]:
    start, end = (source.from_, source.until) if source else (None, None)
    return authority.from_ or start, authority.until or end


def _reversed(start: date | None, end: date | None) -> bool:
    return start is not None and end is not None and start > end


def _empty_lists(raw: Any, path: Trail) -> Iterator[Trail]:
    if raw == []:
        yield path
    for key, value in raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ():
        yield from _empty_lists(value, (*path, key))


def _minutes(within: Within) -> int:
    """About how long a window is."""
    return sum((getattr(within, unit) or 0) * minutes for unit, minutes in MINUTES.items())
