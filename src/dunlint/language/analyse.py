"""Contact table -> turns and tags. Who speaks is read from the turns, else from the direction of the message.

What repeats is analysed once: texts are unique per (text, speaker, party) before any work is done.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from dunlint.language.lexicon import language_root
from dunlint.language.speaker import infer_speaker
from dunlint.language.tagger import Tag, language_of, tagger
from dunlint.yaml_places import read

AT_ONCE = 4096  # turns that are analysed together
SURROGATES = re.compile("[\ud800-\udfff]")
Said = tuple[str, str, str]  # text, speaker, party
SAID = ["text", "speaker", "party"]

UTTERANCE = ("contact_id", "turn", "speaker")
TURN_COLUMNS: dict[str, Any] = {
    "contact_id": pl.String,
    "turn": pl.Int64,
    "speaker": pl.String,
    "start": pl.Float64,
    "end": pl.Float64,
    "text": pl.String,
}
TAG_COLUMNS: dict[str, Any] = {
    "contact_id": pl.String,
    "turn": pl.Int64,
    "speaker": pl.String,
    "tag": pl.String,
    "attribution": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "quote": pl.String,
    "value": pl.Float64,
    "unit": pl.String,
    "by": pl.String,
}
FOUND_COLUMNS = {"said": pl.UInt32} | {name: kind for name, kind in TAG_COLUMNS.items() if name not in UTTERANCE}


@dataclass(frozen=True)
class Heard:
    """turns: TURN_COLUMNS, one row an utterance (a message is one turn);

    tags: TAG_COLUMNS, offsets into the turn's text.
    """

    turns: pl.DataFrame
    tags: pl.DataFrame


def analyse(contacts: pl.DataFrame, *, model: bool = True) -> Heard:
    """Turns and tags of every contact that has words. Pure in the table; linear in its text."""
    said = utterances(contacts)
    turns, said = said.select(*TURN_COLUMNS), said.select(*UTTERANCE, "text", "party")
    distinct = said.select(SAID).unique(maintain_order=True).with_row_index("said")
    found = _found(distinct, model)
    tagged = distinct.join(found, on="said", maintain_order="left_right")
    return Heard(turns, said.join(tagged, on=SAID, maintain_order="left_right").select(*TAG_COLUMNS))


def _found(distinct: pl.DataFrame, model: bool) -> pl.DataFrame:
    """Tags of each distinct utterance (its number is `said`), in the order of the text."""
    columns: dict[str, list[Any]] = {name: [] for name in FOUND_COLUMNS}
    for part in distinct.iter_slices(AT_ONCE):
        texts = part["text"].to_list()
        tagged = tag_texts(list(zip(texts, part["speaker"], part["party"], strict=True)), model=model)
        for number, text, tags in zip(part["said"], texts, tagged, strict=True):
            for tag in tags:
                for column, cell in zip(columns.values(), (number, *_cells(text, tag)), strict=True):
                    column.append(cell)
    return pl.DataFrame(columns, schema=FOUND_COLUMNS)


def _cells(text: str, tag: Tag) -> tuple[Any, ...]:
    return tag.tag, tag.attribution, tag.start, tag.end, text[tag.start : tag.end], tag.value, tag.unit, tag.by


def tag_text(text: str, speaker: str = "unknown", party: str = "unknown", *, model: bool = True) -> list[Tag]:
    """Tags of one utterance, in its own language."""
    return tag_texts([(text, speaker, party)], model=model)[0]


def tag_texts(said: Sequence[Said], *, model: bool = True) -> list[list[Tag]]:
    """Tags of many utterances (text, speaker, party), each in its own language, by phrases and by the trained model."""
    heard = [_heard(*one) for one in said]
    found: list[list[Tag]] = [[]] * len(heard)
    by_language: dict[str, list[int]] = {}
    for place, (text, _, _) in enumerate(heard):
        by_language.setdefault(language_of(text), []).append(place)
    for lang, places in by_language.items():
        for place, tags in zip(places, _in_language(lang, [heard[place] for place in places], model), strict=True):
            found[place] = tags
    return found


def _heard(text: str, speaker: str, party: str) -> Said:
    """The text as it can be searched, lone surrogates replaced one for one, and who speaks, guessed if unknown."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = SURROGATES.sub("\ufffd", text)
    return text, infer_speaker(text) if speaker == "unknown" else speaker, party


def _in_language(lang: str, said: list[Said], model: bool) -> list[list[Tag]]:
    phrases = tagger(lang)
    normal = phrases.words.normalise.batch([text for text, _, _ in said])
    tags = [phrases.tags_of(text, *one[1:]) for text, one in zip(normal, said, strict=True)]
    if not model:
        return tags
    from dunlint.language.model import trained

    learned = trained(lang)
    return learned.combined(said, tags, [one.text for one in normal]) if learned else tags


def utterances(contacts: pl.DataFrame) -> pl.DataFrame:
    """TURN_COLUMNS and the party reached, one row an utterance.

    A transcript has its turns; a message is one turn, said by the side that sent it.
    """
    messages = contacts.filter(
        pl.col("turns").is_null() & pl.col("text").is_not_null() & (pl.col("text") != "")
    ).select(
        "contact_id",
        pl.lit(0, pl.Int64).alias("turn"),
        _sender().alias("speaker"),
        pl.lit(None, pl.Float64).alias("start"),
        pl.lit(None, pl.Float64).alias("end"),
        "text",
        pl.col("party").fill_null("unknown"),
    )
    spoken = contacts.filter(pl.col("turns").is_not_null()).select("contact_id", "party", "turns")
    rows = [
        (contact, number, speaker_role(turn["speaker"], party), turn["start"], turn["end"], turn["text"],
         party or "unknown")
        for contact, party, turns in spoken.iter_rows()
        for number, turn in enumerate(turns)
    ]
    return pl.concat([messages, pl.DataFrame(rows, schema=TURN_COLUMNS | {"party": pl.String}, orient="row")])


def _sender() -> pl.Expr:
    reached = pl.col("party").fill_null("unknown")
    other_side = (
        pl.when(reached.is_in(["debtor", "guarantor", "spouse"]))
        .then(pl.lit("debtor"))
        .when(reached == "unknown")
        .then(pl.lit("unknown"))
        .otherwise(pl.lit("third_party"))
    )
    return (
        pl.when(pl.col("role") == "other")
        .then(pl.lit("other"))
        .when(pl.col("direction") == "outbound")
        .then(pl.lit("collector"))
        .when(pl.col("direction") == "inbound")
        .then(other_side)
        .otherwise(pl.lit("unknown"))
    )


@cache
def _speaker_words() -> Mapping[str, Iterable[str]]:
    roles: Mapping[str, Iterable[str]] = read(language_root() / "speakers.yaml", "language/speakers.yaml").data
    return roles


@cache
def speaker_role(label: str, party: str | None) -> str:
    """collector, debtor, third_party, bot, other or unknown, from a transcript's speaker label and who was reached."""
    folded = label.strip().lower()
    role = next((role for role, words in _speaker_words().items() if folded in words), "unknown")
    if role == "reached":
        return "debtor" if party in (None, "debtor", "guarantor", "unknown") else "third_party"
    return role
