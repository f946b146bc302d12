"""Words in disguise that no list foresaw."""

from __future__ import annotations

import pytest

from dunlint.language.disguise import unmask
from dunlint.language.lexicon import lexicon
from dunlint.language.normal import Normaliser

KNOWN = frozenset({"break", "police", "warrant", "bitch", "fee", "liar"})


@pytest.mark.parametrize(
    ("text", "word", "disguise"),
    [
        ("we br3@k it", "break", "br3@k"),
        ("the p.o.l.i.c.e are here", "police", "p.o.l.i.c.e"),
        ("the p o l i c e are here", "police", "p o l i c e"),
        ("w@rr4nt!", "warrant", "w@rr4nt"),
        ("you b*tch", "bitch", "b*tch"),
        ("l1ar, l1ar", "liar", "l1ar"),
        ("the policeeee are here", "police", "policeeee"),
        ("what a feeeee", "fee", "feeeee"),
    ],
)
def test_signs_and_gaps_are_read_as_the_word_they_spell(text: str, word: str, disguise: str) -> None:
    found = list(unmask(text, KNOWN))
    assert found[0][0] == word
    assert text[found[0][1] : found[0][2]] == disguise


@pytest.mark.parametrize(
    "text",
    [
        "a $25 fee!",
        "pay at https://br3ak.example/x1",
        "mail br3ak@a.example",
        "case no. br3-2291",
        "br3akfast",
        "at 5pm on the 3rd",
        "www, iii and hmmm",
        "a. b. c",
    ],
)
def test_prices_links_and_words_that_are_not_known_stay_as_they_are(text: str) -> None:
    assert Normaliser({}, {}, KNOWN)(text).text == text


def test_a_quote_leads_back_to_the_disguise() -> None:
    normal = lexicon("en").normalise("We will br3ak it")
    start = normal.text.index("break")
    first, last = normal.span(start, start + 5)
    assert normal.original[first:last] == "br3ak"


def test_a_long_row_of_signs_is_read_in_time() -> None:
    assert list(unmask("1!|" * 100_000 + "a", KNOWN)) == []
    assert list(unmask("a " * 100_000, KNOWN)) == []
    assert list(unmask("'" * 300_000 + "aaa", KNOWN)) == []
    assert list(unmask("ab" * 300_000 + " zzz", KNOWN)) == []
