"""The channels are data that holds together: every rule, event, source and request named is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest

import dunlint
from dunlint.records.schema import EVENT_KINDS
from dunlint.reports.complaint import channels
from dunlint.reports.complaint.channels import Condition
from dunlint.reports.document import Document
from dunlint.resources import rules_root
from dunlint.rulebook import load
from tests.reports import made

PACKS = [pack for pack in load.shipped() if channels.of_pack(pack)]


def conditions(file: channels.Complaints) -> Iterator[Condition]:
    for one in (*file.requests, *file.steps):
        if one.when:
            yield one.when
            if one.when.unless:
                yield one.when.unless


def test_china_and_the_united_states_have_channels() -> None:
    assert PACKS == ["cn", "us"]
    assert {"lender", "12378", "12363", "nifa", "12321", "110", "cfpb"} <= set(channels.every())


@pytest.mark.parametrize("pack", PACKS)
def test_every_rule_named_exists(pack: str) -> None:
    file = channels.of_pack(pack)
    assert file
    packs = [name for name in load.shipped() if name == pack or name.startswith(f"{pack}-")]
    rules = {rule.id for rule in load.load(packs).rules}
    patterns = {pattern for one in conditions(file) for pattern in one.rules or ()}
    patterns |= {pattern for channel in file.channels for pattern in channel.rules or ()}
    assert [one for one in sorted(patterns) if not any(fnmatchcase(rule, one) for rule in rules)] == []


@pytest.mark.parametrize("pack", PACKS)
def test_every_event_request_and_source_named_exists(pack: str) -> None:
    file = channels.of_pack(pack)
    assert file
    assert {kind for one in conditions(file) for kind in one.events or ()} <= set(EVENT_KINDS)
    assert {name for channel in file.channels for name in channel.requests} <= {one.id for one in file.requests}
    assert {step.source for step in file.steps if step.source} <= set(load.load([pack]).sources)
    assert [step for step in file.steps if bool(step.source) != bool(step.clause)] == []
    assert [step for step in file.steps if step.clause and step.evidence not in ("A", "B")] == []


def test_ids_are_given_once_over_all_jurisdictions() -> None:
    ids = [channel.id for pack in PACKS for channel in (channels.of_pack(pack) or pytest.fail(pack)).channels]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("pack", PACKS)
def test_no_address_of_a_site_is_given_as_none_was_seen(pack: str) -> None:
    text = (rules_root() / pack / load.COMPLAINTS_FILE).read_text(encoding="utf-8")
    assert re.findall(r"https?:|www\.|\.(?:com|gov|org)\b", text) == []


def test_every_channel_says_how_much_was_seen_and_what_it_is_for() -> None:
    for chosen in channels.every().values():
        assert chosen.channel.seen.zh
        assert chosen.channel.for_.en
        assert chosen.channel.evidence in ("A", "B", "C", "NOT_SEEN")


def test_a_channel_of_another_jurisdiction_is_refused_with_those_that_fit() -> None:
    with pytest.raises(dunlint.DunlintError, match="12378"):
        channels.choose("cfpb", made.SMALL)
    with pytest.raises(dunlint.DunlintError, match="complain --to list"):
        channels.choose("nobody", made.SMALL)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (None, True),
        (Condition(rules=["cn-insult"]), True),
        (Condition(rules=["cn-thr*"]), False),
        (Condition(events=["dispute"]), False),
        (Condition(product=["online_loan"], lender=["consumer_finance"]), True),
        (Condition(product=["online_loan"], lender=["bank"]), False),
        (Condition(unless=Condition(product=["online_loan"])), False),
        (Condition(unless=Condition(events=["dispute"])), True),
    ],
)
def test_a_condition_holds_when_all_of_it_does(when: Condition | None, expected: bool) -> None:
    assert channels.holds(when, made.SMALL) is expected


def test_product_and_lender_must_be_of_one_account() -> None:
    accounts = ({"product": "credit_card", "lender_type": "micro_lender"}, {"product": "x", "lender_type": "bank"})
    assert not channels.holds(Condition(product=["credit_card"], lender=["bank"]), Document((), accounts=accounts))
