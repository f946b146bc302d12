"""The contact table widened by what its case, its account and its clock add: the ground that conditions are
decided on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from dunlint.facts.clock import with_local_time
from dunlint.facts.codes import Codes, Ints
from dunlint.facts.kleene import Answers
from dunlint.facts.remembered import Remembered
from dunlint.facts.words import Words

Parameters = Mapping[str, Mapping[date, float | None]]
SEVERAL = ";"


@dataclass(frozen=True)
class Ground:
    """Everything conditions look at.

    contacts: the contact table plus `row` (0, 1, …), `account.*`, `local`, `day`, `week`, `month`, `second`,
    `weekday`, `reached_number`, `their_number`, `debt` (`debt.2`, … for a contact about several), `person`,
    `collection` (is it about collecting? may be null), `has_words`; tags: those of `language.analyse` plus `row`;
    turns: row, turn, speaker, start, end, text; events: with `debt`, `day`, `rank`; parameters: name -> first day ->
    value; kept_events: (case_id, kind) whose absence is meaningful.
    """

    contacts: pl.DataFrame
    tags: pl.DataFrame
    turns: pl.DataFrame
    events: pl.DataFrame
    parameters: Parameters = field(default_factory=dict)
    kept_events: frozenset[tuple[str, str]] = frozenset()

    @cached_property
    def _attributes(self) -> Remembered:
        return Remembered()

    def attribute(self, key: tuple[str, ...], make: Callable[[], Answers]) -> Answers:
        """What `make` answers for every contact, made once for each key: many conditions share an attribute."""
        return self._attributes.get(key, make)

    @cached_property
    def codes(self) -> Codes:
        """Columns as numbers, made when asked for."""
        return Codes(self)

    @cached_property
    def words(self) -> Words:
        """The utterances, for looking for keywords."""
        return Words(self.turns)

    @cached_property
    def told_tags(self) -> frozenset[str]:
        """The tags that anything said has at all: most of what is asked for, nobody says."""
        return frozenset(self.tags["tag"].unique())

    @cached_property
    def wordless(self) -> npt.NDArray[np.bool_]:
        """For each contact whether no words are on record."""
        return (~self.contacts["has_words"]).to_numpy()

    @cached_property
    def event_case(self) -> Ints:
        """The number of each event's case, -1 for a case without contacts."""
        return self.codes.event_case()

    @cached_property
    def event_rank(self) -> Ints:
        """0 for an event that stands before a contact of its instant, 2 for one that stands after."""
        return np.asarray(self.events["rank"], np.int64)

    @cached_property
    def _events_by_kind(self) -> dict[str, Ints]:
        timed = self.events.with_row_index("index").filter(pl.col("at").is_not_null()).select("kind", "index")
        parts = timed.drop_nulls().partition_by("kind", as_dict=True, maintain_order=True)
        return {str(kind): part["index"].cast(pl.Int64).to_numpy() for (kind,), part in parts.items()}

    def events_of(self, kinds: list[str], origin: str) -> Ints:
        """Numbers of the dated events of these kinds and this origin ("any", "record" or "heard")."""
        found = [self._events_by_kind[kind] for kind in dict.fromkeys(kinds) if kind in self._events_by_kind]
        index = np.sort(np.concatenate(found)) if found else np.empty(0, np.int64)
        if origin == "any" or not len(index):
            return index
        fitting = np.asarray((self.events["origin"].gather(index) == origin).fill_null(False), np.bool_)
        return index[fitting]

    def keeps(self, kinds: frozenset[str]) -> npt.NDArray[np.bool_]:
        """For each case (as numbered in `codes`) whether the records would show an event of one of these kinds."""
        kept = [case for case, kind in self.kept_events if kind in kinds]
        names = self.contacts["case_id"].gather(self.codes.starts[:-1])
        return np.asarray(names.is_in(kept), np.bool_)


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
        pl.coalesce("account.zones", *(name for name in ("zones",) if name in frame.columns)).alias("zones"),
    )
    frame, events = with_debts(with_keys(with_local_time(frame)), accounts, events)
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
        pl.coalesce(pl.col("party_name"), owner).alias("person"),
        pl.col("case_id").alias("case"),
    )


def with_debts(frame: pl.DataFrame, accounts: pl.DataFrame, events: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Adds `debt` to contacts and events: the account named; where a case knows one account only, that one; else "".

    A contact about several debts names them all ("card; clinic"): the others stand in `debt.2`, `debt.3`, …, null
    where it has no more.
    """
    owners = [table.select("case_id", "account_id").drop_nulls() for table in (accounts, frame, events)]
    known = pl.concat(owners).unique().group_by("case_id").agg(pl.len(), pl.col("account_id").first().alias("only"))
    only = known.filter(pl.col("len") == 1).drop("len")
    named = (
        table.join(only, on="case_id", how="left", maintain_order="left").with_columns(
            pl.coalesce("account_id", "only", pl.lit("")).alias("debt")
        ).drop("only")
        for table in (frame, events)
    )  # fmt: skip
    frame, events = named
    if not frame["debt"].str.contains(SEVERAL, literal=True).any():
        return frame, events
    apart = frame["debt"].str.split(SEVERAL).list.eval(pl.element().str.strip_chars()).list.unique(maintain_order=True)
    further = range(1, apart.list.len().max() or 1)  # type: ignore[arg-type]
    return frame.with_columns(
        apart.list.first().alias("debt"),
        *(apart.list.get(place, null_on_oob=True).alias(f"debt.{place + 1}") for place in further),
    ), events


def _dated(events: pl.DataFrame) -> pl.DataFrame:
    """Adds the local `day`; `rank` says whether an event stands before (record) or after (heard) a contact at
    its instant.
    """
    events = with_local_time(events.with_columns(pl.lit(None, pl.List(pl.String)).alias("zones")))
    return events.with_columns(pl.when(pl.col("origin") == "heard").then(2).otherwise(0).alias("rank"))
