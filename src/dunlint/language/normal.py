"""One spelling for many: disguises undone before words are looked for, every character led back to the original.

Upper case becomes lower, full-width and styled forms plain, traditional characters simplified, look-alikes plain
(`characters.yaml`), disguised words what they stand for (`evasions.yaml`). Invisible characters vanish, and so do
spaces, dots and the like between Chinese characters. Links, addresses and codes keep their letters. A text that needs
none of this is returned as it is.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain, product

import ahocorasick_rs

from dunlint.language.disguise import SUSPECT, unmask

CHINESE = "\u3400-\u9fff"
SEPARATORS = r"[ \t\u00a0\u3000.·•・*_\-—~^|/\\+='`…★☆※●○◆◇■□▲△♥♡♪♫#&<>]"
INVISIBLE = (
    "[\u00ad\u0300-\u036f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u20d0-\u20f0\u3164"
    "\ufe00-\ufe0f\ufeff]"
)
STYLED = (
    "[\u00aa\u00b2\u00b3\u00b9\u00ba\u00c0-\u024f\u1e00-\u1eff\u2070-\u209f\u2100-\u214f\u2460-\u24ff\u2e80-\u2fdf"
    "\u3200-\u33ff\uf900-\ufaff\uff02-\uff07\uff0a\uff0b\uff0d-\uff19\uff1c-\uff1e\uff20-\uff5e\U0001d400-\U0001d7ff\U0001f100-\U0001f1e5]"
)
_ODD = f"{INVISIBLE[:-1]}{STYLED[1:]}"
# the first set, of all that a match can begin with, lets the engine skip over everything else
LOOSE = re.compile(
    rf"{_ODD[:-1]}{SEPARATORS[1:]}(?:(?<={_ODD})|(?<=[{CHINESE}]{SEPARATORS}){SEPARATORS}{{0,3}}(?=[{CHINESE}]))"
)
LINK = re.compile(
    r"(?:https?://|www\.)[!-~]+|[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+|[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:/[!-~]*)?"
)
SHORTEST_SPELLED = 6
READINGS = ("=", "~")


@dataclass(frozen=True, slots=True)
class Normal:
    """Normalised text; its i-th character stands for `original[origin[i]:until[i]]`; both None if nothing moved."""

    text: str
    original: str
    origin: tuple[int, ...] | None = None
    until: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Original offsets of a span of the normalised text."""
        if self.origin is None or self.until is None or end <= start:
            return start, end
        return self.origin[start], self.until[end - 1]


@dataclass
class _Draft:
    """Text on its way, piece by piece, with where every character begins and ends in the original."""

    pieces: list[str]
    origin: list[int]
    until: list[int]

    def keep(self, text: str, origin: Sequence[int], until: Sequence[int]) -> None:
        """Append characters as they are."""
        self.pieces.append(text)
        self.origin += origin
        self.until += until

    def replace(self, meant: str, origin: Sequence[int], until: Sequence[int]) -> None:
        """Append `meant` for the characters at `origin`…`until`, spread evenly, its ends on theirs."""
        size, old = len(meant), len(origin)
        self.pieces.append(meant)
        for step in range(size):
            first = step * old // size
            last = max(first, (step + 1) * old // size - 1)
            self.origin.append(origin[first])
            self.until.append(until[last])


@dataclass(frozen=True)
class Normaliser:
    """`characters`: plain forms, one character to one, or a row of them to a row as long. `words`: disguised words to
    what they stand for, both in lower case. What stands for `=` is no disguise but a row of readings, `曝光 bao guang,
    …`: any characters of these words may be spelled by sound or initial. `~`: one at a time, or all by sound."""

    characters: Mapping[str, str]
    words: Mapping[str, str]
    known: frozenset[str] = frozenset()  # words that disguises of no list may stand for

    @cached_property
    def _plain(self) -> dict[int, str]:
        rows = ((odd, plain) for odd, plain in self.characters.items() if len(odd) == len(plain))
        return {ord(a): b for odd, plain in rows for a, b in zip(odd, plain, strict=True)}

    @cached_property
    def _odd(self) -> re.Pattern[str]:
        return re.compile(f"[{''.join(re.escape(chr(code)) for code in self._plain)}]" if self._plain else r"(?!)")

    @cached_property
    def _readings(self) -> list[tuple[str, list[str], bool]]:
        """Words, the sounds of their characters, and whether any of them may be spelled at once."""
        rows = [(row, kind == "=") for row, kind in self.words.items() if kind in READINGS]
        parts = [(part.split(), freely) for row, freely in rows for part in row.split(",")]
        return [(word, sounds, freely) for (word, *sounds), freely in parts]

    @cached_property
    def disguises(self) -> dict[str, str]:
        """Every disguised spelling, and what it stands for."""
        longer = {odd: plain for odd, plain in self.characters.items() if len(odd) != len(plain)}
        written = longer | {form: meant for form, meant in self.words.items() if meant not in READINGS}
        spelled = {form: reading[0] for reading in reversed(self._readings) for form in _spellings(*reading)}
        return spelled | {self._spelled(form): meant for form, meant in written.items()}

    @cached_property
    def _sounds(self) -> frozenset[str]:
        """Sounds of single characters: they count only beside a Chinese character."""
        return frozenset(sounds[0] for word, sounds, _ in self._readings if len(word) == 1)

    @cached_property
    def _automaton(self) -> tuple[ahocorasick_rs.AhoCorasick, list[str]] | None:
        keys = sorted(key for key, meant in self.disguises.items() if key and key != meant)
        if not keys:
            return None
        return ahocorasick_rs.AhoCorasick(keys, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest), keys

    def __call__(self, text: str) -> Normal:
        """The text in plain spelling; linear in its length."""
        plain = self._spelled(text)
        tight = _tightened(plain, text) if LOOSE.search(plain) else Normal(plain, text)
        return self._reworded(tight)

    def batch(self, texts: Sequence[str]) -> list[Normal]:
        """The same for many texts: they are looked through as one, and those that hold something odd one by one."""
        joined = "\n".join(texts)
        lower = joined.lower()
        if len(lower) != len(joined):
            return [self(text) for text in texts]
        odd = chain(self._odd.finditer(lower), LOOSE.finditer(lower))
        places = chain((match.start() for match in odd), self._suspects(lower))
        ends = list(accumulate(len(text) + 1 for text in texts))
        known = {bisect_right(ends, place) for place in places}
        starts = [0, *ends]
        return [
            self(text) if place in known else Normal(lower[starts[place] : ends[place] - 1], text)
            for place, text in enumerate(texts)
        ]

    def _suspects(self, lower: str) -> Iterator[int]:
        """Places of what may be a disguise."""
        if self._automaton is not None:
            yield from (start for _, start, _ in self._automaton[0].find_matches_as_indexes(lower))
        if self.known:
            yield from (match.start() for match in SUSPECT.finditer(lower))

    def _spelled(self, text: str) -> str:
        """Same length: lower case and plain characters."""
        lower = text.lower()
        if len(lower) != len(text):
            lower = "".join(small if len(small := char.lower()) == 1 else char for char in text)
        return lower.translate(self._plain) if not lower.isascii() and self._odd.search(lower) else lower

    def _reworded(self, tight: Normal) -> Normal:
        hits = _merged(list(self._hits(tight.text)), list(unmask(tight.text, self.known)), tight.text)
        if not hits:
            return tight
        origin = tight.origin or range(len(tight.text))
        until = tight.until or range(1, len(tight.text) + 1)
        draft, done = _Draft([], [], []), 0
        for meant, start, end in hits:
            first, last = _same_ends(tight.text[start:end], meant)
            head, tail = start + first, end - last
            draft.keep(tight.text[done:head], origin[done:head], until[done:head])
            draft.replace(meant[first : len(meant) - last], origin[head:tail], until[head:tail])
            done = tail
        draft.keep(tight.text[done:], origin[done:], until[done:])
        return _normal(draft, tight.original)

    def _hits(self, plain: str) -> Iterator[tuple[str, int, int]]:
        """Disguises found: what they mean and where they stand. Letters count only as whole words outside links."""
        if self._automaton is None:
            return
        automaton, keys = self._automaton
        links: list[tuple[int, int]] | None = None
        for number, start, end in automaton.find_matches_as_indexes(plain):
            key = keys[number]
            if key[0] <= "\x7f" or key[-1] <= "\x7f":
                links = [match.span() for match in LINK.finditer(plain)] if links is None else links
                if not _whole(plain, start, end) or any(a <= start and end <= b for a, b in links):
                    continue
                if key in self._sounds and not _touches_chinese(plain, start, end):
                    continue
            yield self.disguises[key], start, end


def _merged(
    listed: list[tuple[str, int, int]], guessed: list[tuple[str, int, int]], text: str
) -> list[tuple[str, int, int]]:
    """Disguises in order, guesses inside links left out; of two that overlap the first, if as long, else the longer."""
    if not guessed:
        return listed
    links = [match.span() for match in LINK.finditer(text)]
    guessed = [hit for hit in guessed if not any(a <= hit[1] and hit[2] <= b for a, b in links)]
    kept: list[tuple[str, int, int]] = []
    for hit in sorted([*listed, *guessed], key=lambda one: one[1]):
        if kept and hit[1] < kept[-1][2]:
            if hit[2] - hit[1] > kept[-1][2] - kept[-1][1] and hit[1] <= kept[-1][1]:
                kept[-1] = hit
            continue
        kept.append(hit)
    return kept


def _same_ends(disguise: str, meant: str) -> tuple[int, int]:
    """How many characters the two begin with alike, and end with alike; at least one of each is left between."""
    room = min(len(disguise), len(meant)) - 1
    first = next((place for place in range(room) if disguise[place] != meant[place]), room)
    last = next((place for place in range(room - first) if disguise[-1 - place] != meant[-1 - place]), room - first)
    return first, last


def _spellings(word: str, sounds: list[str], freely: bool) -> Iterator[str]:
    """A word with some characters spelled by sound or initial, or all by sound: together, and apart."""
    yield from _mixtures(word, sounds) if freely else _one_spelled(word, sounds)
    if len(word) == 1 or sum(map(len, sounds)) >= SHORTEST_SPELLED:
        yield "".join(sounds)
    if len(word) > 1:
        yield from (" ".join(sounds), "-".join(sounds))


def _mixtures(word: str, sounds: list[str]) -> Iterator[str]:
    for parts in product(*((char, sound, sound[0]) for char, sound in zip(word, sounds, strict=True))):
        form = "".join(parts)
        if form != word and not form.isascii():
            yield form


def _one_spelled(word: str, sounds: list[str]) -> Iterator[str]:
    for place, sound in enumerate(sounds if len(word) > 1 else ()):
        for shape in (sound, sound[0])[: 2 if len(word) > 2 else 1]:
            yield f"{word[:place]}{shape}{word[place + 1 :]}"


def _whole(text: str, start: int, end: int) -> bool:
    """Whether no letter touches a Latin edge of the span. A disguise of letters alone stands apart from digits too."""
    mixed = not text[start:end].isascii()
    left = start > 0 and text[start] <= "\x7f" and _joins(text[start - 1], mixed)
    right = end < len(text) and text[end - 1] <= "\x7f" and _joins(text[end], mixed)
    return not left and not right


def _touches_chinese(text: str, start: int, end: int) -> bool:
    return any("\u3400" <= char <= "\u9fff" for char in text[max(0, start - 1) : start] + text[end : end + 1])


def _joins(char: str, mixed: bool) -> bool:
    return char <= "\x7f" and (char.isalpha() or (not mixed and (char.isdigit() or char == "_")))


def _tightened(plain: str, text: str) -> Normal:
    """Styled characters plain, invisible ones and separators gone."""
    draft, done = _Draft([], [], []), 0
    for match in LOOSE.finditer(plain):
        start, end = match.span()
        draft.keep(plain[done:start], range(done, start), range(done + 1, start + 1))
        draft.replace(_unstyled(match[0]), range(start, end), range(start + 1, end + 1))
        done = end
    draft.keep(plain[done:], range(done, len(plain)), range(done + 1, len(plain) + 1))
    return _normal(draft, text)


def _unstyled(found: str) -> str:
    """The plain form of a styled character; nothing for an invisible one or a separator between Chinese characters."""
    if not re.fullmatch(STYLED, found):
        return ""
    parts = unicodedata.normalize("NFKD", found)
    return "".join(part for part in parts if not unicodedata.combining(part)).lower()


def _normal(draft: _Draft, text: str) -> Normal:
    return Normal("".join(draft.pieces), text, tuple(draft.origin), tuple(draft.until))
