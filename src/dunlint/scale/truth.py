"""Findings against a list of what is really there: precision and recall by rule."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from dunlint.errors import InputError

JUDGED = ("violation", "presumed_violation", "warning")
KEYS = ["rule", "case_id", "contact_id"]


def read(path: Path) -> pl.DataFrame:
    """(rule, case_id, contact_id) of what is planted. Raises InputError if the file does not hold these columns."""
    try:
        return pl.read_parquet(path).select(KEYS).cast(pl.String).unique()
    except (pl.exceptions.PolarsError, OSError) as problem:
        raise InputError("bad_columns", where=str(path), reason=str(problem)) from problem


def compare(truth: pl.DataFrame, findings: pl.LazyFrame) -> pl.DataFrame:
    """One row a rule, the last one (rule null) for all: planted, found, both, precision, recall.

    Findings to review are left out on both sides: they claim nothing. A rate of nothing is null.
    """
    said = findings.filter(pl.col("verdict").is_in(JUDGED)).select(KEYS).unique().collect()
    both = said.join(truth, on=KEYS, how="inner")
    counted = [frame.group_by("rule").agg(pl.len().cast(pl.Int64).alias(name))
               for name, frame in (("planted", truth), ("found", said), ("both", both))]  # fmt: skip
    table = counted[0].join(counted[1], on="rule", how="full", coalesce=True).join(counted[2], on="rule", how="left")
    table = table.with_columns(pl.col("planted", "found", "both").fill_null(0)).sort("rule")
    whole = table.select(pl.lit(None, pl.String).alias("rule"), pl.col("planted", "found", "both").sum())
    return pl.concat([table, whole]).with_columns(
        (pl.col("both") / pl.col("found")).fill_nan(None).alias("precision"),
        (pl.col("both") / pl.col("planted")).fill_nan(None).alias("recall"),
    )
