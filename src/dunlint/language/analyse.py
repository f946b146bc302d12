"""Contact table -> turns and tags. Who speaks is read from the turns, else from the direction of the message.

What repeats is analysed once: texts are unique per (text, speaker, party) before any work is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from dunlint.language.lexicon import language_root
from dunlint.language.speaker import infer_speaker
from dunlint.language.tagger import Tag, language_of, tagger
from dunlint.yaml_places import read

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


@dataclass(frozen=True)
class Heard:
    """turns: TURN_COLUMNS, one row an utterance (a message is one turn); tags: TAG_COLUMNS, offsets into the turn's text."""

    turns: pl.DataFrame
    tags: pl.DataFrame


def analyse(contacts: pl.DataFrame) -> Heard:
    """Turns and tags of every contact that has words. Pure in the table; linear in its text."""
    turns = utterances(contacts)
    parties = dict(zip(contacts["contact_id"], contacts["party"], strict=True))
    found: dict[tuple[str, str, str], list[Tag]] = {}
    rows: list[tuple[Any, ...]] = []
    for contact, turn, speaker, text in turns.select("contact_id", "turn", "speaker", "text").iter_rows():
        key = (text, speaker, parties[contact] or "unknown")
        if key not in found:
            found[key] = tag_text(*key)
        rows += [
            (contact, turn, speaker, t.tag, t.attribution, t.start, t.end, text[t.start : t.end], t.value, t.unit, t.by)
            for t in found[key]
        ]
    return Heard(turns, pl.DataFrame(rows, schema=TAG_COLUMNS, orient="row"))


def tag_text(text: str, speaker: str = "unknown", party: str = "unknown") -> list[Tag]:
    """Tags of one utterance, in its own language."""
    return tagger(language_of(text)).tags(text, infer_speaker(text) if speaker == "unknown" else speaker, party)


def tag_texts(said: Sequence[tuple[str, str, str]], *, model: bool = True) -> list[list[Tag]]:
    """Tags of many utterances (text, speaker, party), each in its own language."""
    return [tag_text(*one) for one in said]


def utterances(contacts: pl.DataFrame) -> pl.DataFrame:
    """One row an utterance. A transcript has its turns; a message is one turn, said by the side that sent it."""
    messages = contacts.filter(pl.col("turns").is_null() & pl.col("text").is_not_null() & (pl.col("text") != "")).select(
        "contact_id",
        pl.lit(0, pl.Int64).alias("turn"),
        _sender().alias("speaker"),
        pl.lit(None, pl.Float64).alias("start"),
        pl.lit(None, pl.Float64).alias("end"),
        "text",
    )
    spoken = contacts.filter(pl.col("turns").is_not_null()).select("contact_id", "party", "turns")
    rows = [
        (contact, number, speaker_role(turn["speaker"], party), turn["start"], turn["end"], turn["text"])
        for contact, party, turns in spoken.iter_rows()
        for number, turn in enumerate(turns)
    ]
    return pl.concat([messages, pl.DataFrame(rows, schema=TURN_COLUMNS, orient="row")])


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
