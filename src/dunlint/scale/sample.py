"""A sample of cases instead of all: fewer to check, and rates with intervals for the whole.

Cases are drawn at random within each agency (the strata), in proportion to the agency's cases, at least two where
there are two. Shares of contacts are then estimated as a stratified ratio: with N_h cases of agency h, of which n_h
were drawn, and y, x the contacts in breach and the contacts of a case,

    R = sum_h N_h mean_h(y) / sum_h N_h mean_h(x)
    var(R) = sum_h N_h^2 (1 - n_h / N_h) s_h^2(y - R x) / n_h / X^2,   X = sum_h N_h mean_h(x)

(Cochran, Sampling Techniques, 3rd ed., 6.11, the combined ratio estimator), with a normal 95 % interval, cut at 0 and
1. Cases, not contacts, are what was drawn: the contacts of one case are alike, and an interval that took them for
independent would be too narrow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from dunlint.scale.inputs import Tables, scan

Z = 1.959963984540054  # of a two-sided normal 95 % interval


@dataclass(frozen=True)
class Sample:
    """cases: (case_id, contacts, agency), those drawn; strata: (agency, cases_of, cases), one row an agency."""

    asked: int
    seed: int
    cases: pl.DataFrame
    strata: pl.DataFrame


def draw(tables: Tables, size: int, seed: int) -> Sample:
    """Draw cases, the same for the same seed and the same cases, however the files are ordered."""
    counted = (
        scan(tables.contacts, "contacts").select("case_id", pl.col("agency").fill_null("")).drop_nulls()
        .group_by("case_id", "agency").agg(pl.len().alias("contacts")).collect(engine="streaming")
    )  # fmt: skip
    cases = counted.sort("case_id", "contacts", "agency", descending=[False, True, False]).group_by(
        "case_id", maintain_order=True
    ).agg(pl.col("contacts").sum(), pl.col("agency").first())  # fmt: skip
    by_agency = cases.sort("agency", "case_id").partition_by("agency", maintain_order=True)
    shares = allotted([len(one) for one in by_agency], size)
    drawn = []
    for number, (stratum, share) in enumerate(zip(by_agency, shares, strict=True)):
        order = np.random.default_rng([seed, number]).permutation(len(stratum))[:share]
        drawn.append(stratum[np.sort(order)])
    strata = pl.DataFrame(
        {"agency": [one["agency"][0] for one in by_agency], "cases_of": [len(one) for one in by_agency],
         "cases": shares}
    )  # fmt: skip
    return Sample(size, seed, pl.concat(drawn).sort("case_id"), strata)


def allotted(sizes: list[int], size: int) -> list[int]:
    """How many of each stratum: in proportion, at least two (or all there are), never more than there are."""
    total = sum(sizes)
    exact = [min(1.0, size / total) * one for one in sizes]
    shares = [min(one, max(2, math.floor(wanted))) for one, wanted in zip(sizes, exact, strict=True)]
    order = sorted(range(len(sizes)), key=lambda n: (shares[n] - exact[n], n))  # the shortest first
    for n in order:
        if sum(shares) < min(size, total) and shares[n] < sizes[n]:
            shares[n] += 1
    return shares


def estimates(sample: Sample, debtors: pl.DataFrame) -> pl.DataFrame:
    """One row an agency and one (agency null) for all: cases_of, cases, contacts, contacts_in_breach, rate, rate_low,
    rate_high, case_rate, case_rate_low, case_rate_high.

    debtors: (case_id, contacts_in_breach, cases_in_breach) of the cases that had findings.
    """
    found = sample.cases.join(debtors, on="case_id", how="left").with_columns(
        pl.col("contacts_in_breach", "cases_in_breach").fill_null(0)
    )
    rows = [_row(None, sample.strata, found)]
    for agency in sample.strata["agency"]:
        own = pl.col("agency") == agency
        rows.append(_row(agency, sample.strata.filter(own), found.filter(own)))
    return pl.DataFrame(rows, infer_schema_length=None)


def _row(agency: str | None, strata: pl.DataFrame, found: pl.DataFrame) -> dict[str, Any]:
    one = found.with_columns(pl.lit(1).alias("one"))
    rate, low, high = ratio(strata, one, "contacts_in_breach", "contacts")
    case_rate, case_low, case_high = ratio(strata, one, "cases_in_breach", "one")
    return {
        "agency": agency, "cases_of": int(strata["cases_of"].sum()), "cases": len(found),
        "contacts": int(found["contacts"].sum()), "contacts_in_breach": int(found["contacts_in_breach"].sum()),
        "rate": rate, "rate_low": low, "rate_high": high,
        "case_rate": case_rate, "case_rate_low": case_low, "case_rate_high": case_high,
    }  # fmt: skip


def ratio(strata: pl.DataFrame, found: pl.DataFrame, over: str, under: str) -> tuple[float, float, float]:
    """(R, lower, upper): the combined ratio estimate of the docstring above."""
    groups = {agency: found.filter(pl.col("agency") == agency) for agency in strata["agency"]}
    sizes = dict(zip(strata["agency"], strata["cases_of"], strict=True))
    held = {agency: (own[over].to_numpy().astype(float), own[under].to_numpy().astype(float))
            for agency, own in groups.items() if len(own)}  # fmt: skip
    total = sum(sizes[agency] * x.mean() for agency, (_, x) in held.items())
    if not total:
        return 0.0, 0.0, 1.0
    estimate = sum(sizes[agency] * y.mean() for agency, (y, _) in held.items()) / total
    variance = 0.0
    for agency, (y, x) in held.items():
        n, whole = len(y), sizes[agency]
        if n > 1:
            variance += whole**2 * (1 - n / whole) * float(np.var(y - estimate * x, ddof=1)) / n
    error = Z * math.sqrt(variance) / total
    return float(estimate), max(0.0, float(estimate) - error), min(1.0, float(estimate) + error)
