"""`dunlint import FILE… -o records.parquet`: exports of any kind -> one table; `--suggest`: what columns mean."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dunlint import i18n

if TYPE_CHECKING:
    from dunlint.records import Spilled, Unreadable

MOST_LISTED = 20
PREVIEW = (
    "case_id",
    "at",
    "channel",
    "direction",
    "outcome",
    "talk_seconds",
    "party",
    "from_number",
    "to_number",
    "text",
)
PERSONAL = ("from_number", "to_number", "text")


@click.command("import", help=i18n.text("help.import_long"), short_help=i18n.text("help.import"))
@click.argument("files", nargs=-1, required=True, metavar="FILE…|DIR|ZIP|URL|-")
@click.option("-o", "--output", type=click.Path(path_type=Path), help=i18n.text("help.import_output"))
@click.option("--mapping", type=click.Path(exists=True, path_type=Path), help=i18n.text("help.mapping"))
@click.option("--suggest", is_flag=True, help=i18n.text("help.suggest"))
@click.option("--zone", help=i18n.text("help.zone"))
@click.option("--case", metavar="ID", help=i18n.text("help.one_case"))
@click.option("--format-in", help=i18n.text("help.format_in"))
@click.option("--rows", type=click.IntRange(0), default=0, metavar="N", help=i18n.text("help.rows"))
@click.option("--show-personal-data", is_flag=True, help=i18n.text("help.show_personal_data"))
@click.option("--lang", type=click.Choice(i18n.LANGUAGES), help=i18n.text("help.lang"))
@click.option("-q", "--quiet", is_flag=True, help=i18n.text("help.quiet"))
def import_records(
    files: tuple[str, ...],
    output: Path | None,
    mapping: Path | None,
    suggest: bool,
    zone: str | None,
    case: str | None,
    format_in: str | None,
    rows: int,
    show_personal_data: bool,
    lang: str | None,
    quiet: bool,
) -> int:
    from dunlint.commands.check import progress

    lang = lang or i18n.default_language()
    if suggest:
        from dunlint.commands.suggest_mapping import proposals

        click.echo(proposals(files, zone, lang), nl=False)
        return 0
    if output is None and not rows:
        raise click.UsageError("-o / --rows / --suggest")
    from dunlint.records import spill, store
    from dunlint.writing import scratch

    with scratch() as folder:
        with progress(quiet) as tell:
            given = spill(list(files), folder, format_in=format_in, zone=zone, mapping=mapping, case=case,
                          lang=lang, progress=tell)  # fmt: skip
        written = store.write(given, output) if output else ()
        if rows:
            _show(given, rows, masked=not show_personal_data)
        if not quiet:
            _account_for(given, written, lang)
    return 0


def _account_for(given: Spilled, written: tuple[Path, ...], lang: str) -> None:
    """Notes, unreadable records and totals, to stderr: stdout is for data."""
    records = given.records
    contacts, cases = given.counted()
    for note in records.notes:
        click.echo(f"· {note}", err=True)
    for one in records.unreadable[:MOST_LISTED]:
        click.echo(_line(one, lang), err=True)
    if len(records.unreadable) > MOST_LISTED:
        click.echo(i18n.text("import.more", lang, count=len(records.unreadable) - MOST_LISTED), err=True)
    totals = {
        "file": written[0] if written else "—",
        "contacts": contacts,
        "accounts": len(records.accounts),
        "events": len(records.events),
        "cases": cases,
        "unreadable": len(records.unreadable),
    }
    click.echo(i18n.text("import.written", lang, **totals), err=True)
    listed = [path for path in written if path.suffix == ".csv"]
    if listed:
        click.echo(i18n.text("import.unreadable", lang, file=listed[0]), err=True)


def _line(one: Unreadable, lang: str) -> str:
    place = f"{one.file}:{one.line}" if one.line else one.file
    if not one.found:
        return one.expected
    from dunlint.language.personal_data import mask

    return i18n.text("report.unreadable_line", lang, place=place, expected=one.expected, found=mask(one.found))


def _show(given: Spilled, rows: int, *, masked: bool) -> None:
    """The first contacts: a table on a terminal, tab-separated values in a pipe."""
    from dunlint.language.personal_data import mask

    shown = given.contacts.head(rows).select(PREVIEW).collect()
    cells = [
        [
            "" if value is None else mask(str(value)) if masked and name in PERSONAL else str(value)
            for name, value in row.items()
        ]
        for row in shown.iter_rows(named=True)
    ]
    if not sys.stdout.isatty():
        click.echo("\t".join(PREVIEW))
        for row in cells:
            click.echo("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*PREVIEW)
    for row in cells:
        table.add_row(*row)
    Console(highlight=False, emoji=False, markup=False).print(table)
