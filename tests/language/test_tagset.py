"""The tags that the design names are all there, and every one has phrases in both languages."""

from __future__ import annotations

import pytest

from dunlint.language.lexicon import LANGUAGES, lexicon
from dunlint.language.tagset import prohibited_tags, tag_list

PROHIBITED = [
    "threat_violence",
    "threat_family",
    "threat_arrest",
    "threat_exposure",
    "threat_visit",
    "threat_harassment",
    "impersonation",
    "false_legal",
    "insult",
    "sexual_abuse",
    "privacy_disclosure",
    "third_party_pressure",
    "fee_misrepresentation",
    "coerced_funding",
    "deception",
]
FACTS = [
    "identity",
    "recording_notice",
    "collector_disclosure",
    "opt_out_notice",
    "validation_notice",
    "cease_request",
    "opt_out_request",
    "wrong_person",
    "attorney_represented",
    "dispute",
    "hardship",
    "instalment_request",
    "agreement",
    "consent",
    "inconvenient_time",
    "inconvenient_place",
    "self_harm",
    "claim_amount",
    "claim_rate",
    "claim_fee",
    "claim_deadline",
    "claim_case_number",
    "claim_legal_action",
]


def test_the_prohibited_tags_are_those_of_the_design() -> None:
    assert list(prohibited_tags()) == PROHIBITED


def test_every_fact_that_rules_need_has_a_tag() -> None:
    assert set(tag_list()) == {*PROHIBITED, *FACTS}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_tag_has_a_phrase(lang: str) -> None:
    assert {pattern.tag for pattern in lexicon(lang).patterns} >= set(tag_list())
