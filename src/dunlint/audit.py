"""The pipeline: records → language → facts → rulebook → engines. The one place that knows all five rooms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from dunlint import engines, i18n
from dunlint.engines import explain
from dunlint.engines.prefilter import Holding
from dunlint.engines.protocol import Firing
from dunlint.facts.collection import heard_events, with_collection
from dunlint.facts.conditions import Block
from dunlint.facts.evaluate import Evaluation, cheap_and_dear, cost_of
from dunlint.facts.kleene import FALSE, TRUE, UNKNOWN, Ask, Rows, column, constant, every, not_false
from dunlint.facts.table import Ground, lay
from dunlint.findings import Finding, NotCheckable, Report
from dunlint.language.analyse import Heard, analyse
from dunlint.language.lexicon import language_root
from dunlint.language.tagger import language_of, plain
from dunlint.records import Records, zones
from dunlint.records import load as load_records
from dunlint.rulebook import load as rulebook
from dunlint.rulebook.load import Rulebook
from dunlint.rulebook.models import SEVERITIES
from dunlint.rulebook.program import Compiled, Program, compile_program
from dunlint.yaml_places import read as read_yaml

VERDICTS = ("violation", "presumed_violation", "warning", "review")


def check(
    *paths: str | Path,
    rules: Sequence[str] | None = None,
    format_in: str | None = None,
    zone: str | None = None,
    owner: Sequence[str] = (),
    mapping: str | Path | None = None,
    case: str | None = None,
    engine: str | None = None,
    lang: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Check logs: files, folders and ZIPs (one with `case.yaml` is one case), database URLs or "-" for standard input.

    rules: jurisdictions ("cn") or folders of rules; by default what the case names, else what its language suggests.
    zone: IANA zone for times without one. owner: names, numbers or addresses of the person whose exports these are.
    mapping: a file that says what the columns of a table mean. case: all of it is this one case.
    engine: "durable", "clips" or "both".
    Raises InputError if nothing could be read, RuleError for a wrong rule, EngineError if an engine failed.
    """
    records = load_records(
        list(paths), format_in=format_in, zone=zone, owner=owner, mapping=mapping, case=case, lang=lang,
        progress=progress,
    )  # fmt: skip
    return check_records(records, rules=rules, engine=engine, lang=lang)


def check_records(
    records: Records, *, rules: Sequence[str] | None = None, engine: str | None = None, lang: str | None = None,
    book: Rulebook | None = None, heard: Heard | None = None,
) -> Report:  # fmt: skip
    """As `check`, on tables already read. `heard` gives turns and tags instead of having them found."""
    names, reason = choose_rules(records, rules, lang)
    book = book or rulebook.load(names)
    engine = engine or engines.default_engine()
    checked = check_tables(records, book, engine, heard=heard)
    notes = [i18n.text(key, lang, **values) for key, values in checked.notes]
    return Report(
        findings=tuple(sorted(checked.findings, key=_order)),
        checked=len(records.contacts),
        unreadable=records.unreadable,
        not_checkable=checked.not_checkable,
        notes=(*records.notes, *notes),
        rules=tuple(names),
        rules_from=reason,
        engine=engine,
        rule_count=len(book.enabled),
        versions={"dunlint": version("dunlint")},
        contacts=checked.ground.contacts,
        accounts=records.accounts,
        events=checked.ground.events,
        turns=checked.ground.turns,
        ground=checked.ground,
        book=book,
    )


@dataclass(frozen=True)
class Checked:
    """What the pipeline found in tables: findings with the row of the ground each stands on, rules left open (and the
    case where each first was), and what was assumed (a key of the catalogue and its values).
    """

    ground: Ground
    findings: list[Finding]
    rows: list[int]
    not_checkable: tuple[NotCheckable, ...]
    first_open: dict[str, str]
    notes: tuple[tuple[str, dict[str, Any]], ...] = ()


def check_tables(records: Records, book: Rulebook, engine: str, *, heard: Heard | None = None) -> Checked:
    """The pipeline itself, from tables to findings: pure, and each case by itself."""
    records, notes = with_zone(records, book)
    ground = make_ground(records, heard or analyse(records.contacts), book)
    return replace(decide(ground, book, engine), notes=notes)


def with_zone(records: Records, book: Rulebook) -> tuple[Records, tuple[tuple[str, dict[str, Any]], ...]]:
    """Contacts without a zone get that of a jurisdiction which has only one, and a note says so; with packs of several
    countries it stays unknown. Wall-clock times are read in the zone of the case's accounts, else in that one.
    """
    records = replace(records, contacts=zones.from_accounts(records.contacts, records.accounts))
    single = {pack.zone for pack in book.packs if pack.single_zone}
    accounts = records.accounts.filter(pl.col("zone").is_not_null() | pl.col("zones").is_not_null())
    bare = records.contacts["zone"].is_null() & ~records.contacts["case_id"].is_in(accounts["case_id"].implode())
    if len(single) != 1 or len(countries(book)) != 1 or not bare.any():
        return records, _without_zone(records)
    zone = single.pop()
    told = pl.select(pl.when(bare).then(pl.lit(zone))).to_series()
    contacts = zones.read_in(records.contacts.with_columns(bare=bare), told, "jurisdiction")
    contacts = contacts.with_columns(pl.when("bare").then(pl.lit(zone)).otherwise("zone").alias("zone")).drop("bare")
    return replace(records, contacts=contacts), (("note.pack_zone", {"zone": zone, "count": int(bare.sum())}),)


def _without_zone(records: Records) -> tuple[tuple[str, dict[str, Any]], ...]:
    """A note on the wall-clock times that stay without a zone."""
    lost = pl.col("at").is_null() & pl.col("local_time").is_not_null() & pl.col("zone").is_null()
    count = len(records.contacts.filter(lost))
    return (("note.no_zone", {"count": count}),) if count else ()


def countries(book: Rulebook) -> set[str]:
    """The countries a rulebook speaks of: `us` for the packs us and us-ny."""
    return {pack.jurisdiction.partition("-")[0] for pack in book.packs}


def choose_rules(records: Records, asked: Sequence[str] | None, lang: str | None) -> tuple[tuple[str, ...], str]:
    """(names of rule packs, why these): as asked, else as the case says, else by the language most words are in."""
    if asked:
        return tuple(asked), i18n.text("rules_from.asked", lang)
    if records.jurisdictions:
        return records.jurisdictions, i18n.text("rules_from.case", lang)
    words = [text for text in records.contacts["text"].drop_nulls().head(500) if text.strip()]
    words += [turn["text"] for turns in records.contacts["turns"].drop_nulls().head(50) for turn in turns]
    spoken = Counter(language_of(text) for text in words).most_common(1)
    language = spoken[0][0] if spoken else i18n.default_language()
    fitting = tuple(name for name in rulebook.shipped() if language in rulebook.pack(name).default_for)
    return fitting, i18n.text("rules_from.language", lang, language=language)


def make_ground(records: Records, heard: Heard, book: Rulebook) -> Ground:
    """The tables that conditions are decided on: contacts with what was said, heard events added to recorded ones."""
    contacts = with_collection(records.contacts, heard.turns, heard.tags)
    kinds = read_yaml(language_root() / "events.yaml", "language/events.yaml").data
    events = pl.concat([records.events, heard_events(contacts, heard.tags, kinds)])
    turns = heard.turns
    if any(
        True for rule in book.enabled for _ in rulebook.found_in(rule.when.model_dump(exclude_none=True), "keywords")
    ):
        spelled = {text: plain(text) for text in turns["text"].unique(maintain_order=True)}
        turns = turns.with_columns(pl.Series("plain", [spelled[text] for text in turns["text"]], dtype=pl.String))
    return lay(
        contacts,
        records.accounts,
        events,
        heard.tags,
        turns,
        parameters=book.parameter_tables(),
        kept_events=records.kept_events,
    )


def decide(ground: Ground, book: Rulebook, engine: str) -> Checked:
    """Run the program level by level; each level sees the findings of those before it."""
    program = compile_program(book)
    evaluation = Evaluation(ground)
    found: list[tuple[int, Finding]] = []
    left_open: list[tuple[NotCheckable, int]] = []
    for number, level in enumerate(program.levels):
        weighed = [weigh(evaluation, program, compiled) for compiled in level]
        fired = engines.run(engine, level, [one.holding for one in weighed], ground.codes.starts)
        firings = once(fired, level, ground)
        missing = missing_of(firings, level, evaluation, program)
        found += explain.findings_of(firings, tuple(c.rule for c in level), book, evaluation, missing)
        left_open += [(one.not_checkable, one.first_open) for one in weighed if one.not_checkable]
        if number + 1 < len(program.levels):
            evaluation.fire(fired_columns(firings, level, len(ground.contacts)))
    cases = ground.contacts["case_id"]
    return Checked(
        ground,
        [finding for _, finding in found],
        [row for row, _ in found],
        tuple(one for one, _ in left_open),
        {one.rule: cases[row] for one, row in left_open},
    )


@dataclass(frozen=True)
class Weighed:
    """One rule on one ground: where it can hold, and for how many contacts it had to be left open."""

    holding: Holding
    not_checkable: NotCheckable | None
    first_open: int = -1


def weigh(evaluation: Evaluation, program: Program, compiled: Compiled) -> Weighed:
    """Ask the needs of a rule, the cheap ones first, the dear ones only where it is still open; then its bars.

    A rule is left open where no need is false and a hard one is unknown.
    """
    blocks = {need.column: program.blocks[need.column] for need in compiled.needs}
    asks = [(cost_of(blocks[n.column]), _needed(evaluation, blocks[n.column], n.soft)) for n in compiled.needs]
    answer = every(*cheap_and_dear(asks), evaluation.everyone)
    rows = np.flatnonzero(answer == TRUE)
    blocks |= {bar: program.blocks[bar] for bar in compiled.bars}
    holding = Holding(rows, {column: evaluation.at(block, rows) for column, block in blocks.items()})
    unsure = answer == UNKNOWN
    many = int(np.count_nonzero(unsure))
    if not many:
        return Weighed(holding, None)
    rule, first = compiled.rule, int(unsure.argmax())
    names = lacking(compiled, evaluation, program, np.array([first]))[0]
    return Weighed(holding, NotCheckable(rule.id, rule.title.zh, rule.title.en, many, names), first)


def _needed(evaluation: Evaluation, block: Block, soft: bool) -> Ask:
    return (lambda rows: not_false(evaluation.at(block, rows))) if soft else partial(evaluation.at, block)


def once(firings: list[Firing], level: tuple[Compiled, ...], ground: Ground) -> list[Firing]:
    """Rules that speak once a day or once a case keep their first firing there."""
    cases, days = ground.contacts["case_id"], ground.contacts["day"]
    seen: set[tuple[object, ...]] = set()
    kept: list[Firing] = []
    for firing in sorted(firings):
        scope = level[firing.rule].rule.once
        key: tuple[object, ...] = (firing.rule, cases[firing.row])
        if scope == "day":
            key = (*key, days[firing.row])
        if scope == "contact" or key not in seen:
            seen.add(key)
            kept.append(firing)
    return kept


def fired_columns(firings: list[Firing], level: tuple[Compiled, ...], rows: int) -> dict[str, pl.Series]:
    """Rule id -> which contacts broke it; a `review` counts as unknown. Rules that broke nowhere are left out."""
    broken: dict[int, list[Firing]] = {}
    for firing in firings:
        broken.setdefault(firing.rule, []).append(firing)
    columns = {}
    for number, own in broken.items():
        answer = constant(FALSE, rows)
        answer[[firing.row for firing in own]] = [TRUE if firing.sure else UNKNOWN for firing in own]
        columns[level[number].rule.id] = column(answer)
    return columns


def missing_of(
    firings: list[Firing], level: tuple[Compiled, ...], evaluation: Evaluation, program: Program
) -> dict[tuple[int, int], tuple[str, ...]]:
    """(row, rule) -> what the records lack, for the firings that are not sure."""
    unsure: dict[int, list[int]] = {}
    for firing in sorted(firings):
        if not firing.sure:
            unsure.setdefault(firing.rule, []).append(firing.row)
    return {
        (row, rule): names
        for rule, rows in unsure.items()
        for row, names in zip(rows, lacking(level[rule], evaluation, program, np.array(rows)), strict=True)
    }


def lacking(compiled: Compiled, evaluation: Evaluation, program: Program, rows: Rows) -> list[tuple[str, ...]]:
    """For each of these rows the names of what the records lack: fields, or `words` where there is no text."""
    blocks = [program.blocks[need.column] for need in compiled.needs]
    unknown = [evaluation.at(block, rows) == UNKNOWN for block in blocks]
    frame = evaluation.ground.contacts
    columns = {name: pl.col(name if name in frame.columns else f"account.{name}")
               for block in blocks for name in block.asks()
               if name in frame.columns or f"account.{name}" in frame.columns}  # fmt: skip
    contacts = frame[rows].select("row", **columns)
    told = []
    for place, contact in enumerate(contacts.iter_rows(named=True)):
        open_blocks = (block for block, one in zip(blocks, unknown, strict=True) if one[place])
        names = list(dict.fromkeys(name for block in open_blocks for name in block.asks()))
        told.append(tuple(name for name in names if contact.get(name) in (None, "unknown")) or tuple(names))
    return told


def _order(finding: Finding) -> tuple[object, ...]:
    return (
        VERDICTS.index(finding.verdict) == len(VERDICTS) - 1,
        -SEVERITIES.index(finding.severity),
        finding.case_id,
        finding.at is None,
        finding.at.timestamp() if finding.at else 0.0,
        finding.rule,
        finding.contact_id,
    )
