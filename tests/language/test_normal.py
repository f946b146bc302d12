"""Normalisation: disguises are undone, ordinary text is left alone, and offsets lead back to the original."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dunlint.language.lexicon import lexicon
from dunlint.language.normal import Normaliser

ZH, EN = lexicon("zh").normalise, lexicon("en").normalise
BARE = Normaliser({}, {})


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("再不還錢就爆妳通訊錄", "再不还钱就爆你通讯录"),
        ("ＡＢＣ１２３", "abc123"),
        ("催 收 电.话", "催收电话"),
        ("催★收", "催收"),
        ("还\u200b钱", "还钱"),
        ("再不还qian就曝guang你", "再不还钱就曝光你"),
        ("不还就爆t讯录", "不还就爆通讯录"),
        ("等着坐lao吧", "等着坐牢吧"),
        ("tong xun lu", "通讯录"),
        ("cuī shōu", "催收"),
        ("起泝你", "起诉你"),
        ("曝咣你", "曝光你"),
        ("起讠斥你", "起诉你"),
        ("氵去院", "法院"),
        ("还💰", "还钱"),
        ("叫👮来", "叫警察来"),
        ("🐴上处理", "马上处理"),
        ("1️⃣2️⃣点", "12点"),
        ("①②③", "123"),
        ("你sb吗", "你傻逼吗"),
        ("nmsl", "你妈死了"),
    ],
)
def test_a_disguised_chinese_word_becomes_the_word_that_is_meant(disguised: str, plain: str) -> None:
    assert ZH(disguised).text == plain


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("d3adbeat", "deadbeat"),
        ("d.e.a.d.b.e.a.t", "deadbeat"),
        ("f**k", "fuck"),
        ("@rrest", "arrest"),
        ("w\u0430rr\u0430nt", "warrant"),
        ("de\u00adbt", "debt"),
        ("𝐩𝐨𝐥𝐢𝐜𝐞", "police"),
    ],
)
def test_a_disguised_english_word_becomes_the_word_that_is_meant(disguised: str, plain: str) -> None:
    assert EN(disguised).text == plain


@pytest.mark.parametrize(
    "text",
    [
        "https://sb.com/nmsl",
        "www.cs.cn",
        "sb@nmsl.com",
        "验证码sb1234",
        "usb接口",
        "k歌",
        "a股",
        "5g套餐",
        "vivo手机",
        "著名作家",
        "乾隆年间",
        "打10086",
        "3,218.45元",
    ],
)
def test_links_codes_and_brand_names_stay_as_they_are(text: str) -> None:
    assert ZH(text).text == text


def test_a_link_in_english_keeps_its_letters() -> None:
    assert EN("visit www.d3bt.com now").text == "visit www.d3bt.com now"


def test_spaces_between_latin_words_stay() -> None:
    assert ZH("credit card 还款").text == "credit card 还款"


def test_a_plain_text_has_no_map() -> None:
    assert ZH("请及时还款。").origin is None


def test_a_span_leads_back_to_the_whole_disguise() -> None:
    text = "就曝guang你的T訊錄"
    normal = ZH(text)
    start = normal.text.index("曝光")
    first, last = normal.span(start, start + 2)
    assert text[first:last] == "曝guang"


def test_a_span_of_a_shortened_disguise_covers_all_of_it() -> None:
    text = "去氵去院告你"
    normal = ZH(text)
    place = normal.text.index("法")
    assert text[slice(*normal.span(place, place + 1))] == "氵去"


def test_a_row_of_characters_is_read_one_to_one() -> None:
    assert Normaliser({"錢還": "钱还"}, {})("還錢").text == "还钱"


def test_without_data_only_case_and_invisible_characters_change() -> None:
    assert BARE("A\u200bB").text == "ab"


DISGUISES = [
    *("還", "錢", "💰", "qian", "guang", "曝", "通", "t讯录", "sb", " ", ".", "\u200b"),
    *("①", "Ａ", "İ", "氵去", "院", "x", "。", "é", "👨‍👩‍👧"),
]


@given(st.lists(st.one_of(st.sampled_from(DISGUISES), st.text(max_size=3)), max_size=12).map("".join))
@example("İİ曝guangİ")
@example("①②氵去院🐴上")
def test_every_offset_leads_back_in_order_and_inside_the_original(text: str) -> None:
    for normalise in (ZH, EN):
        normal = normalise(text)
        spans = [normal.span(place, place + 1) for place in range(len(normal.text))]
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert all(before[0] <= after[0] for before, after in pairwise(spans))


@given(st.text(max_size=40))
def test_the_map_is_as_long_as_the_text(text: str) -> None:
    normal = ZH(text)
    assert normal.origin is None or len(normal.origin) == len(normal.text)
    assert normal.original == text


@given(st.text(alphabet="请及时处理您的账户谢谢，。0123456789", max_size=40))
def test_ordinary_chinese_is_returned_as_it_is(text: str) -> None:
    assert ZH(text).text == text


PIECES = st.sampled_from([*DISGUISES, "f**k", "ΑΣ", "\n", "w4rrant"])


@given(st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=12))
@example(["還錢", "", "İ", "还 钱"])
@example(["ΑΣ", "a", "cuī shōu\n", "氵", "去院"])
def test_a_batch_is_normalised_as_its_texts_are_one_by_one(texts: list[str]) -> None:
    for normalise in (ZH, EN, BARE):
        assert normalise.batch(texts) == [normalise(text) for text in texts]
