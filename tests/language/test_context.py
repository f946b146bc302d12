"""Context: negation, question, report, quotation and lawful conditions, as the shipped cues decide them."""

from __future__ import annotations

import pytest

from dunlint.language.context import attribute, sentence_at
from dunlint.language.lexicon import lexicon

WORDS = lexicon("zh")


def meant(text: str, speaker: str, tag: str = "threat_visit") -> str | None:
    """The attribution of what stands in [brackets]."""
    start, end = text.index("["), text.index("]") - 1
    return attribute(WORDS, text.replace("[", "").replace("]", ""), start, end, tag, speaker)


@pytest.mark.parametrize(
    "text",
    [
        "今天不还我们就[上门]",
        "你没有还款，我们今晚[上门]",
        "别逼我们[上门]",
        "不是吓唬你，明天就[上门]",
        "我不会放过你，[堵你家门]",
        "怎么，要我们[上门]请你吗？",
        "你放心，今晚一定[上门]",
    ],
)
def test_a_collectors_threat_is_performed_even_when_asked_or_beside_a_no(text: str) -> None:
    assert meant(text, "collector") == "performed"


@pytest.mark.parametrize(
    "text",
    [
        "您放心，我们不会[上门]",
        "我们[不会上门]",
        "既不会爆通讯录也不会[上门]",
        "催收人员不得[上门闹事]",
        "我司从未[安排人员上门]",
        "那个不是我们说的，[上门]是违规的",
    ],
)
def test_a_collector_who_rules_it_out_does_not_threaten(text: str) -> None:
    assert meant(text, "collector") == "negated"


def test_what_the_customer_said_is_quoted_when_told_back() -> None:
    assert meant("您刚才说有人要[上门]，请把号码给我", "collector") == "quoted"


@pytest.mark.parametrize("text", ["他们说今天就[上门]", "催收员威胁我，不还就[上门]", "今天来人[堵我家门]"])
def test_what_a_debtor_tells_of_is_reported(text: str) -> None:
    assert meant(text, "debtor") == "reported"


@pytest.mark.parametrize("text", ["你们是要[上门]吗？", "会不会[上门]", "你们会[上门]吗"])
def test_a_debtors_question_is_a_question(text: str) -> None:
    assert meant(text, "debtor") == "questioned"


def test_a_report_with_a_question_after_it_stays_a_report() -> None:
    assert meant("催收说今晚要[上门]，合法吗？", "debtor") == "reported"


def test_a_debtor_who_is_no_deadbeat_is_not_insulted() -> None:
    assert meant("我不是[老赖]，我只是失业了", "debtor", "insult") == "negated"


def test_legal_force_on_condition_of_a_judgment_is_lawful() -> None:
    assert meant("若经法院判决后仍不履行，法院可依法[纳入失信名单]", "collector", "false_legal") is None


def test_a_judgment_that_is_said_to_be_there_already_is_no_condition() -> None:
    assert meant("你的案子已经判决，今天[纳入失信名单]", "collector", "false_legal") == "performed"


def test_a_court_notice_is_no_threat() -> None:
    assert meant("您的账户被依法[冻结]，详询执行法院", "other", "false_legal") is None


def test_news_of_collectors_is_reported() -> None:
    assert meant("记者调查发现，催收人员多次[上门泼漆]", "other") == "reported"


def test_advice_about_what_may_happen_is_no_report() -> None:
    assert meant("如果催收[上门闹事]，请报警", "other") == "questioned"


def test_everyday_talk_of_others_is_nothing() -> None:
    assert meant("师傅明天[上门]维修", "other") is None


def test_a_sentence_ends_at_its_mark() -> None:
    text = "第一句。第二句！第三句"
    assert text[slice(*sentence_at(text, "。！", 5, 6))] == "第二句！"


def test_a_negation_does_not_reach_into_the_next_sentence() -> None:
    assert meant("我们不会。今晚[上门]", "collector") == "performed"


def test_a_rhetorical_not_does_not_negate() -> None:
    assert meant("以前你不是也[借新还旧]吗", "collector", "coerced_funding") == "performed"


def test_whatever_makes_no_difference_is_not_so_called() -> None:
    assert meant("你签不签无所谓，反正[找你全家要]", "collector", "third_party_pressure") == "performed"


@pytest.mark.parametrize("text", ["我不怕他们[爆通讯录]", "别信，什么逾期就[冻结微信]"])
def test_who_is_not_afraid_or_disbelieves_reports_nothing(text: str) -> None:
    assert meant(text, "debtor", "threat_exposure") == "questioned"


def test_fiction_is_quoted() -> None:
    assert meant("这部电影里放高利贷的[泼油漆]堵门", "other", "threat_violence") == "quoted"


def test_a_wrong_that_is_owned_up_to_is_no_threat() -> None:
    assert meant("上次那位同事说要[找您领导]，这确实不对", "collector", "threat_exposure") == "negated"


def test_where_the_customer_can_ask_is_lawful() -> None:
    assert meant("您可以找[承办法官]申请保留生活费", "collector", "impersonation") is None
