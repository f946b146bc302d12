"""What can be asked of a contact: the conditions that rules are written in.

A `Block` holds when all of its keys hold. Every condition is decided as true, false or unknown (Kleene logic):
unknown means that the records lack what the condition needs. A `contact` condition speaks of collection
contacts only.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Scalar = bool | int | float | str
Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$|^24:00$")]
Key = Literal[
    "case", "debt", "person", "reached_number", "their_number", "agency", "agent", "creditor", "channel", "party",
    "template", "campaign",
]  # fmt: skip
Speaker = Literal["collector", "debtor", "third_party", "bot", "other", "unknown", "any"]
Attribution = Literal["performed", "reported", "negated", "questioned", "quoted"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Model(BaseModel):
    """Unknown keys are errors; instances are immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Range(Model):
    """A number or date between bounds: `at_least` and `at_most` include the bound, the other two do not."""

    at_least: float | date | None = None
    at_most: float | date | None = None
    more_than: float | date | None = None
    less_than: float | date | None = None

    @model_validator(mode="after")
    def _some_bound(self) -> Range:
        if all(value is None for value in (self.at_least, self.at_most, self.more_than, self.less_than)):
            raise ValueError("a range needs at_least, at_most, more_than or less_than")
        return self


class Not(Model):
    """Any value but these; an unknown value stays unknown."""

    not_: Scalar | list[Scalar] = Field(alias="not")


class Known(Model):
    """Whether the record says anything at all here."""

    known: bool


Match = Known | Not | Range | list[Scalar] | Scalar


class LocalTime(Model):
    """The debtor's clock: from <= time < until, over midnight when `from` is later than `until`.

    Where several zones are plausible, `zones` says whether the condition holds if it does in `any` of them, in `all`,
    or is unknown unless they `agree` (the default).
    """

    from_: Clock = Field(alias="from")
    until: Clock
    zones: Literal["any", "all", "agree"] = "agree"


class Holiday(Model):
    """The local day is (or is not) a public holiday in a calendar of the `holidays` library, such as CN or US-MA."""

    calendar: str
    is_: bool = Field(True, alias="is")


class Compare(Model):
    """A number of the account, of a dated parameter, of the latest event of a kind (its `value`), or given here,
    times a factor plus an amount.
    """

    account: str | None = None
    parameter: str | None = None
    event: str | None = None
    on: Literal["contact", "contract_date"] = "contact"
    value: float | None = None
    times: float = 1.0
    plus: float = 0.0

    @model_validator(mode="after")
    def _one_origin(self) -> Compare:
        if sum(origin is not None for origin in (self.account, self.parameter, self.event, self.value)) != 1:
            raise ValueError("compare with exactly one of account, parameter, event, value")
        return self


class ContactCondition(Model):
    """Attributes of the contact: a value, a list of values, {not: …}, {known: true} or a range."""

    direction: Match | None = None
    channel: Match | None = None
    outcome: Match | None = None
    talk_seconds: Match | None = None
    party: Match | None = None
    role: Match | None = None
    creditor: Match | None = None
    agency: Match | None = None
    agent: Match | None = None
    number_kind: Match | None = None
    contact_source: Match | None = None
    recording_id: Match | None = None
    staff_count: Match | None = None
    id_shown: Match | None = None
    entry_consent: Match | None = None
    place: Match | None = None
    account_id: Match | None = None
    from_number: Match | None = None
    to_number: Match | None = None
    local_time: LocalTime | None = None
    ends_in: LocalTime | None = None
    local_date: Range | None = None
    weekday: Weekday | list[Weekday] | None = None
    holiday: Holiday | None = None
    agency_published: bool | None = None
    collection: bool = True


class AccountCondition(Model):
    """Attributes of the account, and numbers of it compared with each other or with parameters."""

    product: Match | None = None
    lender: Match | None = None
    lender_type: Match | None = None
    via_platform: Match | None = None
    principal: Match | None = None
    balance: Match | None = None
    currency: Match | None = None
    contract_rate: Match | None = None
    overdue_rate: Match | None = None
    annual_cost: Match | None = None
    contract_date: Match | None = None
    overdue_since: Match | None = None
    days_overdue: Range | None = None
    disclosure_sheet: Match | None = None
    licensed: Match | None = None
    region: Match | None = None
    region_in: list[str] | None = None
    debtor_flags: Match | None = None
    retention_years: Match | None = None
    number: Literal["principal", "balance", "contract_rate", "overdue_rate", "annual_cost", "disbursed"] | None = None
    more_than: Compare | None = None
    less_than: Compare | None = None

    def compared(self) -> list[str]:
        """The account numbers that a comparison looks at."""
        sides = [side.account for side in (self.more_than, self.less_than) if side is not None]
        return [name for name in (self.number, *sides) if name is not None]


class Within(Model):
    """A window of time. `by` calendar_day counts the debtor's local days, the present one included; working_day
    counts only the working days of a `calendar` of the `holidays` library; iso_week and calendar_month are the local
    week or month; sliding (the default) is an exact duration. `day_one: next` starts to count days on the day after
    the anchor. `after_working_days: 5` counts calendar days from the fifth working day (of `calendar`) after the
    anchor, as where a letter is taken to arrive that much later; all before that day is inside.
    """

    days: int | None = Field(None, ge=1, le=36_600)
    hours: int | None = Field(None, ge=1, le=878_400)
    minutes: int | None = Field(None, ge=1, le=52_704_000)
    weeks: int | None = Field(None, ge=1, le=5_300)
    months: int | None = Field(None, ge=1, le=1_200)
    by: Literal["sliding", "calendar_day", "working_day", "iso_week", "calendar_month"] = "sliding"
    calendar: str | None = None
    day_one: Literal["same", "next"] = "same"
    after_working_days: int | None = Field(None, ge=1, le=365)

    @model_validator(mode="after")
    def _one_length(self) -> Within:
        given = {n for n in ("days", "hours", "minutes", "weeks", "months") if getattr(self, n) is not None}
        fits = {"sliding": {"days", "hours", "minutes", "weeks"}, "calendar_day": {"days", "weeks"},
                "working_day": {"days"}, "iso_week": {"weeks"}, "calendar_month": {"months"}}[self.by]  # fmt: skip
        if len(given) != 1 or not given <= fits:
            raise ValueError(f"by: {self.by} needs exactly one of {', '.join(sorted(fits))}")
        if self.after_working_days and self.by != "calendar_day":
            raise ValueError("after_working_days goes with by: calendar_day")
        if (self.by == "working_day" or self.after_working_days is not None) != (self.calendar is not None):
            raise ValueError("calendar goes with by: working_day or after_working_days, and they with it")
        return self


class Keywords(Model):
    """Words in one utterance, compared without regard to case, width or spacing."""

    any: list[str] | None = None
    all: list[str] | None = None
    none: list[str] | None = None
    at_least: int | None = Field(None, ge=1)
    of: list[str] | None = None

    @model_validator(mode="after")
    def _something(self) -> Keywords:
        if not (self.any or self.all or self.none or self.of):
            raise ValueError("keywords need any, all, none or of")
        if bool(self.of) != bool(self.at_least):
            raise ValueError("at_least and of go together")
        return self


class Turns(Model):
    """Where in the conversation: the first or last N turns, or turns from..to, counted from 1."""

    first: int | None = Field(None, ge=1)
    last: int | None = Field(None, ge=1)
    from_: int | None = Field(None, ge=1, alias="from")
    to: int | None = Field(None, ge=1)


class Anchor(Model):
    """Another thing said, near which this one must (or must not) be said."""

    tag: str | list[str] | None = None
    keywords: Keywords | None = None
    speaker: Speaker = "any"
    attribution: list[Attribution] = ["performed"]
    within_turns: int | None = Field(None, ge=0)

    @model_validator(mode="after")
    def _tag_or_words(self) -> Anchor:
        if (self.tag is None) == (self.keywords is None):
            raise ValueError("give tag or keywords")
        return self


class Says(Model):
    """Something said in the contact: a tag (or one of several), or keywords; by whom, how meant, and where.

    A voice bot speaks for the collector. Keywords are compared with the text in plain spelling, disguises undone.

    `absent: true` holds when it is never said; without any words on record that is unknown.
    """

    tag: str | list[str] | None = None
    keywords: Keywords | None = None
    speaker: Speaker = "collector"
    attribution: list[Attribution] = ["performed"]
    turns: Turns | None = None
    before: Anchor | None = None
    after: Anchor | None = None
    around: Anchor | None = None
    not_before: Anchor | None = None
    not_after: Anchor | None = None
    at_least: int = Field(1, ge=1)
    absent: bool = False

    @model_validator(mode="after")
    def _tag_or_words(self) -> Says:
        if (self.tag is None) == (self.keywords is None):
            raise ValueError("give tag or keywords")
        return self


class Silence(Model):
    """A pause between two turns, in seconds."""

    more_than: float = Field(ge=0)
    after_speaker: Speaker = "any"


class Claim(Model):
    """A value said by the collector, compared with the books or with a parameter."""

    kind: Literal["amount", "rate", "fee"]
    more_than: Compare | None = None
    less_than: Compare | None = None
    differs_from: Compare | None = None
    tolerance: float = 0.0
    name: list[str] | None = None


class Following(Model):
    """An event before the event: no further back than `within`, at least `later` ago."""

    kind: str | list[str]
    within: Within | None = None
    later: Within | None = None


class Event(Model):
    """Something that happened in the case before the contact (or after it, with `order: after`). An event that has
    an end (`until`) does not stand any more after it.

    `same: [place]` and `same: [channel]` compare the contact's place or channel with the event's `value`. `following`
    leaves only events that came after another event (of the same debt, where `same` names the debt).

    `not_after` names kinds that undo it. `absent: true` holds when it did not happen, and is unknown unless the case
    says that it keeps records of that kind. `hours: inside` holds where the contact lies in the hours that the `value`
    of such an event names ("19:00-23:00", "mon-fri 9:00-17:00, sat 10:00-12:00"), `hours: outside` where events name
    hours and it lies in none of them; a value that names no hours leaves both unknown.
    """

    kind: str | list[str]
    order: Literal["before", "after"] = "before"
    within: Within | None = None
    later: Within | None = None
    not_after: str | list[str] | None = None
    following: Following | None = None
    same: list[Literal["number", "party", "agency", "debt", "place", "channel"]] = []
    origin: Literal["record", "heard", "any"] = "any"
    hours: Literal["inside", "outside"] | None = None
    absent: bool = False

    @model_validator(mode="after")
    def _hours_of_what_happened(self) -> Event:
        if self.hours and (self.absent or self.order == "after"):
            raise ValueError("hours are read from an event before the contact, not with absent or order: after")
        return self

    @model_validator(mode="after")
    def _windows_look_back(self) -> Event:
        if self.order == "after" and (self.later or self.not_after):
            raise ValueError("later and not_after look back; they do not go with order: after")
        if self.order == "after" and self.within and self.within.after_working_days:
            raise ValueError("after_working_days looks back; it does not go with order: after")
        return self


class Count(Model):
    """How many contacts like this one, up to and including it, in a window and for one key.

    `of` says which contacts count (default: those that match the neighbouring contact, says and account conditions);
    `since` begins anew after each contact for which it holds ("three failed calls in a row"); `distinct` counts
    different values of a key instead of contacts.
    """

    per: list[Key] = ["case"]
    of: Block | None = None
    since: Block | None = None
    within: Within
    more_than: int | None = Field(None, ge=0)
    at_least: int | None = Field(None, ge=1)
    distinct: Key | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> Count:
        if (self.more_than is None) == (self.at_least is None):
            raise ValueError("give more_than or at_least")
        if self.within.after_working_days:
            raise ValueError("a count has no anchor for after_working_days")
        return self


class Step(Model):
    """One step of a sequence: a contact or an event that follows the step before it, `without` any contact of some
    kind between the two.
    """

    when: Block | None = None
    event: Event | None = None
    within: Within | None = None
    later: Within | None = None
    without: Block | None = None
    same: list[Key] = []

    @model_validator(mode="after")
    def _contact_or_event(self) -> Step:
        if (self.when is None) == (self.event is None):
            raise ValueError("a step is `when` (a contact) or `event`")
        return self


class AtLeast(Model):
    """At least n of these blocks hold."""

    n: int = Field(ge=1)
    of: list[Block]


class Block(Model):
    """All of the keys present must hold."""

    contact: ContactCondition | None = None
    account: AccountCondition | None = None
    says: Says | list[Says] | None = None
    silence: Silence | None = None
    claim: Claim | None = None
    event: Event | list[Event] | None = None
    count: Count | list[Count] | None = None
    sequence: list[Step] | None = Field(None, min_length=2)
    finding: str | list[str] | None = None
    all: list[Block] | None = Field(None, min_length=1)
    any: list[Block] | None = Field(None, min_length=1)
    none: list[Block] | None = Field(None, min_length=1)
    at_least: AtLeast | None = None

    @model_validator(mode="after")
    def _something(self) -> Block:
        if not self.model_fields_set:
            raise ValueError("an empty condition matches everything; say what must hold")
        if any(step.event is not None for step in (self.sequence or [])[1:]):
            raise ValueError("only the first step of a sequence may be an event; the later ones are contacts")
        return self

    def parts(self) -> list[tuple[str, Any]]:
        """(key, condition) for each condition present, lists opened."""
        found: list[tuple[str, Any]] = []
        for name in ("contact", "account", "says", "silence", "claim", "event", "count"):
            value = getattr(self, name)
            found += [(name, one) for one in (value if isinstance(value, list) else [value]) if one is not None]
        for name in ("sequence", "finding", "all", "any", "none", "at_least"):
            if getattr(self, name) is not None:
                found.append((name, getattr(self, name)))
        return found

    def asks(self) -> list[str]:
        """Names of what this block needs to know of a contact: its attributes, `account` fields, `words`,
        `event:…`; sorted.
        """
        names: set[str] = set()
        for name, condition in self.parts():
            if name == "contact":
                names |= {asked for field in condition.model_fields_set for asked in _ASKS.get(field, (field,))}
                names |= {"collection"} if condition.collection else set()
            elif name == "account":
                names |= {
                    asked for field in condition.model_fields_set - _COMPARISONS for asked in _ASKS.get(field, (field,))
                }
                names |= set(condition.compared())
            elif name in ("says", "silence", "claim"):
                names.add("words")
            elif name == "event":
                names |= {f"event:{kind}" for kind in _listed(condition.kind)}
            elif name in ("all", "any", "none", "at_least"):
                inner = condition.of if name == "at_least" else condition
                names |= {asked for block in inner for asked in block.asks()}
        return sorted(names)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


_COMPARISONS = {"number", "more_than", "less_than"}
_ASKS: dict[str, tuple[str, ...]] = {
    "local_time": ("local",),
    "ends_in": ("local", "talk_seconds"),
    "local_date": ("local",),
    "holiday": ("local",),
    "weekday": ("local",),
    "region_in": ("region",),
    "days_overdue": ("overdue_since", "local"),
    "agency_published": ("agency", "published_agencies"),
}
for _model in (Count, Step, AtLeast, Block):
    _model.model_rebuild()
