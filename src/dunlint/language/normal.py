"""One spelling for many: disguises undone before words are looked for, every character led back to the original.

Full-width forms become plain, upper case lower, traditional characters simplified, look-alikes plain, disguised words
(`rules/language/*/evasions.yaml`) what they stand for. Zero-width characters vanish, and so do spaces, dots and the like
between Chinese characters. A text that needs none of this is returned as it is, at the cost of one search.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

import ahocorasick_rs

CHINESE = "\u3400-\u9fff"
SEPARATORS = r"[ \t\u00a0\u3000.·•・*_\-—~^|/\\+='\"`…]"
INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff"
BETWEEN = re.compile(rf"(?<=[{CHINESE}]){SEPARATORS}{{1,3}}(?=[{CHINESE}])")
PLAIN = re.compile(rf"[{INVISIBLE}\uff01-\uff5e\u0370-\u04ffA-Z]|(?<=[{CHINESE}]){SEPARATORS}{{1,3}}(?=[{CHINESE}])")


@dataclass(frozen=True, slots=True)
class Normal:
    """Normalised text; `origin[i]` is where its i-th character starts in the original, None if nothing moved."""

    text: str
    original: str
    origin: tuple[int, ...] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Original offsets of a span of the normalised text."""
        if self.origin is None or end <= start:
            return start, end
        return self.origin[start], self.origin[end - 1] + 1


@dataclass(frozen=True)
class Normaliser:
    """`characters` maps one character to its plain form, `words` disguised words to what they stand for (both in lower case)."""

    characters: dict[str, str]
    words: dict[str, str]

    @cached_property
    def _odd(self) -> re.Pattern[str]:
        inside = "".join(re.escape(char) for char in self.characters)
        return re.compile(f"{PLAIN.pattern}|[{inside}]") if inside else PLAIN

    @cached_property
    def _automaton(self) -> tuple[ahocorasick_rs.AhoCorasick, list[str]] | None:
        if not self.words:
            return None
        keys = sorted(self.words)
        kind = ahocorasick_rs.MatchKind.LeftmostLongest
        return ahocorasick_rs.AhoCorasick(keys, matchkind=kind), keys

    def __call__(self, text: str) -> Normal:
        plain, origin = text, None
        if self._odd.search(text):
            plain, origin = self._spelled(text)
        return self._reworded(plain, text, origin)

    def _spelled(self, text: str) -> tuple[str, list[int]]:
        gone = {place for match in BETWEEN.finditer(text) for place in range(*match.span())}
        letters: list[str] = []
        origin: list[int] = []
        for place, char in enumerate(text):
            if place in gone or (char in _INVISIBLE_SET):
                continue
            for part in self._plain(char):
                letters.append(part)
                origin.append(place)
        return "".join(letters), origin

    def _plain(self, char: str) -> str:
        if char in self.characters:
            return self.characters[char]
        if "\uff01" <= char <= "\uff5e":
            char = chr(ord(char) - 0xFEE0) if char not in "，。！？：；（）" else char
        elif ord(char) > 0xFFFF:
            char = unicodedata.normalize("NFKC", char)
        return char.lower()

    def _reworded(self, plain: str, text: str, origin: list[int] | None) -> Normal:
        automaton = self._automaton
        hits = automaton[0].find_matches_as_indexes(plain) if automaton else []
        if not hits or automaton is None:
            return Normal(plain, text, tuple(origin) if origin is not None else None)
        where = origin if origin is not None else list(range(len(plain)))
        letters: list[str] = []
        places: list[int] = []
        done = 0
        for number, start, end in hits:
            meant = self.words[automaton[1][number]]
            letters.append(plain[done:start] + meant)
            places += where[done:start] + _spread(where[start:end], len(meant))
            done = end
        return Normal("".join(letters) + plain[done:], text, tuple(places + where[done:]))


def _spread(places: list[int], size: int) -> list[int]:
    """Origins for a word of another length: the first and last characters keep the ends of what they replace."""
    if size <= 1:
        return places[:size]
    last = len(places) - 1
    return [places[round(step * last / (size - 1))] for step in range(size)]


_INVISIBLE_SET = frozenset(
    chr(code) for low, high in ((0xAD, 0xAD), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2064), (0xFE00, 0xFE0F),
                                (0xFEFF, 0xFEFF)) for code in range(low, high + 1)
)  # fmt: skip
