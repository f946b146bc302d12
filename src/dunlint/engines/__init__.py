"""Facts + rules -> firings, by durable_rules or CLIPS; `decide` runs one level of a program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from threading import Lock

import numpy as np
import numpy.typing as npt
import polars as pl

from dunlint.engines import durable
from dunlint.engines.alike import alike
from dunlint.engines.clips import ClipsEngine
from dunlint.engines.prefilter import Holding, cases, holding
from dunlint.engines.protocol import Engine, Fired, Firing
from dunlint.errors import BadArgument, EngineDisagreement
from dunlint.facts import kleene
from dunlint.rulebook.program import Compiled

NAMES = ("durable", "clips", "both")
SESSION = 100  # rows decided in one session of an engine
_ONE_AT_A_TIME = Lock()  # an engine keeps its rulesets, and sessions of two threads would mix in them


def default_engine() -> str:
    """durable_rules wherever it imports, CLIPS elsewhere."""
    return "durable" if durable.available() else "clips"


@cache
def engine_named(name: str) -> Engine:
    """The engine, one a process.

    Raises BadArgument for an unknown name, or for durable_rules where it does not import.
    """
    if name == "clips":
        return ClipsEngine()
    if name == "durable" and durable.available():
        return durable.DurableEngine()
    raise BadArgument("unknown_engine", name=name, known=", ".join(NAMES))


def decide(
    name: str,
    rules: tuple[Compiled, ...],
    answers: Mapping[int, pl.Series],
    case_starts: npt.NDArray[np.int64],
    *,
    filtered: bool = True,
) -> list[Firing]:
    """All firings of one level, out of whole decided columns. `case_starts` are the first row of each case and the
    row count; not `filtered`, every contact of every case is handed to the engine.
    """
    columns = {number: kleene.answers(one) for number, one in answers.items()}
    size = int(case_starts[-1])
    holdings = [holding(rule, columns, size, filtered=filtered) for rule in rules]
    if not filtered:
        return _decided(name, rules, holdings, case_starts)
    found = enumerate(run(name, rules, holdings, size))
    return sorted(
        Firing(row, number, sure) for number, fired in found
        for row, sure in zip(fired.rows.tolist(), fired.sure.tolist(), strict=True)
    )  # fmt: skip


def run(name: str, rules: tuple[Compiled, ...], holdings: Sequence[Holding], size: int) -> Iterator[Fired]:
    """Where each rule of one level fired; `holdings` say, rule by rule, which of the `size` rows it can hold for.

    Rows that answer alike are decided once. With "both" the two engines run and any difference raises
    EngineDisagreement.
    """
    kinds = alike(holdings, size)
    sessions = np.append(np.sort(kinds.first)[::SESSION], size)
    firsts = [kinds.firsts_of(one) for one in holdings]
    return kinds.spread(_decided(name, rules, firsts, sessions), len(rules))


def _decided(
    name: str, rules: tuple[Compiled, ...], holdings: Sequence[Holding], starts: npt.NDArray[np.int64]
) -> list[Firing]:
    """The firings of one level, decided in a session of the engine from each start to the next."""
    names = ("durable", "clips") if name == "both" else (name,)
    with _ONE_AT_A_TIME:
        found = [list(engine_named(one).decide(rules, cases(holdings, starts))) for one in names]
    if len(found) == 2 and found[0] != found[1]:
        firing = min(set(found[0]) ^ set(found[1]))
        rule = rules[firing.rule].rule.id
        raise EngineDisagreement("engines_differ", rule=rule, row=firing.row, only=names[firing not in found[0]])
    return found[0]
