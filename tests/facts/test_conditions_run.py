"""Conditions that call-centre quality systems offer, each run once on a tiny case, by its words in YAML."""

from __future__ import annotations

from typing import Any

import pytest

from dunlint import audit
from dunlint.rulebook.load import Rulebook
from dunlint.rulebook.models import Parameter, Rule, Source
from dunlint.ruletests import given
from dunlint.yaml_places import parse

WORDS = {"zh": "甲", "en": "a"}
DEFAULTS = {
    "contact": {"channel": "call", "direction": "outbound", "role": "agency", "zone": "Asia/Shanghai",
                "at": "2026-10-01T10:00:00+08:00"},
    "account": {"account_id": "a", "contract_date": "2026-01-05", "contract_rate": 0.10, "balance": 3000},
}  # fmt: skip
SOURCE = Source.model_validate({"id": "s", "title": WORDS, "binds": WORDS, "weight": "law", "evidence": "A"})
RATE = Parameter.model_validate(
    {"title": WORDS, "values": {"2026-01-01": {"value": 0.03}, "2026-06-01": {"value": None}}}
)


def verdicts(when: str, raw: dict[str, Any], engine: str = "clips") -> list[str]:
    """The verdicts on the contacts of a case, in order, for one rule with this `when`."""
    rule = Rule.model_validate(
        {"id": "r", "title": WORDS, "topic": "hours", "severity": "low", "verdict": "violation", "message": WORDS,
         "authority": [{"source": "s"}], "if_unknown": "review", "when": parse(when, "when").data}
    )  # fmt: skip
    book = Rulebook((rule,), {"s": SOURCE}, {"base-rate": RATE}, (), {"r": "when:1:1"})
    records, heard = given(raw, DEFAULTS)
    report = audit.check_records(records, rules=["r"], book=book, heard=heard, engine=engine)
    found = {finding.contact_id: finding.verdict for finding in report.findings}
    return [found.get(contact, "none") for contact in records.contacts["contact_id"]]


def turns(*said: tuple[str, float, float, str]) -> dict[str, Any]:
    rows = [{"speaker": who, "start": start, "end": end, "text": text} for who, start, end, text in said]
    return {"contact": {"turns": rows}}


@pytest.mark.parametrize(
    ("when", "verdict"),
    [
        ("silence: {more_than: 20}", "violation"),
        ("silence: {more_than: 40}", "none"),
        ("silence: {more_than: 20, after_speaker: collector}", "none"),
        ("says: {keywords: {any: [工号]}, turns: {first: 1}}", "violation"),
        ("says: {keywords: {any: [工号]}, turns: {from: 2}}", "none"),
        ("says: {keywords: {all: [银行, 工号]}}", "violation"),
        ("says: {keywords: {at_least: 2, of: [银行, 工号, 律师]}}", "violation"),
        ("says: {keywords: {at_least: 3, of: [银行, 工号, 律师]}}", "none"),
        ("says: {keywords: {any: [您好], none: [银行]}}", "none"),
        (
            "says: {keywords: {any: [还款]}, after: {keywords: {any: [本人]}, speaker: debtor, within_turns: 1}}",
            "violation",
        ),
        ("says: {keywords: {any: [还款]}, before: {keywords: {any: [本人]}, speaker: debtor}}", "none"),
        ("says: {keywords: {any: [还款]}, not_after: {keywords: {any: [本人]}, speaker: debtor}}", "none"),
        ("says: {keywords: {any: [本人]}, speaker: debtor}", "violation"),
        ("says: {keywords: {any: [录音]}, absent: true}", "violation"),
    ],
)
def test_words_roles_positions_and_silence(when: str, verdict: str) -> None:
    call = turns(
        ("collector", 0, 4, "您好，这里是某银行，工号0123"),
        ("debtor", 5, 6, "我是本人"),
        ("collector", 36, 40, "请您尽快还款"),
    )
    assert verdicts(when, call) == [verdict]


def test_a_pause_without_turn_times_is_unknown() -> None:
    assert verdicts("silence: {more_than: 1}", {"contact": {"text": "请还款"}}) == ["review"]


@pytest.mark.parametrize(
    ("when", "verdict"),
    [
        ("contact: {holiday: {calendar: CN}}", "violation"),
        ("contact: {holiday: {calendar: CN, is: false}}", "none"),
        ("contact: {weekday: [thu]}", "violation"),
        ("contact: {weekday: sat}", "none"),
        (
            "account: {number: contract_rate, more_than: {parameter: base-rate, times: 3, on: contract_date}}",
            "violation",
        ),
        ("account: {number: contract_rate, more_than: {parameter: base-rate, times: 4, on: contract_date}}", "none"),
        ("account: {number: contract_rate, more_than: {parameter: base-rate, times: 4}}", "review"),
    ],
)
def test_holidays_weekdays_and_dated_parameters(when: str, verdict: str) -> None:
    assert verdicts(when, {"contact": {"text": "请还款"}}) == [verdict]


def test_a_claim_is_compared_with_the_books() -> None:
    when = "claim: {kind: amount, differs_from: {account: balance}, tolerance: 0.01}"
    assert verdicts(when, {"contact": {"channel": "sms", "text": "您的欠款合计3500元，请还款"}}) == ["violation"]
    assert verdicts(when, {"contact": {"channel": "sms", "text": "您的欠款合计3000元，请还款"}}) == ["none"]


AGREED = {"kind": "agreed_hours", "at": "2026-02-01T10:00:00+08:00"}


@pytest.mark.parametrize(
    ("value", "at", "inside", "outside"),
    [
        ("19:00-21:00", "2026-03-02T19:00:00+08:00", "violation", "none"),
        ("19:00-21:00", "2026-03-02T21:00:00+08:00", "none", "violation"),
        ("9:00至11:00；14:00～15:30", "2026-03-02T15:29:59+08:00", "violation", "none"),
        ("mon-fri 9:00-17:00, sat 10:00-12:00", "2026-03-07T10:30:00+08:00", "violation", "none"),
        ("mon-fri 9:00-17:00, sat 10:00-12:00", "2026-03-08T10:30:00+08:00", "none", "violation"),
        ("sat-mon 22:00-24:00", "2026-03-02T22:30:00+08:00", "violation", "none"),
        ("after work", "2026-03-02T19:30:00+08:00", "review", "review"),
        ("25:00-26:00", "2026-03-02T19:30:00+08:00", "review", "review"),
        ("19:00-21:00", "2026-01-31T19:30:00+08:00", "none", "none"),
    ],
)
def test_hours_are_read_from_what_was_agreed(value: str, at: str, inside: str, outside: str) -> None:
    raw = {"contact": {"at": at, "text": "请还款"}, "events": [{**AGREED, "value": value}]}
    assert verdicts("event: {kind: agreed_hours, hours: inside}", raw) == [inside]
    assert verdicts("event: {kind: agreed_hours, hours: outside}", raw) == [outside]


def test_an_event_stands_until_its_end_and_hides_none_that_stands_longer() -> None:
    consent = {"kind": "consent", "at": "2026-02-01T10:00:00+08:00"}
    ended = {**consent, "at": "2026-02-05T10:00:00+08:00", "until": "2026-02-10T10:00:00+08:00"}
    contact = {"at": "2026-02-10T10:00:00+08:00"}
    later = {"at": "2026-02-10T10:00:01+08:00"}
    when = "event: {kind: consent}"
    assert verdicts(when, {"contact": contact, "events": [ended]}) == ["violation"]
    assert verdicts(when, {"contact": later, "events": [ended]}) == ["none"]
    assert verdicts(when, {"contact": later, "events": [consent, ended, ended]}) == ["violation"]


def test_three_failed_calls_in_a_row_begin_anew_after_one_that_was_answered() -> None:
    when = """
      contact: {outcome: no_answer}
      count: {within: {days: 7}, at_least: 3, since: {contact: {outcome: connected}}}
    """
    outcomes = ["no_answer", "no_answer", "connected", "no_answer", "no_answer", "no_answer"]
    calls = [{"outcome": name, "at": f"2026-03-02T{hour:02}:00:00+08:00"} for hour, name in enumerate(outcomes, 9)]
    assert verdicts(when, {"contacts": calls}) == ["none"] * 5 + ["violation"]
    calls[2] = {"at": "2026-03-02T11:00:00+08:00"}  # nobody knows whether this one was answered
    assert verdicts(when, {"contacts": calls}) == ["none", "none", "review", "review", "review", "violation"]


def test_nothing_of_a_kind_lies_between_two_steps() -> None:
    when = """
      sequence:
        - when: {contact: {channel: visit}}
        - when: {contact: {channel: visit}}
          without: {contact: {channel: letter}}
    """
    days = ["visit", "letter", "visit", "visit"]
    rows = [{"channel": name, "at": f"2026-03-{day:02}T10:00:00+08:00"} for day, name in enumerate(days, 2)]
    assert verdicts(when, {"contacts": rows}) == ["none", "none", "none", "violation"]


@pytest.mark.parametrize(
    ("calendar", "event", "at", "verdict"),
    [
        ("US", "2026-07-01T10:00:00-04:00", "2026-07-09T10:00:00-04:00", "violation"),  # day 5: 3 July is observed
        ("US", "2026-07-01T10:00:00-04:00", "2026-07-10T10:00:00-04:00", "none"),
        ("CN", "2026-02-13T10:00:00+08:00", "2026-02-14T10:00:00+08:00", "violation"),  # a Saturday that is worked
        ("CN", "2026-02-13T10:00:00+08:00", "2026-02-27T10:00:00+08:00", "violation"),  # day 5 after the festival
        ("CN", "2026-02-13T10:00:00+08:00", "2026-02-28T10:00:00+08:00", "none"),  # a worked Saturday: day 6
    ],
)
def test_working_days_leave_out_weekends_and_holidays(calendar: str, event: str, at: str, verdict: str) -> None:
    window = f"{{days: 5, by: working_day, calendar: {calendar}, day_one: next}}"
    zone = "America/New_York" if calendar == "US" else "Asia/Shanghai"
    raw = {"contact": {"at": at, "zone": zone}, "events": [{"kind": "dispute", "at": event}]}
    assert verdicts(f"event: {{kind: dispute, within: {window}}}", raw) == [verdict]


def test_a_claim_is_compared_with_what_was_offered() -> None:
    when = "claim: {kind: amount, less_than: {event: approved_offer}}"
    told = {"channel": "sms", "text": "您的欠款合计2000元，请还款", "at": "2026-03-02T10:00:00+08:00"}
    offer = {"kind": "approved_offer", "at": "2026-03-01T10:00:00+08:00"}
    assert verdicts(when, {"contact": told, "events": [{**offer, "value": "2500"}]}) == ["violation"]
    assert verdicts(when, {"contact": told, "events": [{**offer, "value": "1500"}]}) == ["none"]
    assert verdicts(when, {"contact": told}) == ["review"]


@pytest.mark.parametrize("engine", ["durable", "clips"])
def test_unusual_ids_and_two_hundred_tags_are_no_trouble(engine: str) -> None:
    if engine == "durable":
        pytest.importorskip("durable.engine")
    names = ["案件🙂", "a\0b", "x" * 1_000_000]
    raw = {"contacts": [{"contact_id": name, "text": "还款", "tags": ["insult"] * 200} for name in names]}
    assert verdicts("says: {tag: insult, at_least: 200}", raw, engine) == ["violation"] * 3
