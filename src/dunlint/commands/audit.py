"""`dunlint audit RECORDS… -o DIR`: how does this agency behave, over millions of records?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from dunlint import i18n

SEVERITIES = ("info", "low", "medium", "high", "critical")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(help=i18n.text("help.audit_long"), short_help=i18n.text("help.audit"))
@click.argument("records", nargs=-1, required=True, metavar="RECORDS…|DIR")
@click.option("-o", "--out", type=click.Path(file_okay=False, path_type=Path), required=True,
              help=i18n.text("help.audit_out"))  # fmt: skip
@click.option("--accounts", type=FILE, help=i18n.text("help.audit_accounts"))
@click.option("--events", type=FILE, help=i18n.text("help.audit_events"))
@click.option("--rules", help=i18n.text("help.rules_option"))
@click.option("--engine", type=click.Choice(["durable", "clips", "both"]), help=i18n.text("help.engine"))
@click.option("--zone", help=i18n.text("help.zone"))
@click.option("--mapping", type=FILE, help=i18n.text("help.mapping"))
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help=i18n.text("help.jobs"))
@click.option(
    "--rows", type=click.IntRange(min=1), default=400_000, show_default=True, help=i18n.text("help.batch_rows")
)
@click.option("--resume", is_flag=True, help=i18n.text("help.resume"))
@click.option("--sample", type=click.IntRange(min=1), help=i18n.text("help.sample"))
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help=i18n.text("help.seed"))
@click.option("--truth", type=FILE, help=i18n.text("help.truth"))
@click.option("--engine-cluster", metavar="MASTER", help=i18n.text("help.engine_cluster"))
@click.option("--fail-on", type=click.Choice(SEVERITIES), default="info", help=i18n.text("help.fail_on"))
@click.option("--lang", type=click.Choice(i18n.LANGUAGES), help=i18n.text("help.lang"))
@click.option("-q", "--quiet", is_flag=True, help=i18n.text("help.quiet"))
def audit(
    records: tuple[str, ...],
    out: Path,
    accounts: Path | None,
    events: Path | None,
    rules: str | None,
    engine: str | None,
    zone: str | None,
    mapping: Path | None,
    jobs: int,
    rows: int,
    resume: bool,
    sample: int | None,
    seed: int,
    truth: Path | None,
    engine_cluster: str | None,
    fail_on: str,
    lang: str | None,
    quiet: bool,
) -> int:
    from dunlint.commands.watching import watched
    from dunlint.scale import folder, overview

    lang = lang or i18n.default_language()
    names = [name.strip() for name in rules.split(",") if name.strip()] if rules else None
    planted = _planted(truth)
    with watched(lang, quiet=quiet) as progress:
        outcome = folder.audit(
            records, out, accounts=accounts, events=events, rules=names, engine=engine, zone=zone, mapping=mapping,
            jobs=jobs, rows=rows, resume=resume, sample_size=sample, seed=seed, cluster=engine_cluster,
            progress=progress,
        )  # fmt: skip
    overview.write(outcome, _console(), lang, quiet=quiet)
    if planted is not None:
        overview.write_truth(planted, outcome, _console(), lang)
    by_severity = outcome.summary["findings"]["by_severity"]
    return int(any(by_severity[name] for name in SEVERITIES[SEVERITIES.index(fail_on) :]))


def _planted(path: Path | None) -> Any:
    """What is planted, read before the work begins: a wrong file should not be found out at the end of it."""
    if path is None:
        return None
    from dunlint.scale import truth

    return truth.read(path)


def _console() -> Any:
    from rich.console import Console

    console = Console(highlight=False, emoji=False, markup=False)
    if not sys.stdout.isatty():
        console.width = 160
    return console
