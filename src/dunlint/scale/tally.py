"""What is counted over contacts and findings, so that the counts of any two sets of whole cases can be added.

A contact and a case lie in one batch and no other; so numbers of distinct contacts and cases add up as well.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from dunlint.records.schema import ACCOUNT_COLUMNS, CONTACT_COLUMNS
from dunlint.scale.columns import with_calendar

ROLLUPS: dict[str, tuple[str, ...]] = {
    "agency": ("agency",),
    "team": ("agency", "team"),
    "agent": ("agency", "agent"),
    "campaign": ("campaign",),
    "template": ("template",),
    "channel": ("channel",),
    "week": ("week",),
    "hour": ("hour",),
    "rule": ("rule",),
    "debtor": ("case_id",),
    "rule_channel": ("rule", "channel"),
    "hour_weekday": ("hour", "weekday"),
    "agency_week": ("agency", "week"),
    "agency_rule": ("agency", "rule"),
}
_KEPT = ("case_id", "agency", "team", "agent", "campaign", "template", "channel")  # what rollups ask of a contact
VERDICT_COLUMNS = {
    "violation": "violations",
    "presumed_violation": "presumed_violations",
    "warning": "warnings",
    "review": "reviews",
}
BROKEN = ("violation", "presumed_violation")
COUNTS = ("contacts", "cases", "findings", *VERDICT_COLUMNS.values(), "contacts_in_breach", "cases_in_breach")
SEVERITY_COLUMNS = tuple(f"severity_{name}" for name in ("info", "low", "medium", "high", "critical"))
TALLY_COLUMNS: dict[str, Any] = {
    "rollup": pl.String, "first": pl.String, "second": pl.String, **dict.fromkeys(COUNTS, pl.Int64),
}  # fmt: skip
FOUND_COLUMNS: dict[str, Any] = {
    **dict.fromkeys(("rollup", "first", "second", "case"), pl.String),
    **dict.fromkeys(("findings", *VERDICT_COLUMNS.values(), "contacts_in_breach", *SEVERITY_COLUMNS), pl.Int64),
}
DERIVED = ("local", "words", "collection")  # not fields of the tables, but what rules wait for
FIELD_COLUMNS: dict[str, Any] = {"field": pl.String, "filled": pl.Int64, "contacts": pl.Int64}
TOTAL_COLUMNS: dict[str, Any] = {
    **dict.fromkeys(COUNTS, pl.Int64), "first_day": pl.Date, "last_day": pl.Date,
    **dict.fromkeys(SEVERITY_COLUMNS, pl.Int64),
}  # fmt: skip


def tallies(contacts: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """TALLY_COLUMNS: every rollup in long form; `first` and `second` are its keys as text. found: FOUND_COLUMNS.

    Debtors without a finding are left out. Under a rule, `contacts` and `cases` are 0 here: what they are shares of is
    known only when all is added up (`with_shares`).
    """
    contacts = with_calendar(contacts.select(*_KEPT, "local"))
    around = [_counted(contacts, list(keys), name) for name, keys in ROLLUPS.items() if "rule" not in keys]
    broken = found.with_columns((pl.col("contacts_in_breach") > 0).cast(pl.Int64).alias("cases_in_breach"))
    whole = added(pl.concat([*around, broken.select(_count(broken, name) for name in TALLY_COLUMNS)]))
    return whole.filter((pl.col("rollup") != "debtor") | (pl.col("findings") > 0))


def found(findings: pl.DataFrame) -> pl.DataFrame:
    """FOUND_COLUMNS of a piece of the findings: what is counted of them, by the keys of each rollup and by case."""
    broken = pl.col("verdict").is_in(BROKEN)
    measures = [
        pl.len().alias("findings"),
        *((pl.col("verdict") == verdict).sum().alias(name) for verdict, name in VERDICT_COLUMNS.items()),
        pl.col("row").filter(broken).n_unique().alias("contacts_in_breach"),
        *((pl.col("severity") == name.removeprefix("severity_")).sum().alias(name) for name in SEVERITY_COLUMNS),
    ]
    frame = findings.with_columns(pl.col("case_id").alias("case"))
    pieces = [_long(name, frame.group_by(*keys, "case").agg(measures), keys, FOUND_COLUMNS)
              for name, keys in ROLLUPS.items()]  # fmt: skip
    return pl.concat(pieces)


def found_added(pieces: list[pl.DataFrame]) -> pl.DataFrame:
    """FOUND_COLUMNS of all pieces of a batch. No contact has findings in two of them, but a case may."""
    whole = pl.concat([pl.DataFrame(schema=FOUND_COLUMNS), *pieces])
    keys = [name for name, dtype in FOUND_COLUMNS.items() if dtype == pl.String]
    return whole.group_by(keys).agg(pl.col(name).sum() for name in FOUND_COLUMNS if name not in keys)


def _counted(frame: pl.DataFrame, keys: list[str], name: str) -> pl.DataFrame:
    counts = (pl.len().cast(pl.Int64).alias("contacts"), pl.col("case_id").n_unique().cast(pl.Int64).alias("cases"))
    if keys == ["case_id"]:
        whole = frame.group_by(keys).agg(counts[0], pl.lit(1, pl.Int64).alias("cases"))
    else:
        whole = frame.group_by(keys).agg(counts)
    return _long(name, whole, tuple(keys), TALLY_COLUMNS)


def _long(name: str, frame: pl.DataFrame, keys: tuple[str, ...], columns: dict[str, Any]) -> pl.DataFrame:
    second = pl.col(keys[1]).cast(pl.String) if len(keys) > 1 else pl.lit(None, pl.String)
    frame = frame.with_columns(pl.lit(name).alias("rollup"), pl.col(keys[0]).cast(pl.String).alias("first"),
                               second.alias("second"))  # fmt: skip
    return frame.select(_count(frame, name).cast(dtype) for name, dtype in columns.items())


def _count(frame: pl.DataFrame, name: str) -> pl.Expr:
    return pl.col(name) if name in frame.columns else pl.lit(0, pl.Int64).alias(name)


def added(frame: pl.DataFrame) -> pl.DataFrame:
    """Tallies of the same keys added up, in order."""
    keys = ["rollup", "first", "second"]
    return frame.group_by(keys).agg(pl.col(name).sum() for name in COUNTS).sort(keys, nulls_last=True)


def with_shares(frame: pl.DataFrame, totals: pl.DataFrame) -> pl.DataFrame:
    """The added tallies, rules with the contacts and cases of their other key, or of the whole audit."""
    base = ["contacts", "cases"]
    pieces = []
    for name, keys in ROLLUPS.items():
        own = frame.filter(pl.col("rollup") == name)
        other = next((key for key in keys if key != "rule"), None)
        if "rule" in keys and other is None:
            own = own.with_columns(pl.lit(totals[column][0], pl.Int64).alias(column) for column in base)
        elif "rule" in keys:
            place = "first" if keys[0] == other else "second"
            shares = frame.filter(pl.col("rollup") == other).select(pl.col("first").alias(place), *base)
            own = own.drop(base).join(shares, on=place, how="left", maintain_order="left", nulls_equal=True)
        pieces.append(own.select(list(TALLY_COLUMNS)))
    return pl.concat(pieces)


def fields(contacts: pl.DataFrame) -> pl.DataFrame:
    """FIELD_COLUMNS: of how many contacts each field is known; `account.…` are those of the contact's account."""
    known = [name for name in CONTACT_COLUMNS if name not in ("contact_id", "case_id", "zone_from")]
    known += [f"account.{name}" for name in ACCOUNT_COLUMNS if name not in ("case_id", "account_id")]
    known += DERIVED
    contacts = contacts.with_columns(pl.when("has_words").then(True).alias("words"))
    present = contacts.select(_filled(contacts, name).alias(name) for name in known)
    rows = [(name, int(present[name][0] or 0), len(contacts)) for name in known]
    return pl.DataFrame(rows, schema=FIELD_COLUMNS, orient="row")


def _filled(contacts: pl.DataFrame, column: str) -> pl.Expr:
    told = pl.col(column).is_not_null()
    if contacts.schema[column] == pl.String:
        told = told & (pl.col(column) != "unknown").fill_null(False)
    return told.sum()


def fields_added(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.group_by("field", maintain_order=True).agg(pl.col("filled").sum(), pl.col("contacts").sum())


def totals(contacts: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """TOTAL_COLUMNS in one row. found: FOUND_COLUMNS, of which the rows by debtor hold every finding once."""
    days = contacts.select(
        pl.len().alias("contacts"), pl.col("case_id").n_unique().alias("cases"),
        pl.col("local").min().dt.date().alias("first_day"), pl.col("local").max().dt.date().alias("last_day"),
    )  # fmt: skip
    counted = found.filter(pl.col("rollup") == "debtor").select(
        *(pl.col(name).sum() for name, dtype in FOUND_COLUMNS.items() if dtype == pl.Int64),
        (pl.col("contacts_in_breach") > 0).sum().alias("cases_in_breach"),
    )
    whole = pl.concat([days, counted], how="horizontal")
    return whole.select(pl.col(name).cast(dtype) for name, dtype in TOTAL_COLUMNS.items())


def totals_added(frame: pl.DataFrame) -> pl.DataFrame:
    dates = {"first_day": pl.col("first_day").min(), "last_day": pl.col("last_day").max()}
    return frame.select(dates.get(name, pl.col(name).sum()) for name in TOTAL_COLUMNS)
