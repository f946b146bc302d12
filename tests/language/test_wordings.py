"""Wordings as shipped: each line is written for this test and stands in no corpus and in no pattern word for word."""

from __future__ import annotations

import pytest

from dunlint.language.evaluate import meant
from dunlint.language.tagger import tagger
from dunlint.language.tagset import prohibited_tags


def found(text: str, speaker: str = "collector", party: str = "debtor") -> frozenset[str]:
    """The prohibited tags that phrases and context alone find."""
    return meant(tagger("zh").tags(text, speaker, party)) & set(prohibited_tags())


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("我让你看不见下个月的月亮", "threat_violence"),
        ("你岳父那个水果摊生意还想做不", "threat_family"),
        ("你奶奶岁数大了，马路上车多，叫她看着点，小心点", "threat_family"),
        ("老婆孩子躲得了吗，你躲得了吗", "threat_family"),
        ("帽子叔叔马上来请你喝茶", "threat_arrest"),
        ("你的事我跟你们校长聊聊", "threat_exposure"),
        ("单元门密码我都弄到了", "threat_visit"),
        ("给你叫了六个跑腿，慢慢收", "threat_harassment"),
        ("我是全国网贷债务管理中心的，特此通知你", "impersonation"),
        ("到点系统自动立案，谁也拦不住", "false_legal"),
        ("看你那点出息", "insult"),
        ("叫你对象出来接单还钱", "sexual_abuse"),
        ("问你爷爷奶奶拿，他们先给你还上", "third_party_pressure"),
        ("原账户停用，请转到下面新账户", "fee_misrepresentation"),
        ("你项链不是还在吗，去典当行当了", "coerced_funding"),
        ("千万别打官方客服，一打名额就没了", "deception"),
    ],
)
def test_a_wording_that_was_never_written_down_is_heard_by_its_kind(text: str, tag: str) -> None:
    assert tag in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "您家老人身体要紧，缓一缓再还也可以，祝早日康复",
        "您的违约金按合同约定收取，年化利率18.25%",
        "只有法院才可以冻结账户，我们没有这个权力",
        "千万不要以贷养贷，也不要去借高利贷",
        "征信不是谁能改的，任何说花钱能洗白的都是骗子",
    ],
)
def test_care_law_and_warnings_are_no_menace(text: str) -> None:
    assert found(text) == frozenset()
