"""What a made-up portfolio is drawn from: one YAML file for each jurisdiction in `portfolios/`.

A case is a row of *blocks* of `block_days` days. A block is a small scene: contacts on its days, within hours of the
debtor's clock. Most are lawful cadences; others are plants, and the contacts of a plant that break a rule say which
(`breaks`). Everything that differs between countries stands in the YAML.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from dunlint.facts.clock import seconds
from dunlint.facts.conditions import Clock, Model
from dunlint.yaml_places import read

HOME = Path(__file__).parent / "portfolios"


class Step(Model):
    """One contact of a block: drawn evenly between `from` and `until` of its day, on the debtor's clock.

    talk: bounds of talk seconds; text: key of the portfolio's texts; values: columns of the contact as they stand;
    to: a key of `numbers` other than the debtor's own; breaks: ids of the rules that this contact breaks.
    """

    day: int = Field(ge=0)
    from_: Clock = Field(alias="from")
    until: Clock
    channel: str
    direction: Literal["outbound", "inbound"] = "outbound"
    outcome: str | None = None
    talk: tuple[int, int] | None = None
    recorded: bool = True
    party: str = "debtor"
    to: str = "debtor"
    agency: Literal["own", "unpublished"] = "own"
    text: str | None = None
    values: dict[str, Any] = {}
    breaks: list[str] = []


class EventStep(Model):
    """An event of a block, or of a case from its first day on."""

    kind: str
    day: int = 0
    at: Clock = "08:30"


class Block(Model):
    """A scene of `block_days` days. `place` says where in a case it may stand; `lenders` which accounts it fits.

    account: columns that this scene changes in the account.
    """

    name: str
    weight: float = Field(gt=0)
    place: Literal["any", "first", "last"] = "any"
    lenders: list[str] | None = None
    contacts: list[Step] = Field(min_length=1)
    events: list[EventStep] = []
    account: dict[str, Any] = {}

    @property
    def planted(self) -> bool:
        return any(step.breaks for step in self.contacts)

    @model_validator(mode="after")
    def _in_order(self) -> Block:
        ends = [(step.day, seconds(step.until)) for step in self.contacts]
        starts = [(step.day, seconds(step.from_)) for step in self.contacts]
        if any(end > start for end, start in zip(ends, starts[1:], strict=False)):
            raise ValueError(f"the contacts of {self.name} overlap or are out of order")
        return self


class Lender(Model):
    """Accounts of one lender: `account` are columns as they stand, `principal` bounds of an even draw."""

    key: str
    weight: float = 1.0
    account: dict[str, Any]
    principal: tuple[int, int]


class Agency(Model):
    """An agency: its teams and agents, and how often they break rules compared with the others."""

    name: str
    weight: float = 1.0
    teams: int = 2
    agents: int = 20
    habit: float = 1.0


class Portfolio(Model):
    """Everything drawn for one jurisdiction."""

    jurisdiction: str
    share: float
    case_id: str
    start: date
    block_days: int
    blocks_a_case: tuple[int, int]
    zones: dict[str, float]
    regions: dict[str, float]
    numbers: dict[str, str]
    agency_number: str
    unpublished_agency: str
    campaigns: list[str]
    lenders: list[Lender]
    agencies: list[Agency]
    events: list[EventStep] = []
    texts: dict[str, list[list[str]]] = {}
    blocks: list[Block]

    def fitting(self, lender: Lender, place: str, *, planted: bool) -> list[int]:
        """Numbers of the blocks that may stand at a place ("first", "middle" or "last") of a case."""
        return [
            number
            for number, block in enumerate(self.blocks)
            if block.planted is planted and block.place in ("any", place)
            and (block.lenders is None or lender.key in block.lenders)
        ]  # fmt: skip

    def steps(self) -> Iterator[tuple[int, Step]]:
        """(block number, step) of every step, in order."""
        return ((number, step) for number, block in enumerate(self.blocks) for step in block.contacts)


@cache
def portfolios() -> tuple[Portfolio, ...]:
    """The portfolios that ship with Dunlint, by name of file. Raises RuleError where one is wrong."""
    from dunlint.rulebook.load import checked

    documents = [read(path, f"portfolios/{path.name}") for path in sorted(HOME.glob("*.yaml"))]
    return tuple(checked(document, (), document.data, Portfolio) for document in documents)
