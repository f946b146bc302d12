"""Whose clock a contact is judged by: what records say of zones, completed by what the packs that hold there say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from dunlint.records import Records, zones
from dunlint.records.plausible import told_zones, widened
from dunlint.rulebook.load import Rulebook
from dunlint.rulebook.models import Pack
from dunlint.rulebook.regions import holds

Told = tuple[tuple[str, dict[str, Any]], ...]  # notes: a key of the catalogue and its values


def with_zones(records: Records, book: Rulebook) -> tuple[Records, Told]:
    """Contacts without a zone get that of the only pack that holds for their case, if it keeps one clock, and a note
    says so. Wall-clock times are read in the zone of the case's accounts, else in that one. Where a pack asks for every
    plausible zone, contacts get `zones` too (`records.plausible`).
    """
    records, notes = _with_one_zone(records, book)
    return _with_every_zone(records, book), notes


def _with_one_zone(records: Records, book: Rulebook) -> tuple[Records, Told]:
    records = replace(records, contacts=zones.from_accounts(records.contacts, records.accounts))
    told = records.accounts.filter(pl.col("zone").is_not_null() | pl.col("zones").is_not_null())["case_id"]
    bare = records.contacts["zone"].is_null() & ~records.contacts["case_id"].is_in(told.implode())
    if not bare.any():
        return records, _without_zone(records)
    regions = _regions(records)
    cases = records.contacts["case_id"].filter(bare).unique()
    lent = {case: _one_zone(book, regions.get(case, ())) for case in cases}
    given = records.contacts["case_id"].replace_strict(lent, default=None, return_dtype=pl.String)
    given = pl.select(pl.when(bare).then(given)).to_series()
    contacts = zones.read_in(records.contacts.with_columns(given=given), given, "jurisdiction")
    contacts = contacts.with_columns(pl.coalesce("given", "zone").alias("zone")).drop("given")
    records = replace(records, contacts=contacts)
    counts = given.drop_nulls().alias("zone").value_counts().sort("zone")
    notes = tuple(("note.pack_zone", {"zone": zone, "count": count}) for zone, count in counts.iter_rows())
    return records, (*notes, *_without_zone(records))


def _with_every_zone(records: Records, book: Rulebook) -> Records:
    """In the cases where a pack holds that asks for them, the zones where the debtor may be."""
    asking = [(pack, pack.plausible_zones) for pack in book.packs if pack.plausible_zones]
    if not asking:
        return records
    regions = _regions(records)
    cases = records.contacts["case_id"].unique()
    told = []
    for pack, asked in asking:
        own = [case for case in cases if _judges(book, pack, regions.get(case, ()))]
        told.append(told_zones(records.contacts, records.accounts, own, asked.regions, asked.numbers))
    return replace(records, contacts=widened(records.contacts, pl.concat(told).unique()))


def _regions(records: Records) -> Mapping[str, Sequence[str]]:
    """Case -> the regions that its accounts name."""
    known = records.accounts.drop_nulls("region").group_by("case_id").agg(pl.col("region").unique())
    return dict(known.iter_rows())


def _judges(book: Rulebook, pack: Pack, regions: Sequence[str]) -> bool:
    """Whether a pack judges a case of these regions; of none known only where packs were not chosen by region."""
    return holds(pack, regions) and bool(regions or not book.by_region)


def _without_zone(records: Records) -> Told:
    """A note on the wall-clock times that stay without a zone."""
    lost = pl.col("at").is_null() & pl.col("local_time").is_not_null() & pl.col("zone").is_null()
    count = len(records.contacts.filter(lost))
    return (("note.no_zone", {"count": count}),) if count else ()


def _one_zone(book: Rulebook, regions: Sequence[str]) -> str | None:
    """The clock of the packs that hold in these regions, if all of them keep the same one."""
    zones = {one.zone if one.single_zone else None for one in book.packs if _judges(book, one, regions)}
    return zones.pop() if len(zones) == 1 else None
