"""Conditions -> answers: each block is decided as true, false or unknown for the contacts that are asked about.

What looks at the contact alone is cheap as a whole column and is decided for every contact at once. What looks at
others (events, counts, sequences) is dear: it is asked last, and only of contacts that nothing cheaper has settled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from operator import itemgetter
from typing import Any, TypeVar

import numpy as np
import polars as pl

from dunlint.facts import attributes, happenings, kleene, speech
from dunlint.facts.codes import Bools
from dunlint.facts.conditions import Block, Count, Step, Within
from dunlint.facts.hours import event_hours
from dunlint.facts.kleene import FALSE, NOT_ASKED, TRUE, UNKNOWN, Answers, Rows
from dunlint.facts.remembered import Remembered
from dunlint.facts.table import Ground
from dunlint.facts.windows import Ints, counts, distinct_counts, line_up, over, window_starts

WHOLE: dict[str, Callable[[Ground, Any], Answers]] = {
    "contact": attributes.contact,
    "account": attributes.account,
    "says": speech.says,
    "silence": speech.silence,
    "claim": speech.claim,
}
Part = tuple[str, Any]  # a key of a block and its condition
T = TypeVar("T")
CHEAP = 2
COSTS = {"contact": 0, "account": 0, "finding": 1, "silence": 1, "says": 2, "claim": 2,
         "event": 4, "count": 5, "sequence": 6}  # fmt: skip


@dataclass
class Evaluation:
    """Decides blocks on one ground; what was decided once is remembered (rules share many conditions).

    `fired` holds, for rules that build on other rules, which contacts broke which rule so far: set it by `fire`.
    """

    ground: Ground
    fired: dict[str, pl.Series] = field(default_factory=dict)
    _known: Remembered = field(default_factory=Remembered)
    _keys: dict[int, tuple[Any, str]] = field(default_factory=dict)
    _parts: dict[int, tuple[Block, list[Part], list[Part]]] = field(default_factory=dict)  # by address, as in `_keys`
    _neighbours: dict[int, tuple[Block, Block]] = field(default_factory=dict)
    _begun: dict[tuple[str, bool], tuple[Ints, ...]] = field(default_factory=dict)

    @cached_property
    def everyone(self) -> Rows:
        """All rows."""
        return np.arange(len(self.ground.contacts))

    def fire(self, fired: dict[str, pl.Series]) -> None:
        """Which contacts broke which rules; what was decided about findings before is decided anew."""
        self.fired |= fired
        self._known.forget(lambda key: "finding" in str(key))
        self._begun.clear()

    def block(self, block: Block) -> pl.Series:
        """True, false or null for every contact: all parts hold."""
        return kleene.column(self.at(block, self.everyone))

    def part(self, name: str, condition: Any, block: Block) -> pl.Series:
        """One key of a block for every contact (`block` gives a count its neighbours)."""
        return kleene.column(self.part_at(name, condition, block, self.everyone))

    def at(self, block: Block, rows: Rows) -> Answers:
        """Whether all parts hold, for these rows (in order)."""
        if id(block) not in self._parts:
            self._parts[id(block)] = block, *cheap_and_dear([(cost(*part), part) for part in block.parts()])
        _, cheap, dear = self._parts[id(block)]
        now, later = ([partial(self.part_at, *part, block) for part in parts] for parts in (cheap, dear))
        return kleene.every(now, later, rows)

    def part_at(self, name: str, condition: Any, block: Block, rows: Rows) -> Answers:
        """One key of a block for these rows; each row is decided once."""
        if name in ("all", "any", "none", "at_least"):
            return self._joined(name, condition, rows)
        known = self._remembered(name, condition, block)
        asked = known if len(rows) == len(known) else known[rows]
        new = rows[asked == NOT_ASKED] if name not in WHOLE else rows[:0]
        if not len(new):
            return asked
        known[new] = self._decide(name, condition, block, new)
        return known[rows]

    def _remembered(self, name: str, condition: Any, block: Block) -> Answers:
        key = f"{name}:{self._key(condition)}"
        if name == "count" and condition.of is None:
            key += "".join(f"{side}{self._key(getattr(block, side))}" for side in NEIGHBOURS)
        decide, size = WHOLE.get(name), len(self.ground.contacts)
        if decide is None:
            return self._known.get(key, lambda: kleene.constant(NOT_ASKED, size))
        return self._known.get(key, partial(decide, self.ground, condition))

    def _key(self, condition: Any) -> str:
        """The condition as text, made once for each object (which is kept, so that its address is not used again)."""
        if id(condition) not in self._keys:
            self._keys[id(condition)] = condition, _text(condition)
        return self._keys[id(condition)][1]

    def _joined(self, name: str, condition: Any, rows: Rows) -> Answers:
        blocks = condition.of if name == "at_least" else condition
        if name == "at_least":
            return _at_least([self.at(one, rows) for one in blocks], condition.n)
        asks = cheap_and_dear([(cost_of(one), partial(self.at, one)) for one in blocks])
        if name == "all":
            return kleene.every(*asks, rows)
        answer = kleene.some(*asks, rows)
        return answer if name == "any" else kleene.negation(answer)

    def _decide(self, name: str, condition: Any, block: Block, rows: Rows) -> Answers:
        if name == "event":
            decide = event_hours if condition.hours else happenings.event
            return decide(self.ground, condition, rows)
        if name == "count":
            return self.count(condition, block, rows)
        if name == "sequence":
            return self.sequence(condition, rows)
        return self._finding(condition, rows)

    def _finding(self, rules: str | list[str], rows: Rows) -> Answers:
        names = [name for name in ([rules] if isinstance(rules, str) else rules) if name in self.fired]
        answer = kleene.constant(FALSE, len(self.ground.contacts))
        for name in names:
            answer = np.maximum(answer, kleene.answers(self.fired[name]))
        return answer[rows]

    def count(self, condition: Count, block: Block, rows: Rows) -> Answers:
        """Whether the count passes its limit; unknown where unknown contacts could carry it over."""
        own = self.counted(condition, block, rows)
        answer = np.where(self.clock(condition.within)[1][rows], FALSE, UNKNOWN).astype(np.int8)
        places = self._over(condition, block, rows[own != FALSE])
        places = np.searchsorted(rows, places)
        least, most = self.count_bounds(condition, block, rows[places])
        limit = limit_of(condition)
        answer[places] = np.where(least > limit, TRUE, np.where(most > limit, UNKNOWN, FALSE))
        return np.minimum(answer, own)

    def _over(self, condition: Count, block: Block, rows: Rows) -> Rows:
        """Those of the rows whose count may pass the limit, different values not yet looked at."""
        pool = self._pool(condition, block, rows)[0]
        clock, _, span = self.clock(condition.within)
        entries, groups = entered(pool, self._groups(condition))
        passed = np.unique(entries[over(groups, clock[entries], limit_of(condition), span)])
        return passed if len(rows) == len(pool) else np.intersect1d(passed, rows, assume_unique=True)

    def counted(self, condition: Count, block: Block, rows: Rows) -> Answers:
        """Which contacts count: only such a contact can itself carry the count over its limit."""
        if condition.of is not None:
            return self.at(condition.of, rows)
        if id(block) not in self._neighbours:
            self._neighbours[id(block)] = block, neighbours(block)
        return self.at(self._neighbours[id(block)][1], rows)

    def _pool(self, condition: Count, block: Block, rows: Rows) -> tuple[Rows, Answers]:
        """(timed contacts of the cases of `rows` that count or may count, their answers)."""
        pool = self.ground.codes.rows_of_cases(rows)
        pool = pool[self.clock(condition.within)[1][pool]]
        flags = self.counted(condition, block, pool)
        return pool[flags != FALSE], flags[flags != FALSE]

    def _groups(self, condition: Count, *, certain: bool = True) -> tuple[Ints, ...]:
        """The keys that contacts are counted by (in layers, one for each debt that a contact may name), split where the
        count certainly (or possibly) begins anew.
        """
        layers = self.ground.codes.layers(tuple(condition.per))
        if condition.since is None:
            return layers
        known = (self._key(condition), certain)
        if known not in self._begun:
            begins = self.at(condition.since, self.everyone)
            self._begun[known] = _begun_anew(layers, begins == TRUE if certain else begins != FALSE)
        return self._begun[known]

    def count_bounds(self, condition: Count, block: Block, rows: Rows) -> tuple[Ints, Ints]:
        """For each of these rows (in order): how many counted certainly, and how many at most."""
        pool, flags = self._pool(condition, block, rows)
        counting = np.zeros(len(self.everyone), bool)
        counting[pool] = counting[rows] = True
        both = np.flatnonzero(counting)
        counted = kleene.constant(FALSE, len(both))
        counted[np.searchsorted(both, pool)] = flags
        asked = np.searchsorted(both, rows)
        least = self._counts(condition, both, counted == TRUE, certain=False)[asked]
        if condition.since is None and not (counted == UNKNOWN).any():
            return least, least
        return least, self._counts(condition, both, counted != FALSE, certain=True)[asked]

    def _counts(self, condition: Count, both: Rows, flags: Bools, *, certain: bool) -> Ints:
        """For each of these rows: how many flagged ones its window holds; of a row about several debts the most."""
        entries, groups = entered(both, self._groups(condition, certain=certain))
        clock, _, span = self.clock(condition.within)
        places = np.searchsorted(both, entries)
        if condition.distinct:
            value = self.ground.codes.column(condition.distinct).contacts[entries].astype(np.int64)
            number = distinct_counts(groups, clock[entries], flags[places], value, span)
        else:
            number = counts(groups, clock[entries], flags[places], span)
        if len(entries) == len(both):
            return number
        most = np.zeros(len(both), np.int64)
        np.maximum.at(most, places, number)
        return most

    def in_window(self, condition: Count, block: Block, rows: Rows, most: int) -> Iterator[Rows]:
        """For each of these rows: the rows that its count counts or may count, at most the latest `most`. They are
        found at once and told as they are asked for.
        """
        pool, _ = self._pool(condition, block, rows)
        clock, timed, span = self.clock(condition.within)
        counted = np.zeros(len(clock), bool)
        counted[pool] = True
        entries, groups = entered(np.union1d(pool, rows), self._groups(condition))
        order = line_up(groups, clock[entries])
        entries, groups = entries[order], groups[order]
        before = np.cumsum(np.r_[0, counted[entries]])  # of the counted ones, how many stand before each place
        starts, ends = before[window_starts(groups, clock[entries], span)], before[1:]
        inside = entries[counted[entries]]
        by_row = np.lexsort((ends - starts, entries))  # of a row about several debts the fullest window comes last
        last = by_row[np.searchsorted(entries[by_row], rows, side="right") - 1]
        ends = np.where(timed[rows], ends[last], 0)
        starts = np.maximum(np.where(timed[rows], starts[last], 0), ends - most)
        return (np.sort(inside[start:end]) for start, end in zip(starts, ends, strict=True))

    def clock(self, within: Within) -> tuple[Ints, Any, int]:
        """(ticks, are they known, length of the window) on the clock that a window runs on."""
        name, span = happenings.span_of(within)
        return *self.ground.codes.clock(name), span

    def sequence(self, steps: list[Step], rows: Rows) -> Answers:
        """Whether the last step holds and the steps before it happened, in order and inside their windows, with
        nothing between them that must not be.
        """
        last = steps[-1]
        assert last.when is not None
        answer = self.at(last.when, rows).copy()
        open_ = np.flatnonzero(answer != FALSE)
        happened = kleene.constant(FALSE, len(open_))
        for place, layer in enumerate(self._past(steps[:-1], last, rows[open_]).layers()):
            found = happenings.look_back(self.ground, layer, rows[open_], within=last.within, later=last.later)
            one = np.where(found >= 0, TRUE, FALSE).astype(np.int8)
            if last.without is not None:
                one = np.minimum(one, kleene.negation(self._between(last, layer, place, found, rows[open_])))
            happened = np.maximum(happened, one)
        answer[open_] = np.minimum(answer[open_], happened)
        return answer

    def _between(self, step: Step, past: happenings.Past, place: int, found: Ints, rows: Rows) -> Answers:
        """Whether a contact that must not be lies between the step before and this one; unknown where one may.

        `place` is the number of the layer of the contacts' groups that `past` has.
        """
        assert step.without is not None
        pool = self.ground.codes.rows_of_cases(rows)
        holds = self.at(step.without, pool)
        sure, most = (
            self._later(pool[which], step, past, place, found, rows) for which in (holds == TRUE, holds != FALSE)
        )
        return kleene.known(sure, most & ~sure)

    def _later(self, contacts: Rows, step: Step, past: happenings.Past, place: int, found: Ints, rows: Rows) -> Bools:
        """Whether the latest earlier one of these contacts comes after the step before."""
        layers = list(happenings.past_contacts(self.ground, contacts, step.same).layers())
        between = layers[place] if place < len(layers) else layers[0]  # an event about all debts has a layer of its own
        last = happenings.look_back(self.ground, between, rows, within=None, later=None)
        both = (found >= 0) & (last >= 0)
        theirs, own = (
            (past.index, between.index)
            if past.table == "contacts"
            else (past.clock(self.ground, "at")[0], between.clock(self.ground, "at")[0])
        )
        both[both] = own[last[both]] > theirs[found[both]]
        return both

    def chain_before(self, steps: list[Step], rows: Rows) -> tuple[happenings.Past, Ints]:
        """The past that the last step looks back on, and for each row the place of its latest fitting entry or -1."""
        past = self._past(steps[:-1], steps[-1], rows)
        return past, happenings.look_back(self.ground, past, rows, within=steps[-1].within, later=steps[-1].later)

    def _past(self, earlier: list[Step], following: Step, rows: Rows) -> happenings.Past:
        step = earlier[-1]
        if step.event is not None:
            return happenings.past_events(self.ground, step.event, following.same)
        pool = self.ground.codes.rows_of_cases(rows)
        holds = self.at(step.when, pool) if len(earlier) == 1 and step.when else self.sequence(earlier, pool)
        return happenings.past_contacts(self.ground, pool[holds == TRUE], following.same)


NEIGHBOURS = ("contact", "account", "says")


def entered(rows: Rows, layers: tuple[Ints, ...]) -> tuple[Ints, Ints]:
    """(rows, their groups): a row for each group that it has, in order of rows."""
    if len(layers) == 1:
        return rows, layers[0][rows]
    entries = np.tile(rows, len(layers))
    groups = np.concatenate([layer[rows] for layer in layers])
    order = np.argsort(entries, kind="stable")
    order = order[groups[order] >= 0]
    return entries[order], groups[order]


def _begun_anew(layers: tuple[Ints, ...], begins: Bools) -> tuple[Ints, ...]:
    """Keys split where a contact begins the count anew: equal for two contacts with no such contact after the first
    up to and including the second.
    """
    size = len(begins)
    entries, keys = entered(np.arange(size), layers)
    frame = pl.DataFrame({"key": keys, "begins": begins[entries].astype(np.int64)})
    running = frame.select(pl.col("begins").cum_sum().over("key"))["begins"].to_numpy()
    dense = np.unique(keys, return_inverse=True)[1].astype(np.int64)
    split = dense * (int(running.max(initial=0)) + 1) + running
    made = tuple(np.where(layer >= 0, np.int64(0), np.int64(-1)) for layer in layers)
    held = np.stack(made, axis=1)  # entries stand row by row, and in a row layer by layer
    held[held >= 0] = split
    return tuple(np.ascontiguousarray(held[:, place]) for place in range(len(layers)))


def limit_of(condition: Count) -> int:
    """The count passes its limit when it is more than this."""
    return condition.more_than if condition.more_than is not None else (condition.at_least or 1) - 1


def neighbours(block: Block) -> Block:
    """What a count counts when it does not say: the attributes and words its rule asks of the contact itself."""
    return Block.model_construct(_fields_set=set(NEIGHBOURS), **{name: getattr(block, name) for name in NEIGHBOURS})


def cheap_and_dear(asks: list[tuple[int, T]]) -> tuple[list[T], list[T]]:
    """What to ask of all rows, and what to ask afterwards of those left open, the cheapest first."""
    asks = sorted(asks, key=itemgetter(0))
    return [ask for price, ask in asks if price <= CHEAP], [ask for price, ask in asks if price > CHEAP]


def cost(name: str, condition: Any) -> int:
    """How dear a condition is, roughly: what is cheap is asked first."""
    if name in COSTS:
        return COSTS[name]
    return max(cost_of(block) for block in (condition.of if name == "at_least" else condition))


def cost_of(block: Block) -> int:
    return max((cost(*part) for part in block.parts()), default=0)


def _text(condition: Any) -> str:
    if isinstance(condition, list):
        return "[" + ",".join(_text(one) for one in condition) + "]"
    plain = condition is None or isinstance(condition, str)
    return str(condition) if plain else str(condition.model_dump_json(exclude_unset=True))


def _at_least(given: list[Answers], n: int) -> Answers:
    sure = sum((answer == TRUE).astype(np.int64) for answer in given)
    most = sum((answer != FALSE).astype(np.int64) for answer in given)
    return np.where(sure >= n, TRUE, np.where(most >= n, UNKNOWN, FALSE)).astype(np.int8)
