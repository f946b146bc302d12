"""Words are said in both languages, and text from data hides nothing."""

from __future__ import annotations

import pytest

from dunlint.reports.html.words import Both, attribute, seen, twice, words


def test_words_come_in_both_languages_and_take_words_in_their_blanks() -> None:
    told = words("with", party=Both("母亲", "mother"))
    assert told.zh == "对象：母亲"
    assert told.en == "with: mother"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "a⟦U+202E⟧b"), ("a\u200bb", "a⟦U+200B⟧b"), ("\x00\x1b[31m", "⟦U+0000⟧⟦U+001B⟧[31m"),
        ("\ud800", "⟦U+D800⟧"), ("line\n\ttab", "line\n\ttab"), ("👨\u200d👩", "👨\u200d👩"), ("　全角", "　全角"),
    ],
)  # fmt: skip
def test_what_hides_or_turns_text_is_written_out_and_the_rest_stays(text: str, shown: str) -> None:
    assert seen(text) == shown


def test_both_languages_are_escaped_and_said_once_where_they_are_the_same() -> None:
    assert str(twice(Both("<b>", "<i>"))) == (
        '<span class="t" lang="zh-Hans">&lt;b&gt;</span><span class="t" lang="en">&lt;i&gt;</span>'
    )
    assert str(twice(Both("A & B", "A & B"))) == "A &amp; B"


def test_an_attribute_holds_both_languages_for_the_switch() -> None:
    told = str(attribute("title", Both('"一"', "one"), "en"))
    assert told == ' title="one" data-attr="title" data-zh="&#34;一&#34;" data-en="one"'
