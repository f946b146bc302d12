"""Groups of words that mean much the same (rules/language/{lang}/senses.yaml), as the trained model reads them.

A text becomes the row of the groups of its words, words without a group left out. What is counted: groups, rows of two
and three of them, and pairs of weighty groups that stand near each other; "I'll tell your boss" and "we will inform her
employer" then have most of it in common. The hashes of the words are stored with the model, so that a later change of
the file cannot shift its weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dunlint.language.lexicon import language_root
from dunlint.language.ngrams import Found, Keys, Places, hashed_words, rows
from dunlint.yaml_places import read

Hashes = NDArray[np.uint64]

ROWS = (1, 2, 3)
NEAR = 4  # weighty groups from each other
_ROW_KIND, _PAIR_KIND = 40, np.uint64(70)
_APART = np.uint64(1000)
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Senses:
    """`keys`: hashes of words, sorted; `groups`: the number of each one's group; from `weighty` on they make pairs."""

    keys: Hashes
    groups: Hashes
    weighty: int

    @cached_property
    def words(self) -> Keys:
        """The hashes, to be found again."""
        return Keys(self.keys)

    def __call__(self, words: Hashes, owner: Places) -> list[Found]:
        """What is counted of a batch whose words have these hashes and belong to these texts."""
        place = self.words.places(words)
        known = place >= 0
        groups, owner = self.groups[place[known]], owner[known]
        found = [rows(groups, owner, size, _ROW_KIND + size) for size in ROWS]
        heavy = groups >= np.uint64(self.weighty)
        groups, owner = groups[heavy], owner[heavy]
        return found + [_pairs(groups, owner, gap) for gap in range(1, NEAR + 1)]


def _pairs(groups: Hashes, owner: Places, gap: int) -> Found:
    """Two groups of one text with `gap` steps between them; how many does not matter."""
    first, second, owners = groups[:-gap], groups[gap:], owner[:-gap]
    inside = owners == owner[gap:]
    ids = (first * _APART + second + _PAIR_KIND) * _MIX >> np.uint64(32)
    return ids[inside].astype(np.uint32), owners[inside]


def senses(lang: str) -> Senses | None:
    """The groups of a language; None where it has none. Raises RuleError."""
    path = language_root() / lang / "senses.yaml"
    if not path.is_file():
        return None
    data = read(path, f"language/{lang}/{path.name}").data
    groups = [*data["little"].values(), *data["weighty"].values()]
    number = {str(word): place for place, words in reversed(list(enumerate(groups, 1))) for word in words}
    found = sorted(zip(hashed_words(list(number)).tolist(), number.values(), strict=True))
    keys, numbers = (np.array(column, np.uint64) for column in zip(*found, strict=True))
    return Senses(keys, numbers, len(data["little"]) + 1)
