"""Who is who in a case: the same person or number gets the same pseudonym, wherever and however it is written.

Pseudonyms are numbered in order of first appearance (PERSON-1, PHONE-2): nothing of the original goes into them,
and no key to them is kept. In running text, numbers are found by shape and checksum (`language.personal_data`) and
by being known from a field, also when written full-width, as Chinese numerals, or with spaces, dots or invisible
characters between; names, addresses and employers when a field or the user names them, or when the words beside them
give them away ("name is …"), and from there on wherever they stand.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate, pairwise

from stdnum import luhn

from dunlint.language.normal import INVISIBLE
from dunlint.language.personal_data import find, is_resident_id
from dunlint.records.readers.conversation import role_words

MOST_BETWEEN = 3
BETWEEN = rf"(?:[ \t\u00a0\u3000.,_*·•/\-]|{INVISIBLE}){{0,{MOST_BETWEEN}}}"
RUN = re.compile(rf"[0-9](?:{BETWEEN}[0-9Xx])+")
GROUP = re.compile(r"[0-9]+[Xx]?|[Xx]")
MOBILE = re.compile(r"(?:(?:00)?86)?1[3-9]\d{9}")
LONGEST = 21
LONG_NUMBER = 9  # digits in a row that nothing explains: an account, a contract, a case number
SHORTEST_KNOWN = 5  # digits of a number that is looked for in running text
NUMBERS = {"phone": "PHONE", "resident_id": "ID", "card": "CARD", "ssn": "ID"}
WORDS = {
    "name": "PERSON", "email": "EMAIL", "employer": "EMPLOYER", "address": "PLACE", "plate": "PLATE",
    "wechat": "WECHAT", "qq": "QQ",
}  # fmt: skip

SERIALS = 90_000_000  # ids that a format wants as a number count from here; in running text they are known by it
DOMAIN = "@redacted.invalid"  # so that a reader of mails still sees an address
LABEL = re.compile(r"((?:speaker|channel|spk|agent|customer)[ _-]{0,2})(\S+)", re.IGNORECASE)
SHORT_LABEL = re.compile(r"-?[0-9]{1,3}")
WINDOW = 20_000  # characters of neighbouring pieces that are looked at together
OVERLAP = 20  # pieces that the next window looks at again

Span = tuple[int, int, str]


@dataclass
class Pseudonyms:
    """A register that grows: (kind, canonical value) -> pseudonym. `counts` per kind."""

    counts: dict[str, int] = field(default_factory=dict)
    _codes: dict[tuple[str, str], str] = field(default_factory=dict)
    _numbers: dict[str, str] = field(default_factory=dict)
    _words: dict[str, str] = field(default_factory=dict)
    _lengths: dict[str, set[int]] = field(default_factory=dict)  # of known words, by their first letter

    def number(self, value: str) -> str:
        """The pseudonym of what a field for numbers holds: a number, an e-mail address, or a name."""
        digits = canonical_number(value)
        letters = re.search(r"[A-WYZa-wyz]", _plain(value))
        if not letters and len(digits) * 2 > len(value) and len(digits) >= 3:
            code = self._code("PHONE", digits)
            if len(digits) >= SHORTEST_KNOWN:
                self._numbers[digits] = code
            return code
        return self.named("EMAIL" if "@" in value else "PERSON", value)

    def named(self, kind: str, value: str) -> str:
        """The pseudonym of a name or an id, which from now on is known in running text too."""
        plain = _plain(value).strip()
        code = self._code(kind, plain.casefold())
        letters = re.sub(r"[\W\d_]", "", plain)
        telling = len(plain) >= SHORTEST_KNOWN and any(char.isdigit() for char in plain)
        if (telling or (kind == "PERSON" and len(letters) > 1)) and plain.lower() not in role_words():
            word = "".join(char for _, char in _letters(plain))
            if not word:
                return code
            self._words[word] = code
            self._lengths.setdefault(word[0], set()).add(len(word))
        return code

    def speaker(self, label: str) -> str:
        """A speaker's label: what says a role or only counts (SPEAKER_00) stays; a name or an id is replaced."""
        plain = label.strip()
        if plain.lower() in role_words() or SHORT_LABEL.fullmatch(plain):
            return label
        if counted := LABEL.fullmatch(plain):
            return counted[1] + self.speaker(counted[2])
        return self.sender(label)

    def sender(self, value: str) -> str:
        """Who sent something, by number, address or name."""
        return value if value.strip().lower() in role_words() else self.number(value)

    def serial(self, value: str) -> str:
        """The pseudonym of an id that must stay a number."""
        number = str(SERIALS + int(self._code("SERIAL", canonical_number(value)).partition("-")[2]))
        if len(canonical_number(value)) >= SHORTEST_KNOWN:
            self._numbers[canonical_number(value)] = number
        return number

    def text(self, value: str) -> str:
        """Running text with everything personal in it replaced."""
        plain = _plain(value)
        return _replaced(value, [*self._known(plain), *self._shaped(plain), *self._in_runs(plain)])

    def texts(self, pieces: Sequence[str], between: str = " ") -> list[str]:
        """Pieces of running text that follow one another (turns, lines, words), each with everything personal replaced,
        also what begins in one and ends in another. Without `between` the pieces are one text, and what is replaced
        stands in the first of them; else each of them bears the pseudonym.
        """
        spans = [list(self._alone(piece)) if between else [] for piece in pieces]
        for first, last in _windows(pieces, between):
            for number, span in self._across(pieces[first:last], between):
                spans[first + number].append(span)
        return [_replaced(piece, found) for piece, found in zip(pieces, spans, strict=True)]

    def _alone(self, piece: str) -> Iterator[Span]:
        plain = _plain(piece)
        yield from self._known(plain)
        yield from self._shaped(plain)
        yield from self._in_runs(plain)

    def _across(self, pieces: Sequence[str], between: str) -> Iterator[tuple[int, Span]]:
        """(number of the piece, span in it) of what is found in the pieces together."""
        plain = _plain(between.join(pieces))
        shaped = self._shaped(plain, numbers_only=bool(between))
        spans = sorted([*self._known(plain), *shaped, *self._in_runs(plain)], key=lambda span: (span[0], -span[1]))
        starts = [0, *accumulate(len(piece) + len(between) for piece in pieces)][: len(pieces)]
        done = 0
        for start, end, code in spans:
            number = bisect_right(starts, start) - 1
            told = code if start >= done else ""  # what overlaps goes too
            done = max(done, end)
            while number < len(pieces) and starts[number] < end:
                at, until = max(start - starts[number], 0), min(end - starts[number], len(pieces[number]))
                if at < until:
                    yield number, (at, until, told)
                    told = told if between else ""
                number += 1

    def _code(self, kind: str, canonical: str) -> str:
        if (kind, canonical) not in self._codes:
            self.counts[kind] = self.counts.get(kind, 0) + 1
            self._codes[kind, canonical] = f"{kind}-{self.counts[kind]}" + DOMAIN * (kind == "EMAIL")
        return self._codes[kind, canonical]

    def _known(self, plain: str) -> Iterator[Span]:
        """Known names and ids, the longest first; their letters may stand apart, a Latin one is a whole word."""
        if not self._words:
            return
        letters = _letters(plain)
        told = "".join(char for _, char in letters)
        at = 0
        while at < len(told):
            for length in sorted(self._lengths.get(told[at], ()), reverse=True):
                code = self._words.get(told[at : at + length])
                if code and _is_whole(plain, [place for place, _ in letters[at : at + length]]):
                    yield letters[at][0], letters[at + length - 1][0] + 1, code
                    at += length - 1
                    break
            at += 1

    def _shaped(self, plain: str, *, numbers_only: bool = False) -> Iterator[Span]:
        for one in find(plain):
            value = plain[one.start : one.end]
            if one.kind in NUMBERS:
                yield one.start, one.end, self._number_code(value, whole=False) or self._code(
                    NUMBERS[one.kind], canonical_number(value)
                )
            elif not numbers_only:
                yield one.start, one.end, self.named(WORDS[one.kind], value)

    def _in_runs(self, plain: str) -> Iterator[Span]:
        """Numbers in rows of digits with something between them; a long row that nothing explains is a NUMBER."""
        digits = "".join(_digit(char) for char in plain)
        for run in RUN.finditer(digits):
            groups = [(run.start() + g.start(), run.start() + g.end(), g[0].upper()) for g in GROUP.finditer(run[0])]
            first = 0
            while first < len(groups):
                last, code = self._longest(groups, first)
                if code:
                    yield groups[first][0], groups[last][1], code
                first = last + 1

    def _longest(self, groups: list[Span], first: int) -> tuple[int, str | None]:
        """(last group, pseudonym) of the longest number that starts with a group; (first, None) if there is none."""
        best: tuple[int, str | None] = (first, None)
        joined = ""
        for last in range(first, len(groups)):
            joined += groups[last][2]
            if len(joined) > LONGEST:
                break
            if code := self._number_code(joined, whole=last == first):
                best = last, code
        if best[1] is None and len(groups[first][2]) >= LONG_NUMBER:
            return first, self._code("NUMBER", groups[first][2])
        return best

    def _number_code(self, digits: str, *, whole: bool) -> str | None:
        canonical = canonical_number(digits)
        if canonical in self._numbers:
            return self._numbers[canonical]
        if MOBILE.fullmatch(digits):
            return self._code("PHONE", canonical)
        if len(digits) == 18 and is_resident_id(digits):
            return self._code("ID", canonical)
        if 14 <= len(digits) <= 19 and digits[0] in "23456" and digits.isdigit() and luhn.is_valid(digits):
            return self._code("CARD", canonical)
        return self._code("NUMBER", digits) if whole and len(digits) >= LONG_NUMBER else None


def canonical_number(value: str) -> str:
    """Digits (and X) alone, without the country code of a Chinese mobile or a US number."""
    digits = "".join(char for char in (_digit(one) for one in _plain(value)) if char in "0123456789Xx").upper()
    if MOBILE.fullmatch(digits):
        return digits[-11:]
    return digits[1:] if value.strip().startswith("+1") and len(digits) == 11 else digits


@cache
def _plain_character(char: str) -> str:
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 else char


def _plain(text: str) -> str:
    """The same length, full-width and styled characters plain."""
    return text if text.isascii() else "".join(map(_plain_character, text))


@cache
def _digit(char: str) -> str:
    """The digit that a character stands for (also a Chinese numeral), else the character."""
    if char.isascii():
        return char
    number = unicodedata.numeric(char, -1.0)
    return str(int(number)) if number in range(10) else char


@cache
def _stands_between(char: str) -> bool:
    return re.fullmatch(BETWEEN, char) is not None


def _letters(plain: str) -> list[tuple[int, str]]:
    """(place, letter in lower case) without what may stand between the letters of a name."""
    lower = plain.lower()
    if len(lower) != len(plain):  # a letter that becomes two
        lower = "".join(char.lower() if len(char.lower()) == 1 else char for char in plain)
    return [(place, char) for place, char in enumerate(lower) if not _stands_between(char)]


def _is_whole(plain: str, places: list[int]) -> bool:
    """Whether letters stand near enough to be one word, and Latin ones are not part of a longer one."""
    first, last = places[0], places[-1]
    near = all(after - before <= MOST_BETWEEN + 1 for before, after in pairwise(places))
    before, behind = plain[first - 1 : first], plain[last + 1 : last + 2]
    return near and not (_joins(before, plain[first]) or _joins(behind, plain[last]))


def _joins(beside: str, char: str) -> bool:
    return beside != "" and all(one.isascii() and one.isalnum() for one in (beside, char))


def _replaced(value: str, spans: Iterable[Span]) -> str:
    out, done = [], 0
    for start, end, code in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= done:
            out += [value[done:start], code]
            done = end
        elif end > done:  # what overlaps goes too
            done = end
    return "".join([*out, value[done:]]) if out else value


def _windows(pieces: Sequence[str], between: str) -> Iterator[tuple[int, int]]:
    """(first, behind the last) of the pieces to look at together."""
    first, size = 0, 0
    for number, piece in enumerate(pieces):
        size += len(piece) + len(between)
        if size >= WINDOW and number - first > OVERLAP:
            yield first, number + 1
            first = number + 1 - OVERLAP
            size = sum(len(one) for one in pieces[first : number + 1])
    if first < len(pieces):
        yield first, len(pieces)
