"""Is a contact about collecting a debt at all? And what events are heard in what people say?

A phone holds more than collection: a contact counts as collection if the sender is known to collect, or its
words speak of a debt, or the same number spoke of one elsewhere in the case. With words that speak of no debt
and threaten nothing it does not; where there are no words, or only a threat that names no debt, it is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from dunlint.records.schema import EVENT_COLUMNS

ABOUT_A_DEBT = ("debt_talk", "claim_amount", "claim_rate", "claim_fee", "collector_disclosure")
COLLECTING_ROLES = ("lender", "agency", "assignee", "law_firm")


def with_collection(contacts: pl.DataFrame, turns: pl.DataFrame, tags: pl.DataFrame) -> pl.DataFrame:
    """Adds `has_words` and `collection` (true, false or null). A known `role` decides before any words do."""
    with_words = turns["contact_id"].unique().to_list()
    speaking = tags.filter(pl.col("tag").is_in(ABOUT_A_DEBT))["contact_id"].unique().to_list()
    tagged = tags["contact_id"].unique().to_list()
    frame = contacts.with_columns(
        pl.col("contact_id").is_in(with_words).alias("has_words"),
        pl.col("contact_id").is_in(speaking).alias("_speaks"),
        pl.when(pl.col("direction") == "inbound")
        .then(pl.col("to_number"))
        .otherwise(pl.col("from_number"))
        .alias("_other"),
    )
    known = frame.filter(pl.col("_speaks") & pl.col("_other").is_not_null()).select("case_id", "_other").unique()
    frame = frame.join(
        known.with_columns(pl.lit(True).alias("_number")), on=["case_id", "_other"], how="left", maintain_order="left"
    )
    decided = (
        pl.when(pl.col("role").is_in(COLLECTING_ROLES)).then(True)
        .when(pl.col("role") == "other").then(False)
        .when(pl.col("_speaks") | pl.col("_number").fill_null(False)).then(True)
        .when(pl.col("has_words") & ~pl.col("contact_id").is_in(tagged)).then(False)
    )  # fmt: skip
    return frame.with_columns(decided.alias("collection")).drop("_speaks", "_other", "_number")


def heard_events(contacts: pl.DataFrame, tags: pl.DataFrame, kinds: Mapping[str, str]) -> pl.DataFrame:
    """Events inferred from what the debtor or a third person says: EVENT_COLUMNS with origin `heard`.

    `kinds` maps a tag to the kind of event it stands for.
    """
    side = pl.when(pl.col("direction") == "inbound").then(pl.col("from_number")).otherwise(pl.col("to_number"))
    owner = pl.format("({})", pl.col("party").fill_null("unknown"))
    said = tags.filter(
        pl.col("speaker").is_in(["debtor", "third_party"])
        & pl.col("tag").is_in(list(kinds))
        & (pl.col("attribution") == "performed")
    ).unique(["contact_id", "tag"], keep="first", maintain_order=True)
    rows = said.join(contacts, on="contact_id", how="inner", maintain_order="left")
    columns: dict[str, Any] = {
        "event_id": pl.format("heard-{}-{}", "tag", "contact_id"),
        "kind": pl.col("tag").replace_strict(dict(kinds)),
        "number": side.fill_null(owner),
        "value": pl.col("quote"),
        "origin": pl.lit("heard"),
        "until": pl.lit(None),
    }
    frame = rows.with_columns(**columns)
    return frame.select(pl.col(name).cast(dtype) for name, dtype in EVENT_COLUMNS.items())
