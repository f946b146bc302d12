"""Deciding 300 rules over 1,000,000 contacts in 40,000 cases, facts ready, something to find in 5 % of the cases.

    python benchmarks/engines.py [--contacts 1000000] [--rows-for-rival 100000]

Measures, in one run: durable_rules with the prefilter, CLIPS with the prefilter, and the rival: every contact
asserted into one ruleset of all rules, a session a case (on fewer rows; its rate is what counts). All find the
same on the rows they share. Memory is this process's own peak. Prints a Markdown table; `docs/benchmarks.md`
holds dated results.
"""

from __future__ import annotations

import argparse
import platform
import resource
import statistics
import time
from collections.abc import Callable

import numpy as np
import polars as pl

from dunlint import engines
from dunlint.engines import durable
from dunlint.rulebook.models import Rule
from dunlint.rulebook.program import Compiled, Need

RULES, COLUMNS, ROUNDS = 300, 120, 5
DENSITY = 0.25
WORDS = {"zh": "甲", "en": "a"}


def program() -> tuple[Compiled, ...]:
    """Each rule needs three columns of its own mix; every fifth has a bar."""
    rule = Rule.model_validate(
        {"id": "x", "title": WORDS, "topic": "hours", "severity": "low", "verdict": "violation", "message": WORDS,
         "authority": [{"source": "s"}], "when": {"contact": {"direction": "outbound"}}}
    )  # fmt: skip
    generator = np.random.default_rng(7)
    made = []
    for number in range(RULES):
        a, b, c, bar = (int(column) for column in generator.choice(COLUMNS - 1, 4, replace=False))
        needs = (Need(COLUMNS - 1, False), Need(a, False), Need(b, False), Need(c, number % 7 == 0))
        made.append(Compiled(rule, needs, (bar,) if number % 5 == 0 else ()))
    return tuple(made)


def columns(contacts: int, starts: np.ndarray) -> dict[int, pl.Series]:
    """A quarter of all columns are true anywhere; the last one, that every rule needs, only in 5 % of the cases."""
    generator = np.random.default_rng(11)
    answers = {n: pl.Series(generator.random(contacts) < DENSITY) for n in range(COLUMNS - 1)}
    open_case = np.repeat(generator.random(len(starts) - 1) < 0.05, np.diff(starts))
    answers[COLUMNS - 1] = pl.Series(open_case & (generator.random(contacts) < 0.04))
    return answers


def timed(work: Callable[[], list[engines.Firing]], rounds: int) -> tuple[float, int]:
    """(median seconds, firings)."""
    spent, found = [], 0
    for _ in range(rounds):
        start = time.perf_counter()
        found = len(work())
        spent.append(time.perf_counter() - start)
    return statistics.median(spent), found


def whole_ruleset(
    rules: tuple[Compiled, ...], answers: dict[int, pl.Series], starts: np.ndarray
) -> list[engines.Firing]:
    """The rival: no prefilter, one ruleset."""
    durable.SHARD_RULES, durable.SHARD_COLUMNS = RULES, COLUMNS
    try:
        return engines.decide("durable", rules, answers, starts, filtered=False)
    finally:
        durable.SHARD_RULES, durable.SHARD_COLUMNS = 60, 80


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--rows-for-rival", type=int, default=20_000)
    asked = parser.parse_args()
    rules = program()
    print(f"{platform.machine()}, Python {platform.python_version()}, {RULES} rules, median of {ROUNDS}\n")
    print(
        "| what | contacts | firings | seconds | contacts a second | peak MB |\n| --- | --- | --- | --- | --- | --- |"
    )
    for contacts in (asked.contacts // 4, asked.contacts):
        starts = np.linspace(0, contacts, contacts // 25 + 1).astype(np.int64)
        answers = columns(contacts, starts)
        for name in ("durable", "clips"):
            seconds, found = timed(lambda n=name, a=answers, s=starts: engines.decide(n, rules, a, s), ROUNDS)
            row(f"{name}, prefilter", contacts, found, seconds)
    small = asked.rows_for_rival
    starts = np.linspace(0, small, small // 25 + 1).astype(np.int64)
    answers = columns(small, starts)
    same = engines.decide("durable", rules, answers, starts)
    seconds, found = timed(lambda: whole_ruleset(rules, answers, starts), 1)
    assert found == len(same), "the rival must find the same"
    row("every contact into one ruleset", small, found, seconds)


def row(name: str, contacts: int, found: int, seconds: float) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"| {name} | {contacts:,} | {found:,} | {seconds:.2f} | {contacts / seconds:,.0f} | {peak:,.0f} |", flush=True
    )


if __name__ == "__main__":
    main()
