"""The pipeline: records → language → facts → rulebook → engines. The one place that knows all five rooms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from dunlint import engines, i18n
from dunlint.engines import explain
from dunlint.engines.prefilter import Columns
from dunlint.engines.protocol import Firing
from dunlint.facts.collection import heard_events, with_collection
from dunlint.facts.evaluate import Evaluation
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

Ints = npt.NDArray[np.int64]


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
        notes=records.notes,
        rules=tuple(names),
        rules_from=reason,
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
    """Contacts without a zone get that of a jurisdiction which has only one, and a note says so. Wall-clock times are
    read in the zone of the case's accounts, else in that one.
    """
    records = replace(records, contacts=zones.from_accounts(records.contacts, records.accounts))
    single = {pack.zone for pack in book.packs if pack.single_zone}
    accounts = set(records.accounts.filter(pl.col("zone").is_not_null() | pl.col("zones").is_not_null())["case_id"])
    bare = records.contacts["zone"].is_null() & ~records.contacts["case_id"].is_in(list(accounts))
    if len(single) != 1 or not bare.any():
        return _without_zone_noted(records, lang)
    zone = single.pop()
    told = pl.select(pl.when(bare).then(pl.lit(zone))).to_series()
    contacts = zones.read_in(records.contacts.with_columns(bare=bare), told, "jurisdiction")
    contacts = contacts.with_columns(pl.when("bare").then(pl.lit(zone)).otherwise("zone").alias("zone")).drop("bare")
    note = i18n.text("note.pack_zone", lang, zone=zone, count=int(bare.sum()))
    return replace(records, contacts=contacts, notes=(*records.notes, note))


def _without_zone_noted(records: Records, lang: str | None) -> Records:
    count = records.contacts.filter(
        pl.col("at").is_null() & pl.col("local_time").is_not_null() & pl.col("zone").is_null()
    )
    if count.is_empty():
        return records
    return replace(records, notes=(*records.notes, i18n.text("note.no_zone", lang, count=len(count))))


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
