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
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from stdnum import luhn
from stdnum.cn import ric

from dunlint.language.normal import INVISIBLE
from dunlint.language.personal_data import find
from dunlint.records.readers.conversation import role_words

BETWEEN = rf"(?:[ \t\u00a0\u3000.,_*·•/\-]|{INVISIBLE}){{0,3}}"
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

Span = tuple[int, int, str]


@dataclass
class Pseudonyms:
    """A register that grows: (kind, canonical value) -> pseudonym. `counts` per kind."""

    counts: dict[str, int] = field(default_factory=dict)
    _codes: dict[tuple[str, str], str] = field(default_factory=dict)
    _numbers: dict[str, str] = field(default_factory=dict)
    _words: dict[str, str] = field(default_factory=dict)
    _pattern: tuple[int, re.Pattern[str]] | None = None

    def number(self, value: str) -> str:
        """The pseudonym of what a field for numbers holds: a number, an e-mail address, or a name."""
        digits = canonical_number(value)
        if len(digits) * 2 > len(value) and len(digits) >= 3:
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
            self._words[plain.casefold()] = code
        return code

    def speaker(self, label: str) -> str:
        """A speaker's label: what says a role stays, a name becomes a pseudonym."""
        return label if label.strip().lower() in role_words() else self.named("PERSON", label)

    def text(self, value: str) -> str:
        """Running text with everything personal in it replaced."""
        plain = _plain(value)
        spans = [*self._known(plain), *self._shaped(plain), *self._in_runs(plain)]
        out, done = [], 0
        for start, end, code in sorted(spans, key=lambda span: (span[0], -span[1])):
            if start >= done:
                out += [value[done:start], code]
                done = end
            elif end > done:  # what overlaps goes too
                done = end
        return "".join([*out, value[done:]]) if out else value

    def _code(self, kind: str, canonical: str) -> str:
        if (kind, canonical) not in self._codes:
            self.counts[kind] = self.counts.get(kind, 0) + 1
            self._codes[kind, canonical] = f"{kind}-{self.counts[kind]}"
        return self._codes[kind, canonical]

    def _known(self, plain: str) -> Iterator[Span]:
        if not self._words:
            return
        if self._pattern is None or self._pattern[0] != len(self._words):
            longest_first = sorted(self._words, key=len, reverse=True)
            self._pattern = len(self._words), re.compile("|".join(map(_loose, longest_first)), re.IGNORECASE)
        for match in self._pattern[1].finditer(plain):
            squeezed = re.sub(BETWEEN, "", match[0]).casefold()
            code = next((c for word, c in self._words.items() if re.sub(BETWEEN, "", word) == squeezed), "PERSON")
            yield match.start(), match.end(), code

    def _shaped(self, plain: str) -> Iterator[Span]:
        for one in find(plain):
            value = plain[one.start : one.end]
            if one.kind in NUMBERS:
                yield one.start, one.end, self._code(NUMBERS[one.kind], canonical_number(value))
            else:
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
        if len(digits) == 18 and ric.is_valid(digits):
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


def _loose(word: str) -> str:
    """A pattern of a name: its letters may stand apart; a Latin one is a whole word."""
    inner = BETWEEN.join(re.escape(char) for char in word if not char.isspace())
    left = r"(?<![a-z0-9])" if word[0].isascii() and word[0].isalnum() else ""
    right = r"(?![a-z0-9])" if word[-1].isascii() and word[-1].isalnum() else ""
    return f"{left}{inner}{right}"
