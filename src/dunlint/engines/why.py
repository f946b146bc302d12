"""Why a rule fired on a contact, or what kept it from firing: every condition with its value, decided by the
code that decides.

The tree follows the rule: scope, then `when`, then `unless`, each condition with the answer true, false or
unknown and what was compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from dunlint.facts.conditions import Block, ContactCondition, Model
from dunlint.facts.evaluate import Evaluation
from dunlint.facts.happenings import events_found
from dunlint.facts.kleene import plain
from dunlint.facts.speech import spoken
from dunlint.rulebook.load import Rulebook
from dunlint.rulebook.models import Rule
from dunlint.rulebook.program import scope

Answer = bool | None


@dataclass(frozen=True)
class Why:
    """One condition: its name, its answer, what was asked and what was found, and the conditions inside it."""

    name: str
    answer: Answer
    asked: str
    found: str
    inside: tuple[Why, ...] = ()


def explain(rule: Rule, book: Rulebook, evaluation: Evaluation, row: int) -> list[Why]:
    """The conditions of a rule on one contact: `applies_to`, `when.*`, `unless`."""
    told = [Why("applies_to", _at(evaluation, block, row), _short(block), _subject(block, evaluation, row))
            for block in scope(rule, book)]  # fmt: skip
    told += _parts("when", rule.when, evaluation, row)
    unless = rule.unless if isinstance(rule.unless, list) else [rule.unless] if rule.unless else []
    for block in unless:
        inside = tuple(_parts("unless", block, evaluation, row))
        told.append(Why("unless", _at(evaluation, block, row), "", "", inside))
    return told


def _at(evaluation: Evaluation, block: Block, row: int) -> Answer:
    return plain(evaluation.at(block, np.array([row]))[0])


def _parts(prefix: str, block: Block, evaluation: Evaluation, row: int) -> list[Why]:
    return [_one(f"{prefix}.{name}", name, condition, block, evaluation, row) for name, condition in block.parts()]


def _one(label: str, name: str, condition: Any, block: Block, evaluation: Evaluation, row: int) -> Why:
    answer = plain(evaluation.part_at(name, condition, block, np.array([row]))[0])
    if name in ("all", "any", "none"):
        inside = tuple(why for one in condition for why in _parts(label, one, evaluation, row))
        return Why(label, answer, "", "", inside)
    if name == "at_least":
        inside = tuple(why for one in condition.of for why in _parts(label, one, evaluation, row))
        return Why(label, answer, f"n = {condition.n}", "", inside)
    if name == "contact":
        return Why(label, answer, "", "", tuple(_attributes(label, condition, evaluation, row)))
    return Why(label, answer, _short(condition), _found(name, condition, block, evaluation, row))


def _attributes(label: str, condition: ContactCondition, evaluation: Evaluation, row: int) -> Iterator[Why]:
    """Each attribute by itself: a contact condition of one attribute, decided on its own."""
    names = [name for name in condition.model_fields_set if name != "collection"]
    values = evaluation.ground.contacts.row(row, named=True)
    if condition.collection:
        yield Why(f"{label}.collection", values["collection"], "true", str(values["collection"]))
    for name in sorted(names):
        wanted = getattr(condition, name)
        single = ContactCondition.model_construct(
            _fields_set={name, "collection"}, **{name: wanted, "collection": False}
        )
        answer = _at(evaluation, Block.model_construct(_fields_set={"contact"}, contact=single), row)
        shown = values.get({"local_time": "local", "weekday": "local", "local_date": "local"}.get(name, name))
        yield Why(f"{label}.{name}", answer, _short(wanted), str(shown))


def _found(name: str, condition: Any, block: Block, evaluation: Evaluation, row: int) -> str:
    if name == "says":
        quotes = spoken(evaluation.ground, condition, condition.speaker)
        return "; ".join(quotes.filter(quotes["row"] == row)["quote"].to_list())
    if name == "count":
        least, most = (int(bound[0]) for bound in evaluation.count_bounds(condition, block, np.array([row])))
        return str(least) if least == most else f"{least}–{most}"
    if name == "event":
        place = int(events_found(evaluation.ground, condition, np.array([row]))[0])
        return "" if place < 0 else _event(evaluation, place)
    if name == "sequence":
        past, places = evaluation.chain_before(condition, np.array([row]))
        return "" if places[0] < 0 else str(past.index[places[0]])
    return _subject(Block.model_construct(**{name: condition}), evaluation, row)


def _event(evaluation: Evaluation, place: int) -> str:
    event = evaluation.ground.events.row(place, named=True)
    return f"{event['kind']} {event['local'] or event['at']}"


def _subject(block: Block, evaluation: Evaluation, row: int) -> str:
    """The values a block asks for, as the records have them."""
    values = evaluation.ground.contacts.row(row, named=True)
    names = dict.fromkeys(block.asks())
    return ", ".join(f"{name}={values.get(name, values.get(f'account.{name}'))}" for name in names)


def _short(condition: Any) -> str:
    if isinstance(condition, Model):
        return condition.model_dump_json(exclude_unset=True, by_alias=True)
    if isinstance(condition, list):
        return "[" + ", ".join(_short(one) for one in condition) + "]"
    return str(condition)
