"""`dunlint check FILE…|DIR|ZIP|URL|-`: is anything in this log unlawful?"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dunlint import i18n

if TYPE_CHECKING:
    from dunlint.findings import Report

UNBROKEN = 100_000
SEVERITIES = ("info", "low", "medium", "high", "critical")


@click.command(help=i18n.text("help.check_long"), short_help=i18n.text("help.check"))
@click.argument("files", nargs=-1, required=True, metavar="FILE…|DIR|ZIP|URL|-")
@click.option("--rules", help=i18n.text("help.rules_option"))
@click.option("--format-in", help=i18n.text("help.format_in"))
@click.option("--zone", help=i18n.text("help.zone"))
@click.option("--owner", multiple=True, metavar="NAME", help=i18n.text("help.owner"))
@click.option("--mapping", type=click.Path(exists=True, path_type=Path), help=i18n.text("help.mapping"))
@click.option("--case", metavar="ID", help=i18n.text("help.one_case"))
@click.option("--engine", type=click.Choice(["durable", "clips", "both"]), help=i18n.text("help.engine"))
@click.option("--lang", type=click.Choice(i18n.LANGUAGES), help=i18n.text("help.lang"))
@click.option("--output", "outputs", multiple=True, metavar="text|json|jsonl|NAME=FILE", help=i18n.text("help.outputs"))
@click.option("--fail-on", type=click.Choice(SEVERITIES), default="info", help=i18n.text("help.fail_on"))
@click.option("--min-severity", type=click.Choice(SEVERITIES), default="info", help=i18n.text("help.min_severity"))
@click.option(
    "--suppress", "suppressions", type=click.Path(exists=True, path_type=Path), help=i18n.text("help.suppress")
)
@click.option("--baseline", type=click.Path(exists=True, path_type=Path), help=i18n.text("help.baseline"))
@click.option("--why-not", metavar="CONTACT", help=i18n.text("help.why_not"))
@click.option("--show-personal-data", is_flag=True, help=i18n.text("help.show_personal_data"))
@click.option("-q", "--quiet", is_flag=True, help=i18n.text("help.quiet"))
def check(
    files: tuple[str, ...],
    rules: str | None,
    format_in: str | None,
    zone: str | None,
    owner: tuple[str, ...],
    mapping: Path | None,
    case: str | None,
    engine: str | None,
    lang: str | None,
    outputs: tuple[str, ...],
    fail_on: str,
    min_severity: str,
    suppressions: Path | None,
    baseline: Path | None,
    why_not: str | None,
    show_personal_data: bool,
    quiet: bool,
) -> int:
    from dunlint import audit
    from dunlint.commands.outputs import wanted

    lang = lang or i18n.default_language()
    output = wanted(outputs)
    names = [name.strip() for name in rules.split(",") if name.strip()] if rules else None
    with progress(quiet) as tell:
        report = audit.check(
            *files, rules=names, format_in=format_in, zone=zone, owner=owner, mapping=mapping, case=case, engine=engine,
            lang=lang, progress=tell,
        )
    report = answered(report, suppressions, baseline, lang)
    report = at_least(report, min_severity)
    failing = at_least(report, fail_on).findings
    if why_not:
        from dunlint.commands.why_not import tell as tell_why_not

        tell_why_not(report, why_not, lang)
        return 0
    if not show_personal_data:
        from dunlint.reports.privacy import masked

        report = masked(report)
    output.write_files(report, lang)
    write(report, output.printed, lang, quiet=quiet)
    return 1 if failing else 0


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[str], None] | None]:
    """Says on stderr which file is being read; nothing unless a person watches."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("")

        def tell(name: str) -> None:
            bar.update(task, description=name)

        yield tell


def answered(report: Report, suppressions: Path | None, baseline: Path | None, lang: str) -> Report:
    """The report without what is suppressed or known from the baseline."""
    from datetime import date

    from dunlint import suppress

    if suppressions:
        report = suppress.suppress(report, suppress.load(suppressions), date.today(), lang)
    return suppress.only_new(report, suppress.baseline(baseline)) if baseline else report


def at_least(report: Report, severity: str) -> Report:
    """The report with findings of that severity and above."""
    from dataclasses import replace

    kept = SEVERITIES[SEVERITIES.index(severity) :]
    return replace(report, findings=tuple(f for f in report.findings if f.severity in kept))


def write(report: Report, output: str | None, lang: str, *, quiet: bool) -> None:
    """Data to stdout, or nothing: plain in a pipe, coloured on a terminal (NO_COLOR is honoured by the console)."""
    from dunlint.reports import as_json

    if output == "json":
        click.echo(as_json.as_json(report), nl=False)
    elif output == "jsonl":
        click.echo(as_json.as_jsonl(report), nl=False)
    elif output == "text":
        from rich.console import Console

        from dunlint.reports import text

        console = Console(highlight=False, emoji=False, markup=False)
        if not console.is_terminal:
            console.width = UNBROKEN  # in a pipe a line is a line
        text.write(report, console, lang, quiet=quiet)
