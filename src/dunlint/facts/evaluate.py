"""Conditions -> columns: each block is decided for every contact at once, as true, false or null (unknown)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial, reduce
from typing import Any

import numpy as np
import polars as pl

from dunlint.facts import attributes, happenings, speech
from dunlint.facts.conditions import Block, Count, Step, Within
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
            "event": happenings.event,
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
        group = groups(self.ground.contacts, ["case", *condition.per])
        ticks = clock.fill_null(0).to_numpy().astype(np.int64)
        sure = (flag.fill_null(False) & timed).to_numpy()
        possible = (flag.fill_null(True) & timed).to_numpy()
        count = counts
        if condition.distinct:
            value = groups(self.ground.contacts, [condition.distinct])
            count = partial(distinct_counts, value=value)
        least = count(group, ticks, sure, span=span)
        return least, least if np.array_equal(sure, possible) else count(group, ticks, possible, span=span)

    def clock(self, within: Within) -> tuple[pl.Series, int]:
        """The clock a window runs on, and its length on that clock."""
        name, span = happenings.span_of(within)
        return happenings.clock_of(self.ground.contacts, name), span

    def sequence(self, steps: list[Step]) -> pl.Series:
        """Whether the last step holds and the steps before it happened, in order and inside their windows."""
        return self._chain(steps)[0]

    def _chain(self, steps: list[Step]) -> tuple[pl.Series, Ints]:
        """(does the last step hold with all before it, position in the past of the step before it)."""
        last = steps[-1]
        assert last.when is not None
        found = self.chain_before(steps)[1]
        return self.block(last.when) & pl.Series(found >= 0), found

    def chain_before(self, steps: list[Step]) -> tuple[happenings.Past, Ints]:
        """The past that the last step looks back on, and for each contact its latest fitting entry or -1."""
        past = self._past(steps[:-1], steps[-1])
        return past, past.latest(steps[-1], self.ground.contacts)

    def _past(self, earlier: list[Step], following: Step) -> happenings.Past:
        step = earlier[-1]
        if step.event is not None:
            return happenings.past_events(self.ground, step.event, following.same)
        holds = self.block(step.when) if len(earlier) == 1 and step.when else self._chain(earlier)[0]
        return happenings.past_contacts(self.ground, holds, following.same)


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
