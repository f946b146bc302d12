"""`audit`: records in, a folder of results out; the one place that knows the whole way."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from dunlint import engines, i18n
from dunlint.audit import AUTO
from dunlint.errors import BadArgument
from dunlint.language.tagger import language_of
from dunlint.rulebook import load as rulebook
from dunlint.rulebook.regions import fitting as packs_of
from dunlint.scale import output, partition, sample
from dunlint.scale.batch import Plan, book_of
from dunlint.scale.inputs import Tables, gather, scan
from dunlint.scale.run import Work, findings, parts, run, unreadable

WORK = ".parts"
MOST_TEXTS = 500  # looked at to tell the language

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Outcome:
    """summary: what summary.json holds; folder: where it lies."""

    summary: dict[str, Any]
    folder: Path


def audit(
    paths: Sequence[str | Path],
    out: str | Path,
    *,
    accounts: Path | None = None,
    events: Path | None = None,
    rules: Sequence[str] | None = None,
    engine: str | None = None,
    zone: str | None = None,
    mapping: Path | None = None,
    jobs: int = 1,
    resume: bool = False,
    sample_size: int | None = None,
    seed: int = 1,
    cluster: str | None = None,
    rows: int = partition.ROWS,
    progress: Progress | None = None,
    reading: Callable[[str], None] | None = None,
) -> Outcome:
    """Check the records of many cases and write the folder `out` (its files are described in docs/audit.md).

    paths: Parquet, folders with contacts.parquet (and accounts, events), or anything `check` reads; mapping: a file
    that says what the columns of a table mean, as for `check`; rules: packs or folders, by default those of the
    accounts' regions; jobs: processes; cluster: a Spark master to run on instead; rows: contacts checked together,
    which bounds memory and changes no byte of the results; progress: told contacts done and contacts in all. Where a
    run was broken off, `resume` goes on.

    Raises InputError or BadArgument for what cannot be used, RuleError for a wrong rule, EngineError if an engine or
    a process failed.
    """
    if cluster and resume:
        raise BadArgument("no_resume_on_cluster")
    out = Path(out)
    work_folder = out / WORK
    tables = gather(
        paths, work_folder / "input", accounts=accounts, events=events, zone=zone, mapping=mapping, progress=reading
    )
    if tables.remote and not (cluster and rules and not sample_size):
        raise BadArgument("remote_records")
    names, why = choose_rules(tables, rules)
    book_of(names).judging()
    plan = Plan(names, engine or engines.default_engine())
    drawn = sample.draw(tables, sample_size, seed) if sample_size else None
    chosen = drawn.cases if drawn else None
    work = _work(tables, plan, rows, work_folder, chosen)
    parameters = {"rules": list(names), "zone": zone, "sample": sample_size, "seed": seed if sample_size else None}
    count = _check(work, _described(tables, plan, parameters), jobs, resume, cluster, progress)
    about = _about(work, why, parameters, drawn, _unreadable(work, count))
    found = findings(work_folder, count)
    summary = output.write(parts(work_folder, count), found, about, out, work_folder / "out")
    shutil.rmtree(work_folder)
    return Outcome(summary, out)


def _about(
    work: Work, why: str, parameters: dict[str, Any], drawn: sample.Sample | None, unreadable: pl.DataFrame
) -> output.About:
    """What is told of a run beside its findings."""
    tables, plan = work.tables, work.plan
    return output.About(
        rules=plan.rules, rules_from={lang: i18n.text(why, lang) for lang in i18n.LANGUAGES}, engine=plan.engine,
        book=book_of(plan.rules), inputs=tables.inputs, parameters=parameters, unreadable=unreadable,
        notes=[dict(note) for note in tables.notes], drawn=drawn,
    )  # fmt: skip


def _work(tables: Tables, plan: Plan, rows: int, folder: Path, chosen: pl.DataFrame | None) -> Work:
    if tables.remote:
        return Work(tables, plan, (), folder)
    sizes = partition.case_sizes(tables) if chosen is None else chosen.select("case_id", "contacts")
    found = partition.ranges(sizes, rows)
    return Work(partition.laid_out(tables, found, folder / "input"), plan, found, folder, chosen)


def _check(
    work: Work, described: dict[str, Any], jobs: int, resume: bool, cluster: str | None, progress: Progress | None
) -> int:
    """Check everything; returns how many parts there are."""
    total, done = sum(one.contacts for one in work.ranges), 0

    def advance(contacts: int) -> None:
        nonlocal done
        done += contacts
        if progress:
            progress(done, total)

    if cluster:
        from dunlint.scale.spark import run as run_on_cluster

        return run_on_cluster(work, described, cluster, progress=advance)
    return run(work, described, jobs=jobs, resume=resume, progress=advance)


def _described(tables: Tables, plan: Plan, parameters: dict[str, Any]) -> dict[str, Any]:
    """What parts of an earlier run must share to be gone on with."""
    return {
        "version": version("dunlint"),
        "inputs": [list(one) for one in tables.inputs],
        "rules": dict(sorted(book_of(plan.rules).hashes.items())),
        "engine": asdict(plan)["engine"],
        "parameters": parameters,
    }


def _unreadable(work: Work, count: int) -> pl.DataFrame:
    rows = [(one.file, one.line, one.expected, one.found) for one in work.tables.unreadable]
    told = pl.DataFrame(rows, schema=partition.UNREADABLE_COLUMNS, orient="row")
    pieces = [told, unreadable(work.folder, count)]
    pieces += [] if work.tables.remote else [partition.without_case(work.tables)]
    return pl.concat(
        [piece.select(pl.col(n).cast(t) for n, t in partition.UNREADABLE_COLUMNS.items()) for piece in pieces]
    )


def choose_rules(tables: Tables, asked: Sequence[str] | None) -> tuple[tuple[str, ...], str]:
    """(packs, key of the sentence why): as asked ("auto" stands for those of the accounts' regions), else those of the
    regions, else by the language of the words. Raises BadArgument where nothing tells.
    """
    if asked and AUTO not in asked:
        return tuple(asked), "rules_from.asked"
    accounts = scan(tables.accounts, "accounts").select(pl.col("region").drop_nulls().unique().sort())
    regions = accounts.collect()["region"].to_list()
    own = [name for region in regions for name in packs_of(region.upper())]
    if own:
        named = [name for one in asked or (AUTO,) for name in (own if one == AUTO else (one,))]
        return tuple(dict.fromkeys(named)), "rules_from.regions"
    if asked:
        raise BadArgument("no_rules_for_region", regions=", ".join(regions) or "—", known=", ".join(rulebook.shipped()))
    words = scan(tables.contacts, "contacts").select("text").drop_nulls().head(MOST_TEXTS).collect()["text"]
    spoken = Counter(language_of(text) for text in words if text.strip()).most_common(1)
    by_words = tuple(n for n in rulebook.shipped() if spoken and spoken[0][0] in rulebook.pack(n).default_for)
    if not by_words:
        raise BadArgument("no_rules_fit", known=", ".join(rulebook.shipped()))
    return by_words, "rules_from.words"
