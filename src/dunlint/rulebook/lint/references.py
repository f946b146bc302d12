"""DL020–DL029: names that lead nowhere, or in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import polars as pl

from dunlint.facts.clock import holiday_days
from dunlint.facts.conditions import Anchor, Block, Compare, Event, Holiday, Says, Within
from dunlint.records.schema import ACCOUNT_COLUMNS
from dunlint.rulebook.lint.folder import Folder, Written, known_events, known_tags
from dunlint.rulebook.lint.problem import Mistake, nearest
from dunlint.rulebook.lint.registry import check, each_rule
from dunlint.rulebook.lint.walk import many
from dunlint.rulebook.load import referred_rules
from dunlint.rulebook.models import Rule
from dunlint.yaml_places import Trail

ANY_DAY = 2024


@check("DL020", "dangling-source")
@each_rule
def dangling_source(rule: Written[Rule], folder: Folder) -> Iterator[Mistake]:
    """An authority names a source that is not in the register."""
    known = folder.ids("sources")
    for number, authority in enumerate(rule.model.authority):
        if authority.source not in known:
            hint = nearest(authority.source, known)
            yield rule.mistake("authority", number, "source", source=authority.source, nearest=hint)


@check("DL021", "dangling-parameter")
@each_rule
def dangling_parameter(rule: Written[Rule], folder: Folder) -> Iterator[Mistake]:
    """A comparison names a parameter that does not exist."""
    known = folder.ids("parameters")
    for path, compare in rule.conditions(Compare):
        if compare.parameter and compare.parameter not in known:
            hint = nearest(compare.parameter, known)
            yield rule.mistake(*path, "parameter", name=compare.parameter, nearest=hint)


@check("DL022", "dangling-rule")
def dangling_rule(folder: Folder) -> Iterator[Mistake]:
    """`finding`, an override or an obligation names a rule that does not exist."""
    known = folder.ids("rules")
    for one, path, name in _all_named_rules(folder):
        if name not in known:
            yield one.mistake(*path, name=name, nearest=nearest(name, known))


@check("DL023", "unknown-tag")
@each_rule
def unknown_tag(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """A tag that no wording gives, so that the condition can never hold."""
    for path, name in (*_named_tags(rule), *_given(rule.model, "contact", "tags")):
        if name not in known_tags():
            yield rule.mistake(*path, tag=name, nearest=nearest(name, known_tags()))


@check("DL024", "unknown-event-kind")
@each_rule
def unknown_event_kind(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """A kind of event that no record holds and nothing said gives."""
    for path, name in (*_named_events(rule), *_given(rule.model, "event", "kind"), *_kept(rule.model)):
        if name not in known_events():
            yield rule.mistake(*path, kind=name, nearest=nearest(name, known_events()))


@check("DL025", "circular-rules")
def circular_rules(folder: Folder) -> Iterator[Mistake]:
    """Rules that build on each other in a circle."""
    told: set[frozenset[str]] = set()
    for rule in folder.rules:
        circle = _circle(rule.model.id, folder.rule_by_id, ())
        if circle and frozenset(circle) not in told:
            told.add(frozenset(circle))
            yield rule.mistake("when", ids=" → ".join((*circle, circle[0])))


@check("DL026", "builds-on-rule-off", "warning")
@each_rule
def builds_on_rule_off(rule: Written[Rule], folder: Folder) -> Iterator[Mistake]:
    """A rule that is on builds on one that is off and so never finds anything."""
    for path, name in _named_rules(rule):
        other = folder.rule_by_id.get(name)
        if rule.model.enabled and other is not None and not other.enabled:
            yield rule.mistake(*path, name=name)


@check("DL027", "unknown-calendar")
@each_rule
def unknown_calendar(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """A holiday calendar that the `holidays` library does not have."""
    dated: list[tuple[Trail, Holiday | Within]] = [*rule.conditions(Holiday), *rule.conditions(Within)]
    for path, one in dated:
        if one.calendar and not _has_calendar(one.calendar):
            yield rule.mistake(*path, "calendar", calendar=one.calendar)


@check("DL028", "unknown-account-number")
@each_rule
def unknown_account_number(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """A comparison with something that is no number of the account."""
    numbers = [name for name, dtype in ACCOUNT_COLUMNS.items() if dtype == pl.Float64]
    for path, compare in rule.conditions(Compare):
        if compare.account and compare.account not in numbers:
            hint = nearest(compare.account, numbers)
            yield rule.mistake(*path, "account", name=compare.account, known=", ".join(numbers), nearest=hint)


@check("DL029", "dangling-obligation")
@each_rule
def dangling_obligation(rule: Written[Rule], folder: Folder) -> Iterator[Mistake]:
    """A rule names an obligation that the pack's list does not have."""
    known = folder.ids("obligations")
    for number, name in enumerate(rule.model.obligations if known else ()):
        if name not in known:
            yield rule.mistake("obligations", number, name=name)


def _each(path: Trail, names: str | list[str] | None) -> Iterator[tuple[Trail, str]]:
    """(path, name) of each name, whether it stands alone or in a list."""
    if isinstance(names, str):
        yield path, names
    for number, name in enumerate(names if isinstance(names, list) else ()):
        yield (*path, number), name


def _all_named_rules(folder: Folder) -> Iterator[tuple[Written[Any], Trail, str]]:
    for rule in folder.rules:
        yield from ((rule, path, name) for path, name in _named_rules(rule))
    for override in folder.written["overrides"]:
        yield override, ("rule",), override.model.rule
    for one in folder.written["obligations"]:
        yield from ((one, path, name) for path, name in _each(("rules",), one.model.rules))


def _named_rules(rule: Written[Rule]) -> Iterator[tuple[Trail, str]]:
    for path, block in rule.conditions(Block):
        yield from _each((*path, "finding"), block.finding)


def _named_tags(rule: Written[Rule]) -> Iterator[tuple[Trail, str]]:
    said: list[tuple[Trail, Says | Anchor]] = [*rule.conditions(Says), *rule.conditions(Anchor)]
    for path, one in said:
        yield from _each((*path, "tag"), one.tag)


def _named_events(rule: Written[Rule]) -> Iterator[tuple[Trail, str]]:
    for path, event in rule.conditions(Event):
        yield from _each((*path, "kind"), event.kind)
        yield from _each((*path, "not_after"), event.not_after)
    for path, compare in rule.conditions(Compare):
        yield from _each((*path, "event"), compare.event)


def _given(rule: Rule, what: str, key: str) -> Iterator[tuple[Trail, str]]:
    """(path, name) under `key` of the contacts or events that the rule's tests give."""
    for number, test in enumerate(rule.tests):
        for name in (what, f"{what}s"):
            for place, one in enumerate(many(test.given.get(name))):
                inside: Trail = (name, place) if isinstance(test.given[name], list) else (name,)
                if isinstance(one, dict):
                    yield from _each(("tests", number, "given", *inside, key), one.get(key))


def _kept(rule: Rule) -> Iterator[tuple[Trail, str]]:
    for number, test in enumerate(rule.tests):
        yield from _each(("tests", number, "given", "keeps"), test.given.get("keeps"))


def _circle(name: str, rules: Mapping[str, Any], above: tuple[str, ...]) -> tuple[str, ...]:
    """The ids of a circle that leads from `name` back to it or into another circle; empty if there is none."""
    if name in above:
        return above[above.index(name) :]
    if name not in rules:
        return ()
    deeper = (_circle(other, rules, (*above, name)) for other in sorted(referred_rules(rules[name])))
    return next((circle for circle in deeper if circle), ())


@cache
def _has_calendar(name: str) -> bool:
    try:
        return bool(holiday_days(name, [ANY_DAY]))
    except NotImplementedError:
        return False
