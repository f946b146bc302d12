"""`dunlint train`: labelled messages -> model and thresholds.

Weights are learned from the train split. Thresholds are chosen on messages whose templates the weights had not seen
(the dev split, and the train split by cross-validation), and which the phrases were not written from, where there are
such.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dunlint.errors import BadArgument
from dunlint.language import fit
from dunlint.language.corpus import APART
from dunlint.language.labelled import Message, read_messages
from dunlint.language.lexicon import lexicon
from dunlint.language.model import NGRAMS, RARE, save
from dunlint.language.scorer import Floats, Scorer
from dunlint.language.senses import senses
from dunlint.language.tagset import prohibited_tags
from dunlint.language.thresholds import Evidence, choose


@dataclass(frozen=True)
class Trained:
    """What came out: how many messages it was learned from, n-grams known, and bytes on disk."""

    lang: str
    messages: int
    ngrams: int
    size: int


def train(lang: str, corpus: Path, out: Path) -> Trained:
    """Learn one language from `corpus`/{lang}.jsonl and write `out`/{lang}. Raises InputError, BadArgument."""
    messages = read_messages(str(corpus / f"{lang}.jsonl"))
    learned = [message for message in messages if message.group.get("split") == "train"]
    held = [message for message in messages if message.group.get("split") == "dev"]
    if not learned or not held:
        raise BadArgument("no_split", where=str(corpus / f"{lang}.jsonl"), name="train, dev", known="-")
    scorer, unseen = learn(lang, learned)
    chances = np.concatenate([unseen, scorer.probabilities(said(held, lang))])
    thresholds = choose(evidence(lang, [*learned, *held], chances))
    save(lang, scorer, thresholds, out)
    size = sum(file.stat().st_size for file in (out / lang).rglob("*") if file.is_file())
    return Trained(lang, len(learned), len(scorer.known.keys), size)


def learn(lang: str, messages: Sequence[Message]) -> tuple[Scorer, Floats]:
    """The model, and [messages, tags] of probabilities from models that had not seen the message's template."""
    examples = fit.Examples(said(messages, lang), labels_of(messages), groups_of(messages))
    known = fit.known_ngrams(replace(NGRAMS[lang], senses=senses(lang)), examples, RARE[lang])
    lesson = fit.Lesson.of(known, examples)
    margins = fit.out_of_fold(lesson, examples.groups)
    slopes, offsets = fit.calibrate(margins, examples.labels)
    unseen = 1 / (1 + np.exp(-(margins * slopes + offsets)))
    return fit.scorer_of(known, fit.solve(lesson), prohibited_tags(), slopes, offsets), unseen.astype(np.float32)


def said(messages: Sequence[Message], lang: str) -> list[tuple[str, str, str]]:
    """Messages as the model reads them: plain spelling, speaker, party."""
    words = lexicon(lang)
    return [(words.normalise(message.text).text, message.speaker, message.party) for message in messages]


def labels_of(messages: Sequence[Message]) -> Floats:
    """[messages, prohibited tags] of 0 and 1."""
    return np.array([[tag in m.labels for tag in prohibited_tags()] for m in messages], np.float32)


def groups_of(messages: Sequence[Message]) -> np.typing.NDArray[np.int64]:
    """The number of each message's template; a message without one is its own."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(m.group.get("template", m.id), len(numbers)) for m in messages], np.int64)


def evidence(lang: str, messages: Sequence[Message], chances: Floats) -> Evidence:
    """What phrases and model say of the messages, and which of them are fresh."""
    from dunlint.language.analyse import tag_texts
    from dunlint.language.evaluate import meant

    phrases = tag_texts([(m.text, m.speaker, m.party) for m in messages], model=False)
    tags = prohibited_tags()
    return Evidence(
        tags=tags,
        labels=labels_of(messages) > 0,
        chances=chances,
        meant=np.array([[tag in meant(found) for tag in tags] for found in phrases]),
        named=np.array([[tag in {one.tag for one in found} for tag in tags] for found in phrases]),
        fresh=fresh(messages),
    )


def fresh(messages: Sequence[Message]) -> np.typing.NDArray[np.bool_]:
    """Which messages the phrases were not written from: those composed apart; without any, the dev split."""
    apart = np.array([m.group.get("source") == APART for m in messages])
    return apart if apart.any() else np.array([m.group.get("split") == "dev" for m in messages])
