"""Events and earlier contacts: what had happened when a contact took place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from dunlint.facts.codes import AFTER, EVENT_SIDE, WORKING_DAY, Bools
from dunlint.facts.conditions import Event, Following, Within
from dunlint.facts.kleene import FALSE, TRUE, Answers, Rows, known
from dunlint.facts.table import Ground
from dunlint.facts.windows import Ints, latest_before

MICROSECONDS = 1_000_000
CONTACT_RANK = 1
EVENT_KEYS = {"number": "reached_number", "place": "named_place", "channel": "named_channel"}


@dataclass(frozen=True)
class Past:
    """Earlier entries that may precede a contact.

    index: row of the contact or number of the event; group: its case and keys as a number; order: rises with time,
    also within an instant; table: "contacts" or "events"; own, own_order: the same of every contact, own one layer
    for each debt that a contact may name (`codes.layers`).
    """

    table: str
    index: Ints
    group: Ints
    order: Ints
    own: tuple[Ints, ...] = field(repr=False)
    own_order: Ints = field(repr=False)

    def layers(self) -> Iterator[Past]:
        """The same past, for one layer of the contacts' own groups at a time."""
        for own in self.own:
            yield replace(self, own=(own,))

    def clock(self, ground: Ground, name: str) -> tuple[Ints, Bools]:
        """(ticks, are they known) of the entries."""
        ticks, sure = ground.codes.clock(name, self.table)
        return ticks[self.index], sure[self.index]

    def ends(self, ground: Ground) -> tuple[Ints, Bools]:
        """(instants after which the entries do not stand any more, have they one)."""
        if self.table == "contacts":
            return self.index, np.zeros(len(self.index), bool)
        return self.clock(ground, "until")


def look_back(ground: Ground, past: Past, rows: Rows, *, within: Within | None, later: Within | None) -> Ints:
    """For each row the place in the past of the latest earlier entry, not nearer than `later` and not further than
    `within`; else -1. Without a local clock on either side nothing is near: a day that is unknown is no day.

    An event that has an end does not stand any more after it: such events are looked up one by one for each key, so
    that one that has ended hides none that still stands.
    """
    keep = np.ones(len(past.index), bool)
    if later is not None and span_of(later)[0] != "at":
        keep = past.clock(ground, span_of(later)[0])[1]
    ends, ending = past.ends(ground)
    now = ground.codes.clock("at")[0][rows]
    best = np.full(len(rows), -1, np.int64)
    for places in _one_by_one(past, ending, keep):
        for layer in _kept(past, places).layers():
            found = _latest(ground, layer, rows, within=within, later=later)
            found = np.where(found >= 0, places[np.maximum(found, 0)], -1)
            found[(found >= 0) & ending[found] & (now > ends[found])] = -1
            better = (found >= 0) & ((best < 0) | (past.order[found] > past.order[best]))
            best = np.where(better, found, best)
    return best


def _one_by_one(past: Past, ending: Bools, keep: Bools) -> Iterator[Ints]:
    """Places of the entries that do not end; then of those that do, at most one of each group at a time."""
    lasting = np.flatnonzero(~ending & keep)
    if len(lasting):
        yield lasting
    left = np.flatnonzero(ending & keep)
    while len(left):
        _, first = np.unique(past.group[left], return_index=True)
        yield left[np.sort(first)]
        left = np.delete(left, first)


def _latest(ground: Ground, past: Past, rows: Rows, *, within: Within | None, later: Within | None) -> Ints:
    """As `look_back`, ends left aside, for a past of one layer."""
    if not len(past.index) or not len(rows):
        return np.full(len(rows), -1, np.int64)
    name, gap = span_of(later) if later is not None else ("at", 0)
    own, sure = ground.codes.clock(nearer(name))
    theirs = past.clock(ground, name)[0]
    group = past.own[0][rows]
    found = latest_before(group, own[rows], past.own_order[rows], past.group, theirs, past.order, gap)
    found[group < 0] = -1
    timed = ground.codes.clock("at")[1][rows] & sure[rows]
    found[~timed] = -1
    return found if within is None else _near(ground, found, past, rows, within)


def _kept(past: Past, keep: Ints) -> Past:
    """The entries at these places."""
    if len(keep) == len(past.index):
        return past
    return Past(past.table, past.index[keep], past.group[keep], past.order[keep], past.own, past.own_order)


def _near(ground: Ground, found: Ints, past: Past, rows: Rows, within: Within) -> Ints:
    name, span = span_of(within)
    places = np.flatnonzero(found >= 0)
    own, sure = (column[rows[places]] for column in ground.codes.clock(nearer(name)))
    theirs, theirs_sure = (column[found[places]] for column in past.clock(ground, name))
    far = ~(sure & theirs_sure & (own - theirs < span))
    found[places[far]] = -1
    return found


def span_of(within: Within) -> tuple[str, int]:
    """(clock, length on it): microseconds for sliding windows, days, working days, weeks or months otherwise."""
    if within.by == "calendar_day":
        days = (within.days or 0) + 7 * (within.weeks or 0)
        name = f"{AFTER}{within.after_working_days}:{within.calendar}" if within.after_working_days else "day"
        return name, days + (1 if within.day_one == "next" else 0)
    if within.by == "working_day":
        return f"{WORKING_DAY}{within.calendar}", (within.days or 0) + (1 if within.day_one == "next" else 0)
    if within.by == "iso_week":
        return "week", within.weeks or 1
    if within.by == "calendar_month":
        return "month", within.months or 1
    days = (within.days or 0) + 7 * (within.weeks or 0)
    return "at", (days * 86_400 + (within.hours or 0) * 3600 + (within.minutes or 0) * 60) * MICROSECONDS


def nearer(name: str) -> str:
    """The clock of the later of the two that a window compares: days are moved on for the earlier one alone."""
    return "day" if name.startswith(AFTER) else name


def past_events(ground: Ground, condition: Event, same: Sequence[str]) -> Past:
    """The events of some kinds, as a past; `same` names contact keys that the event must share."""
    keys = [*(EVENT_KEYS.get(name, name) for name in condition.same), *same]
    keys = list(dict.fromkeys(key for key in keys if key in EVENT_SIDE))
    index = ground.events_of(listed(condition.kind), condition.origin)
    case = ground.event_case[index]
    index = index[case >= 0]
    if condition.following is not None:
        index = index[_followed(ground, condition, condition.following, index)]
    codes = ground.codes
    own: tuple[Ints, ...] = (codes.case,)
    every = ground.event_case
    if keys and len(index):
        own, every = codes.layers_with_events(tuple(keys), ground.event_case)
    now = codes.clock("at")[0] * 4 + CONTACT_RANK
    return Past("events", index, every[index], _event_order(ground)[index], own, now)


def _event_order(ground: Ground) -> Ints:
    return np.asarray(ground.codes.clock("at", "events")[0] * 4 + ground.event_rank, np.int64)


def _followed(ground: Ground, condition: Event, other: Following, index: Ints) -> Bools:
    """Which of these events came after an event of the other kind, inside its windows."""
    anchors = ground.events_of(listed(other.kind), "any")
    anchors = anchors[ground.event_case[anchors] >= 0]
    if "debt" not in condition.same:
        return _came_after(ground, other, index, anchors, ground.event_case)
    about_all = anchors[(ground.events["debt"].gather(anchors) == "").to_numpy()]
    debts = ground.codes.layers_with_events(("debt",), ground.event_case)[1]
    same_debt = _came_after(ground, other, index, anchors, debts)
    return same_debt | _came_after(ground, other, index, about_all, ground.event_case)


def _came_after(ground: Ground, other: Following, index: Ints, anchors: Ints, groups: Ints) -> Bools:
    order = _event_order(ground)
    name, gap = span_of(other.later) if other.later is not None else ("at", 0)
    own, theirs = (ground.codes.clock(one, "events") for one in (nearer(name), name))
    anchors = anchors[theirs[1][anchors]]
    if not len(anchors) or not len(index):
        return np.zeros(len(index), bool)
    found = latest_before(
        groups[index], own[0][index], order[index], groups[anchors], theirs[0][anchors], order[anchors], gap
    )
    held = (found >= 0) & own[1][index]
    if other.within is not None:
        name, span = span_of(other.within)
        own, theirs = (ground.codes.clock(one, "events") for one in (nearer(name), name))
        anchor = anchors[np.maximum(found, 0)]
        held &= own[1][index] & theirs[1][anchor] & (own[0][index] - theirs[0][anchor] < span)
    return np.asarray(held, np.bool_)


def past_contacts(ground: Ground, rows: Rows, same: Sequence[str]) -> Past:
    """The timed ones of these contacts, as a past."""
    index = rows[ground.codes.clock("at")[1][rows]]
    layers = ground.codes.layers(tuple(same))
    named = [index[layer[index] >= 0] for layer in layers] if len(layers) > 1 else [index]
    group = np.concatenate([layer[one] for layer, one in zip(layers, named, strict=True)])
    index = np.concatenate(named)
    return Past("contacts", index, group, index, layers, np.arange(len(layers[0])))


def event(ground: Ground, condition: Event, rows: Rows) -> Answers:
    """Whether it happened before (or after) each contact and was not undone; for `absent`, whether it did not."""
    happened = events_found(ground, condition, rows) >= 0
    if not condition.absent:
        return np.where(happened, TRUE, FALSE).astype(np.int8)
    recorded = ground.keeps(frozenset(listed(condition.kind)))[ground.codes.case[rows]]
    return known(~happened, ~happened & ~recorded)


def listed(kinds: str | list[str]) -> list[str]:
    return [kinds] if isinstance(kinds, str) else list(kinds)


def events_found(ground: Ground, condition: Event, rows: Rows, among: Ints | None = None) -> Ints:
    """For each row the index (in the events table) of the event that makes the condition hold, else -1.

    `among` leaves only these events (numbers in the table).
    """
    past = past_events(ground, condition, [])
    if among is not None:
        past = _kept(past, np.flatnonzero(np.isin(past.index, among)))
    if not len(past.index):
        return np.full(len(rows), -1, np.int64)
    if condition.order == "after":
        found = _after(ground, past, rows, condition.within)
    else:
        found = look_back(ground, past, rows, within=condition.within, later=condition.later)
        found = _not_undone(ground, condition, past, found, rows)
    return np.where(found >= 0, past.index[np.maximum(found, 0)], -1)


def _not_undone(ground: Ground, condition: Event, past: Past, found: Ints, rows: Rows) -> Ints:
    if not condition.not_after:
        return found
    same = [name for name in condition.same if name not in ("place", "channel")]
    undoing = {"kind": condition.not_after, "origin": "any", "following": None, "same": same}
    undone = past_events(ground, condition.model_copy(update=undoing), [])
    places = np.flatnonzero(found >= 0)
    last = look_back(ground, undone, rows[places], within=None, later=None)
    at, undone_at = past.clock(ground, "at")[0], undone.clock(ground, "at")[0]
    both = last >= 0
    places, last = places[both], last[both]
    found[places[undone_at[last] >= at[found[places]]]] = -1
    return found


def _after(ground: Ground, past: Past, rows: Rows, within: Within | None) -> Ints:
    """The first event of each row's group after the contact, no further off than `within`: time read backwards."""
    name, span = span_of(within) if within is not None else ("at", 0)
    (own, sure), (theirs, theirs_sure) = ground.codes.clock(name), past.clock(ground, name)
    at, their_at = ground.codes.clock("at"), past.clock(ground, "at")[0]
    best = np.full(len(rows), -1, np.int64)
    for layer in past.layers():
        group = layer.own[0][rows]
        found = latest_before(group, -at[0][rows], -at[0][rows], past.group, -their_at, -their_at, 0)
        held = (found >= 0) & (group >= 0) & at[1][rows]
        if within is not None:
            held &= sure[rows] & theirs_sure[found] & (theirs[found] - own[rows] < span)
        best = np.where(held & ((best < 0) | (their_at[found] < their_at[best])), found, best)
    return best


def event_numbers(ground: Ground, kind: str) -> pl.Series:
    """For each contact the number in the `value` of the latest event of a kind before it; null where there is none."""
    found = events_found(ground, Event(kind=kind), np.arange(len(ground.contacts)))
    numbers = ground.events["value"].str.extract(r"^\s*([0-9]+(?:\.[0-9]+)?)\s*$").cast(pl.Float64)
    return numbers.gather(pl.Series(found).replace(-1, None))
