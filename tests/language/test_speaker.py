"""Who speaks, where the record does not say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunlint.language.analyse import tag_text
from dunlint.language.speaker import infer_speaker

ROLES = {"collector", "debtor", "third_party", "other", "unknown"}


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("你的欠款再不还，我们就上你家", "collector"),
        ("您好，我是贷后专员，工号3076，您在我平台的借款已逾期", "collector"),
        ("他们天天给我打电话，还骂我爸妈", "debtor"),
        ("我失业了，能不能分期", "debtor"),
        ("我不认识他，谁欠的找谁", "third_party"),
        ("经审理查明，被告人多次上门", "other"),
        ("Final notice: you owe $300. If you don't pay we will be forced to act", "collector"),
        ("They called my mother and told my boss I owe money", "debtor"),
        ("今天天气不错", "unknown"),
        ("", "unknown"),
    ],
)
def test_clear_words_give_the_speaker_away_and_others_do_not(text: str, role: str) -> None:
    assert infer_speaker(text) == role


def test_a_borrowers_story_without_a_named_speaker_is_a_report() -> None:
    tags = tag_text("他们威胁我说，再不还钱就爆我通讯录，还骂我爸妈")
    assert "threat_exposure" in {tag.tag for tag in tags if tag.attribution == "reported"}


@given(st.text(max_size=60))
def test_any_text_has_a_speaker_or_none(text: str) -> None:
    assert infer_speaker(text) in ROLES
