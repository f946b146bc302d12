"""The pipeline: records → language → facts → rulebook → engines. The one place that knows all five rooms."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce
from importlib.metadata import version
from operator import itemgetter, or_
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from dunlint import engines, i18n
from dunlint.engines import explain
from dunlint.engines.prefilter import Holding
from dunlint.engines.protocol import Fired
from dunlint.errors import BadArgument
from dunlint.facts.attributes import REGION, in_regions
from dunlint.facts.collection import heard_events, with_collection
from dunlint.facts.conditions import Block
from dunlint.facts.evaluate import Evaluation, cheap_and_dear, cost_of
from dunlint.facts.kleene import FALSE, TRUE, UNKNOWN, Ask, Rows, column, constant, every, not_false
from dunlint.facts.table import Ground, lay
from dunlint.findings import Finding, NotCheckable, Report
from dunlint.language.analyse import Heard, analyse
from dunlint.language.lexicon import language_root
from dunlint.language.tagger import language_of, plain
from dunlint.records import Records
from dunlint.records import load as load_records
from dunlint.rulebook import load as rulebook
from dunlint.rulebook.clocks import with_zones
from dunlint.rulebook.load import Rulebook
from dunlint.rulebook.models import SEVERITIES, Rule
from dunlint.rulebook.program import Compiled, Program, compile_program
from dunlint.rulebook.regions import fitting
from dunlint.yaml_places import read as read_yaml

AUTO = "auto"
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

    rules: jurisdictions ("cn"), folders of rules, or "auto" for the packs of the accounts' regions; by default what
    the case names, else auto if an account names a region, else what the language suggests.
    zone: IANA zone for times without one. owner: names, numbers or addresses of the person whose exports these are.
    mapping: a file that says what the columns of a table mean. case: all of it is this one case.
    engine: "durable", "clips" or "both".
    Raises InputError if nothing could be read or no rules fit, RuleError for a wrong rule, EngineError if an
    engine failed.
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
    chosen = choose_rules(records, rules, lang)
    book = book or replace(rulebook.load(chosen.names).judging(), by_region=chosen.by_region)
    engine = engine or engines.default_engine()
    checked = check_tables(records, book, engine, heard=heard)
    notes = [i18n.text(key, lang, **values) for key, values in checked.notes]
    return Report(
        findings=tuple(sorted((finding for _, finding in checked.findings), key=_order)),
        checked=len(records.contacts),
        unreadable=records.unreadable,
        not_checkable=checked.not_checkable,
        notes=(*records.notes, *notes, *elsewhere(checked.ground, book, lang)),
        rules=chosen.names,
        rules_from=chosen.why,
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
    """What the pipeline found in tables: findings with the row of the ground each stands on, in order of rows and made
    as they are asked for (once); rules left open, and the case where each first was; and what was assumed (a key of
    the catalogue and its values).
    """

    ground: Ground
    findings: Iterator[tuple[int, Finding]]
    not_checkable: tuple[NotCheckable, ...]
    first_open: dict[str, str]
    notes: tuple[tuple[str, dict[str, Any]], ...] = ()


def check_tables(records: Records, book: Rulebook, engine: str, *, heard: Heard | None = None) -> Checked:
    """The pipeline itself, from tables to findings: pure, and each case by itself."""
    records, notes = with_zones(records, book)
    ground = make_ground(records, heard or analyse(records.contacts), book)
    return replace(decide(ground, book, engine), notes=notes)


@dataclass(frozen=True)
class Chosen:
    """Names of rule packs, why these, and whether they were chosen by region: then a contact whose region is not
    known is judged by none of them.
    """

    names: tuple[str, ...]
    why: str
    by_region: bool = False


def choose_rules(records: Records, asked: Sequence[str] | None, lang: str | None) -> Chosen:
    """As asked, else as the case says, else by the regions of the accounts, else by the language of most words.

    "auto" among the names stands for the packs of the regions. Raises BadArgument if nothing fits.
    """
    for names, why in ((tuple(asked or ()), "asked"), (records.jurisdictions, "case")):
        if AUTO in names:
            return _by_region(records, names, lang)
        if names:
            return Chosen(names, i18n.text(f"rules_from.{why}", lang))
    if records.accounts["region"].drop_nulls().str.contains(REGION).any():
        return _by_region(records, (AUTO,), lang)
    return _by_language(records, lang)


def _by_region(records: Records, names: tuple[str, ...], lang: str | None) -> Chosen:
    found = records.accounts["region"].drop_nulls().unique().sort().to_list()
    packs = {region: fitting(region) for region in found}
    own = tuple(dict.fromkeys(name for region in found for name in packs[region]))
    if not own:
        raise BadArgument("no_rules_for_region", regions=", ".join(found) or "—", known=", ".join(rulebook.shipped()))
    none = i18n.text("rules_from.no_pack", lang)
    told = "; ".join(f"{region}: {', '.join(packs[region]) or none}" for region in found)
    chosen = tuple(dict.fromkeys(one for name in names for one in (own if name == AUTO else (name,))))
    return Chosen(chosen, i18n.text("rules_from.region", lang, regions=told), by_region=True)


def _by_language(records: Records, lang: str | None) -> Chosen:
    words = [text for text in records.contacts["text"].drop_nulls().head(500) if text.strip()]
    words += [turn["text"] for turns in records.contacts["turns"].drop_nulls().head(50) for turn in turns]
    spoken = Counter(language_of(text) for text in words).most_common(1)
    language = spoken[0][0] if spoken else i18n.default_language()
    names = tuple(name for name in rulebook.shipped() if language in rulebook.pack(name).default_for)
    if not names:
        raise BadArgument("no_rules_for_language", language=language, known=", ".join(rulebook.shipped()))
    return Chosen(names, i18n.text("rules_from.language", lang, language=language))


def elsewhere(ground: Ground, book: Rulebook, lang: str | None) -> list[str]:
    """Notes on contacts that lie outside the regions of every pack, or, if those were chosen by region, name none."""
    if not book.packs or not all(pack.regions for pack in book.packs):
        return []
    column = ground.contacts["account.region"]
    known = reduce(or_, (in_regions(column, pack.regions) for pack in book.packs))
    out = column.filter(~known.fill_null(True))
    notes = []
    if len(out):
        values = {"count": len(out), "regions": ", ".join(out.unique().sort()), "rules": book_names(book)}
        notes.append(i18n.text("note.region_elsewhere", lang, **values))
    if book.by_region and known.null_count():
        notes.append(i18n.text("note.region_unknown", lang, count=known.null_count()))
    return notes


def book_names(book: Rulebook) -> str:
    return ", ".join(pack.jurisdiction for pack in book.packs)


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
    found: list[Iterator[tuple[int, Finding]]] = []
    left_open: list[tuple[NotCheckable, int]] = []
    texts = explain.Texts(ground)
    for number, level in enumerate(program.levels):
        weighed = [weigh(evaluation, program, compiled) for compiled in level]
        fired = engines.run(engine, level, [one.holding for one in weighed], len(ground.contacts))
        firings = [once(one, compiled.rule, ground) for one, compiled in zip(fired, level, strict=True)]
        for compiled, one in zip(level, firings, strict=True):
            if len(one.rows):
                lacks = lacking(compiled, evaluation, program, one.rows[~one.sure])
                found.append(explain.findings_of(one, compiled.rule, book, evaluation, texts, lacks))
        left_open += [(one.not_checkable, one.first_open) for one in weighed if one.not_checkable]
        if number + 1 < len(program.levels):
            evaluation.fire(fired_columns(firings, level, len(ground.contacts)))
    cases = ground.contacts["case_id"]
    return Checked(
        ground,
        heapq.merge(*found, key=itemgetter(0)),
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
    names = next(lacking(compiled, evaluation, program, np.array([first])))
    return Weighed(holding, NotCheckable(rule.id, rule.title.zh, rule.title.en, many, names), first)


def _needed(evaluation: Evaluation, block: Block, soft: bool) -> Ask:
    return (lambda rows: not_false(evaluation.at(block, rows))) if soft else partial(evaluation.at, block)


def once(fired: Fired, rule: Rule, ground: Ground) -> Fired:
    """Of a rule that speaks once a day or once a case, the first firing there."""
    if rule.once == "contact":
        return fired
    keys: list[npt.NDArray[Any]] = [ground.codes.case[fired.rows]]
    if rule.once == "day":
        keys += [column[fired.rows] for column in ground.codes.clock("day")]
    order = np.lexsort(keys)  # which keeps rows of equal keys in order
    new = np.zeros(len(order), np.bool_)
    new[:1] = True
    for key in keys:
        new[1:] |= key[order][1:] != key[order][:-1]
    return fired.at(np.sort(order[new]))


def fired_columns(firings: Sequence[Fired], level: tuple[Compiled, ...], rows: int) -> dict[str, pl.Series]:
    """Rule id -> which contacts broke it; a `review` counts as unknown. Rules that broke nowhere are left out."""
    columns = {}
    for compiled, fired in zip(level, firings, strict=True):
        if len(fired.rows):
            answer = constant(FALSE, rows)
            answer[fired.rows] = np.where(fired.sure, TRUE, UNKNOWN)
            columns[compiled.rule.id] = column(answer)
    return columns


def lacking(compiled: Compiled, evaluation: Evaluation, program: Program, rows: Rows) -> Iterator[tuple[str, ...]]:
    """For each of these rows, as they are asked for, the names of what the records lack: fields, or `words` where
    there is no text. The conditions are decided at once.
    """
    blocks = [program.blocks[need.column] for need in compiled.needs]
    unknown = [evaluation.at(block, rows) == UNKNOWN for block in blocks]
    frame = evaluation.ground.contacts
    columns = {name: pl.col(name if name in frame.columns else f"account.{name}")
               for block in blocks for name in block.asks()
               if name in frame.columns or f"account.{name}" in frame.columns}  # fmt: skip
    return _lacking(blocks, unknown, frame.select("row", **columns), rows)


def _lacking(
    blocks: list[Block], unknown: list[npt.NDArray[np.bool_]], contacts: pl.DataFrame, rows: Rows
) -> Iterator[tuple[str, ...]]:
    asked = [block.asks() for block in blocks]
    for place, contact in enumerate(explain.rows_of(contacts, rows)):
        open_blocks = (names for names, one in zip(asked, unknown, strict=True) if one[place])
        names = list(dict.fromkeys(name for block in open_blocks for name in block))
        yield tuple(name for name in names if contact.get(name) in (None, "unknown")) or tuple(names)


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
