"""Where a debtor may be, as far as records tell: the zone that is stated, those of the number and of the state.

Which of these count, and what zones a state has, is the rule pack's to say (`plausible_zones` in pack.yaml). Where they
are several, a rule may ask for an hour that suits all of them (12 CFR 1006.6(b)(1)(ii): a location that is ambiguous).
Area codes and their zones are those of `phonenumbers`; numbers without a place, such as toll-free ones, say nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import polars as pl

DIGITS = 10  # of a national number where area codes have places (North America)
PREFIX = 6  # its digits that the place hangs on: area code and exchange
ZONES = pl.List(pl.String)


def told_zones(
    contacts: pl.DataFrame,
    accounts: pl.DataFrame,
    cases: Sequence[str],
    regions: Mapping[str, Sequence[str]],
    country: str | None,
) -> pl.DataFrame:
    """(case_id, zone) of every zone that accounts and numbers tell of these cases, each once.

    regions: region (US-TX) -> its zones, used where an account states none. country: that of national numbers; None
    where numbers tell nothing.
    """
    own = pl.DataFrame({"case_id": cases}, schema={"case_id": pl.String})
    told = pl.concat([_of_accounts(accounts, regions), _of_numbers(contacts, country)])
    return told.join(own, on="case_id", how="semi").unique()


def widened(contacts: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """CONTACT_COLUMNS and `zones`: every plausible zone of the debtor where there are two and more, else null. A
    contact without a zone takes the only plausible one.
    """
    zones = told.group_by("case_id").agg(pl.col("zone").sort().alias("zones"))
    only = zones.filter(pl.col("zones").list.len() == 1).select("case_id", pl.col("zones").list.first().alias("only"))
    stated = contacts.select("case_id", "zone").unique().drop_nulls()
    several = pl.concat([told, stated]).unique().group_by("case_id").len().filter(pl.col("len") > 1)
    zones = zones.join(several, on="case_id", how="semi")
    frame = contacts.join(only, on="case_id", how="left", maintain_order="left")
    frame = frame.with_columns(pl.coalesce("zone", "only").alias("zone")).drop("only")
    if zones.is_empty():
        return frame.with_columns(pl.lit(None, ZONES).alias("zones"))
    frame = frame.join(zones, on="case_id", how="left", maintain_order="left")
    every = pl.concat_list("zones", "zone").list.drop_nulls().list.unique().list.sort()
    known = pl.col("zones").is_not_null() & (every.list.len() > 1)
    return frame.with_columns(pl.when(known).then(every).alias("zones"))


def _of_accounts(accounts: pl.DataFrame, regions: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """(case_id, zone) of the accounts that state a zone or a region with known ones."""
    stated = accounts.select("case_id", "zone").drop_nulls()
    table = pl.DataFrame(
        [(region, zone) for region, zones in regions.items() for zone in zones],
        schema={"region": pl.String, "zone": pl.String}, orient="row",
    )  # fmt: skip
    placed = accounts.filter(pl.col("zone").is_null()).select("case_id", "region").join(table, on="region")
    return pl.concat([stated, placed.select("case_id", "zone")])


def _of_numbers(contacts: pl.DataFrame, country: str | None) -> pl.DataFrame:
    """(case_id, zone) of the numbers under which debtors were called or have called."""
    schema = {"case_id": pl.String, "zone": pl.String}
    if country is None:
        return pl.DataFrame(schema=schema)
    side = pl.when(pl.col("direction") == "outbound").then("to_number").when(pl.col("direction") == "inbound")
    bare = side.then("from_number").str.replace_all(r"[\s().\-]", "")
    digits = bare.str.replace(rf"^\+?{_code(country)}(\d{{{DIGITS}}})$", "$1")
    own = contacts.filter(pl.col("party") == "debtor").select("case_id", digits.alias("digits"))
    national = pl.col("digits").str.contains(rf"^\d{{{DIGITS}}}$")
    own = own.filter(national).select("case_id", pl.col("digits").str.head(PREFIX)).unique()
    known = {prefix: zones_of(prefix, country) for prefix in own["digits"].unique()}
    zones = pl.Series([known[prefix] for prefix in own["digits"]], dtype=ZONES)
    return own.select("case_id", zones.alias("zone")).explode("zone").drop_nulls().unique().cast(schema)  # type: ignore[arg-type]


@cache
def _code(country: str) -> int:
    import phonenumbers

    return phonenumbers.country_code_for_region(country)


@cache
def zones_of(prefix: str, country: str) -> list[str]:
    """The zones of national numbers that begin so; none for what has no place."""
    import phonenumbers
    from phonenumbers import timezone

    try:
        number = phonenumbers.parse(prefix.ljust(DIGITS, "1"), country)
    except phonenumbers.NumberParseException:
        return []
    if not phonenumbers.is_number_geographical(number):
        return []
    return [zone for zone in timezone.time_zones_for_number(number) if zone != timezone.UNKNOWN_TIMEZONE]
