"""A complaint claims no more than its evidence: facts apart from law, weak texts apart from strong, review apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

import dunlint
from dunlint.findings import Clause
from dunlint.reports.complaint import channels, pack, sections
from dunlint.reports.complaint.pack import Pack
from dunlint.reports.document import Document
from dunlint.reports.letter import to_markdown
from dunlint.reports.letter.model import Form, Letter
from tests.reports import made
from tests.reports.conftest import shipped

ADVICE = replace(made.STANDARD, weight="advisory")
PARAPHRASE = replace(made.STANDARD, evidence="C", title_zh="只见转述的规定")
UNSURE = replace(made.STANDARD, sure=False)


def built(document: Document, channel: str = "12378") -> Pack:
    return pack.build(document, channels.choose(channel, document))


def with_clauses(*clauses: Clause) -> Document:
    return replace(made.SMALL, findings=(made.finding(clauses=clauses),))


def with_account(**values: str) -> Document:
    return replace(made.SMALL, accounts=({"case_id": "case-1", "account_id": "a", **values},))


def told(document: Document, channel: str = "12378", lang: str = "zh", *, personal: bool = False) -> str:
    return to_markdown.render(sections.letter(built(document, channel), lang, personal=personal))


def parts_of(text: str) -> tuple[str, str]:
    """What is sent, and what is for the sender only."""
    sent, own = text.split("\n---\n", maxsplit=1)[0], text.rsplit("\n---\n", 1)[1]
    return sent, own


def test_evidence_is_numbered_in_order_of_time_and_review_comes_after() -> None:
    review = made.finding(rule="cn-impersonation", verdict="review", contact_id="c-0", contacts=("c-0",),
                          fingerprint="x")  # fmt: skip
    early = made.contact("c-0", "2026-03-01T10:00:00")
    found = (made.finding(), made.INSULT, review)
    document = replace(made.SMALL, findings=found, contacts=(early, *made.SMALL.contacts))
    whole = built(document)
    assert [(one.number, one.contact["contact_id"]) for one in whole.evidence] == [(1, "c-1"), (2, "c-2")]
    assert [(one.number, one.contact["contact_id"]) for one in whole.aside] == [(3, "c-0")]


def test_what_is_for_review_is_no_allegation_and_stands_in_the_notes_only() -> None:
    whole = built(made.SMALL)
    assert [group.first.rule for group in whole.allegations] == ["cn-quiet-hours", "cn-insult"]
    assert [group.first.rule for group in whole.reviews] == ["cn-impersonation"]
    sent, own = parts_of(told(made.SMALL))
    assert "冒充身份" not in sent
    assert "自称法院" not in sent
    assert "冒充身份" in own


@pytest.mark.parametrize("clauses", [(ADVICE,), (PARAPHRASE,), (UNSURE,), (ADVICE, PARAPHRASE)])
def test_a_violation_on_weak_or_advisory_texts_only_is_a_warning(clauses: tuple[Clause, ...]) -> None:
    whole = built(with_clauses(*clauses))
    assert (len(whole.allegations), len(whole.warnings)) == (0, 1)
    sent, _ = parts_of(told(with_clauses(*clauses)))
    assert "可能违反" not in sent
    assert "不作为违规主张" in sent


def test_a_weak_clause_beside_a_strong_one_is_named_apart() -> None:
    whole = built(with_clauses(PARAPHRASE, made.STANDARD))
    assert [clause.title_zh for clause in whole.allegations[0].clauses] == ["甲标准", "只见转述的规定"]
    sent, _ = parts_of(told(with_clauses(PARAPHRASE, made.STANDARD)))
    assert "- 《甲标准》5.3：22:00至次日8:00不应催收。" in sent
    assert "不作为主张的依据）：《只见转述的规定》" in sent


def test_law_comes_before_standards() -> None:
    group = built(with_clauses(made.STANDARD, made.LAW)).allegations[0]
    assert [clause.weight for clause in group.clauses] == ["law", "standard"]


def test_a_presumption_is_worded_as_one() -> None:
    document = replace(made.SMALL, findings=(made.finding(verdict="presumed_violation"),))
    assert "可推定违反（对方可以举出相反的事实）" in told(document)


def test_facts_hold_no_law_and_law_holds_no_claim_of_certainty() -> None:
    sent, _ = parts_of(told(made.SMALL))
    facts, law = sent.split("## 二、事实经过")[1].split("## 四、可能违反的规定")
    assert "标准" not in facts
    assert "违反" not in facts
    assert "根据记录，2026-03-02 22:04:00（Asia/Shanghai），债务人收到95000001" in facts
    assert "（据记录属乙公司）发来的短信。（证1）" in facts
    assert "你这个**老赖**" in facts
    assert "根据记录，可能违反：" in law


def test_unanswered_attempts_of_a_day_are_one_fact() -> None:
    calls = [made.contact(f"c-{n}", f"2026-03-02T10:0{n}:00", channel="call", outcome="no_answer") for n in range(3)]
    names = tuple(call["contact_id"] for call in calls)
    finding = made.finding(rule="cn-six-unanswered-attempts", verdict="warning", contact_id="c-2", contacts=names)
    document = replace(made.SMALL, findings=(finding,), contacts=tuple(calls))
    assert [len(group) for group in built(document).facts] == [3]
    text = told(document)
    assert "2026-03-02 10:00、10:01、10:02，95000001" in text
    assert "以电话联系债务人共 3 次，未接。（证1至证3）" in text


def test_requests_follow_from_what_was_found() -> None:
    ids = [request.id for request in built(made.SMALL).requests]
    assert ids == ["stop-threats", "hours-and-numbers", "instalments", "keep-records", "written-answer"]
    agreed = replace(made.SMALL, events=({"case_id": "case-1", "kind": "instalment_agreement"},))
    ids = [request.id for request in built(agreed).requests]
    assert "keep-agreement" in ids
    assert "instalments" not in ids


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        ({"product": "credit_card", "lender_type": "bank"}, True),
        ({"product": "credit_card", "lender_type": "micro_lender"}, False),
        ({"product": "online_loan", "lender_type": "bank"}, False),
        ({}, False),
    ],
)
def test_the_five_years_of_article_70_are_named_for_a_bank_credit_card_only(
    account: dict[str, str], expected: bool
) -> None:
    _, own = parts_of(told(with_account(**account)))
    assert ("最长不超过五年" in own) is expected
    assert ("没有显示本产品是银行信用卡" in own) is not expected


def test_a_channel_takes_its_own_matter_and_the_rest_is_named() -> None:
    police = made.finding(rule="cn-fake-filing", title_zh="称已立案", fingerprint="y")
    document = replace(made.SMALL, findings=(made.finding(), police))
    whole = built(document, "12321")
    assert [finding.rule for finding in whole.elsewhere] == ["cn-fake-filing"]
    _, own = parts_of(told(document, "12321"))
    assert "称已立案" in own
    with pytest.raises(dunlint.DunlintError, match="no finding is a matter"):
        built(replace(document, findings=(police,)), "12321")


def test_12321_gets_number_kind_time_duration_and_ready_lines() -> None:
    call = made.contact("c-1", "2026-03-02T22:04:00", channel="call", outcome="connected", talk_seconds=83.0)
    document = replace(made.SMALL, contacts=(call, made.SMALL.contacts[1]))
    sent, own = parts_of(told(document, "12321"))
    assert "| 证1 | 2026-03-02<br>22:04:00 | 电话 | 95000001 | 债务人 | 接通、通话 1 分 23 秒 | sms.xml:8 |" in sent
    assert "- 95000001\\*你这个老赖" in sent
    assert "\\*还款提醒" not in sent
    assert "通话时长" in own


def test_a_lender_that_a_channel_is_not_for_is_pointed_out() -> None:
    sent, _ = parts_of(told(with_account(product="online_loan", lender_type="private")))
    assert "记录中的放贷机构类型是民间借贷" in sent
    assert "可能不予受理" not in told(made.SMALL)


def test_blanks_are_left_for_what_only_the_borrower_knows() -> None:
    letter = sections.letter(built(made.SMALL, "nifa"), "zh", personal=False)
    forms = [block for block in letter.blocks if isinstance(block, Form)]
    assert ("身份证号", None) in forms[0].rows
    assert ("合同编号", None) in forms[1].rows
    assert ("放贷机构", "甲公司") in forms[1].rows


def test_the_annex_lists_files_with_hashes_and_their_evidence() -> None:
    sent, _ = parts_of(told(made.SMALL))
    assert f"| 1 | logs/sms.xml | 证1、证2 | {made.SHA[:32]}<br>{made.SHA[32:]} |" in sent


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_draft_says_that_it_is_masked_and_a_final_copy_does_not(lang: str) -> None:
    mark = "--show-personal-data"
    assert mark in told(made.SMALL, lang=lang).replace("\\", "")
    assert mark not in told(made.SMALL, lang=lang, personal=True).replace("\\", "")


def test_of_several_cases_one_has_to_be_named() -> None:
    other = made.finding(case_id="case-2", contact_id="c-9", contacts=("c-9",), fingerprint="z")
    document = replace(made.SMALL, findings=(*made.SMALL.findings, other))
    chosen = channels.choose("12378", document)
    with pytest.raises(dunlint.DunlintError, match="case-1, case-2"):
        pack.build(document, chosen)
    with pytest.raises(dunlint.DunlintError, match="no case case-3"):
        pack.build(document, chosen, "case-3")
    assert [one.contact["contact_id"] for one in pack.build(document, chosen, "case-2").evidence] == ["c-9"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("channel", [name for name, one in channels.every().items() if one.pack == "cn"])
def test_every_chinese_channel_makes_a_pack_of_the_shipped_story_or_says_why_not(channel: str, lang: str) -> None:
    document = shipped("huabei-overdue")
    try:
        letter = sections.letter(built(document, channel), lang, personal=False)
    except dunlint.DunlintError as refused:
        assert refused.code == "nothing_to_complain"
        assert channel == "12363"
        return
    assert isinstance(letter, Letter)
    assert "13900000009" not in to_markdown.render(letter)


def test_the_american_pack_quotes_a_whole_message_and_says_that_the_form_was_not_seen() -> None:
    sent, own = parts_of(told(shipped("us-card-voicemails-texts"), "cfpb", "en"))
    assert "“This is a message from a debt collector. Unless you pay" in sent
    assert "presumed to be a breach, which the other side can rebut" in sent
    assert "were not seen" in own
    assert "12 CFR 1006.6(c)" in own


def test_a_hostile_log_makes_a_pack_all_the_same() -> None:
    assert "[U+202E]" in told(made.hostile()).replace("\\", "")
