"""Conditions -> columns: each block is decided for every contact at once, as true, false or null (unknown)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial, reduce
from typing import Any

import numpy as np
import polars as pl

from dunlint.facts import attributes, happenings, speech
from dunlint.facts.conditions import Block, Count, Event, Step, Within
from dunlint.facts.hours import event_hours
from dunlint.facts.table import Ground, groups
from dunlint.facts.windows import Ints, counts, distinct_counts


@dataclass
class Evaluation:
    """Decides blocks on one ground; what was decided once is remembered (rules share many conditions).

    `fired` holds, for rules that build on other rules, which contacts broke which rule so far.
    """

    ground: Ground
    fired: dict[str, pl.Series] = field(default_factory=dict)
    _known: dict[str, pl.Series] = field(default_factory=dict)

    def block(self, block: Block) -> pl.Series:
        """True, false or null for every contact: all parts hold."""
        return _every([self.part(name, condition, block) for name, condition in block.parts()])

    def part(self, name: str, condition: Any, block: Block) -> pl.Series:
        """One key of a block (`block` gives a count its neighbours)."""
        key = f"{name}:{_key(condition)}"
        if name == "count" and condition.of is None:
            key += _key(_neighbours(block))
        if name == "finding" or key not in self._known:
            answer = self._decide(name, condition, block)
            if name == "finding" or self.fired:
                return answer
            self._known[key] = answer
        return self._known[key]

    def _decide(self, name: str, condition: Any, block: Block) -> pl.Series:
        simple: dict[str, Callable[[Ground, Any], pl.Series]] = {
            "contact": attributes.contact,
            "account": attributes.account,
            "says": speech.says,
            "silence": speech.silence,
            "claim": speech.claim,
            "event": _event,
        }
        if name in simple:
            return simple[name](self.ground, condition)
        if name == "count":
            return self.count(condition, block)
        if name == "sequence":
            return self.sequence(condition)
        if name == "finding":
            return self._finding(condition)
        if name == "all":
            return _every([self.block(one) for one in condition])
        if name == "any":
            return _some([self.block(one) for one in condition])
        if name == "none":
            return ~_some([self.block(one) for one in condition])
        return _at_least([self.block(one) for one in condition.of], condition.n)

    def _finding(self, rules: str | list[str]) -> pl.Series:
        names = [rules] if isinstance(rules, str) else rules
        nothing = pl.repeat(False, len(self.ground.contacts), dtype=pl.Boolean, eager=True)
        return _some([self.fired.get(name, nothing) for name in names])

    def count(self, condition: Count, block: Block) -> pl.Series:
        """Whether the count passes its limit; null where unknown contacts could carry it over."""
        least, most = self.count_bounds(condition, block)
        limit = condition.more_than if condition.more_than is not None else (condition.at_least or 1) - 1
        answer = pl.Series(least > limit, dtype=pl.Boolean)
        untimed = self.clock(condition.within)[0].is_null()
        unsure = pl.Series((most > limit) & ~(least > limit)) | untimed
        return answer.set(unsure, None) & self.counted(condition, block)

    def counted(self, condition: Count, block: Block) -> pl.Series:
        """Which contacts count: only such a contact can itself carry the count over its limit."""
        return self.block(condition.of or _neighbours(block))

    def count_bounds(self, condition: Count, block: Block) -> tuple[Ints, Ints]:
        """For each contact: how many counted certainly, and how many at most."""
        flag = self.counted(condition, block)
        clock, span = self.clock(condition.within)
        timed = clock.is_not_null()
        ticks = clock.fill_null(0).to_numpy().astype(np.int64)
        sure = (flag.fill_null(False) & timed).to_numpy()
        possible = (flag.fill_null(True) & timed).to_numpy()
        fewest, most = self._keys_of_count(condition)
        count = counts
        if condition.distinct:
            value = groups(self.ground.contacts, [condition.distinct])
            count = partial(distinct_counts, value=value)
        least = count(fewest, ticks, sure, span=span)
        certain = fewest is most and np.array_equal(sure, possible)
        return least, least if certain else count(most, ticks, possible, span=span)

    def _keys_of_count(self, condition: Count) -> tuple[Ints, Ints]:
        """The numbers of the keys that contacts are counted by: with every possible new beginning, and with the
        certain ones only.
        """
        keys = groups(self.ground.contacts, ["case", *condition.per])
        if condition.since is None:
            return keys, keys
        begins = self.block(condition.since)
        fewest, most = (_begun_anew(keys, begins.fill_null(unknown)) for unknown in (True, False))
        return fewest, fewest if begins.null_count() == 0 else most

    def clock(self, within: Within) -> tuple[pl.Series, int]:
        """The clock a window runs on, and its length on that clock."""
        name, span = happenings.span_of(within)
        return happenings.clock_of(self.ground.contacts, name), span

    def sequence(self, steps: list[Step]) -> pl.Series:
        """Whether the last step holds and the steps before it happened, in order and inside their windows, with
        nothing between them that must not be.
        """
        last = steps[-1]
        assert last.when is not None
        past, found = self.chain_before(steps)
        answer = self.block(last.when) & pl.Series(found >= 0)
        return answer if last.without is None else answer & ~self._between(last, past, found)

    def _between(self, step: Step, past: happenings.Past, found: Ints) -> pl.Series:
        """Whether a contact that must not be lies between the step before and this one; null where one may."""
        assert step.without is not None
        holds = self.block(step.without)
        sure, most = (self._later(holds.fill_null(unknown), step, past, found) for unknown in (False, True))
        return sure.set(most & ~sure, None)

    def _later(self, holds: pl.Series, step: Step, past: happenings.Past, found: Ints) -> pl.Series:
        """Whether the latest earlier contact for which `holds` comes after the step before."""
        between = happenings.past_contacts(self.ground, holds, step.same)
        last = happenings.look_back(between, self.ground.contacts, within=None, later=None)
        clock = "row" if "row" in past.frame.columns else "at"
        both = (found >= 0) & (last >= 0)
        both[both] = between.frame[clock].to_numpy()[last[both]] > past.frame[clock].to_numpy()[found[both]]
        return pl.Series(both)

    def chain_before(self, steps: list[Step]) -> tuple[happenings.Past, Ints]:
        """The past that the last step looks back on, and for each contact its latest fitting entry or -1."""
        past = self._past(steps[:-1], steps[-1])
        return past, past.latest(steps[-1], self.ground.contacts)

    def _past(self, earlier: list[Step], following: Step) -> happenings.Past:
        step = earlier[-1]
        if step.event is not None:
            return happenings.past_events(self.ground, step.event, following.same)
        holds = self.block(step.when) if len(earlier) == 1 and step.when else self.sequence(earlier)
        return happenings.past_contacts(self.ground, holds, following.same)


def _event(ground: Ground, condition: Event) -> pl.Series:
    return event_hours(ground, condition) if condition.hours else happenings.event(ground, condition)


def _begun_anew(keys: Ints, begins: pl.Series) -> Ints:
    """Keys split where a contact begins the count anew: equal for two contacts with no such contact after the first
    up to and including the second.
    """
    frame = pl.DataFrame({"key": keys, "begins": begins.cast(pl.Int64)})
    return groups(frame.with_columns(pl.col("begins").cum_sum().over("key")), ["key", "begins"])


def _neighbours(block: Block) -> Block:
    """What a count counts when it does not say: the attributes and words its rule asks of the contact itself."""
    return Block.model_construct(
        _fields_set={"contact", "account", "says"}, contact=block.contact, account=block.account, says=block.says
    )


def _key(condition: Any) -> str:
    if isinstance(condition, list):
        return "[" + ",".join(_key(one) for one in condition) + "]"
    return condition if isinstance(condition, str) else str(condition.model_dump_json(exclude_unset=True))


def _every(answers: list[pl.Series]) -> pl.Series:
    return reduce(lambda left, right: left & right, answers)


def _some(answers: list[pl.Series]) -> pl.Series:
    return reduce(lambda left, right: left | right, answers)


def _at_least(answers: list[pl.Series], n: int) -> pl.Series:
    sure = sum((answer.fill_null(False).cast(pl.Int64) for answer in answers), pl.Series([0]))
    most = sum((answer.fill_null(True).cast(pl.Int64) for answer in answers), pl.Series([0]))
    return (sure >= n).set((most >= n) & (sure < n), None)
