"""Facts + rules -> firings, by durable_rules or CLIPS; `decide` runs one level of a program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from dunlint.engines import durable
from dunlint.engines.clips import ClipsEngine
from dunlint.engines.prefilter import Holding, cases, holding
from dunlint.engines.protocol import Engine, Firing
from dunlint.errors import BadArgument, EngineDisagreement
from dunlint.facts import kleene
from dunlint.rulebook.program import Compiled

NAMES = ("durable", "clips", "both")


def default_engine() -> str:
    """durable_rules wherever it imports, CLIPS elsewhere."""
    return "durable" if durable.available() else "clips"


def engine_named(name: str) -> Engine:
    """The engine. Raises BadArgument for an unknown name, or for durable_rules where it does not import."""
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
    row count; not `filtered`, every contact is handed to the engine.
    """
    columns = {number: kleene.answers(one) for number, one in answers.items()}
    size = int(case_starts[-1])
    return run(name, rules, [holding(rule, columns, size, filtered=filtered) for rule in rules], case_starts)


def run(
    name: str, rules: tuple[Compiled, ...], holdings: Sequence[Holding], case_starts: npt.NDArray[np.int64]
) -> list[Firing]:
    """All firings of one level; `holdings` say, rule by rule, where it can hold.

    With "both" the two engines run and any difference raises EngineDisagreement.
    """
    names = ("durable", "clips") if name == "both" else (name,)
    found = [list(engine_named(one).decide(rules, cases(holdings, case_starts))) for one in names]
    if len(found) == 2 and found[0] != found[1]:
        firing = min(set(found[0]) ^ set(found[1]))
        rule = rules[firing.rule].rule.id
        raise EngineDisagreement("engines_differ", rule=rule, row=firing.row, only=names[firing not in found[0]])
    return found[0]
