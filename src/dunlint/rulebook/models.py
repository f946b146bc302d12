"""Rules, sources and parameters as checked, immutable objects."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from dunlint.facts.conditions import Block, Model

Severity = Literal["critical", "high", "medium", "low", "info"]
Verdict = Literal["violation", "presumed_violation", "warning", "review"]
Weight = Literal["law", "regulation", "standard", "advisory"]
Evidence = Literal["A", "B", "C", "D", "M", "NOT_SEEN"]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]

SEVERITIES: tuple[Severity, ...] = ("info", "low", "medium", "high", "critical")
TOPICS = ("hours", "frequency", "third_parties", "disclosure", "threats", "visits", "records", "fees", "stops")
Topic = Literal["hours", "frequency", "third_parties", "disclosure", "threats", "visits", "records", "fees", "stops"]


Part = Literal[
    "contact", "account", "says", "silence", "claim", "event", "count", "sequence", "all", "any", "none", "at_least"
]


class Bilingual(Model):
    """The same text in Chinese and English."""

    zh: str
    en: str

    def in_(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


class AppliesTo(Model):
    """Whom a rule binds, by what the account says; unknown makes a finding `review`, never a pass."""

    lender: list[str] | None = None
    product: list[str] | None = None
    role: list[str] | None = None
    region: list[str] | None = None
    via_platform: bool | None = None


class Source(Model):
    """One law, regulation, standard or advisory text: whom it binds, since when, and what is known and unknown
    of it.
    """

    id: Identifier
    title: Bilingual
    issuer: Bilingual | None = None
    number: str | None = None
    issued: date | None = None
    from_: date | None = Field(None, alias="from")
    until: date | None = None
    binds: Bilingual
    applies_to: AppliesTo | None = None
    weight: Weight
    evidence: Evidence
    unknown: Bilingual | None = None


class Authority(Model):
    """What a rule rests on: a source, the clause if it was seen, and what that clause says in one sentence.

    Dates, weight, grade and scope are the source's unless given here. A contact outside them is not judged by
    this authority.
    """

    source: Identifier
    clause: str | None = None
    says: Bilingual | None = None
    applies_to: AppliesTo | None = None
    weight: Weight | None = None
    evidence: Evidence | None = None
    from_: date | None = Field(None, alias="from")
    until: date | None = None


class RuleTest(Model):
    """A test inside the rule: what is given, and the verdict expected for the last contact and no other."""

    name: str
    given: dict[str, Any]
    expect: Literal["violation", "presumed_violation", "warning", "review", "none"]
    at: list[int] | None = None


class Rule(Model):
    """One rule: which contacts break which clause, how sure that is, and how to say so.

    `if_unknown` says what happens where the records leave `when` open: the contact is listed as not checkable,
    or becomes a finding to review; a list names the parts of `when` that may be unknown for a review, the
    others must be certain.
    """

    id: Identifier
    title: Bilingual
    topic: Topic
    severity: Severity
    verdict: Verdict
    authority: list[Authority] = Field(min_length=1)
    applies_to: AppliesTo | None = None
    when: Block
    unless: Block | list[Block] | None = None
    message: Bilingual
    if_unknown: Literal["not_checkable", "review"] | list[Part] = "not_checkable"
    once: Literal["contact", "day", "case"] = "contact"
    obligations: list[str] = []
    enabled: bool = True
    reason: Bilingual | None = None
    notes: Bilingual | None = None
    tests: list[RuleTest] = []

    @model_validator(mode="after")
    def _off_needs_reason(self) -> Rule:
        if not self.enabled and self.reason is None:
            raise ValueError("a rule that is off needs a reason")
        return self


class ParameterValue(Model):
    """A value from a day on; `value: null` says that from this day on it is unknown."""

    value: float | None
    source: str | None = None


class Parameter(Model):
    """A number that changes by date, such as a reference rate."""

    title: Bilingual
    values: dict[date, ParameterValue]


class PlausibleZones(Model):
    """Where a debtor may be beside the zone that is stated: `numbers`: the country whose national numbers have a place;
    `regions`: region -> its zones, for accounts that state none.
    """

    numbers: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    regions: dict[str, list[str]] = {}


class Pack(Model):
    """A jurisdiction: its name, default zone, regions (ISO 3166) and languages, and defaults for the tests inside
    its rules.
    """

    jurisdiction: str
    title: Bilingual
    zone: str
    regions: list[Annotated[str, StringConstraints(pattern=r"^!?[A-Z]{2}(-[A-Z0-9]+)*$")]] = []
    single_zone: bool = False
    plausible_zones: PlausibleZones | None = None
    languages: list[str]
    default_for: list[str] = []
    base: list[str] = []
    test_defaults: dict[str, Any] = {}


class Override(Model):
    """What a user changes of a shipped rule, and why."""

    rule: Identifier
    enabled: bool | None = None
    severity: Severity | None = None
    reason: str = Field(min_length=2)
