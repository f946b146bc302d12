"""How well tags are found: precision, recall, F1 by tag and over all, false positives, each with a 95 % interval.

A label counts as found when a tag of that name is performed or reported. Proportions have Wilson intervals;
F1 and means over tags a bootstrap over messages with a fixed seed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dunlint.language.labelled import Message
from dunlint.language.tagger import Tag
from dunlint.language.tagset import prohibited_tags, tag_list

MEANT = ("performed", "reported")
SEED = 20261123
RESAMPLES = 1000
Z = 1.959964  # of a two-sided 95 % interval

Counts = NDArray[np.int64]
Scores = dict[str, Any]


def meant(tags: Iterable[Tag]) -> frozenset[str]:
    """Names of the tags that are performed or reported."""
    return frozenset(tag.tag for tag in tags if tag.attribution in MEANT)


def run(messages: Sequence[Message], *, model: bool = True) -> list[frozenset[str]]:
    """What the shipped pipeline finds in each message."""
    from dunlint.language.analyse import tag_texts

    return [meant(tags) for tags in tag_texts([(m.text, m.speaker, m.party) for m in messages], model=model)]


def scored_tags(messages: Sequence[Message]) -> list[str]:
    """The prohibited tags, and whatever else is among the labels, in the order of the tag list."""
    extra = {label for message in messages for label in message.labels} - set(prohibited_tags())
    order = [tag for tag in tag_list() if tag in extra]
    return [*prohibited_tags(), *order, *sorted(extra - set(order))]


def evaluate(messages: Sequence[Message], found: Sequence[frozenset[str]]) -> Scores:
    """Scores of what was found: micro, macro (over all scored tags), prohibited (the same over these), tags, groups.

    Every score stands beside its `*_interval` [low, high]; what cannot be computed is None.
    """
    tags = scored_tags(messages)
    cells = _cells(messages, found, tags)
    guilty = [place for place, tag in enumerate(tags) if tag in prohibited_tags()]
    summary = _summary(cells)
    rate, interval = _false_positives(messages, found)
    return {
        "messages": len(messages),
        "micro": summary["micro"],
        "macro": summary["macro"],
        "prohibited": _summary(cells[:, :, guilty]),
        "false_positive_rate": rate,
        "false_positive_rate_interval": interval,
        "tags": dict(zip(tags, _by_tag(cells), strict=True)),
        "groups": _groups(messages, found),
    }


def mistakes(messages: Sequence[Message], found: Sequence[frozenset[str]]) -> list[dict[str, Any]]:
    """Messages of which a scored tag was missed or wrongly found: id, text, missed, wrong."""
    tags = set(scored_tags(messages))
    wrong = [
        {"id": m.id, "text": m.text, "missed": sorted(m.labels - has), "wrong": sorted((has & tags) - m.labels)}
        for m, has in zip(messages, found, strict=True)
    ]
    return [one for one in wrong if one["missed"] or one["wrong"]]


def wilson(right: int, total: int) -> list[float] | None:
    """The 95 % Wilson interval of a proportion; None without cases."""
    if total == 0:
        return None
    share, spread = right / total, Z * Z / total
    middle = share + spread / 2
    half = Z * math.sqrt(share * (1 - share) / total + spread / (4 * total))
    return [_round(max(0.0, middle - half) / (1 + spread)), _round((middle + half) / (1 + spread))]


def _cells(messages: Sequence[Message], found: Sequence[frozenset[str]], tags: Sequence[str]) -> Counts:
    """[3, messages, tags] of 0 and 1: right, wrongly found, missed."""
    gold = np.array([[tag in m.labels for tag in tags] for m in messages], dtype=bool).reshape(-1, len(tags))
    got = np.array([[tag in has for tag in tags] for has in found], dtype=bool).reshape(-1, len(tags))
    return np.stack([gold & got, got & ~gold, gold & ~got]).astype(np.int64)


def _summary(cells: Counts) -> dict[str, Scores]:
    """micro (all labels in one pot) and macro (mean over the tags that occur)."""
    occur = cells.sum(axis=(0, 1)) > 0
    samples = _resampled(cells[:, :, occur])
    pooled = _ratios(*samples.sum(axis=2))
    means = [ratio.mean(axis=1) for ratio in _ratios(*samples)]
    once = [float(ratio.mean()) for ratio in _ratios(*cells[:, :, occur].sum(axis=1))]
    macro: Scores = {}
    for name, value, values in zip(("precision", "recall", "f1"), once, means, strict=True):
        macro[name], macro[f"{name}_interval"] = _round(value), _percentiles(values)
    micro = _scores(cells.sum(axis=(1, 2)).tolist(), pooled[2])
    return {"micro": micro, "macro": macro if occur.any() else _scores([0, 0, 0], pooled[2])}


def _by_tag(cells: Counts) -> list[Scores]:
    counts = cells.sum(axis=1)
    f1 = _ratios(*_resampled(cells))[2]
    return [
        {**_scores(counts[:, place].tolist(), f1[:, place]), "labels": int(counts[0, place] + counts[2, place])}
        for place in range(cells.shape[2])
    ]


def _scores(counts: Sequence[int], f1_samples: NDArray[np.float64]) -> Scores:
    """Scores from counts (right, wrong, missed). Labelled and never found: precision 0; neither: None."""
    right, wrong, missed = counts
    if right + wrong + missed == 0:
        return {f"{name}{end}": None for name in ("precision", "recall", "f1") for end in ("", "_interval")}
    return {
        "precision": _round(right / max(1, right + wrong)),
        "precision_interval": wilson(right, right + wrong),
        "recall": _round(right / max(1, right + missed)),
        "recall_interval": wilson(right, right + missed),
        "f1": _round(2 * right / (2 * right + wrong + missed)),
        "f1_interval": _percentiles(f1_samples),
    }


def _resampled(cells: Counts) -> NDArray[np.float64]:
    """[3, RESAMPLES, tags]: the counts in as many samples of the messages with replacement."""
    chance = np.random.default_rng(SEED)
    size = cells.shape[1]
    weights = chance.multinomial(size, np.full(size, 1 / size), size=RESAMPLES).astype(np.float64)
    return np.stack([weights @ part for part in cells.astype(np.float64)])


def _ratios(right: Any, wrong: Any, missed: Any) -> tuple[NDArray[np.float64], ...]:
    """Precision, recall and F1 of arrays of counts; 0 where there is nothing to divide by."""
    return (
        right / np.maximum(right + wrong, 1),
        right / np.maximum(right + missed, 1),
        2 * right / np.maximum(2 * right + wrong + missed, 1),
    )


def _percentiles(values: NDArray[np.float64]) -> list[float]:
    low, high = np.percentile(values, [2.5, 97.5])
    return [_round(float(low)), _round(float(high))]


def _false_positives(messages: Sequence[Message], found: Sequence[frozenset[str]]) -> tuple[float | None, Any]:
    """Share of the messages without a prohibited label that got one."""
    guilty = set(prohibited_tags())
    flagged = [bool(has & guilty) for m, has in zip(messages, found, strict=True) if not m.labels & guilty]
    return (_round(sum(flagged) / len(flagged)) if flagged else None), wilson(sum(flagged), len(flagged))


def _groups(messages: Sequence[Message], found: Sequence[frozenset[str]]) -> dict[str, dict[str, Scores]]:
    """By language and kind of message, where rows say them: prohibited tags, micro, and false positives."""
    groups: dict[str, dict[str, Scores]] = {}
    for name in ("lang", "kind"):
        for value in sorted({m.group[name] for m in messages if name in m.group}):
            inside = [place for place, m in enumerate(messages) if m.group.get(name) == value]
            groups.setdefault(name, {})[value] = _group([messages[i] for i in inside], [found[i] for i in inside])
    return groups


def _group(messages: Sequence[Message], found: Sequence[frozenset[str]]) -> Scores:
    cells = _cells(messages, found, prohibited_tags())
    f1 = _ratios(*_resampled(cells).sum(axis=2))[2]
    rate, interval = _false_positives(messages, found)
    ends = {"false_positive_rate": rate, "false_positive_rate_interval": interval}
    return {"messages": len(messages), **_scores(cells.sum(axis=(1, 2)).tolist(), f1), **ends}


def _round(value: float) -> float:
    return round(value, 4)
