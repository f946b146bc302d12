"""Made-up records: reproducible, of the size and share asked for, lawful but for what is planted."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from dunlint.errors import BadArgument
from dunlint.rulebook.load import load
from dunlint.scale import truth
from dunlint.scale.folder import audit
from dunlint.simulate import simulate
from dunlint.simulate.portfolio import portfolios


def test_the_same_seed_gives_the_same_rows_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        simulate(50, seed, tmp_path / name)
    a, b, c = (pl.read_parquet(tmp_path / name / "contacts.parquet") for name in "abc")
    assert a.equals(b)
    assert not a.equals(c)


def test_about_the_asked_share_of_contacts_is_in_breach(tmp_path: Path) -> None:
    written = simulate(3_000, 3, tmp_path, texts=0.0, breach=0.02)
    planted = pl.read_parquet(tmp_path / "truth.parquet")["contact_id"].n_unique()
    assert planted / written.contacts == pytest.approx(0.02, rel=0.15)


def test_plants_name_rules_that_are_on() -> None:
    for portfolio in portfolios():
        on = {rule.id for rule in load([portfolio.jurisdiction]).enabled}
        named = {rule for _, step in portfolio.steps() for rule in step.breaks}
        assert named
        assert named <= on


def test_messages_with_words_are_lawful_too(tmp_path: Path) -> None:
    simulate(150, 5, tmp_path / "records", breach=0.08)
    outcome = audit([tmp_path / "records"], tmp_path / "out", rules=["cn", "us"])
    found = truth.compare(
        truth.read(tmp_path / "records" / "truth.parquet"), pl.scan_parquet(tmp_path / "out" / "findings.parquet")
    )
    assert found.filter((pl.col("found") != pl.col("planted")) | (pl.col("both") != pl.col("planted"))).is_empty()
    assert outcome.summary["findings"]["total"] > 0


def test_every_blank_of_a_template_is_filled(tmp_path: Path) -> None:
    simulate(100, 6, tmp_path)
    texts = pl.read_parquet(tmp_path / "contacts.parquet")["text"].drop_nulls()
    assert len(texts) > 100
    assert texts.filter(texts.str.contains(r"[{}]|[a-z]\.[A-Z]")).to_list() == []


def test_no_portfolio_no_records(tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match="cn, us"):
        simulate(1, 1, tmp_path, jurisdictions=("xx",))
