"""Values of claims: amounts, yearly rates and deadlines, in figures and in Chinese numerals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunlint.language.values import parse


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("截至6月3日，应还总额38000元", 38_000),
        ("合计¥3,218.45", 3_218.45),
        ("欠款一万二", 12_000),
        ("本金三千八", 3_800),
        ("一万零六百", 10_600),
        ("一百二十八块", 128),
        ("欠1.2万元", 12_000),
        ("拖欠5k块", 5_000),
        ("you owe $1,234.56", 1_234.56),
        ("1.5 million dollars", 1_500_000),
    ],
)
def test_an_amount_is_the_number_beside_the_money_word(words: str, value: float) -> None:
    assert parse("amount", words) == (pytest.approx(value), "currency")


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("日利率万分之五", 0.1825),
        ("日息0.05%", 0.1825),
        ("日息万5", 0.1825),
        ("年化18.25%", 0.1825),
        ("年利率十五点四", 0.154),
        ("月息2分", 0.24),
        ("罚息按日百分之三", 10.95),
        ("0.05% per day", 0.1825),
        ("日息0.05", 0.1825),
    ],
)
def test_a_rate_is_a_fraction_a_year(words: str, value: float) -> None:
    assert parse("rate", words) == (pytest.approx(value), "per_year")


@pytest.mark.parametrize(
    ("words", "value"), [("三天内", 3), ("24小时内", 1), ("两个工作日内", 2), ("within 30 days", 30)]
)
def test_a_deadline_is_in_days(words: str, value: float) -> None:
    assert parse("deadline", words) == (pytest.approx(value, rel=1e-6), "days")


@pytest.mark.parametrize("kind", ["amount", "rate", "deadline", "colour"])
def test_words_without_a_number_have_no_value(kind: str) -> None:
    assert parse(kind, "请尽快") == (None, None)


def test_an_unknown_kind_has_no_value() -> None:
    assert parse("colour", "300元") == (None, None)


@given(st.integers(0, 10**9))
def test_figures_are_read_as_they_stand(number: int) -> None:
    assert parse("amount", f"欠款{number}元") == (float(number), "currency")


@given(st.text(max_size=30), st.sampled_from(["amount", "rate", "deadline"]))
def test_any_words_can_be_read(words: str, kind: str) -> None:
    value, unit = parse(kind, words)
    assert (value is None) == (unit is None)


def test_figures_of_any_script_are_read():
    assert parse("amount", "费２００元") == (200.0, "currency")
    assert parse("amount", "0１元") == (1.0, "currency")


def test_a_comma_at_the_end_of_a_figure_is_no_part_of_it():
    assert parse("amount", "费２９，") == (29.0, "currency")
    assert parse("amount", "共1，299元") == (1299.0, "currency")
