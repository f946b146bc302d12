"""Ways through a rule: every condition in it with its path, and the values that conditions leave to an attribute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from dunlint.facts.conditions import Block, Model
from dunlint.rulebook.lint.validation import keys_of
from dunlint.rulebook.models import Rule
from dunlint.yaml_places import Trail

M = TypeVar("M", bound=Model)


def models_in(node: Any, kind: type[M], trail: Trail = ()) -> Iterator[tuple[Trail, M]]:
    """(path in the YAML, condition) of every model of a kind, at any depth."""
    if isinstance(node, kind):
        yield trail, node
    if isinstance(node, Model):
        for key, name in keys_of(type(node)).items():
            yield from models_in(getattr(node, name), kind, (*trail, key))
    elif isinstance(node, list | dict):
        pairs: Iterable[tuple[Any, Any]] = node.items() if isinstance(node, dict) else enumerate(node)
        for place, value in pairs:
            yield from models_in(value, kind, (*trail, place))


def telling_blocks(block: Block) -> Iterator[Block]:
    """A block and those in it whose words, numbers and events a message can quote: all but the negated ones."""
    yield block
    for inner in (block.all or []) + (block.any or []) + (block.at_least.of if block.at_least else []):
        yield from telling_blocks(inner)
    for one in block.sequence or []:
        if one.when:
            yield from telling_blocks(one.when)


def many(value: Any) -> list[Any]:
    """A value or a list of values, as a list; None is no value."""
    return value if isinstance(value, list) else [] if value is None else [value]


def unless_of(rule: Rule) -> list[tuple[Trail, Block]]:
    """The blocks of `unless`, each with its path."""
    if isinstance(rule.unless, list):
        return [(("unless", number), block) for number, block in enumerate(rule.unless)]
    return [(("unless",), rule.unless)] if rule.unless else []
