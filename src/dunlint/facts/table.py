"""The contact table widened by what its case, its account and its clock add: the ground that conditions are
decided on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from dunlint.facts.clock import with_local_time
from dunlint.facts.windows import Ints

Parameters = Mapping[str, Mapping[date, float | None]]


@dataclass(frozen=True)
class Ground:
    """Everything conditions look at.

    contacts: the contact table plus `row` (0, 1, …), `account.*`, `local`, `day`, `week`, `month`, `second`,
    `weekday`, `reached_number`, `their_number`, `debt`, `person`, `collection` (is it about collecting? may be
    null), `has_words`; tags: those of `language.analyse` plus `row`; turns: row, turn, speaker, start, end,
    text; events: with `case`, `day`, `rank`; parameters: name -> first day -> value; kept_events: (case_id,
    kind) whose absence is meaningful.
    """

    contacts: pl.DataFrame
    tags: pl.DataFrame
    turns: pl.DataFrame
    events: pl.DataFrame
    parameters: Parameters = field(default_factory=dict)
    kept_events: frozenset[tuple[str, str]] = frozenset()


def lay(
    contacts: pl.DataFrame,
    accounts: pl.DataFrame,
    events: pl.DataFrame,
    tags: pl.DataFrame,
    turns: pl.DataFrame,
    *,
    parameters: Parameters | None = None,
    kept_events: frozenset[tuple[str, str]] = frozenset(),
) -> Ground:
    """Widen the tables. `contacts` must be in order of case and time, with `collection` (Boolean) and `has_words`."""
    frame = with_account(contacts.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64)), accounts)
    frame = frame.with_columns(
        pl.coalesce("zone", "account.zone").alias("zone"),
        pl.col("account.zones").alias("zones"),
    )
    frame = with_keys(with_local_time(frame))
    rows = frame.select("contact_id", "row")
    zones = frame.group_by("case_id").agg(pl.col("zone").drop_nulls().first())
    return Ground(
        frame,
        tags.join(rows, on="contact_id", how="inner").sort("row", "turn", "start", maintain_order=True),
        turns.join(rows, on="contact_id", how="inner").sort("row", "turn"),
        _dated(events.join(zones, on="case_id", how="left")),
        parameters or {},
        kept_events,
    )


def with_account(frame: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """Joins `account.*`: the account the contact names; else what all accounts of the case agree on."""
    columns = [name for name in accounts.columns if name not in ("case_id", "account_id")]
    named = {name: f"account.{name}" for name in columns}
    agreed = accounts.group_by("case_id").agg(
        *(pl.when(pl.col(name).n_unique() == 1).then(pl.col(name).first()).alias(f"all.{name}") for name in columns)
    )
    own = (
        accounts.filter(pl.col("account_id").is_not_null())
        .unique(["case_id", "account_id"], keep="first")
        .rename(named)
    )
    frame = frame.join(own, on=["case_id", "account_id"], how="left", maintain_order="left")
    frame = frame.join(agreed, on="case_id", how="left", maintain_order="left")
    return frame.with_columns(
        pl.coalesce(
            pl.when(pl.col("account_id").is_not_null()).then(pl.col(f"account.{name}")), pl.col(f"all.{name}")
        ).alias(f"account.{name}")
        for name in columns
    ).drop([f"all.{name}" for name in columns])


def with_keys(frame: pl.DataFrame) -> pl.DataFrame:
    """Adds the keys contacts are counted by. A phone export does not say the owner's number: the party stands
    for it.
    """
    outbound = pl.col("direction") != "inbound"
    reached = pl.when(outbound).then(pl.col("to_number")).otherwise(pl.col("from_number"))
    theirs = pl.when(outbound).then(pl.col("from_number")).otherwise(pl.col("to_number"))
    owner = pl.format("({})", pl.col("party").fill_null("unknown"))
    return frame.with_columns(
        reached.fill_null(owner).alias("reached_number"),
        theirs.alias("their_number"),
        pl.col("account_id").fill_null("").alias("debt"),
        pl.coalesce(pl.col("party_name"), owner).alias("person"),
        pl.col("case_id").alias("case"),
    )


def _dated(events: pl.DataFrame) -> pl.DataFrame:
    """Adds the local `day`; `rank` says whether an event stands before (record) or after (heard) a contact at
    its instant.
    """
    events = with_local_time(events.with_columns(pl.lit(None, pl.List(pl.String)).alias("zones")))
    return events.with_columns(pl.when(pl.col("origin") == "heard").then(2).otherwise(0).alias("rank"))


def groups(frame: pl.DataFrame, keys: list[str]) -> Ints:
    """A number for each distinct combination of keys; nulls are one value of their own."""
    codes = np.zeros(len(frame), np.int64)
    for key in dict.fromkeys(keys):
        own = frame[key].cast(pl.String).cast(pl.Categorical).to_physical().cast(pl.Int64).fill_null(-1).to_numpy() + 1
        codes = np.unique(codes, return_inverse=True)[1] * (int(own.max(initial=0)) + 1) + own
    return codes
