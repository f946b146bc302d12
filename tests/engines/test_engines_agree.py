"""durable_rules, CLIPS and a plain loop decide alike, with and without the prefilter, on random programs and facts."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunlint import engines
from dunlint.engines import durable
from dunlint.engines.protocol import Firing
from dunlint.errors import BadArgument, EngineError
from dunlint.rulebook.models import Rule
from dunlint.rulebook.program import Compiled, Need

WORDS = {"zh": "甲", "en": "a"}
RULE = Rule.model_validate(
    {
        "id": "x",
        "title": WORDS,
        "topic": "hours",
        "severity": "low",
        "verdict": "violation",
        "authority": [{"source": "s"}],
        "when": {"contact": {"direction": "outbound"}},
        "message": WORDS,
    }
)
COLUMNS = 6
NAMES = [name for name in ("durable", "clips") if name == "clips" or durable.available()]

needs = st.lists(st.builds(Need, st.integers(0, COLUMNS - 1), st.booleans()), min_size=1, max_size=4, unique=True)
rules = st.lists(
    st.builds(Compiled, st.just(RULE), needs.map(tuple), st.lists(st.integers(0, COLUMNS - 1), max_size=2).map(tuple)),
    min_size=1,
    max_size=8,
)
cells = st.sampled_from([True, False, None])
tables = st.lists(st.lists(cells, min_size=COLUMNS, max_size=COLUMNS), min_size=1, max_size=12)


def plain(program: list[Compiled], table: list[list[bool | None]]) -> list[Firing]:
    """The meaning of a program, said as directly as possible."""
    found = []
    for row, values in enumerate(table):
        for number, rule in enumerate(program):
            certain = [values[need.column] is True for need in rule.needs]
            open_ = [values[n.column] is not False if n.soft else values[n.column] is True for n in rule.needs]
            if all(certain) and all(values[bar] is False for bar in rule.bars):
                found.append(Firing(row, number, True))
            elif all(open_) and all(values[bar] is not True for bar in rule.bars):
                found.append(Firing(row, number, False))
    return found


def starts(rows: int) -> np.ndarray:
    return np.array([*range(0, rows, 3), rows], np.int64)


@settings(deadline=None, max_examples=150)
@given(rules, tables)
def test_engines_and_plain_logic_agree_firing_for_firing(
    program: list[Compiled], table: list[list[bool | None]]
) -> None:
    answers = {n: pl.Series([row[n] for row in table], dtype=pl.Boolean) for n in range(COLUMNS)}
    for name in NAMES:
        for filtered in (True, False):
            found = engines.decide(name, tuple(program), answers, starts(len(table)), filtered=filtered)
            assert found == plain(program, table), (name, filtered)


@pytest.mark.parametrize("name", NAMES)
def test_two_thousand_rules_and_three_thousand_cases_work(name: str) -> None:
    program = tuple(Compiled(RULE, (Need(n % 50, False), Need((n * 7) % 50, False)), ()) for n in range(2_000))
    answers = {n: pl.Series([row % 50 == n or row % 7 == n % 7 for row in range(3_000)]) for n in range(50)}
    answers = {n: answer & pl.Series([row % 100 == 0 for row in range(3_000)]) for n, answer in answers.items()}
    found = engines.decide(name, program, answers, np.arange(3_001, dtype=np.int64))
    expected = sum(
        bool(answers[rule.needs[0].column][row] and answers[rule.needs[1].column][row])
        for row in range(0, 3_000, 100)
        for rule in program
    )
    assert len(found) == expected > 0


@pytest.mark.parametrize("name", NAMES)
def test_five_thousand_contacts_in_one_case_and_equal_contacts_are_each_found(name: str) -> None:
    answers = {0: pl.Series([True] * 5_000)}
    found = engines.decide(name, (Compiled(RULE, (Need(0, False),), ()),), answers, np.array([0, 5_000]))
    assert [firing.row for firing in found] == list(range(5_000))


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(BadArgument):
        engines.engine_named("prolog")


@pytest.mark.skipif(not durable.available(), reason="durable_rules does not import on this Python")
def test_an_error_inside_an_action_stops_the_run_with_the_rules_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Firing:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(durable, "Firing", broken)
    with pytest.raises(EngineError) as caught:
        engines.decide("durable", (Compiled(RULE, (Need(0, False),), ()),), {0: pl.Series([True])}, np.array([0, 1]))
    assert "x" in str(caught.value)
    assert "planted" in str(caught.value)


@pytest.mark.skipif(not durable.available(), reason="durable_rules does not import on this Python")
def test_no_thread_outlives_a_decision() -> None:
    import threading

    before = threading.active_count()
    engines.decide("durable", (Compiled(RULE, (Need(0, False),), ()),), {0: pl.Series([True])}, np.array([0, 1]))
    assert threading.active_count() == before


@pytest.mark.skipif(not durable.available(), reason="durable_rules does not import on this Python")
def test_rulesets_are_kept_for_the_next_records_and_the_oldest_given_up():
    engine = durable.DurableEngine()
    levels = [(Compiled(RULE, (Need(number, soft=False),), ()),) for number in range(durable.KEPT + 1)]

    for rules in levels[:-1]:
        list(engine.decide(rules, []))
    first = engine._shards(levels[0])

    assert engine._shards(levels[0]) is first
    list(engine.decide(levels[-1], []))
    assert engine._shards(levels[0]) is not first
