"""Texts -> hashed n-grams of characters and words, a whole batch at a time in NumPy.

What is counted: single characters and rows of them, inside one text, for scripts with spaces also words and rows of
words, and the groups that words belong to (`senses.py`). A row of digits counts as one digit, however long it is, so
that a case number does not drown the words. The hashes are the same on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from dunlint.language.senses import Senses

Ids = NDArray[np.uint32]
Places = NDArray[np.int64]
Found = tuple[Ids, Places]

_STEP = np.uint64(1_000_003)
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: spreads neighbouring values over the whole range
_WORD_SALT = np.uint64(0x5851F42D4C957F2D)
_LONGEST = 64  # characters of a word that count
_LONGEST_UNSPACED = 5  # characters of a word in a script without spaces
_POWERS = np.array([pow(1_000_003, at, 2**64) for at in range(_LONGEST)], dtype=np.uint64)


@dataclass(frozen=True)
class Ngrams:
    """Which n-grams count: lengths in characters, and in words; and the groups of words, where a language has them."""

    chars: tuple[int, ...] = (1, 2)
    words: tuple[int, ...] = ()
    senses: Senses | None = field(default=None, compare=False)

    def __call__(self, texts: Sequence[str]) -> Found:
        """(ids, owners): the hash of every n-gram in the batch and the number of its text; not sorted, with repeats."""
        codes, owner = codes_of(texts)
        found = [rows(codes, owner, size, size) for size in self.chars]
        if self.words:
            words, of_text = _words(codes, owner)
            found += [rows(words, of_text, size, 16 + size) for size in self.words]
        elif self.senses:
            words, of_text = unspaced(codes, owner, self.senses.words)
        found += self.senses(words, of_text) if self.senses else []
        ids = np.concatenate([one for one, _ in found])
        return ids, np.concatenate([one for _, one in found])


@dataclass(frozen=True)
class Keys:
    """Hashes in order, to be found again: by their first 16 bits at once, then one by one among the few that share
    them. Hashes are even, so that this takes a third of the time of a binary search.
    """

    keys: NDArray[Any]

    @cached_property
    def _first(self) -> Places:
        """For each 16 bits the place of the first key that begins with them, and the end."""
        return np.searchsorted(self.keys >> self._rest, np.arange((1 << 16) + 1))

    @property
    def _rest(self) -> Any:
        return self.keys.dtype.type(self.keys.itemsize * 8 - 16)

    def places(self, wanted: NDArray[Any]) -> Places:
        """The place of each wanted hash among the keys, -1 where it is none of them."""
        begins = (wanted >> self._rest).astype(np.int64)
        place, end = self._first[begins], self._first[begins + 1]
        found = np.full(len(wanted), -1)
        left = np.flatnonzero(place < end)
        while len(left):
            here = place[left]
            same = self.keys[here] == wanted[left]
            found[left[same]] = here[same]
            left = left[~same]
            place[left] += 1
            left = left[place[left] < end[left]]
        return found


def codes_of(texts: Sequence[str]) -> tuple[NDArray[np.uint64], Places]:
    """Code points of all texts in a row, every row of digits as one 0, and the number of the text each belongs to."""
    data = "".join(texts).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(data, np.uint32).astype(np.uint64)
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    digit = (codes >= ord("0")) & (codes <= ord("9"))
    codes[digit] = ord("0")
    kept = ~digit
    kept[:1] = True
    kept[1:] |= ~digit[:-1] | (owner[1:] != owner[:-1])
    return codes[kept], owner[kept]


def rows(values: NDArray[np.uint64], owner: Places, size: int, kind: int) -> Found:
    """Hashes of every `size` neighbours inside one text; `kind` keeps n-grams of different kinds apart."""
    count = len(values) - size + 1
    if count <= 0:
        return np.zeros(0, np.uint32), np.zeros(0, np.int64)
    row = values[:count] + np.uint64(kind)
    for step in range(1, size):
        row = row * _STEP * _MIX + values[step : step + count]
    inside = owner[:count] == owner[size - 1 :]
    return (row[inside] * _MIX >> np.uint64(32)).astype(np.uint32), owner[:count][inside]


def _words(codes: NDArray[np.uint64], owner: Places) -> tuple[NDArray[np.uint64], Places]:
    """Hashes of words (letters and digits in a row; any other sign is a word of its own) and whose they are."""
    blank = codes <= ord(" ")
    letter = ((codes >= ord("a")) & (codes <= ord("z"))) | (codes == ord("0")) | (codes == ord("'")) | (codes >= 0xC0)
    follows = np.zeros(len(codes), dtype=bool)
    follows[1:] = letter[1:] & letter[:-1] & (owner[1:] == owner[:-1])
    kept = ~blank
    codes, owner, starts = codes[kept], owner[kept], np.flatnonzero(~follows[kept])
    if not len(starts):
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    place = np.arange(len(codes)) - np.repeat(starts, np.diff(np.append(starts, len(codes))))
    parts = (codes ^ _WORD_SALT) * _POWERS[np.minimum(place, _LONGEST - 1)]
    return np.add.reduceat(parts, starts) * _MIX, owner[starts]


def unspaced(codes: NDArray[np.uint64], owner: Places, words: Keys) -> tuple[NDArray[np.uint64], Places]:
    """Of a script without spaces the hashes of the words among `words`, and whose they are.

    The longest word counts where several begin, and one that begins inside an earlier one does not count.
    """
    hashes, sizes = np.zeros(len(codes), np.uint64), np.zeros(len(codes), np.int64)
    parts = codes ^ _WORD_SALT
    sums = np.zeros(len(codes), np.uint64)
    for size in range(1, min(_LONGEST_UNSPACED, len(codes)) + 1):
        count = len(codes) - size + 1
        sums = sums[:count] + parts[size - 1 :] * _POWERS[size - 1]
        spelled = sums * _MIX
        found = np.flatnonzero((words.places(spelled) >= 0) & (owner[:count] == owner[size - 1 :]))
        hashes[found], sizes[found] = spelled[found], size
    kept, free = [], 0
    for start, size in zip(np.flatnonzero(sizes).tolist(), sizes[sizes > 0].tolist(), strict=True):
        if start >= free:
            kept.append(start)
            free = start + size
    return hashes[kept], owner[kept]


def hashed_words(words: Sequence[str]) -> NDArray[np.uint64]:
    """The hash of each word by itself. Raises ValueError for what is not one word as texts are read."""
    hashes, owner = _words(*codes_of(words))
    if owner.tolist() != list(range(len(words))):
        counts = np.bincount(owner, minlength=len(words))
        raise ValueError(f"not one word: {[word for word, count in zip(words, counts, strict=True) if count != 1]}")
    return hashes
