"""Cases of one portfolio drawn as columns: no row is ever a Python object.

Every array below is one of three lengths: a value for each case, for each block of each case, or for each contact.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from dunlint.facts.clock import DAY, seconds
from dunlint.records.schema import ACCOUNT_COLUMNS, CONTACT_COLUMNS, EVENT_COLUMNS
from dunlint.simulate.portfolio import EventStep, Portfolio

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Generator = np.random.Generator

ACCOUNT = "a"
OTHER_AGENT = 0.1  # share of scenes in which a colleague of the case's own agent works
TRUTH_COLUMNS: dict[str, Any] = {"case_id": pl.String, "contact_id": pl.String, "rule": pl.String, "plant": pl.String}
FIXED = {"role": "agency", "number_kind": "registered", "contact_source": "contract"}
PLACES = ("first", "middle", "last")


@dataclass(frozen=True)
class Drawn:
    """contacts, accounts, events: columns as in `records.schema`, empty ones left out; truth: TRUTH_COLUMNS."""

    contacts: pl.DataFrame
    accounts: pl.DataFrame
    events: pl.DataFrame
    truth: pl.DataFrame


@dataclass(frozen=True)
class Cases:
    """One value for each case: its number, lender, agency, own agent, zone and region, and first day (days since
    1970), how many blocks.
    """

    number: Ints
    lender: Ints
    agency: Ints
    agent: Ints
    zone: Ints
    region: Ints
    day: Ints
    blocks: Ints
    principal: Ints


@dataclass(frozen=True)
class Scenes:
    """One value for each block of each case: place of its case, which block, first day, working agent."""

    case: Ints
    block: Ints
    day: Ints
    agent: Ints


def draw(portfolio: Portfolio, numbers: Ints, generator: Generator, *, breach: float, texts: float) -> Drawn:
    """Cases of these numbers. breach: share of contacts that break a rule; texts: share of messages with words."""
    cases = _cases(portfolio, numbers, generator)
    scenes = _scenes(portfolio, cases, generator, breach)
    contacts = _contacts(portfolio, cases, scenes, generator, texts)
    return Drawn(
        contacts.drop("_breaks", "_plant"),
        _accounts(portfolio, cases, scenes),
        _events(portfolio, cases, scenes),
        _truth(contacts),
    )


def _cases(portfolio: Portfolio, numbers: Ints, generator: Generator) -> Cases:
    size = len(numbers)
    lender = _pick(generator, size, [one.weight for one in portfolio.lenders])
    agency = _pick(generator, size, [one.weight for one in portfolio.agencies])
    crew = np.array([one.agents for one in portfolio.agencies])
    low = np.array([one.principal[0] for one in portfolio.lenders])[lender]
    high = np.array([one.principal[1] for one in portfolio.lenders])[lender]
    first_day = (datetime.combine(portfolio.start, datetime.min.time()) - datetime(1970, 1, 1)).days
    return Cases(
        number=numbers, lender=lender, agency=agency,
        agent=(generator.random(size) * crew[agency]).astype(np.int64),
        zone=_pick(generator, size, list(portfolio.zones.values())),
        region=_pick(generator, size, list(portfolio.regions.values())),
        day=first_day + generator.integers(0, 7, size),
        blocks=generator.integers(portfolio.blocks_a_case[0], portfolio.blocks_a_case[1] + 1, size),
        principal=low + (generator.random(size) * (high - low)).astype(np.int64) // 100 * 100,
    )  # fmt: skip


def _pick(generator: Generator, size: int, weights: list[float]) -> Ints:
    shares = np.cumsum(weights) / np.sum(weights)
    return np.searchsorted(shares, generator.random(size), side="right").astype(np.int64)


def _scenes(portfolio: Portfolio, cases: Cases, generator: Generator, breach: float) -> Scenes:
    case = np.repeat(np.arange(len(cases.number)), cases.blocks)
    nth = _within(cases.blocks)
    agents = np.array([one.agents for one in portfolio.agencies])[cases.agency[case]]
    colleague = (generator.random(len(case)) * agents).astype(np.int64)
    agent = np.where(generator.random(len(case)) < OTHER_AGENT, colleague, cases.agent[case])
    habit = habits(portfolio)[cases.agency[case], agent]
    planted = generator.random(len(case)) < chance(portfolio, breach) * habit
    place = np.where(nth == 0, 0, np.where(nth == cases.blocks[case] - 1, 2, 1))
    block = _blocks(portfolio, cases.lender[case], place, planted, generator)
    return Scenes(case, block, cases.day[case] + nth * portfolio.block_days, agent)


def _within(sizes: Ints) -> Ints:
    """0, 1, 2 … inside each group of these sizes."""
    ends = np.cumsum(sizes)
    return np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - sizes, sizes)


def habits(portfolio: Portfolio) -> Floats:
    """[agency, agent]: how often an agent breaks rules, 1 on average over all work. The same for every seed."""
    most = max(one.agents for one in portfolio.agencies)
    own = np.random.default_rng(len(portfolio.blocks)).gamma(1.5, size=(len(portfolio.agencies), most))
    for number, one in enumerate(portfolio.agencies):
        own[number] *= one.habit / own[number, : one.agents].mean()
    weights = np.array([one.weight for one in portfolio.agencies])
    mean = sum(w * own[n, : portfolio.agencies[n].agents].mean() for n, w in enumerate(weights)) / weights.sum()
    return np.asarray(own / mean, np.float64)


def chance(portfolio: Portfolio, breach: float) -> float:
    """How likely a block is a plant, so that this share of all contacts breaks a rule."""
    plain = [block for block in portfolio.blocks if not block.planted]
    plants = [block for block in portfolio.blocks if block.planted]
    size = sum(b.weight * len(b.contacts) for b in plain) / sum(b.weight for b in plain)
    weight = sum(b.weight for b in plants)
    grown = sum(b.weight * len(b.contacts) for b in plants) / weight
    broken = sum(b.weight * sum(bool(step.breaks) for step in b.contacts) for b in plants) / weight
    return min(1.0, breach * size / max(1e-9, broken - breach * (grown - size)))


def _blocks(
    portfolio: Portfolio, lender: Ints, place: Ints, planted: npt.NDArray[np.bool_], generator: Generator
) -> Ints:
    """Which block stands where: drawn by weight among those that fit the lender and the place."""
    block = np.zeros(len(lender), np.int64)
    for number, one in enumerate(portfolio.lenders):
        for which, name in enumerate(PLACES):
            for kind in (False, True):
                rows = np.flatnonzero((lender == number) & (place == which) & (planted == kind))
                fitting = portfolio.fitting(one, name, planted=kind)
                weights = [portfolio.blocks[n].weight for n in fitting]
                block[rows] = np.array(fitting)[_pick(generator, len(rows), weights)]
    return block


def _contacts(portfolio: Portfolio, cases: Cases, scenes: Scenes, generator: Generator, texts: float) -> pl.DataFrame:
    steps = [step for _, step in portfolio.steps()]
    sizes = np.array([len(block.contacts) for block in portfolio.blocks])
    firsts = np.cumsum(sizes) - sizes
    scene = np.repeat(np.arange(len(scenes.case)), sizes[scenes.block])
    step = firsts[scenes.block[scene]] + _within(sizes[scenes.block])
    case = scenes.case[scene]
    start = np.array([seconds(one.from_) for one in steps])[step]
    end = np.array([seconds(one.until) for one in steps])[step]
    day = scenes.day[scene] + np.array([one.day for one in steps])[step]
    second = start + (generator.random(len(step)) * (end - start)).astype(np.int64)
    low = np.array([one.talk[0] if one.talk else 0 for one in steps])[step]
    high = np.array([one.talk[1] if one.talk else 0 for one in steps])[step]
    talk = low + (generator.random(len(step)) * (high - low + 1)).astype(np.int64)
    nth = _within(np.bincount(case, minlength=len(cases.number)))
    frame = pl.DataFrame(
        {"step": step, "_case": case, "_nth": nth, "_zone": cases.zone[case], "_local": day * DAY + second,
         "_talk": talk, "_agency": cases.agency[case], "_agent": scenes.agent[scene], "_lender": cases.lender[case],
         "_number": cases.number[case], "_principal": cases.principal[case], "_campaign": scenes.block[scene],
         "_shows": generator.random(len(step)) < texts, "_variant": generator.integers(0, 1 << 30, len(step))}
    )  # fmt: skip
    frame = frame.with_columns(_step_columns(portfolio, frame["step"]))
    return _worded(portfolio, _named(portfolio, frame))


def _step_columns(portfolio: Portfolio, step: pl.Series) -> list[pl.Series]:
    """What stands in the steps, laid out by contact."""
    rows = []
    for number, one in portfolio.steps():
        values: dict[str, Any] = {**FIXED, **one.values}
        values |= {name: getattr(one, name) for name in ("channel", "direction", "outcome", "party")}
        values["_prefix"] = portfolio.numbers[one.to]
        values["_unpublished"] = one.agency == "unpublished"
        values["_recorded"] = one.recorded and (one.talk is not None or one.channel == "visit")
        values["_talks"] = one.talk is not None
        values["_text"] = one.text
        values["_breaks"] = list(one.breaks)
        values["_plant"] = portfolio.blocks[number].name
        rows.append(values)
    names = dict.fromkeys(name for row in rows for name in row)
    table = pl.DataFrame({name: pl.Series([row.get(name) for row in rows], strict=False) for name in names})
    return table[step.cast(pl.UInt32)].get_columns()


def _named(portfolio: Portfolio, frame: pl.DataFrame) -> pl.DataFrame:
    """Ids, numbers, names and UTC times."""
    number = pl.col("_number").cast(pl.String)
    agency = _lookup(pl.col("_agency"), [one.name for one in portfolio.agencies])
    lender = _lookup(pl.col("_lender"), [str(one.account["lender"]) for one in portfolio.lenders])
    teams = _lookup(pl.col("_agency"), [one.teams for one in portfolio.agencies])
    theirs = pl.concat_str("_prefix", number.str.zfill(8))
    ours = pl.concat_str(
        pl.lit(portfolio.agency_number), pl.col("_agency").cast(pl.String), number.str.tail(1).str.zfill(6)
    )
    outbound = pl.col("direction") == "outbound"
    crew = pl.concat_str(pl.lit(portfolio.jurisdiction), (pl.col("_agency") + 1).cast(pl.String))
    frame = frame.with_columns(
        case_id=pl.concat_str(pl.lit(portfolio.case_id), number.str.zfill(7)),
        at=_utc(list(portfolio.zones)),
        talk_seconds=pl.when("_talks").then(pl.col("_talk").cast(pl.Float64)),
        from_number=pl.when(outbound).then(ours).otherwise(theirs),
        to_number=pl.when(outbound).then(theirs).otherwise(ours),
        creditor=lender,
        agency=pl.when("_unpublished").then(pl.lit(portfolio.unpublished_agency)).otherwise(agency),
        team=pl.concat_str(crew, pl.lit("-t"), (pl.col("_agent") % teams + 1).cast(pl.String)),
        agent=pl.concat_str(crew, pl.lit("-"), (pl.col("_agent") + 1).cast(pl.String).str.zfill(3)),
        campaign=_lookup(pl.col("_campaign") % len(portfolio.campaigns), portfolio.campaigns),
        account_id=pl.lit(ACCOUNT),
    )
    nth = (pl.col("_nth") + 1).cast(pl.String).str.zfill(3)
    frame = frame.with_columns(contact_id=pl.concat_str("case_id", pl.lit("-"), nth))
    return frame.with_columns(recording_id=pl.when("_recorded").then(pl.concat_str(pl.lit("r-"), "contact_id")))


def _lookup(index: pl.Expr, values: list[Any]) -> pl.Expr:
    return pl.lit(pl.Series(values)).gather(index)


def _utc(zones: list[str]) -> pl.Expr:
    local = pl.from_epoch("_local", time_unit="s").cast(pl.Datetime("us"))
    at = pl.lit(None, pl.Datetime("us", "UTC"))
    for number, zone in enumerate(zones):
        own = local.dt.replace_time_zone(zone, ambiguous="earliest").dt.convert_time_zone("UTC")
        at = pl.when(pl.col("_zone") == number).then(own).otherwise(at)
    return at


def _worded(portfolio: Portfolio, frame: pl.DataFrame) -> pl.DataFrame:
    """`template` for every message that has one, and `text` for those that show their words."""
    template, text = pl.lit(None, pl.String), pl.lit(None, pl.String)
    for key, parts in portfolio.texts.items():
        which: pl.Expr = pl.col("_variant") % int(np.prod([len(part) for part in parts]))
        pieces, rest = [], which
        for part in parts:
            pieces.append(_lookup(rest % len(part), part))
            rest = rest // len(part)
        chosen = pl.col("_text") == key
        template = (
            pl.when(chosen)
            .then(pl.concat_str(pl.lit(f"{key}-"), which.cast(pl.String).str.zfill(4)))
            .otherwise(template)
        )
        words = _filled(pl.concat_str(pieces))
        text = pl.when(chosen & pl.col("_shows")).then(words).otherwise(text)
    frame = frame.with_columns(template=template)
    if frame["_shows"].any():
        frame = frame.with_columns(text=text)
    keep = [name for name in CONTACT_COLUMNS if name in frame.columns and frame[name].null_count() < len(frame)]
    return frame.select(*keep, "_breaks", "_plant")


def _filled(words: pl.Expr) -> pl.Expr:
    amount = pl.concat_str((pl.col("_principal") % 3000 + 120).cast(pl.String), pl.lit(".00"))
    blanks = {
        "lender": pl.col("creditor"), "agency": pl.col("agency"), "amount": amount,
        "name": pl.concat_str(pl.lit("No. "), pl.col("_number").cast(pl.String)),
        "days": (pl.col("_number") % 90 + 1).cast(pl.String),
    }  # fmt: skip
    for name, value in blanks.items():
        words = words.str.replace_all(f"{{{name}}}", value, literal=True)
    return words


def _accounts(portfolio: Portfolio, cases: Cases, scenes: Scenes) -> pl.DataFrame:
    """One account a case; a block may have changed columns of it."""
    published = [one.name for one in portfolio.agencies]
    rows = pl.DataFrame([one.account for one in portfolio.lenders], infer_schema_length=None)
    frame = rows[pl.Series(cases.lender).cast(pl.UInt32)].with_columns(
        case_id=_case_ids(portfolio, cases.number),
        account_id=pl.lit(ACCOUNT),
        principal=pl.Series(cases.principal, dtype=pl.Float64),
        disbursed=pl.Series(cases.principal, dtype=pl.Float64),
        balance=pl.Series(cases.principal * 1.1, dtype=pl.Float64).round(2),
        zone=pl.Series(np.array(list(portfolio.zones))[cases.zone], dtype=pl.String),
        region=pl.Series(np.array(list(portfolio.regions))[cases.region], dtype=pl.String),
        published_agencies=pl.lit(pl.Series([published])).first(),
    )
    for number, block in enumerate(portfolio.blocks):
        changed = pl.Series(np.isin(np.arange(len(cases.number)), scenes.case[scenes.block == number]))
        frame = frame.with_columns(
            pl.when(changed).then(pl.lit(value)).otherwise(pl.col(name)).alias(name)
            for name, value in block.account.items()
        )
    return frame.select(pl.col(name).cast(dtype) for name, dtype in ACCOUNT_COLUMNS.items() if name in frame.columns)


def _case_ids(portfolio: Portfolio, numbers: Ints) -> pl.Series:
    return pl.Series("number", numbers).to_frame().select(
        pl.concat_str(pl.lit(portfolio.case_id), pl.col("number").cast(pl.String).str.zfill(7))
    ).to_series()  # fmt: skip


def _events(portfolio: Portfolio, cases: Cases, scenes: Scenes) -> pl.DataFrame:
    """The events of every case on the day before its first contact, and those of its blocks."""
    everyone = np.arange(len(cases.number))
    pieces = [_event_rows(portfolio, cases, everyone, cases.day - 1, one) for one in portfolio.events]
    for number, block in enumerate(portfolio.blocks):
        at = scenes.block == number
        pieces += [
            _event_rows(portfolio, cases, scenes.case[at], scenes.day[at] + one.day, one) for one in block.events
        ]
    frame = pl.concat(pieces).sort("case_id", "at", "kind")
    nth = pl.int_range(pl.len()).over("case_id") + 1
    frame = frame.with_columns(event_id=pl.concat_str(pl.lit("e-"), "case_id", pl.lit("-"), nth.cast(pl.String)))
    return frame.select(pl.col(name).cast(dtype) for name, dtype in EVENT_COLUMNS.items() if name in frame.columns)


def _event_rows(portfolio: Portfolio, cases: Cases, case: Ints, day: Ints, event: EventStep) -> pl.DataFrame:
    agencies = np.array([one.name for one in portfolio.agencies])
    frame = pl.DataFrame(
        {"case_id": _case_ids(portfolio, cases.number[case]), "_zone": cases.zone[case],
         "_local": day * DAY + seconds(event.at), "agency": pl.Series(agencies[cases.agency[case]], dtype=pl.String)}
    )  # fmt: skip
    return frame.with_columns(
        at=_utc(list(portfolio.zones)), account_id=pl.lit(ACCOUNT), kind=pl.lit(event.kind), origin=pl.lit("record")
    ).drop("_zone", "_local")


def _truth(contacts: pl.DataFrame) -> pl.DataFrame:
    broken = contacts.filter(pl.col("_breaks").list.len() > 0)
    return broken.explode("_breaks").select("case_id", "contact_id", rule="_breaks", plant="_plant")
