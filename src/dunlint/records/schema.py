"""The tables every reader fills and every later room takes: contacts, turns, accounts, events.

A *contact* is one communication or one attempt. Direction is seen from the collecting side: `outbound`
is what a collector sends, whichever phone the export came from. Times are UTC with microseconds; the zone
in which a person lived them stands beside them. A source that writes wall-clock times without a zone gives
`local_time`; `at` follows from it as soon as a zone is known, and stays empty where none is (`records.zones`).
Money is yuan (or the account's currency), rates are per year as fractions (0.18 is 18 % a year), durations are
seconds. What each column means is said in both languages in the message catalogue (`column.contacts.*`,
`column.accounts.*`, `column.events.*`); `dunlint formats` prints it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

UTC_TIME = pl.Datetime("us", "UTC")

CHANNELS = ("call", "ai_call", "voicemail", "sms", "im", "email", "letter", "visit", "post")
DIRECTIONS = ("outbound", "inbound")
OUTCOMES = ("connected", "no_answer", "voicemail", "busy", "not_in_service", "rejected", "unknown")
PARTIES = (
    "debtor", "guarantor", "spouse", "agreed_contact", "third_party", "workplace", "attorney", "minor", "unknown",
)  # fmt: skip
ROLES = ("lender", "agency", "assignee", "law_firm", "other", "unknown")
SPEAKERS = ("collector", "debtor", "third_party", "bot", "other", "unknown")
EVENT_KINDS = (
    "consent", "night_consent", "night_consent_withdrawn", "agreed_hours", "cease_request", "opt_out",
    "wrong_person", "attorney", "dispute", "hardship", "instalment_request", "instalment_agreement",
    "agreement_broken", "complaint", "judgment", "enforcement", "filing", "bankruptcy", "death", "incapacity",
    "self_harm", "outsourcing_notice", "assignment_notice", "mandate_end", "settled", "visit_plan",
    "inconvenient_time", "inconvenient_place", "employer_prohibits", "validation_notice", "location_inquiry",
    "furnishing", "conversation", "approved_offer", "contact_refusal", "consent_withdrawn", "time_barred",
    "limitation_revived", "callback_request", "earlier_contact", "voice_consent", "attorney_ended",
    "attorney_silent", "attorney_consent", "medical_notice", "verification", "third_party_consent", "opt_in",
    "location_recheck", "email_consent", "employer_allows", "information_request", "payment_failed",
    "duplicate_dispute_notice", "court_permission", "deadline_notice", "original_creditor_request",
    "cease_withdrawn", "prior_collector_email", "times_lifted", "places_lifted", "promise", "moratorium",
    "undeliverable", "postdated_payment", "deposit_notice", "deposit",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Turn:
    """One utterance: who spoke (one of SPEAKERS), from and to in seconds after the start, and the words."""

    speaker: str
    start: float | None
    end: float | None
    text: str


@dataclass(slots=True)
class Contact:
    """One communication or attempt, as a reader yields it. None means the source does not say."""

    at: datetime | None = None
    local_time: datetime | None = None
    zone: str | None = None
    channel: str | None = None
    direction: str | None = None
    outcome: str | None = None
    talk_seconds: float | None = None
    from_number: str | None = None
    to_number: str | None = None
    party: str | None = None
    party_name: str | None = None
    role: str | None = None
    creditor: str | None = None
    agency: str | None = None
    team: str | None = None
    agent: str | None = None
    campaign: str | None = None
    template: str | None = None
    account_id: str | None = None
    text: str | None = None
    turns: tuple[Turn, ...] = ()
    case_id: str | None = None
    contact_id: str | None = None
    number_kind: str | None = None
    contact_source: str | None = None
    recording_id: str | None = None
    staff_count: int | None = None
    id_shown: bool | None = None
    entry_consent: bool | None = None
    place: str | None = None
    zone_from: str | None = None
    source_file: str = ""
    source_line: int | None = None
    source_sha256: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


TURN_TYPE = pl.List(pl.Struct({"speaker": pl.String, "start": pl.Float64, "end": pl.Float64, "text": pl.String}))

CONTACT_COLUMNS: dict[str, Any] = {
    "contact_id": pl.String,
    "case_id": pl.String,
    "at": UTC_TIME,
    "zone": pl.String,
    "zone_from": pl.String,
    "local_time": pl.Datetime("us"),
    "channel": pl.String,
    "direction": pl.String,
    "outcome": pl.String,
    "talk_seconds": pl.Float64,
    "from_number": pl.String,
    "to_number": pl.String,
    "party": pl.String,
    "party_name": pl.String,
    "role": pl.String,
    "creditor": pl.String,
    "agency": pl.String,
    "team": pl.String,
    "agent": pl.String,
    "campaign": pl.String,
    "template": pl.String,
    "account_id": pl.String,
    "text": pl.String,
    "turns": TURN_TYPE,
    "number_kind": pl.String,
    "contact_source": pl.String,
    "recording_id": pl.String,
    "staff_count": pl.Int64,
    "id_shown": pl.Boolean,
    "entry_consent": pl.Boolean,
    "place": pl.String,
    "source_file": pl.String,
    "source_line": pl.Int64,
    "source_sha256": pl.String,
}

ACCOUNT_COLUMNS: dict[str, Any] = {
    "case_id": pl.String,
    "account_id": pl.String,
    "product": pl.String,
    "lender": pl.String,
    "lender_type": pl.String,
    "via_platform": pl.Boolean,
    "principal": pl.Float64,
    "balance": pl.Float64,
    "disbursed": pl.Float64,
    "currency": pl.String,
    "contract_rate": pl.Float64,
    "overdue_rate": pl.Float64,
    "annual_cost": pl.Float64,
    "contract_date": pl.Date,
    "overdue_since": pl.Date,
    "disclosure_sheet": pl.Boolean,
    "licensed": pl.Boolean,
    "region": pl.String,
    "zone": pl.String,
    "zones": pl.List(pl.String),
    "debtor_flags": pl.List(pl.String),
    "published_agencies": pl.List(pl.String),
    "retention_years": pl.Float64,
}

EVENT_COLUMNS: dict[str, Any] = {
    "event_id": pl.String,
    "case_id": pl.String,
    "account_id": pl.String,
    "kind": pl.String,
    "at": UTC_TIME,
    "until": UTC_TIME,
    "number": pl.String,
    "party": pl.String,
    "agency": pl.String,
    "value": pl.String,
    "origin": pl.String,
    "contact_id": pl.String,
}


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that could not be read: never dropped, always listed."""

    file: str
    line: int | None
    expected: str
    found: str = ""


@dataclass(frozen=True)
class Records:
    """What the records room hands on.

    contacts: CONTACT_COLUMNS, in order of time; accounts: ACCOUNT_COLUMNS; events: EVENT_COLUMNS;
    unreadable: what could not be read; notes: what the reader assumed (zones, merges, directions);
    kept_events: per case, kinds of event that the records would show if they had happened.
    """

    contacts: pl.DataFrame
    accounts: pl.DataFrame
    events: pl.DataFrame
    unreadable: tuple[Unreadable, ...] = ()
    notes: tuple[str, ...] = ()
    kept_events: frozenset[tuple[str, str]] = frozenset()
    jurisdictions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spilled:
    """Records whose contacts lie on disk: `files` of Parquet in CONTACT_COLUMNS, one after the other in order; all else
    is in `records`, which hold no contacts.
    """

    files: tuple[Path, ...]
    records: Records

    @property
    def contacts(self) -> pl.LazyFrame:
        """CONTACT_COLUMNS, in order of time within each case."""
        return pl.scan_parquet(list(self.files))

    def counted(self) -> tuple[int, int]:
        """How many contacts there are, of how many cases."""
        found = self.contacts.select(contacts=pl.len(), cases=pl.col("case_id").n_unique())
        contacts, cases = found.collect(engine="streaming").row(0)
        return contacts, cases


CONTACT_FIELDS = tuple(f.name for f in fields(Contact) if f.name != "extra")
