"""Words in disguise that no list foresaw: signs for letters (`w@rr4nt`), letters kept apart (`p.o.l.i.c.e`), stars,
letters drawn out (`policeee`).

A row of signs is a disguise only if what it would spell is a word of the lexicon. Prices and codes spell none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product

LETTERS = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "!": "il", "|": "li", "€": "e", "£": "l", "+": "t", "*": "aeioucks", "#": "h",
}  # fmt: skip
SIGN = "".join(re.escape(sign) for sign in LETTERS)
MASKED = re.compile(rf"(?<![\w@$.])(?=[{SIGN}]*[a-z])(?=[a-z']*[{SIGN}])[a-z'{SIGN}]{{3,24}}")
GAP = r"[ .\-_*·~/]"
APART = re.compile(rf"(?<![\w@$])(?:[a-z{SIGN}]({GAP}))(?:[a-z{SIGN}]\1){{1,22}}[a-z{SIGN}](?![\w@$])")
DRAWN = re.compile(r"(?<![\w@$.'])[a-z']*([a-z])\1\1[a-z']*(?!\w)")
RUN = re.compile(r"([a-z])\1\1+")
SUSPECT = re.compile(
    rf"[a-z][{SIGN}]+[a-z]|(?<![a-z0-9])[{SIGN}][a-z]{{2}}|[a-z]{{2}}[0-9@$*](?![a-z0-9])"
    rf"|(?<!\w)[a-z0-9]{GAP}[a-z0-9@$!]{GAP}[a-z0-9@$!]|([a-z])\1\1"
)
MOST = 64  # readings tried for one word

Found = tuple[str, int, int]


def unmask(plain: str, known: frozenset[str]) -> Iterator[Found]:
    """(word, start, end) of every disguised word of `known` in a text in lower case, in order; linear in its length."""
    if not known or SUSPECT.search(plain) is None:
        return
    found = [*_apart(plain, known), *_masked(plain, known), *_drawn(plain, known)]
    end = -1
    for word, start, stop in sorted(found, key=lambda one: (one[1], -one[2])):
        if start >= end:
            yield word, start, stop
            end = stop


def _masked(plain: str, known: frozenset[str]) -> Iterator[Found]:
    for match in MASKED.finditer(plain):
        token = match[0].rstrip("!*+|")
        for one in (token, match[0]):
            if one.isalpha():
                break  # a plain word, and a mark after it
            word = _word(one, known)
            if word is not None:
                yield word, match.start(), match.start() + len(one)
                break


def _apart(plain: str, known: frozenset[str]) -> Iterator[Found]:
    for match in APART.finditer(plain):
        word = _word(match[0][::2], known)
        if word is not None:
            yield word, match.start(), match.end()


def _drawn(plain: str, known: frozenset[str]) -> Iterator[Found]:
    for match in DRAWN.finditer(plain):
        word = next((one for one in (RUN.sub(r"\1", match[0]), RUN.sub(r"\1\1", match[0])) if one in known), None)
        if word is not None:
            yield word, match.start(), match.end()


def _word(token: str, known: frozenset[str]) -> str | None:
    """The first word of `known` that the token can spell."""
    letters = [LETTERS.get(char, char) for char in token]
    return next((word for one in islice(product(*letters), MOST) if (word := "".join(one)) in known), None)
