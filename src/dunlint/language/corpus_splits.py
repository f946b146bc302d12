"""Which template is for training, tuning (dev) and testing, and which messages of different splits are too alike.

Besides these there is `unseen`: messages by authors of whom nothing is for training.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Any

from dunlint.language.corpus import share

Row = Mapping[str, Any]
DRAWN = ("train", "dev", "test")
SPLITS = (*DRAWN, "unseen")
DEV, TEST = 0.1, 0.2
ALIKE = 0.8
SHINGLE = 5
MOST_ROUNDS = 9  # of moving templates to what they are like, which may bring them to others


def split_templates(rows: Sequence[Row], given: Mapping[str, str]) -> dict[str, str]:
    """Template -> split, for the messages of one language; `given` names the split of those that are not drawn.

    The hash of a template's id decides, so that a new template moves no other; then tags too rare in dev and test are
    topped up, and a template with near-duplicates follows the first of them.
    """
    templates = {row["template"]: None for row in rows}
    ids = sorted(templates.keys() - given.keys())
    split = {one: _by_hash(one) for one in ids}
    labels = {row["template"]: set(row["labels"]) for row in rows if row["template"] in split}
    _top_up(split, labels)
    split |= {one: given[one] for one in templates if one in given}
    place = {template: number for number, template in enumerate(templates)}
    texts = shingled(rows)
    for _ in range(MOST_ROUNDS):
        pairs = {tuple(sorted(pair, key=lambda one: place[one])) for pair in alike(texts, split)}
        for first, second in sorted(pairs, key=lambda pair: (place[pair[1]], place[pair[0]])):
            split[second] = split[first]
        if not pairs:
            break
    return split


def _by_hash(template: str) -> str:
    place = share(template)
    return "test" if place < TEST else "dev" if place < TEST + DEV else "train"


def _top_up(split: dict[str, str], labels: Mapping[str, set[str]]) -> None:
    """Move the training templates of least hash until every tag has half its share in dev and test."""
    for tag in sorted({tag for found in labels.values() for tag in found}):
        owners = sorted((one for one in split if tag in labels[one]), key=share)
        for name, part in (("dev", DEV), ("test", TEST)):
            lacking = max(1, round(len(owners) * part / 2)) - sum(split[one] == name for one in owners)
            for one in [one for one in owners if split[one] == "train"][: max(0, lacking)]:
                split[one] = name


def shingles(text: str) -> frozenset[str]:
    """The character 5-grams of a text without spaces, in lower case; a shorter text is its own."""
    plain = "".join(text.lower().split())
    return frozenset(plain[at : at + SHINGLE] for at in range(max(1, len(plain) - SHINGLE + 1)))


def shingled(rows: Iterable[Row]) -> list[tuple[str, frozenset[str]]]:
    """(template, shingles) of every message."""
    return [(row["template"], shingles(row["text"])) for row in rows]


def alike(texts: Sequence[tuple[str, frozenset[str]]], split: Mapping[str, str]) -> list[tuple[str, str]]:
    """Pairs (held out of train, the other) of templates in different splits of which two texts have a Jaccard
    similarity of shingles >= ALIKE. What train shares with itself is not looked for.

    A text held out has one of its rarest fifth of shingles in common with whatever is so like it: only by these are the
    candidates found (prefix filtering).
    """
    held = [(template, own) for template, own in texts if split[template] != "train"]
    common = Counter(one for _, own in held for one in own)
    index: defaultdict[str, list[int]] = defaultdict(list)
    for number, (_, own) in enumerate(held):
        for one in _rarest(own, common):
            index[one].append(number)
    pairs: dict[tuple[str, str], None] = {}
    for template, own in texts:
        for candidate in sorted({number for one in own & index.keys() for number in index[one]}):
            other, theirs = held[candidate]
            known = split[other] == split[template] or (template, other) in pairs
            if not known and len(own & theirs) >= ALIKE * len(own | theirs):
                pairs[other, template] = None
    return list(pairs)


def _rarest(own: frozenset[str], common: Mapping[str, int]) -> list[str]:
    return sorted(own, key=lambda one: (common[one], one))[: len(own) - ceil(ALIKE * len(own) - 1e-9) + 1]
