"""Which template is for training, tuning (dev) and testing, and which messages of different splits are too alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import ceil
from typing import Any

from dunlint.language.corpus import share

Row = Mapping[str, Any]
SPLITS = ("train", "dev", "test")
DEV, TEST = 0.1, 0.2
ALIKE = 0.8
SHINGLE = 5


def split_templates(rows: Sequence[Row], training: Collection[str] = ()) -> dict[str, str]:
    """Template -> split, for the messages of one language; those named in `training` are all for that.

    The hash of a template's id decides, so that a new template moves no other; then tags too rare in dev and test are
    topped up, and a template with near-duplicates follows the first of them.
    """
    ids = sorted({row["template"] for row in rows} - set(training))
    split = {one: _by_hash(one) for one in ids}
    labels = {row["template"]: set(row["labels"]) for row in rows if row["template"] in split}
    _top_up(split, labels)
    split |= dict.fromkeys((row["template"] for row in rows if row["template"] not in split), "train")
    for first, second in alike(rows):
        split[second] = split[first]
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


def alike(rows: Iterable[Row]) -> list[tuple[str, str]]:
    """Pairs of different templates (first, later) that have messages with Jaccard similarity of shingles >= 0.8.

    Of two texts so alike, each has one of its rarest fifth of shingles in common with the other's: only by these are
    the candidates found (prefix filtering).
    """
    owners = [(row["template"], shingles(row["text"])) for row in rows]
    common = Counter(one for _, own in owners for one in own)
    index: defaultdict[str, list[int]] = defaultdict(list)
    pairs: dict[tuple[str, str], None] = {}
    for number, (template, own) in enumerate(owners):
        rarest = sorted(own, key=lambda one: (common[one], one))[: len(own) - ceil(ALIKE * len(own) - 1e-9) + 1]
        for candidate in sorted({earlier for one in rarest for earlier in index[one]}):
            first, other = owners[candidate]
            if first != template and len(own & other) >= ALIKE * len(own | other):
                pairs[first, template] = None
        for one in rarest:
            index[one].append(number)
    return list(pairs)
