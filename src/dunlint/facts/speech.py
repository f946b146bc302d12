"""What was said in a contact: tags and keywords, by whom, where in the conversation, and silence between turns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
import numpy.typing as npt
import polars as pl

from dunlint.facts.attributes import yardstick
from dunlint.facts.conditions import Anchor, Claim, Keywords, Says, Silence, Turns
from dunlint.facts.kleene import FALSE, TRUE, UNKNOWN, Answers, Rows, constant, negation
from dunlint.facts.table import Ground

NOTHING_SAID = pl.DataFrame(
    schema={"row": pl.Int64, "turn": pl.Int64, "start": pl.Int64, "end": pl.Int64, "quote": pl.String, "by": pl.String}
)
CLAIM_TAGS = {"amount": "claim_amount", "rate": "claim_rate", "fee": "claim_fee"}


def says(ground: Ground, condition: Says) -> Answers:
    """Whether it is said often enough; unknown where the contact has no words on record."""
    sure = spoken(ground, condition, condition.speaker)
    unsure = spoken(ground, condition, "unknown") if condition.speaker not in ("any", "unknown") else NOTHING_SAID
    answer = constant(FALSE, len(ground.contacts))
    answer[_often(sure if unsure.is_empty() else pl.concat([sure, unsure]), condition.at_least)] = UNKNOWN
    answer[_often(sure, condition.at_least)] = TRUE
    answer[ground.wordless] = UNKNOWN
    return negation(answer) if condition.absent else answer


def _often(said: pl.DataFrame, least: int) -> Rows:
    if said.is_empty():
        return np.empty(0, np.int64)
    return said.group_by("row").len().filter(pl.col("len") >= least)["row"].to_numpy()


def spoken(ground: Ground, condition: Says, speaker: str) -> pl.DataFrame:
    """The utterances that satisfy the condition, for one speaker: row, turn, start, end, quote."""
    found = _utterances(ground, condition.tag, condition.keywords, speaker, condition.attribution)
    if found.is_empty():
        return found
    if condition.turns:
        found = _placed(found, condition.turns, ground)
    for name, keep in (
        ("before", True),
        ("after", True),
        ("around", True),
        ("not_before", False),
        ("not_after", False),
    ):
        anchor = getattr(condition, name)
        if anchor is not None:
            found = _anchored(found, ground, anchor, name.removeprefix("not_"), keep=keep)
    return found


def _utterances(
    ground: Ground, tag: str | list[str] | None, words: Keywords | None, speaker: str, attribution: Sequence[str]
) -> pl.DataFrame:
    if tag is not None:
        tags = {tag} if isinstance(tag, str) else set(tag)
        if not tags & ground.told_tags:
            return NOTHING_SAID
        return ground.tags.filter(
            _by(speaker) & pl.col("tag").is_in(tags) & pl.col("attribution").is_in(attribution)
        ).select(*NOTHING_SAID.columns)
    assert words is not None
    holding = _contains(ground, words)
    if not holding.any():
        return NOTHING_SAID
    return ground.turns.filter(holding).filter(_by(speaker)).select(
        "row",
        "turn",
        pl.lit(0, pl.Int64).alias("start"),
        pl.col("text").str.len_chars().cast(pl.Int64).alias("end"),
        pl.col("text").alias("quote"),
        pl.lit("keywords").alias("by"),
    )


def _by(speaker: str) -> pl.Expr:
    """Who speaks; a voice bot speaks for the collector."""
    if speaker == "any":
        return pl.lit(True)
    return pl.col("speaker").is_in(["collector", "bot"] if speaker == "collector" else [speaker])


def _contains(ground: Ground, words: Keywords) -> npt.NDArray[np.bool_]:
    """For each turn whether its words are as asked."""
    has = ground.words.has
    answer = np.ones(len(ground.turns), np.bool_)
    if words.any:
        answer = answer & reduce(np.logical_or, has(words.any))
    if words.all:
        answer = answer & reduce(np.logical_and, has(words.all))
    if words.none:
        answer = answer & ~reduce(np.logical_or, has(words.none))
    if words.of:
        answer = answer & (sum(one.astype(np.int64) for one in has(words.of)) >= (words.at_least or 1))
    return answer


def _placed(found: pl.DataFrame, turns: Turns, ground: Ground) -> pl.DataFrame:
    place = pl.col("turn") + 1
    keep = pl.lit(True)
    if turns.first is not None:
        keep = keep & (place <= turns.first)
    if turns.from_ is not None:
        keep = keep & (place >= turns.from_)
    if turns.to is not None:
        keep = keep & (place <= turns.to)
    if turns.last is not None:
        sizes = ground.turns.group_by("row").agg(pl.col("turn").max().alias("last_turn"))
        found = found.join(sizes, on="row", how="left", maintain_order="left")
        keep = keep & (pl.col("turn") > pl.col("last_turn") - turns.last)
    return found.filter(keep).select("row", "turn", "start", "end", "quote", "by")


def _anchored(found: pl.DataFrame, ground: Ground, anchor: Anchor, side: str, *, keep: bool) -> pl.DataFrame:
    """Utterances with (or without) the anchor on the asked side: `before` means that this comes before the anchor."""
    others = _utterances(ground, anchor.tag, anchor.keywords, anchor.speaker, anchor.attribution)
    found = found.with_row_index("which")
    pairs = found.join(others.select("row", other_turn="turn", other_start="start"), on="row", how="inner")
    earlier = (pl.col("turn") < pl.col("other_turn")) | (
        (pl.col("turn") == pl.col("other_turn")) & (pl.col("start") < pl.col("other_start"))
    )
    later = (pl.col("turn") > pl.col("other_turn")) | (
        (pl.col("turn") == pl.col("other_turn")) & (pl.col("start") > pl.col("other_start"))
    )
    holds = {"before": earlier, "after": later, "around": earlier | later}[side]
    if anchor.within_turns is not None:
        holds = holds & ((pl.col("turn") - pl.col("other_turn")).abs() <= anchor.within_turns)
    near = pairs.filter(holds)["which"].unique()
    kept = pl.col("which").is_in(near.to_list())
    return found.filter(kept if keep else ~kept).drop("which")


def silence(ground: Ground, condition: Silence) -> Answers:
    """Whether some pause between turns is longer; unknown without turn times."""
    ordered = ground.turns.with_columns(
        (pl.col("start").shift(-1).over("row") - pl.col("end")).alias("pause"),
    )
    timed = ordered.filter(pl.col("pause").is_not_null())
    answer = constant(UNKNOWN, len(ground.contacts))
    answer[timed["row"].to_numpy()] = FALSE
    if condition.after_speaker != "any":
        timed = timed.filter(pl.col("speaker") == condition.after_speaker)
    answer[timed.filter(pl.col("pause") > condition.more_than)["row"].to_numpy()] = TRUE
    return answer


def claim(ground: Ground, condition: Claim) -> Answers:
    """Whether a value said by the collector passes the comparison; unknown if the yardstick is unknown or nothing
    is on record.
    """
    said = ground.tags.filter(
        (pl.col("tag") == CLAIM_TAGS[condition.kind])
        & _by("collector")
        & (pl.col("attribution") == "performed")
        & pl.col("value").is_not_null()
    )
    if condition.name:
        named = reduce(
            lambda left, right: left | right, (pl.col("quote").str.contains(n, literal=True) for n in condition.name)
        )
        said = said.filter(named)
    values = said["value"]
    holds = pl.repeat(True, len(said), eager=True)
    for name in ("more_than", "less_than", "differs_from"):
        compare = getattr(condition, name)
        if compare is None:
            continue
        limit = yardstick(ground, compare).gather(said["row"])
        gap = values - limit
        holds = (
            holds
            & {
                "more_than": gap > condition.tolerance,
                "less_than": gap < -condition.tolerance,
                "differs_from": gap.abs() > condition.tolerance,
            }[name]
        )
    answer = constant(FALSE, len(ground.contacts))
    answer[said.filter(holds.is_null())["row"].to_numpy()] = UNKNOWN
    answer[said.filter(holds.fill_null(False))["row"].to_numpy()] = TRUE
    answer[ground.wordless] = UNKNOWN
    return answer
