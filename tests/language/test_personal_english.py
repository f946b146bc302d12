"""Personal data in English text: what is found, what only looks like it, and how it is masked."""

from __future__ import annotations

import pytest

from dunlint.language.personal_data import find, mask


def found(text: str) -> list[tuple[str, str]]:
    return [(one.kind, text[one.start : one.end]) for one in find(text)]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("Your SSN is 219-09-9999 on file", "ssn", "219-09-9999"),
        ("social security number 219 09 9999", "ssn", "219 09 9999"),
        ("the social you gave us, 219099999, is wrong", "ssn", "219099999"),
        ("call 415-555-2671 now", "phone", "415-555-2671"),
        ("ring (020) 7946 0958", "phone", "(020) 7946 0958"),
        ("text 4155552671 today", "phone", "4155552671"),
        ("card 4111 1111 1111 1111", "card", "4111 1111 1111 1111"),
        ("We will be at 1420 Maple Street, Apt 4B, tonight", "address", "1420 Maple Street, Apt 4B"),
        ("mail it to 77 West 5th Ave, Linden, OH 43004", "address", "77 West 5th Ave, Linden, OH 43004"),
        ("Good morning Mr. Ferrell", "name", "Ferrell"),
        ("this message is for Dana Whitlock. Please call", "name", "Dana Whitlock"),
        ("she works at Alden Freight & Sons", "employer", "Alden Freight & Sons"),
        ("Employed by Merrow Plumbing since June", "employer", "Merrow Plumbing"),
    ],
)
def test_a_kind_is_found_where_its_shape_and_its_check_agree(text: str, kind: str, words: str) -> None:
    assert (kind, words) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "reference 000-12-3456",  # an area that is never issued
        "reference 666 12 3456, social security office",
        "order 219099999 has shipped",  # nine digits, and nothing says that they are a Social Security number
        "dial 555-0136",
        "Please speak with Customer Service",
        "a message for Your Account",
        "he works at night and lives on 5 acres by the road",
        "the court said so in 2019 Street v. Lane",
        "my name is on the list",
    ],
)
def test_what_only_looks_like_personal_data_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_masking_keeps_the_length_and_the_first_letter_of_words() -> None:
    text = "Mr. Ferrell of 1420 Maple Street works at Alden Freight, SSN 219-09-9999"
    masked = mask(text)
    assert len(masked) == len(text)
    assert masked == "Mr. F****** of 1*** ***** ****** works at A**** *******, SSN 219-**-**99"
