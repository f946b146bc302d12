"""Rules -> the small program an engine runs: which columns a rule needs, which columns bar it, in which order.

Every part of `when` is a need and every `unless` is a bar, each a numbered column that the facts room fills.
What a rule applies to and when it is in force are soft needs: if the records do not say, the finding is `review`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from dunlint.facts.conditions import AccountCondition, Block, ContactCondition, Known, Range
from dunlint.rulebook.load import Rulebook, referred_rules
from dunlint.rulebook.models import AppliesTo, Authority, Rule, Source


@dataclass(frozen=True, slots=True)
class Need:
    """A column that must be true; a soft one may be unknown, and then the finding is `review`."""

    column: int
    soft: bool


@dataclass(frozen=True, slots=True)
class Compiled:
    """One rule as the engine sees it; `bars` are columns that keep it from firing."""

    rule: Rule
    needs: tuple[Need, ...]
    bars: tuple[int, ...]


@dataclass(frozen=True)
class Program:
    """Blocks to be filled in as columns, and compiled rules by level: rules of level 1 build on findings of
    level 0.
    """

    blocks: tuple[Block, ...]
    levels: tuple[tuple[Compiled, ...], ...]


@lru_cache(maxsize=4)
def compile_program(book: Rulebook) -> Program:
    """The program of all enabled rules, the same one for the same book, so that engines can keep what they made of it.

    Raises nothing: the rulebook was checked when it was loaded.
    """
    columns: dict[str, int] = {}
    blocks: list[Block] = []

    def column(block: Block) -> int:
        key = block.model_dump_json(exclude_unset=True)
        if key not in columns:
            columns[key] = len(blocks)
            blocks.append(block)
        return columns[key]

    levels: dict[int, list[Compiled]] = {}
    for rule in book.enabled:
        needs = [Need(column(part), name_is_soft(rule, part)) for part in split(rule.when)]
        needs += [Need(column(block), soft=True) for block in scope(rule, book)]
        needs += [Need(column(block), soft=False) for block in place(rule, book)]
        unless = rule.unless if isinstance(rule.unless, list) else [rule.unless] if rule.unless else []
        bars = tuple(column(block) for block in unless)
        levels.setdefault(level(rule, book), []).append(Compiled(rule, tuple(dict.fromkeys(needs)), bars))
    return Program(tuple(blocks), tuple(tuple(levels[key]) for key in sorted(levels)))


def name_is_soft(rule: Rule, part: Block) -> bool:
    """Whether a part of `when` may be unknown and still make a finding to review."""
    if isinstance(rule.if_unknown, str):
        return rule.if_unknown == "review"
    return part.parts()[-1][0] in rule.if_unknown


def split(block: Block) -> list[Block]:
    """A block as a conjunction: one block for each of its parts (a count keeps the neighbours it counts)."""
    parts: list[Block] = []
    for name, condition in block.parts():
        if name == "count":
            kept = {
                key: getattr(block, key) for key in ("contact", "account", "says") if getattr(block, key) is not None
            }
            parts.append(Block.model_construct(_fields_set={"count", *kept}, count=condition, **kept))
        else:
            parts.append(Block.model_construct(_fields_set={name}, **{name: condition}))
    return parts


def place(rule: Rule, book: Rulebook) -> list[Block]:
    """Where a rule holds: in the regions of its pack. A contact of unknown region is judged by a pack that was named,
    and not by one that was chosen for the regions of others.
    """
    regions = book.regions.get(rule.id)
    if not regions:
        return []
    inside = Block(account=AccountCondition(region_in=list(regions)))
    unknown = Block(account=AccountCondition(region=Known(known=False)))
    return [inside if book.by_region else Block(any=[inside, unknown])]


def scope(rule: Rule, book: Rulebook) -> list[Block]:
    """Whom and when a rule binds: its own `applies_to`, and that at least one of its authorities binds this
    contact.
    """
    blocks = bound(rule.applies_to)
    by_authority = [binding(authority, book.sources[authority.source]) for authority in rule.authority]
    limited = [block for block in by_authority if block is not None]
    if len(limited) == len(by_authority):
        blocks.append(limited[0] if len(limited) == 1 else Block(any=limited))
    return blocks


def binding(authority: Authority, source: Source) -> Block | None:
    """When an authority binds a contact: its dates and its scope; None if it binds everyone, always."""
    blocks = bound(authority.applies_to or source.applies_to)
    dates = in_force(authority, source)
    if dates is not None:
        blocks.append(Block(contact=ContactCondition(local_date=dates, collection=False)))
    if not blocks:
        return None
    return blocks[0] if len(blocks) == 1 else Block(all=blocks)


def bound(wanted: AppliesTo | None) -> list[Block]:
    """An `applies_to` as conditions on the account and on who contacts."""
    if wanted is None:
        return []
    account = {"lender_type": wanted.lender, "product": wanted.product, "region": wanted.region,
               "via_platform": wanted.via_platform}  # fmt: skip
    given = {name: value for name, value in account.items() if value is not None}
    blocks = [Block(account=AccountCondition(**given))] if given else []
    if wanted.role:
        blocks.append(Block(contact=ContactCondition(role=wanted.role, collection=False)))
    return blocks


def in_force(authority: Authority, source: Source) -> Range | None:
    """The dates on which an authority binds, or None if it always did and still does. `until` is the last day."""
    start, end = authority.from_ or source.from_, authority.until or source.until
    if start is None and end is None:
        return None
    return Range(at_least=start, less_than=end + timedelta(days=1) if end else None)


def level(rule: Rule, book: Rulebook, above: Sequence[str] = ()) -> int:
    """0 for a rule about contacts, one more than the highest rule it builds on otherwise; a circle counts as
    dangling.
    """
    from dunlint.errors import RuleError

    if rule.id in above:
        raise RuleError("circular_rules", where=book.places[rule.id], ids=" → ".join([*above, rule.id]))
    names = referred_rules(rule)
    return 1 + max(level(book.rule(name), book, [*above, rule.id]) for name in names) if names else 0
