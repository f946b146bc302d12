"""Facts + rules -> firings, by durable_rules or CLIPS; `decide` runs one level of a program."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from dunlint.engines import durable
from dunlint.engines.clips import ClipsEngine
from dunlint.engines.prefilter import Columns, cases
from dunlint.engines.protocol import Engine, Firing
from dunlint.errors import BadArgument, EngineDisagreement
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
    """All firings of one level. `answers` are the decided columns, `case_starts` the first row of each case
    and the row count.

    With "both" the two engines run and any difference raises EngineDisagreement.
    """
    columns = Columns.of(answers)
    names = ("durable", "clips") if name == "both" else (name,)
    found = [
        list(engine_named(one).decide(rules, cases(rules, columns, case_starts, filtered=filtered))) for one in names
    ]
    if len(found) == 2 and found[0] != found[1]:
        firing = min(set(found[0]) ^ set(found[1]))
        rule = rules[firing.rule].rule.id
        raise EngineDisagreement("engines_differ", rule=rule, row=firing.row, only=names[firing not in found[0]])
    return found[0]
