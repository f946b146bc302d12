"""The pipeline: records → language → facts → rulebook → engines. The one place that knows all five rooms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from importlib.metadata import version
from operator import or_
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from dunlint import engines, i18n
from dunlint.engines import explain
from dunlint.engines.prefilter import Columns
from dunlint.engines.protocol import Firing
from dunlint.errors import BadArgument
from dunlint.facts.attributes import REGION, in_regions
from dunlint.facts.collection import heard_events, with_collection
from dunlint.facts.evaluate import Evaluation
from dunlint.facts.table import Ground, lay
from dunlint.findings import Finding, NotCheckable, Report
from dunlint.language.analyse import Heard, analyse
from dunlint.language.lexicon import language_root
from dunlint.language.tagger import language_of, plain
from dunlint.records import Records
from dunlint.records import load as load_records
from dunlint.rulebook import load as rulebook
from dunlint.rulebook.load import Rulebook
from dunlint.rulebook.models import SEVERITIES
from dunlint.rulebook.program import Compiled, Program, compile_program
from dunlint.rulebook.regions import fitting, holds
from dunlint.yaml_places import read as read_yaml

AUTO = "auto"
VERDICTS = ("violation", "presumed_violation", "warning", "review")

Ints = npt.NDArray[np.int64]


def check(
    *paths: str | Path,
    rules: Sequence[str] | None = None,
    format_in: str | None = None,
    zone: str | None = None,
    engine: str | None = None,
    lang: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Check logs: files, folders (a folder with `case.yaml` is one case) or "-" for standard input.

    rules: jurisdictions ("cn"), folders of rules, or "auto" for the packs of the accounts' regions; by default what
    the case names, else auto if an account names a region, else what the language suggests.
    zone: IANA zone for times without one. engine: "durable", "clips" or "both".
    Raises InputError if nothing could be read or no rules fit, RuleError for a wrong rule, EngineError if an
    engine failed.
    """
    records = load_records(list(paths), format_in=format_in, zone=zone, lang=lang, progress=progress)
    return check_records(records, rules=rules, engine=engine, lang=lang)


def check_records(
    records: Records, *, rules: Sequence[str] | None = None, engine: str | None = None, lang: str | None = None,
    book: Rulebook | None = None, heard: Heard | None = None,
) -> Report:  # fmt: skip
    """As `check`, on tables already read. `heard` gives turns and tags instead of having them found."""
    chosen = choose_rules(records, rules, lang)
    book = book or replace(rulebook.load(chosen.names), by_region=chosen.by_region)
    records = with_zone(records, book, lang)
    heard = heard or analyse(records.contacts)
    engine = engine or engines.default_engine()
    ground = make_ground(records, heard, book)
    decided = decide(ground, book, engine)
    found = sorted(decided.findings, key=_order)
    return Report(
        findings=tuple(found),
        checked=len(records.contacts),
        unreadable=records.unreadable,
        not_checkable=decided.not_checkable,
        notes=(*records.notes, *elsewhere(ground, book, lang)),
        rules=chosen.names,
        rules_from=chosen.why,
        engine=engine,
        rule_count=len(book.enabled),
        versions={"dunlint": version("dunlint")},
        contacts=ground.contacts,
        accounts=records.accounts,
        events=ground.events,
        turns=ground.turns,
        ground=ground,
        book=book,
    )


def with_zone(records: Records, book: Rulebook, lang: str | None = None) -> Records:
    """Contacts without a zone get that of the only pack that holds for their case, if it keeps one clock, and a
    note says so.
    """
    told = set(records.accounts.filter(pl.col("zone").is_not_null() | pl.col("zones").is_not_null())["case_id"])
    bare = records.contacts["zone"].is_null() & ~records.contacts["case_id"].is_in(list(told))
    if not bare.any():
        return records
    known = records.accounts.drop_nulls("region").group_by("case_id").agg(pl.col("region").unique())
    regions = dict(known.iter_rows())
    zones = {case: _one_zone(book, regions.get(case, ())) for case in records.contacts["case_id"].filter(bare).unique()}
    given = records.contacts["case_id"].replace_strict(zones, default=None, return_dtype=pl.String)
    zone = pl.when(pl.Series(bare)).then(pl.Series(given)).otherwise(pl.col("zone")).alias("zone")
    counts = given.filter(bare).drop_nulls().value_counts().sort("case_id")
    notes = [i18n.text("note.pack_zone", lang, zone=zone, count=count) for zone, count in counts.iter_rows()]
    return replace(records, contacts=records.contacts.with_columns(zone), notes=(*records.notes, *notes))


def _one_zone(book: Rulebook, regions: Sequence[str]) -> str | None:
    """The clock of the packs that hold in these regions, if all of them keep the same one."""
    packs = [one for one in book.packs if holds(one, regions) and (regions or not book.by_region)]
    zones = {one.zone if one.single_zone else None for one in packs}
    return zones.pop() if len(zones) == 1 else None


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
        turns = turns.with_columns(pl.Series("plain", [plain(text) for text in turns["text"]], dtype=pl.String))
    return lay(
        contacts,
        records.accounts,
        events,
        heard.tags,
        turns,
        parameters=book.parameter_tables(),
        kept_events=records.kept_events,
    )


@dataclass(frozen=True)
class Decided:
    findings: list[Finding]
    not_checkable: tuple[NotCheckable, ...]


def decide(ground: Ground, book: Rulebook, engine: str) -> Decided:
    """Run the program level by level; each level sees the findings of those before it."""
    program = compile_program(book)
    evaluation = Evaluation(ground)
    starts = case_starts(ground.contacts)
    findings: list[Finding] = []
    unknown: list[NotCheckable] = []
    for number, level in enumerate(program.levels):
        answers = answers_for(evaluation, program, level)
        firings = once(engines.decide(engine, level, answers, starts), level, ground)
        missing = {
            (f.row, f.rule): lacking(level[f.rule], answers, program, f.row, ground) for f in firings if not f.sure
        }
        findings += explain.findings_of(firings, tuple(c.rule for c in level), book, evaluation, missing)
        unknown += not_checkable(level, answers, program, ground)
        if number + 1 < len(program.levels):
            evaluation.fired |= fired_columns(firings, level, len(ground.contacts))
    return Decided(findings, tuple(unknown))


def case_starts(contacts: pl.DataFrame) -> Ints:
    """First row of each case, then the number of rows."""
    changes = (contacts["case_id"] != contacts["case_id"].shift(1)).fill_null(True)
    return np.append(np.flatnonzero(changes.to_numpy()), len(contacts)).astype(np.int64)


def answers_for(evaluation: Evaluation, program: Program, level: tuple[Compiled, ...]) -> dict[int, pl.Series]:
    """Column number -> decided column, for every need and bar of a level."""
    wanted = {need.column for rule in level for need in rule.needs} | {bar for rule in level for bar in rule.bars}
    return {number: evaluation.block(program.blocks[number]) for number in sorted(wanted)}


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
    """Rule id -> which contacts broke it; a `review` counts as unknown."""
    columns: dict[str, pl.Series] = {}
    for number, compiled in enumerate(level):
        mask: list[bool | None] = [False] * rows
        for firing in firings:
            if firing.rule == number:
                mask[firing.row] = True if firing.sure else None
        columns[compiled.rule.id] = pl.Series(mask, dtype=pl.Boolean)
    return columns


def not_checkable(
    level: tuple[Compiled, ...], answers: Mapping[int, pl.Series], program: Program, ground: Ground
) -> list[NotCheckable]:
    """Rules that were left open for some contacts: no need is false, and a hard need is unknown."""
    columns = Columns.of(answers)
    found = []
    for compiled in level:
        open_rows = np.ones(len(ground.contacts), bool)
        for need in compiled.needs:
            open_rows &= columns.possible[need.column]
        unsure = np.zeros(len(ground.contacts), bool)
        for need in compiled.needs:
            if not need.soft:
                unsure |= columns.possible[need.column] & ~columns.sure[need.column]
        rows = np.flatnonzero(open_rows & unsure)
        if len(rows):
            names = lacking(compiled, answers, program, int(rows[0]), ground)
            rule = compiled.rule
            found.append(NotCheckable(rule.id, rule.title.zh, rule.title.en, len(rows), names))
    return found


def lacking(
    compiled: Compiled, answers: Mapping[int, pl.Series], program: Program, row: int, ground: Ground
) -> tuple[str, ...]:
    """Names of what the records lack for one contact: fields, or `words` where there is no text."""
    names: list[str] = []
    for need in compiled.needs:
        if answers[need.column][row] is None:
            names += program.blocks[need.column].asks()
    contact = ground.contacts.row(row, named=True)
    known = {name for name in names if contact.get(name, contact.get(f"account.{name}")) not in (None, "unknown")}
    return tuple(dict.fromkeys(name for name in names if name not in known)) or tuple(dict.fromkeys(names))


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
