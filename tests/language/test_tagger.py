"""Tagging: the ways that save time find what the plain way finds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dunlint.language import tagger as module
from dunlint.language.analyse import tag_text, tag_texts
from dunlint.language.context import attribute
from dunlint.language.lexicon import lexicon
from dunlint.language.tagger import SHORT, Tagger, language_of, tagger
from dunlint.language.template import compile_template

CORPUS = Path(__file__).parents[2] / "corpus" / "messages"


def some(lang: str, every: int) -> list[str]:
    lines = (CORPUS / f"{lang}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines[::every]]


def joined(texts: list[str]) -> list[str]:
    """The texts, and long ones made of them."""
    return texts + [" ".join(texts[start : start + 30]) for start in range(0, len(texts), 30)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_patterns_that_are_let_sleep_would_find_nothing(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quick, plain = Tagger(lexicon(lang)), Tagger(lexicon(lang))
    texts = joined(some(lang, 12))
    assert any(len(text) > SHORT for text in texts)
    found = [quick.tags(text, "collector", "debtor") for text in texts]
    assert any(found)
    plain.needs = [0] * len(plain.needs)
    monkeypatch.setattr(module, "cues_in", lambda *_: -1)
    assert [plain.tags(text, "collector", "debtor") for text in texts] == found


def test_a_batch_is_tagged_as_its_texts_are_one_by_one() -> None:
    pairs = zip(some("zh", 40), some("en", 40), strict=False)
    texts = [text for one, other in pairs for text in (one, other, f"{one}\n{other}")]
    texts += ["", "\n", "İ 还\u200b钱", "催 收", "f**k you"]
    said = [(text, speaker, "debtor") for text in texts for speaker in ("collector", "unknown")]
    assert tag_texts(said, model=False) == [tag_text(*one, model=False) for one in said]


def test_a_pattern_knows_what_its_matches_hold_besides_the_anchor() -> None:
    phrase = compile_template("!通讯录 ~4 {群发|逐 个} {再}?", "zh", {}, "here")
    assert phrase.besides({}) == (("群发", "逐"),)


def test_a_word_that_most_messages_hold_is_no_condition() -> None:
    assert compile_template("!通讯录 ~4 你", "zh", {}, "here").besides({"你": 0.7}) == ()


def test_an_anchor_inside_a_longer_innocent_phrase_is_no_anchor() -> None:
    hits = [(0, 2, 4), (1, 0, 6), (0, 8, 10), (2, 0, 3)]
    assert module._free(hits, [0, module.INNOCENT, module.INNOCENT]) == [(1, 0, 6), (0, 8, 10)]


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("", "en"),
        ("还钱", "zh"),
        ("please 还 now, we are waiting", "en"),
        ("call me 今天下午三点, ok? " + "x" * 90, "zh"),
    ],
)
def test_the_language_is_told_by_six_chinese_characters_or_a_quarter_of_them(text: str, lang: str) -> None:
    assert language_of(text) == lang


def test_a_cue_that_is_not_in_the_text_is_not_looked_for() -> None:
    words, text = lexicon("zh"), "我们不会上门"
    start = text.index("上门")
    assert attribute(words, text, start, start + 2, "threat_visit", "collector") == "negated"
    assert attribute(words, text, start, start + 2, "threat_visit", "collector", cues=0) == "performed"


def test_an_anchor_inside_another_english_word_wakes_nothing() -> None:
    english = tagger("en")
    text = "used for that purpose, northfield recovery said"
    words = {english.literals[number] for number, _, _ in english._whole_words(text, _hits(english, text))}
    assert "recovery" in words
    assert not {"pos", "field recovery"} & words


def _hits(english: Tagger, text: str) -> list[tuple[int, int, int]]:
    return english.automaton.find_matches_as_indexes(text, overlapping=True)
