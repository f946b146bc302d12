"""Personal data in English text: telephone numbers, Social Security numbers, street addresses, names, employers.

What words stand around them is in rules/language/personal_en.yaml. A telephone number must be one that a numbering
plan knows (`phonenumbers`); a Social Security number must not be one that is never issued (SSA: no 000, 666 or 9xx, no
00, no 0000); a name or an employer must be capitalised and follow a word that introduces one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from dunlint.language.lexicon import language_root
from dunlint.yaml_places import read

CAPITAL = r"[A-Z][A-Za-z'’.-]*"
CHINESE = re.compile("[\u3400-\u9fff]")
NEAR = 40  # characters before a number in which its name must stand
REGIONS = ("US", "GB")
Found = tuple[str, int, int]


def find(text: str) -> Iterator[Found]:
    """(kind, start, end) of each piece, of one kind after the other: ssn, phone, address, employer, name."""
    if CHINESE.search(text):
        return
    shapes = _shapes()
    yield from _social_security(text, shapes)
    yield from _phones(text)
    for match in shapes["address"].finditer(text):
        yield "address", match.start(), match.end()
    for kind in ("employer", "name"):
        for match in shapes[kind].finditer(text):
            yield from _capitalised(kind, match, shapes["not_name"])


def _social_security(text: str, shapes: dict[str, Any]) -> Iterator[Found]:
    for match in shapes["ssn"].finditer(text):
        marked = "-" in match[0] or shapes["near"].search(text[max(0, match.start() - NEAR) : match.start()])
        if marked:
            yield "ssn", match.start(), match.end()


def _phones(text: str) -> Iterator[Found]:
    """Numbers that the plan of a region knows; looked for only where ten digits could stand."""
    if sum(char.isdigit() for char in text) < 10:
        return
    import phonenumbers

    for region in REGIONS:
        for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.VALID):
            yield "phone", match.start, match.end


def _capitalised(kind: str, match: re.Match[str], never: frozenset[str]) -> Iterator[Found]:
    """The words of a match up to one that is no name; nothing if there are none before it."""
    start = end = match.start("what")
    for word in re.finditer(r"\S+", match["what"]):
        if word[0].strip(".,'’") in never:
            break
        end = start + word.end()
    if end > start:
        yield kind, start, start + len(match["what"][: end - start].rstrip(".,'’"))


@cache
def _shapes() -> dict[str, Any]:
    words = read(language_root() / "personal_en.yaml", "language/personal_en.yaml").data
    names = rf"(?P<what>{CAPITAL}(?: {CAPITAL}){{0,2}})"
    firms = rf"(?P<what>{CAPITAL}(?: (?:&|of|and|{CAPITAL})){{0,4}})"
    number = r"\b\d{1,5}[A-Za-z]? (?:[NSEW]\.? |North |South |East |West )?"
    street = rf"{number}(?:{CAPITAL} |\d{{1,3}}(?:st|nd|rd|th) ){{1,3}}"
    unit = rf"(?:,? (?:{_either(words['unit'])})\.? ?[A-Za-z0-9-]{{1,5}}\b)?"
    place = rf"(?:,? {CAPITAL}(?: {CAPITAL})?,? [A-Z]{{2}}(?: \d{{5}}(?:-\d{{4}})?)?\b)?"
    return {
        "ssn": re.compile(r"(?<![\w-])(?!000|666|9\d\d)\d{3}([- ]?)(?!00)\d{2}\1(?!0000)\d{4}(?![\w-])"),
        "near": re.compile(rf"(?i)\b(?:{_either(words['social_security_near'])})\b"),
        "address": re.compile(rf"{street}(?i:{_either(words['street'])})\b\.?(?i:{unit}){place}"),
        "name": re.compile(rf"\b(?:{_first_capital(words['name_after'])})\.?:? {names}"),
        "employer": re.compile(rf"\b(?:{_first_capital(words['employer_after'])}) {firms}"),
        "not_name": frozenset(words["not_name"]),
    }


def _either(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _first_capital(words: Sequence[str]) -> str:
    """Any of the words, the first letter as it is or as a capital."""
    return _either([form for word in words for form in dict.fromkeys((word, word[0].upper() + word[1:]))])
