"""The pipeline from whole cases to findings and tallies: local processes and Spark run this very one.

Where the packs asked for are of several countries, each case is judged by the packs of its own: the region of its
accounts decides ("CN-GD" is for the packs `cn` and `cn-…`). A case whose region is unknown is judged by all of them.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate
from typing import Any

import polars as pl

from dunlint import audit
from dunlint.findings import Finding, NotCheckable
from dunlint.records import Records
from dunlint.rulebook import load as rulebook
from dunlint.rulebook.load import Rulebook
from dunlint.rulebook.models import Pack
from dunlint.scale import tally
from dunlint.scale.columns import OF_CONTACT, finding_tables

OPEN_COLUMNS: dict[str, Any] = {
    "rule": pl.String, "case_id": pl.String, "contacts": pl.Int64, "missing": pl.List(pl.String),
}  # fmt: skip
CONTACTS_KEPT = ("case_id", "channel", *OF_CONTACT, "local")  # what is told of contacts beside their findings
NOTE_COLUMNS: dict[str, Any] = {"key": pl.String, "values": pl.String, "count": pl.Int64}


@dataclass(frozen=True)
class Plan:
    """What is done to every batch: packs or folders of rules, and the engine."""

    rules: tuple[str, ...]
    engine: str


@dataclass(frozen=True)
class Part:
    """What one batch comes to beside its findings. All of it can be added up with that of other batches.

    tallies: `tally.TALLY_COLUMNS`; left_open: OPEN_COLUMNS, one row a rule, with the first such case and what was
    missing there; notes: NOTE_COLUMNS; fields: `tally.FIELD_COLUMNS`; totals: `tally.TOTAL_COLUMNS`, one row.
    """

    tallies: pl.DataFrame
    left_open: pl.DataFrame
    notes: pl.DataFrame
    fields: pl.DataFrame
    totals: pl.DataFrame


TABLES = tuple(Part.__dataclass_fields__)


class Batch:
    """Whole cases that are checked together: first take all of `findings`, then `part`.

    Findings are far larger than the contacts they stand on, so no more than a piece of them is held at any time: one
    case may have millions.
    """

    def __init__(self, records: Records, plan: Plan) -> None:
        """Decide the rules. `records.contacts` may be in any order; the outcome depends on its rows alone.

        Raises RuleError for a wrong rule, EngineError if an engine failed.
        """
        records = replace(records, contacts=in_order(records.contacts))
        own = [pair for pair in by_country(records, books(plan.rules)) if len(pair[0].contacts)]
        own = own or [(records, book_of(plan.rules))]
        self._checked = [audit.check_tables(*pair, plan.engine) for pair in own]
        self._contacts = pl.concat([one.ground.contacts.select(CONTACTS_KEPT) for one in self._checked])
        self._found: list[pl.DataFrame] = []

    def findings(self) -> Iterator[pl.DataFrame]:
        """`columns.FINDING_COLUMNS` in pieces, all sorted by case_id, at, rule, contact_id."""
        starts = accumulate((len(one.ground.contacts) for one in self._checked), initial=0)
        streams = [_moved(one.findings, start) for start, one in zip(starts, self._checked, strict=False)]
        by_case = heapq.merge(*streams, key=lambda one: one[1].case_id)  # a case is of one country
        for piece in finding_tables(by_case, self._contacts):
            self._found.append(tally.found(piece))
            yield piece.drop("row")

    def part(self) -> Part:
        """What the batch comes to, its findings having been taken."""
        found = tally.found_added(self._found)
        left = [_left_open(one.not_checkable, one.first_open) for one in self._checked]
        whole = Part(
            tallies=tally.tallies(self._contacts, found),
            left_open=pl.concat(left),
            notes=pl.concat([_notes(one.notes) for one in self._checked]),
            fields=pl.concat([tally.fields(one.ground.contacts) for one in self._checked]),
            totals=tally.totals(self._contacts, found),
        )
        return joined([whole])


def in_order(contacts: pl.DataFrame) -> pl.DataFrame:
    """Contacts by case and time; themselves if they stand so already, as they mostly do."""
    keys = ["case_id", "at", "source_file", "source_line"]
    places = contacts.select(pl.arg_sort_by(keys, nulls_last=True, maintain_order=True)).to_series()
    return contacts if places.is_sorted() else contacts[places]


def _moved(found: Iterable[tuple[int, Finding]], start: int) -> Iterator[tuple[int, Finding]]:
    """Findings with their rows counted on from a start."""
    return ((row + start, finding) for row, finding in found)


def joined(parts: list[Part]) -> Part:
    """Several parts added up."""
    whole = {name: pl.concat([getattr(part, name) for part in parts]) for name in TABLES}
    return Part(
        tallies=tally.added(whole["tallies"]),
        left_open=whole["left_open"].sort("rule", "case_id").group_by("rule", maintain_order=True).agg(
            pl.col("case_id").first(), pl.col("contacts").sum(), pl.col("missing").first()
        ),
        notes=whole["notes"].group_by("key", "values").agg(pl.col("count").sum()).sort("key", "values"),
        fields=tally.fields_added(whole["fields"]),
        totals=tally.totals_added(whole["totals"]),
    )  # fmt: skip


def _left_open(left: tuple[NotCheckable, ...], first_case: Mapping[str, str]) -> pl.DataFrame:
    rows = [(one.rule, first_case[one.rule], one.contacts, list(one.missing)) for one in left]
    return pl.DataFrame(rows, schema=OPEN_COLUMNS, orient="row")


def _notes(notes: tuple[tuple[str, dict[str, Any]], ...]) -> pl.DataFrame:
    rows = [
        (key, json.dumps({n: v for n, v in values.items() if n != "count"}, sort_keys=True), values.get("count", 0))
        for key, values in notes
    ]
    return pl.DataFrame(rows, schema=NOTE_COLUMNS, orient="row")


@cache
def book_of(rules: tuple[str, ...]) -> Rulebook:
    """The rulebook of these packs, loaded once in each process."""
    return rulebook.load(rules)


@cache
def books(rules: tuple[str, ...]) -> dict[str | None, Rulebook]:
    """Country (ISO 3166) -> the rulebook for cases there; None for cases of any other country or of none known."""
    whole = book_of(rules)
    lands = {pack.jurisdiction: _lands(pack) for pack in whole.packs}
    known = sorted(set().union(*lands.values()))
    if len(known) < 2:
        return {None: whole}
    own = {land: tuple(name for name in rules if land in (lands.get(name) or known)) for land in known}
    return {None: whole, **{land: book_of(names) for land, names in own.items()}}


def _lands(pack: Pack) -> set[str]:
    """The countries where a pack holds, as a whole or in part; none for one that holds everywhere."""
    return {region.partition("-")[0] for region in pack.regions if not region.startswith("!")}


def by_country(records: Records, known: Mapping[str | None, Rulebook]) -> Iterator[tuple[Records, Rulebook]]:
    """The cases of each country with the rulebook for them."""
    if len(known) == 1:
        yield records, known[None]
        return
    land = pl.col("region").str.to_uppercase().str.splitn("-", 2).struct[0]
    lands = records.accounts.drop_nulls("region").group_by("case_id").agg(
        pl.when(land.n_unique() == 1).then(land.first()).alias("land")
    )  # fmt: skip
    lands = lands.with_columns(pl.when(pl.col("land").is_in([name for name in known if name])).then("land"))
    cases = records.contacts.select("case_id").unique().join(lands, on="case_id", how="left")
    for name, book in known.items():
        own = cases.filter(pl.col("land").eq_missing(pl.lit(name))).select("case_id")
        if len(own):
            yield of_cases(records, own), book


def of_cases(records: Records, cases: pl.DataFrame) -> Records:
    """The records of these cases (a frame with `case_id`)."""
    kept = {
        name: getattr(records, name).join(cases, on="case_id", how="semi", maintain_order="left")
        for name in ("contacts", "accounts", "events")
    }
    return replace(records, **kept)
