"""CLIPS through `clipspy`: the second, independent opinion, and the engine where durable_rules does not import.

Each true column of a contact is an ordered fact `(s12 7)`, each possible one `(p12 7)`; a rule joins them on
the row. The environment is reset after every case, so memory stays flat.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from dunlint.engines.protocol import Firing, RowFacts, strongest
from dunlint.errors import EngineError
from dunlint.rulebook.program import Compiled

BATCH = 5_000


class ClipsEngine:
    """Holds one CLIPS environment for one level of rules."""

    name = "clips"

    def decide(self, rules: tuple[Compiled, ...], cases: Iterable[list[RowFacts]]) -> Iterator[Firing]:
        import clips

        environment = clips.Environment()
        environment.build("(deftemplate fired (slot rule) (slot row) (slot sure))")
        for construct in _constructs(rules):
            try:
                environment.build(construct)
            except clips.CLIPSError as problem:
                raise EngineError("engine_rule", engine="CLIPS", rule=construct[:60], reason=str(problem)) from problem
        used = _used(rules)
        for case in cases:
            yield from strongest(_decide(environment, case, used))
            environment.reset()


def _decide(environment: Any, case: list[RowFacts], used: set[int]) -> Iterator[Firing]:
    import clips

    try:
        for batch in batched(_facts(case, used), BATCH):
            environment.load_facts(" ".join(batch))
        environment.run()
    except clips.CLIPSError as problem:
        raise EngineError("engine_fact", engine="CLIPS", row=case[0].row, reason=str(problem)) from problem
    for fact in environment.find_template("fired").facts():
        yield Firing(int(fact["row"]), int(fact["rule"]), bool(int(fact["sure"])))


def _facts(case: list[RowFacts], used: set[int]) -> Iterator[str]:
    for facts in case:
        for column in sorted(used & facts.possible):
            yield f"(p{column} {facts.row})"
            if column in facts.sure:
                yield f"(s{column} {facts.row})"


def batched(facts: Iterator[str], size: int) -> Iterator[list[str]]:
    """Pieces of at most `size` facts for `load_facts`; `assert_string` would leak 32 bytes a fact."""
    while piece := list(islice(facts, size)):
        yield piece


def _constructs(rules: tuple[Compiled, ...]) -> Iterator[str]:
    for number, rule in enumerate(rules):
        for sure in (True, False):
            needs = " ".join(f"({'p' if need.soft and not sure else 's'}{need.column} ?row)" for need in rule.needs)
            bars = " ".join(f"(not ({'p' if sure else 's'}{bar} ?row))" for bar in rule.bars)
            fired = f"(assert (fired (rule {number}) (row ?row) (sure {int(sure)})))"
            yield f"(defrule {'sure' if sure else 'maybe'}-{number} {needs} {bars} => {fired})"


def _used(rules: tuple[Compiled, ...]) -> set[int]:
    return {need.column for rule in rules for need in rule.needs} | {bar for rule in rules for bar in rule.bars}
