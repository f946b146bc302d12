"""Personal data in text: found by shape and, where one exists, by checksum; masked in every output unless asked for.

Works beside Chinese characters, where no word boundary exists. Numbers are known here; what the words beside it give
away (names, addresses, employers, plates, ids) is in rules/language/personal_data.yaml. Sources of the shapes: GB 11643
(resident ID, through python-stdnum), ISO/IEC 7812 (card numbers, Luhn), the mobile numbering plan (11 digits from
1[3-9]), SSA rules for SSNs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from stdnum import luhn
from stdnum.cn import ric

from dunlint.language import personal_english
from dunlint.language.lexicon import language_root
from dunlint.language.template import Regex
from dunlint.yaml_places import read

DIGIT_BEFORE, DIGIT_AFTER = r"(?<![0-9A-Za-z])", r"(?![0-9])"


WORDS = ("email", "name", "employer", "address")


@dataclass(frozen=True, slots=True)
class Personal:
    """A piece of personal data: its kind, where it stands, and how many characters masking leaves at its ends."""

    kind: str
    start: int
    end: int
    first: int = 3
    last: int = 2


@dataclass(frozen=True)
class Shape:
    """A kind of personal data: what it looks like, and a check that a look-alike fails."""

    kind: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool]


def is_resident_id(number: str) -> bool:
    """Whether 18 signs are a resident ID by checksum, date and place of birth."""
    try:
        return bool(ric.is_valid(number))
    except KeyError:  # python-stdnum looks for the county of a place that has none; all else was right
        return True


def _digits(text: str) -> str:
    return re.sub(r"[\s-]", "", text)


SHAPES = (
    Shape("resident_id", re.compile(rf"{DIGIT_BEFORE}[1-9]\d{{16}}[\dXx]{DIGIT_AFTER}"), is_resident_id),
    Shape(
        "card",
        re.compile(rf"{DIGIT_BEFORE}[2-6]\d{{3}}(?:[ -]?\d{{4}}){{2,3}}(?:[ -]?\d{{1,4}})?{DIGIT_AFTER}"),
        lambda t: 14 <= len(_digits(t)) <= 19 and bool(luhn.is_valid(_digits(t))),
    ),
    Shape(
        "phone",
        re.compile(rf"{DIGIT_BEFORE}(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{{4}}[- ]?\d{{4}}{DIGIT_AFTER}"),
        lambda t: True,
    ),
    Shape(
        "phone",
        re.compile(rf"{DIGIT_BEFORE}[(（]?0(?:10|2\d|[3-9]\d\d)[)）]?[- ]?[2-8]\d{{6,7}}{DIGIT_AFTER}"),
        lambda t: True,
    ),
    Shape("phone", re.compile(r"(?<![\w.])(?:\+?1[-. ]?)?\(?[2-9]\d{2}\)?[-. ]\d{3}[-. ]\d{4}(?!\d)"), lambda t: True),
    Shape("phone", re.compile(r"(?<![\w.])\+\d{1,3}[- ]?\d{3,4}[- ]?\d{3,4}(?:[- ]?\d{2,4})?(?!\d)"), lambda t: True),
    Shape("ssn", re.compile(r"(?<![\w-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])"), lambda t: True),
    Shape(
        "email", re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}"), lambda t: True
    ),
)


def find(text: str) -> list[Personal]:
    """Every piece of personal data, first come first served where two overlap."""
    found: list[Personal] = []
    for one in _candidates(text):
        if not any(other.start < one.end and one.start < other.end for other in found):
            found.append(one)
    return sorted(found, key=lambda one: one.start)


def _candidates(text: str) -> Iterator[Personal]:
    if any(char.isdigit() for char in text) or "@" in text:
        for shape in SHAPES:
            for match in shape.pattern.finditer(text):
                if shape.check(match[0]):
                    first, last = (1, 0) if shape.kind in WORDS else (3, 2)
                    yield Personal(shape.kind, match.start(), match.end(), first, last)
    for kind, start, end in personal_english.find(text):
        yield Personal(kind, start, end, *((1, 0) if kind in WORDS else (3, 2)))
    if not text.isascii():
        for worded in _worded():
            if not worded.needs or any(word in text for word in worded.needs):
                for match in worded.pattern.compiled.finditer(text):
                    yield Personal(worded.kind, *match.span("it"), worded.keep, 0)


@dataclass(frozen=True)
class Worded:
    """A kind that the words beside it give away: the group `it` of the pattern is the piece itself."""

    kind: str
    keep: int
    needs: tuple[str, ...]
    pattern: Regex


@cache
def _worded() -> tuple[Worded, ...]:
    """The shapes in rules/language/personal_data.yaml."""
    data = read(language_root() / "personal_data.yaml", "language/personal_data.yaml").data
    return tuple(
        Worded(
            kind=shape["kind"],
            keep=shape["keep"],
            needs=tuple(shape.get("needs", ())),
            pattern=Regex(shape["match"].format(**data["words"])),
        )
        for shape in data["shapes"]
    )


def mask(text: str, names: Iterable[str] = ()) -> str:
    """The text with personal data and the given names blacked out, its length unchanged."""
    letters = list(text)
    for one in find(text):
        for place in range(one.start + one.first, one.end - one.last):
            letters[place] = "*" if letters[place].isalnum() else letters[place]
    for start, end in _named(text, names):
        letters[start + 1 : end] = "*" * (end - start - 1)
    return "".join(letters)


def _named(text: str, names: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where the names stand; a Latin one only as a word of its own: Ann is not in Announcement."""
    for name in names:
        start = text.find(name) if len(name) > 1 else -1
        while start >= 0:
            end = start + len(name)
            if not (_runs_on(text, start) or _runs_on(text, end)):
                yield start, end
            start = text.find(name, end)


def _runs_on(text: str, place: int) -> bool:
    pair = text[max(place - 1, 0) : place + 1]
    return len(pair) == 2 and pair.isascii() and pair.isalnum()
