"""Which case a contact belongs to, and what its case file adds: on frames, as `load` does for single contacts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from dunlint.records.merge import number
from dunlint.records.reader import Known, Note
from dunlint.records.schema import CONTACT_COLUMNS

SHORTEST_NUMBER = 7  # shorter ones are service numbers and placeholders


def completed(frame: pl.DataFrame, known: Known, people: Mapping[str, Mapping[str, Any]], case_id: str) -> pl.DataFrame:
    """CONTACT_COLUMNS with what the case file knows of the file (`known.about_file`) and of the collecting number."""
    about = {name: value for name, value in known.about_file.items() if name in CONTACT_COLUMNS}
    if about:
        frame = frame.with_columns(
            [pl.col(name).fill_null(pl.lit(value, dtype=CONTACT_COLUMNS[name])) for name, value in about.items()]
        )
    if "at" in about:
        frame = frame.with_columns(zone_from=pl.coalesce("zone_from", pl.lit("case")))
    outbound = pl.col("direction").eq_missing("outbound")
    if owner := known.about_file.get("owner_number"):
        frame = frame.with_columns(
            to_number=pl.when(outbound).then(pl.coalesce("to_number", pl.lit(owner))).otherwise("to_number"),
            from_number=pl.when(outbound).then("from_number").otherwise(pl.coalesce("from_number", pl.lit(owner))),
        )
    frame = frame.with_columns(
        case_id=pl.col("case_id").fill_null(pl.lit(case_id)),
        zone=pl.col("zone").fill_null(pl.lit(known.zone, pl.String)),
    )
    return _with_people(frame, people)


def _with_people(frame: pl.DataFrame, people: Mapping[str, Mapping[str, Any]]) -> pl.DataFrame:
    side = pl.when(pl.col("direction").eq_missing("outbound")).then("from_number").otherwise("to_number")
    for name in {key for about in people.values() for key in about if key in CONTACT_COLUMNS}:
        named = {who: about[name] for who, about in people.items() if name in about}
        told = side.replace_strict(named, default=None, return_dtype=CONTACT_COLUMNS[name])
        first, second = (told, pl.col(name)) if name == "party" else (pl.col(name), told)
        frame = frame.with_columns(pl.coalesce(first, second).alias(name))
    return frame


def linked(contacts: pl.LazyFrame, named_by_file: Mapping[str, str]) -> tuple[dict[str, str], list[Note]]:
    """(case of a file -> the case it belongs to, reasons): files that nothing names a case for, but in which the debtor
    has one and the same number, are one case, unless they name different creditors.

    named_by_file: source_file -> case id that was made of its name.
    """
    outbound = pl.col("direction") == "outbound"
    debtor = pl.when(outbound).then("to_number").otherwise("from_number")
    own = contacts.filter(pl.col("source_file").is_in(list(named_by_file)) & pl.col("party").eq_missing("debtor"))
    said = own.select("source_file", "creditor", debtor.alias("number")).unique().collect(engine="streaming")
    numbers = said.group_by("source_file").agg(
        pl.col("number").drop_nulls().unique(), pl.col("creditor").drop_nulls().unique()
    )
    known: dict[str, tuple[str, set[str]]] = {}
    same: dict[str, str] = {}
    told = []
    for file, written, creditors in numbers.select("source_file", "number", "creditor").sort("source_file").iter_rows():
        reached = {number(one) for one in written}
        if len(reached) != 1 or len(creditors) > 1 or len(str(next(iter(reached)))) < SHORTEST_NUMBER:
            continue
        (own_number,) = reached
        first, named = known.setdefault(str(own_number), (file, set(creditors)))
        if first != file and len(named | set(creditors)) <= 1:
            named |= set(creditors)
            same[named_by_file[file]] = named_by_file[first]
            told.append(Note("note.same_debtor", {"file": first, "other": file, "case": named_by_file[first]}))
    return same, told
