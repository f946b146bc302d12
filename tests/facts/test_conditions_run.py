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


@pytest.mark.parametrize("engine", ["durable", "clips"])
def test_unusual_ids_and_two_hundred_tags_are_no_trouble(engine: str) -> None:
    if engine == "durable":
        pytest.importorskip("durable.engine")
    names = ["案件🙂", "a\0b", "x" * 1_000_000]
    raw = {"contacts": [{"contact_id": name, "text": "还款", "tags": ["insult"] * 200} for name in names]}
    assert verdicts("says: {tag: insult, at_least: 200}", raw, engine) == ["violation"] * 3
