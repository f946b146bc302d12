"""Sampling: fair shares, the same draw for the same seed, and intervals that hold what they promise."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunlint.scale import sample
from dunlint.scale.folder import Outcome, audit
from dunlint.scale.inputs import gather


@given(st.lists(st.integers(1, 500), min_size=1, max_size=12), st.integers(1, 3_000))
def test_shares_are_in_proportion_and_within_bounds(sizes: list[int], size: int) -> None:
    shares = sample.allotted(sizes, size)
    assert all(min(2, one) <= share <= one for one, share in zip(sizes, shares, strict=True))
    assert sum(shares) >= min(size, sum(sizes))
    total = sum(sizes)
    assert all(share <= max(2, size / total * one + 1) for one, share in zip(sizes, shares, strict=True))


def test_the_same_seed_draws_the_same_cases(records: Path, tmp_path: Path) -> None:
    tables = gather([records], tmp_path)
    one, other = (sample.draw(tables, 60, seed).cases["case_id"].to_list() for seed in (1, 1))
    assert one == other
    assert one != sample.draw(tables, 60, 2).cases["case_id"].to_list()


def test_a_sample_of_all_cases_is_the_whole(records: Path, tmp_path: Path, whole: Outcome) -> None:
    outcome = audit([records], tmp_path / "out", rules=["cn", "us"], sample_size=10_000)
    estimate = outcome.summary["sample"]["estimate"]
    assert estimate["rate"] == pytest.approx(whole.summary["contacts_in_breach"] / whole.summary["contacts"])
    assert estimate["rate_low"] == estimate["rate"] == estimate["rate_high"]


def test_intervals_hold_the_true_rate_about_as_often_as_they_say() -> None:
    """Two agencies of different habits, drawn from 400 times: 95 % of the intervals should hold the true rate."""
    whole = pl.DataFrame({"case_id": [f"c{n:04}" for n in range(2_000)]}).with_columns(
        contacts=10 + pl.int_range(pl.len()) % 30,
        agency=pl.when(pl.int_range(pl.len()) < 1_500).then(pl.lit("calm")).otherwise(pl.lit("rough")),
    )
    n = pl.int_range(pl.len())
    whole = whole.with_columns(
        contacts_in_breach=pl.when(pl.col("agency") == "rough")
        .then(n * 7 % 5)
        .otherwise((n * 11 % 13 == 0).cast(pl.Int64))
    ).with_columns(cases_in_breach=(pl.col("contacts_in_breach") > 0).cast(pl.Int64))
    truth = whole["contacts_in_breach"].sum() / whole["contacts"].sum()
    held = 0
    for seed in range(400):
        drawn = [
            whole.filter(pl.col("agency") == agency).sample(size, seed=seed)
            for agency, size in (("calm", 150), ("rough", 50))
        ]
        cases = pl.concat(drawn)
        strata = pl.DataFrame({"agency": ["calm", "rough"], "cases_of": [1_500, 500], "cases": [150, 50]})
        made = sample.Sample(200, seed, cases.select("case_id", "contacts", "agency"), strata)
        row = sample.estimates(made, cases.select("case_id", "contacts_in_breach", "cases_in_breach")).row(
            0, named=True
        )
        held += row["rate_low"] <= truth <= row["rate_high"]
    assert 0.92 <= held / 400 <= 0.98
