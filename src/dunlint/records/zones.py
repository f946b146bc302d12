"""Wall-clock times and the zone they are read in.

Many exports (WhatsApp, QQ, a PBX) write local time and no zone. Readers keep such a time as `local_time`; it becomes
an instant when a zone is known: that of the case or the option while reading, later that of the case's accounts or of
a jurisdiction with only one. A time that the clock showed twice or never stays unknown: it is not guessed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from dunlint.errors import BadArgument
from dunlint.records.schema import UTC_TIME

IN_ORDER = ("case_id", "at")


@cache
def zone_named(name: str) -> ZoneInfo:
    """The IANA zone. Raises BadArgument for an unknown name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise BadArgument("unknown_zone", name=name) from problem


def instant(local: datetime, zone: str) -> datetime | None:
    """The UTC instant of a naive local time; None where the clock showed it twice, never, or outside the calendar."""
    place = zone_named(zone)
    first, second = local.replace(tzinfo=place, fold=0), local.replace(tzinfo=place, fold=1)
    if first.utcoffset() != second.utcoffset():
        return None
    try:
        return first.astimezone(UTC)
    except OverflowError:
        return None


def from_accounts(contacts: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """Wall-clock times without a zone, read in the one zone that all accounts of their case agree on."""
    agreed = accounts.group_by("case_id").agg(
        pl.col("zone").first(), one=(pl.col("zone").n_unique() == 1) & pl.col("zones").is_null().all()
    )
    zones = dict(agreed.filter(pl.col("one") & pl.col("zone").is_not_null()).select("case_id", "zone").iter_rows())
    if not zones:
        return contacts
    return read_in(contacts, pl.Series([zones.get(case) for case in contacts["case_id"]], dtype=pl.String), "account")


def read_in(contacts: pl.DataFrame, zones: pl.Series, origin: str) -> pl.DataFrame:
    """Wall-clock times that name no zone, read in `zones` (null: leave the row), in order of case and time again.

    `zone` itself is left as it is; `origin` is what `zone_from` says of the rows.
    """
    bare = contacts["at"].is_null() & contacts["local_time"].is_not_null() & contacts["zone"].is_null()
    bare &= zones.is_not_null()
    if not bare.any():
        return contacts
    told = [
        instant(local, zone) if open_ else None
        for local, zone, open_ in zip(contacts["local_time"], zones, bare, strict=True)
    ]
    return contacts.with_columns(
        pl.coalesce("at", pl.Series(told, dtype=UTC_TIME)).alias("at"),
        pl.when(bare).then(pl.lit(origin)).otherwise("zone_from").alias("zone_from"),
    ).sort(IN_ORDER, nulls_last=[False, True], maintain_order=True)
