"""durable_rules inside its safe envelope (each limit below was measured on 2.0.28).

- Facts are asserted, never events posted: an event is consumed by the first rule that takes it.
- A session holds some rows (`engines.SESSION`) and is deleted afterwards, so memory does not grow with the records.
- Conditions are equalities on precomputed columns; no windows, timers, `$or` or counting joins.
- A shard holds at most SHARD_COLUMNS columns: a ruleset of some 400 rules hangs, a fact of 256 properties is refused.
- Bars (`unless`) are facts of their own, asserted before the contact they bar, and joined with `$not`.
- Deleting a session in which no rule has fired aborts the process: a rule of our own fires first in every session.
- The library swallows errors of actions and reports unmatched facts as exceptions: the first are raised here, the
  second are expected and passed over. Its Host starts timer threads in `_run`; ours does not.
- A ruleset takes some megabytes that go with neither its Host nor Python's collector: rulesets are kept for the next
  records and deleted by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from dunlint.engines.protocol import Firing, RowFacts, strongest
from dunlint.errors import EngineError
from dunlint.rulebook.program import Compiled

SHARD_COLUMNS = 80
SHARD_RULES = 60
KEPT = 8  # levels of rules whose rulesets are kept


@cache
def _host_class() -> type[Any]:
    from durable.engine import Host

    class Quiet(Host):  # type: ignore[misc]
        """A Host without background threads: everything happens when a fact is asserted."""

        def _run(self) -> None:
            pass

    return Quiet


def available() -> bool:
    """Whether durable_rules imports on this Python (it does not from 3.13 on)."""
    try:
        import durable.engine  # noqa: F401
    except ImportError:
        return False
    return True


class DurableEngine:
    """Holds the compiled rulesets of the levels it decided last."""

    name = "durable"

    def __init__(self) -> None:
        # By the id of the rules, and with the rules, so that no other rules can get that id.
        self._kept: dict[int, tuple[tuple[Compiled, ...], list[Shard]]] = {}

    def decide(self, rules: tuple[Compiled, ...], cases: Iterable[list[RowFacts]]) -> Iterator[Firing]:
        shards = self._shards(rules)
        for session, case in enumerate(cases):
            found: list[Firing] = []
            for shard in shards:
                found += shard.decide(session, case)
            yield from strongest(found)

    def _shards(self, rules: tuple[Compiled, ...]) -> list[Shard]:
        if id(rules) not in self._kept:
            if len(self._kept) >= KEPT:
                _, shards = self._kept.pop(next(iter(self._kept)))
                for shard in shards:
                    shard.forget()
            self._kept[id(rules)] = rules, [Shard(n, shard, rules) for n, shard in enumerate(shards_of(rules))]
        return self._kept[id(rules)][1]


def shards_of(rules: tuple[Compiled, ...]) -> list[list[int]]:
    """Rule numbers grouped so that no shard passes its bounds; neighbours in the file stay together."""
    shards: list[list[int]] = []
    columns: set[int] = set()
    for number, rule in enumerate(rules):
        used = {need.column for need in rule.needs} | set(rule.bars)
        if not shards or len(shards[-1]) >= SHARD_RULES or len(columns | used) > SHARD_COLUMNS:
            shards.append([])
            columns = set()
        shards[-1].append(number)
        columns |= used
    return shards


class Shard:
    """One ruleset and what its actions have found."""

    def __init__(self, number: int, numbers: list[int], rules: tuple[Compiled, ...]) -> None:
        self.rules = {n: rules[n] for n in numbers}
        self.needed = {need.column for rule in self.rules.values() for need in rule.needs}
        self.bars = {bar for rule in self.rules.values() for bar in rule.bars}
        self.shared = _sharing(self.rules.values())
        self.name = f"dunlint{number}"
        self.found: list[Firing] = []
        self.problems: list[tuple[str, BaseException]] = []
        self.host = _host_class()()
        self.host.register_rulesets({self.name: self._definition()})

    def _definition(self) -> dict[str, Any]:
        definition: dict[str, Any] = {"open": {"all": [{"c": {"open": 1}}], "run": lambda closure: None}}
        for number, rule in self.rules.items():
            definition[f"r{number}"] = self._one(rule, number, sure=True)
            if any(need.soft for need in rule.needs) or rule.bars:
                definition[f"p{number}"] = self._one(rule, number, sure=False)
        return definition

    def _one(self, rule: Compiled, number: int, *, sure: bool) -> dict[str, Any]:
        """`sure`: every need true and no bar possible. Otherwise: soft needs possible and no bar certain, asked only of
        contacts of which something is unsure at all: of the others both say the same.
        """
        needs = sorted(rule.needs, key=lambda need: (self.shared[need.column], need.column))
        tests = [{f"{'p' if need.soft and not sure else 's'}{need.column}": 1} for need in needs]
        tests += [] if sure else [{"unsure": 1}]
        conditions: list[dict[str, Any]] = [{"c": {"$and": tests} if len(tests) > 1 else tests[0]}]
        for place, bar in enumerate(rule.bars):
            kind = "p" if sure else "s"
            conditions.append({f"b{place}$not": {"$and": [{"bar": f"{kind}{bar}"}, {"row": {"c": "row"}}]}})
        return {"all": conditions, "run": self._action(rule, number, sure=sure)}

    def _action(self, rule: Compiled, number: int, *, sure: bool) -> Callable[[Any], None]:
        def found(closure: Any) -> None:
            try:
                self.found.append(Firing(int(closure.c["row"]), number, sure))
            except BaseException as problem:  # noqa: BLE001 - the library would swallow it; it is raised after the case
                self.problems.append((rule.rule.id, problem))

        return found

    def decide(self, session: int, case: list[RowFacts]) -> list[Firing]:
        """Assert one case's bars and contacts, collect what fired, and forget the session."""
        self.found, self.problems = [], []
        facts = list(self._facts(session, case))
        if not facts:
            return []
        self._assert({"sid": session, "id": "open", "open": 1, "row": 0})
        try:
            for fact in facts:
                self._assert(fact)
        finally:
            self.host.delete_state(self.name, session)
        if self.problems:
            rule_id, problem = self.problems[0]
            raise EngineError("engine_action", engine="durable_rules", rule=rule_id, reason=repr(problem)) from problem
        return self.found

    def forget(self) -> None:
        """Give the memory of the ruleset back; the shard cannot be used afterwards."""
        import durable_rules_engine

        durable_rules_engine.delete_ruleset(self.host.get_ruleset(self.name)._handle)

    def _facts(self, session: int, case: list[RowFacts]) -> Iterator[dict[str, Any]]:
        for facts in case:
            needed = self.needed & facts.possible
            if not needed:
                continue
            for bar in sorted(self.bars & facts.possible):
                kinds = "sp" if bar in facts.sure else "p"
                for kind in kinds:
                    yield {"sid": session, "id": f"{facts.row}{kind}{bar}", "bar": f"{kind}{bar}", "row": facts.row}
            contact: dict[str, Any] = {"sid": session, "id": f"{facts.row}", "row": facts.row}
            if (self.needed | self.bars) & (facts.possible - facts.sure):
                contact |= {"unsure": 1} | {f"p{column}": 1 for column in needed}
            contact |= {f"s{column}": 1 for column in needed & facts.sure}
            yield contact

    def _assert(self, fact: dict[str, Any]) -> None:
        from durable.engine import MessageNotHandledException

        try:
            state = self.host.assert_fact(self.name, fact)
        except MessageNotHandledException:
            return  # no rule looks at this combination: that is an answer, not an error
        except Exception as problem:
            raise EngineError("engine_fact", engine="durable_rules", row=fact["row"], reason=repr(problem)) from problem
        if isinstance(state, dict) and state.get("exception"):
            raise EngineError("engine_fact", engine="durable_rules", row=fact["row"], reason=state["exception"])


def _sharing(rules: Iterable[Compiled]) -> dict[int, int]:
    """How many rules need each column: the rarest goes first, since 256 equal first conditions crash the library."""
    shared: dict[int, int] = {}
    for rule in rules:
        for need in rule.needs:
            shared[need.column] = shared.get(need.column, 0) + 1
    return shared
