"""Random rulebooks on random cases: durable_rules, CLIPS and the plain-Python oracle find the same, with and
without prefilter.

500 examples by default; `DUNLINT_ORACLE_EXAMPLES=10000` is the nightly setting (scripts/nightly.sh).
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dunlint import audit, engines
from dunlint.engines import durable
from dunlint.facts.evaluate import Evaluation
from dunlint.facts.table import Ground, lay
from dunlint.language.analyse import TAG_COLUMNS, TURN_COLUMNS
from dunlint.records.columns import contact_table, event_table
from dunlint.records.schema import ACCOUNT_COLUMNS, Contact
from dunlint.rulebook.load import Rulebook
from dunlint.rulebook.models import Rule, Source
from dunlint.rulebook.program import compile_program
from tests import oracle

EXAMPLES = int(os.environ.get("DUNLINT_ORACLE_EXAMPLES", "500"))
START = datetime(2026, 3, 6, 10, tzinfo=UTC)
TAGS = ["insult", "identity", "dispute"]
KINDS = ["consent", "complaint", "dispute"]

steps = st.sampled_from([0, 30, 60, 60 * 11, 60 * 12, 60 * 24, 60 * 24 * 3, 60 * 24 * 7])
said = st.tuples(
    st.integers(0, 3),
    st.integers(0, 2),
    st.sampled_from(["collector", "debtor", "unknown"]),
    st.sampled_from(TAGS),
    st.sampled_from(["performed", "negated"]),
)
contacts = st.fixed_dictionaries(
    {
        "gap": st.one_of(steps, steps, steps, st.none()),
        "channel": st.sampled_from(["call", "call", "call", "sms", None]),
        "direction": st.sampled_from(["outbound", "outbound", "outbound", "inbound"]),
        "outcome": st.sampled_from(["connected", "connected", "no_answer", "unknown", None]),
        "party": st.sampled_from(["debtor", "debtor", "third_party", None]),
        "agency": st.sampled_from(["a", "a", "b", None]),
        "account_id": st.sampled_from(["x", "x", "y", "x; y", "y;x;z", None]),
        "to_number": st.sampled_from(["1", "1", "2", None]),
        "talk_seconds": st.sampled_from([0.0, 5.0, 60.0, None]),
        "collection": st.sampled_from([True, True, True, True, True, False, None]),
        "said": st.lists(said, max_size=4),
        "silent": st.booleans(),
    }
)
cases = st.fixed_dictionaries(
    {
        "contacts": st.lists(contacts, min_size=1, max_size=8),
        "account": st.fixed_dictionaries(
            {
                "lender_type": st.sampled_from(["bank", "micro_lender", None]),
                "principal": st.sampled_from([100.0, None]),
            }
        ),
        "events": st.lists(
            st.fixed_dictionaries(
                {
                    "kind": st.sampled_from(KINDS),
                    "minutes": st.integers(-2, 30).map(lambda n: n * 719),
                    "lasts": st.one_of(st.none(), st.none(), st.integers(0, 12).map(lambda n: n * 719)),
                    "value": st.sampled_from(
                        ["09:00-18:00", "22:00-08:00", "fri/sat 10:00-24:00", "evenings", "call", "sms", None]
                    ),
                    "account_id": st.sampled_from(["x", "y", None]),
                }
            ),
            max_size=4,
        ),
        "keeps": st.lists(st.sampled_from(KINDS), max_size=2, unique=True),
        "zone": st.sampled_from(["Asia/Shanghai", "America/New_York", None]),
    }
)

channel = st.sampled_from(["call", "sms", ["call", "sms"], {"not": "sms"}, {"known": True}])


@st.composite
def some_of(draw: st.DrawFn, options: dict[str, st.SearchStrategy[Any]], most: int = 3) -> dict[str, Any]:
    """A mapping with one to `most` of these keys."""
    names = draw(st.lists(st.sampled_from(sorted(options)), min_size=1, max_size=most, unique=True))
    return {name: draw(options[name]) for name in names}


contact_conditions = some_of(
    {
        "direction": st.just("outbound"),
        "channel": channel,
        "outcome": st.sampled_from(["connected", {"not": ["connected"]}, ["unknown", "no_answer"]]),
        "party": st.sampled_from(["debtor", {"not": "debtor"}]),
        "talk_seconds": st.sampled_from([{"more_than": 0}, {"at_least": 5, "at_most": 50}, {"less_than": 60}]),
        "local_time": st.sampled_from([{"from": "22:00", "until": "08:00"}, {"from": "09:00", "until": "17:30"}]),
        "weekday": st.sampled_from(["sun", ["sat", "sun", "mon"]]),
        "collection": st.booleans(),
    }
)
windows = st.sampled_from(
    [
        {"days": 1, "by": "calendar_day"},
        {"days": 7, "by": "calendar_day"},
        {"days": 3, "by": "calendar_day", "day_one": "next"},
        {"weeks": 1, "by": "iso_week"},
        {"months": 1, "by": "calendar_month"},
        {"hours": 11},
        {"days": 1},
        {"minutes": 60},
    ]
)
anchors = st.fixed_dictionaries(
    {"tag": st.sampled_from(TAGS)},
    optional={"within_turns": st.integers(0, 2), "speaker": st.sampled_from(["debtor", "any"])},
)
says_conditions = st.fixed_dictionaries(
    {"tag": st.sampled_from([*TAGS, TAGS[:2]])},
    optional={
        "speaker": st.sampled_from(["collector", "debtor", "any"]),
        "attribution": st.sampled_from([["performed"], ["performed", "negated"]]),
        "turns": st.sampled_from([{"first": 2}, {"last": 1}]),
        "before": anchors,
        "after": anchors,
        "around": anchors,
        "at_least": st.integers(1, 2),
        "absent": st.booleans(),
    },
)
anchored = st.one_of(
    windows,
    windows,
    st.just({"days": 4, "by": "calendar_day", "after_working_days": 2, "calendar": "US"}),
    st.just({"days": 1, "by": "calendar_day", "after_working_days": 3, "calendar": "US", "day_one": "next"}),
)
following = st.fixed_dictionaries({"kind": st.sampled_from(KINDS)}, optional={"within": anchored, "later": anchored})
shared = {"same": st.sampled_from([["debt"], ["channel"], []]), "following": following}
looking_back = {"within": anchored, "later": anchored, "not_after": st.sampled_from(KINDS), **shared}
event_conditions = st.one_of(
    st.fixed_dictionaries(
        {"kind": st.sampled_from([*KINDS, KINDS[:2]])}, optional={**looking_back, "absent": st.booleans()}
    ),
    st.fixed_dictionaries(
        {"kind": st.sampled_from(KINDS), "hours": st.sampled_from(["inside", "outside"])}, optional=looking_back
    ),
    st.fixed_dictionaries(
        {"kind": st.sampled_from(KINDS), "order": st.just("after")}, optional={"within": windows, **shared}
    ),
)
account_conditions = st.sampled_from(
    [{"lender_type": "bank"}, {"lender_type": {"not": ["bank"]}}, {"principal": {"at_least": 50}}]
)
keys = st.lists(
    st.sampled_from(["case", "debt", "person", "reached_number", "agency", "channel"]),
    min_size=1,
    max_size=2,
    unique=True,
)


def counts(blocks: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    limit = st.one_of(
        st.fixed_dictionaries({"more_than": st.integers(0, 3)}), st.fixed_dictionaries({"at_least": st.integers(1, 3)})
    )
    rest = st.fixed_dictionaries(
        {"within": windows},
        optional={
            "per": keys,
            "of": blocks,
            "since": blocks,
            "distinct": st.sampled_from(["agency", "channel", "reached_number"]),
        },
    )
    return st.tuples(limit, rest).map(lambda pair: {**pair[0], **pair[1]})


def sequences(blocks: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[list[dict[str, Any]]]:
    window = {"within": anchored, "later": anchored, "without": blocks}
    step = st.fixed_dictionaries({"when": blocks}, optional={**window, "same": keys})
    event = st.fixed_dictionaries({"event": st.fixed_dictionaries({"kind": st.sampled_from(KINDS)})})
    after_event = st.fixed_dictionaries({"when": blocks}, optional=window)
    plain = st.lists(step, min_size=2, max_size=3)
    return st.one_of(plain, st.tuples(event, after_event).map(list))


simple = some_of(
    {
        "contact": contact_conditions,
        "says": says_conditions,
        "event": event_conditions,
        "account": account_conditions,
    },
    most=2,
)


@st.composite
def nested(draw: st.DrawFn, depth: int = 2) -> dict[str, Any]:
    """A block of any kind; what a count counts must be said by a neighbour or by itself."""
    if depth == 0 or draw(st.integers(0, 5)) == 0:
        return draw(simple)
    inner = nested(depth - 1)
    block = draw(
        some_of(
            {
                "contact": contact_conditions,
                "count": counts(simple),
                "sequence": sequences(simple),
                "all": st.lists(inner, min_size=1, max_size=2),
                "any": st.lists(inner, min_size=1, max_size=2),
                "none": st.lists(inner, min_size=1, max_size=2),
                "at_least": st.fixed_dictionaries(
                    {"n": st.integers(1, 2), "of": st.lists(inner, min_size=1, max_size=3)}
                ),
            }
        )
    )
    if "count" in block and "of" not in block["count"]:
        block.setdefault("contact", {"collection": True, "direction": "outbound"})
    return block


blocks = nested()
rules = st.fixed_dictionaries(
    {"when": blocks},
    optional={
        "unless": st.lists(simple, min_size=1, max_size=2),
        "if_unknown": st.sampled_from(["review", "not_checkable", ["contact", "says"]]),
        "lender": st.just(["bank"]),
    },
)


@st.composite
def rulebooks(draw: st.DrawFn) -> list[dict[str, Any]]:
    return draw(st.lists(rules, min_size=1, max_size=3))


@st.composite
def portfolios(draw: st.DrawFn) -> list[dict[str, Any]]:
    return draw(st.lists(cases, min_size=1, max_size=2))


WORDS = {"zh": "甲", "en": "a"}
SOURCE = Source.model_validate({"id": "s", "title": WORDS, "binds": WORDS, "weight": "law", "evidence": "A"})


def rulebook(raw: list[dict[str, Any]]) -> Rulebook:
    made = [
        Rule.model_validate(
            {
                "id": f"r{number}",
                "title": WORDS,
                "topic": "hours",
                "severity": "low",
                "verdict": "violation",
                "authority": [{"source": "s"}],
                "message": WORDS,
                **{name: value for name, value in rule.items() if name != "lender"},
                **({"applies_to": {"lender": rule["lender"]}} if "lender" in rule else {}),
            }
        )
        for number, rule in enumerate(raw)
    ]
    return Rulebook(tuple(made), {"s": SOURCE}, {}, (), {rule.id: "x" for rule in made})


def laid_out(raw: list[dict[str, Any]]) -> tuple[Ground, list[oracle.Case]]:
    """The same cases as tables for the program and as plain data for the oracle."""
    rows, accounts, events, plain = [], [], [], []
    for number, case in enumerate(raw):
        name = f"case{number}"
        told, at = [], START
        for one in case["contacts"]:
            at = at + timedelta(minutes=one["gap"]) if one["gap"] is not None else at
            told.append({**one, "at": None if one["gap"] is None else at})
        told.sort(key=lambda one: (one["at"] is None, one["at"] or START))
        happened = [
            {
                "kind": one["kind"],
                "at": START + timedelta(minutes=one["minutes"]),
                "until": None if one["lasts"] is None else START + timedelta(minutes=one["minutes"] + one["lasts"]),
                "value": one["value"],
                "account_id": one["account_id"],
            }
            for one in case["events"]
        ]
        for place, one in enumerate(told):
            one |= {"words": bool(one["said"]) or one["silent"]}
            one["last_turn"] = max((turn for turn, *_ in one["said"]), default=0)
            one["contact_id"] = f"{name}-{place}"
            rows.append((one, name, case["zone"]))
        accounts.append({"case_id": name, **case["account"]})
        events += [{"case_id": name, **event} for event in happened]
        plain.append({**case, "contacts": told, "events": happened})
    return tables(rows, accounts, events, raw), plain


def tables(rows: list[Any], accounts: list[Any], events: list[Any], raw: list[Any]) -> Ground:
    fields = ("at", "channel", "direction", "outcome", "party", "agency", "account_id", "to_number", "talk_seconds")
    made = [
        Contact(**{name: one[name] for name in fields}, zone=zone, case_id=case, contact_id=one["contact_id"])
        for one, case, zone in rows
    ]
    frame = contact_table(made).with_columns(
        pl.Series("collection", [one["collection"] for one, *_ in rows], dtype=pl.Boolean),
        pl.Series("has_words", [one["words"] for one, *_ in rows]),
    )
    tags = [
        (one["contact_id"], turn, who, tag, meant, start, start + 1, "q", None, None, "t")
        for one, *_ in rows
        for turn, start, who, tag, meant in one["said"]
    ]
    turns = [
        (one["contact_id"], turn, "unknown", None, None, "…")
        for one, *_ in rows
        if one["words"]
        for turn in range(one["last_turn"] + 1)
    ]
    return lay(
        frame,
        pl.DataFrame([{n: a.get(n) for n in ACCOUNT_COLUMNS} for a in accounts], schema=ACCOUNT_COLUMNS),
        event_table(events),
        pl.DataFrame(tags, schema=TAG_COLUMNS, orient="row"),
        pl.DataFrame(turns, schema=TURN_COLUMNS, orient="row"),
        kept_events=frozenset((f"case{n}", kind) for n, case in enumerate(raw) for kind in case["keeps"]),
    )


def by_program(book: Rulebook, ground: Ground, engine: str, *, filtered: bool) -> set[tuple[str, str, bool]]:
    program = compile_program(book)
    level, size = program.levels[0], len(ground.contacts)
    if filtered:
        weighed = [audit.weigh(Evaluation(ground), program, rule).holding for rule in level]
        fired = [(row, n, sure) for n, one in enumerate(engines.run(engine, level, weighed, size))
                 for row, sure in zip(one.rows.tolist(), one.sure.tolist(), strict=True)]  # fmt: skip
    else:
        answers = {number: Evaluation(ground).block(block) for number, block in enumerate(program.blocks)}
        firings = engines.decide(engine, level, answers, ground.codes.starts, filtered=False)
        fired = [(one.row, one.rule, one.sure) for one in firings]
    ids = ground.contacts["contact_id"]
    return {(ids[row], level[n].rule.id, sure) for row, n, sure in fired}


@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(rulebooks(), portfolios())
def test_two_engines_and_the_oracle_find_the_same(raw_rules: list[dict[str, Any]], raw_cases: list[Any]) -> None:
    ground, plain = laid_out(raw_cases)
    book = rulebook(raw_rules)
    expected = {
        (case["contacts"][i]["contact_id"], f"r{number}", sure)
        for case in plain
        for number, rule in enumerate(raw_rules)
        for i, sure in oracle.decide(rule, case).items()
    }
    for engine in ("durable", "clips") if durable.available() else ("clips",):
        assert by_program(book, ground, engine, filtered=True) == expected
        assert by_program(book, ground, engine, filtered=False) == expected


def test_the_oracle_is_no_stub() -> None:
    """Planted by hand: four connected calls on one day, the limit is three."""
    call = {"channel": "call", "direction": "outbound", "outcome": "connected", "party": "debtor", "collection": True}
    rest = {"agency": None, "account_id": None, "to_number": None, "talk_seconds": 9.0, "said": [], "silent": False}
    raw = {
        "contacts": [{**call, **rest, "gap": 60} for _ in range(4)],
        "account": {},
        "events": [],
        "keeps": [],
        "zone": "Asia/Shanghai",
    }
    rule = {
        "when": {"contact": {"channel": "call"}, "count": {"within": {"days": 1, "by": "calendar_day"}, "more_than": 3}}
    }
    ground, plain = laid_out([raw])
    assert oracle.decide(rule, plain[0]) == {3: True}
    assert by_program(rulebook([rule]), ground, "clips", filtered=True) == {("case0-3", "r0", True)}


@pytest.mark.parametrize("engine", ["durable", "clips"])
def test_a_planted_difference_would_be_seen(engine: str) -> None:
    if engine == "durable" and not durable.available():
        pytest.skip("durable_rules does not import on this Python")
    rule = {"when": {"contact": {"channel": "call"}}}
    ground, _ = laid_out([{"contacts": [], "account": {}, "events": [], "keeps": [], "zone": None}])
    assert by_program(rulebook([rule]), replace(ground), engine, filtered=True) == set()
