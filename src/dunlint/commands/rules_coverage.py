"""`dunlint rules coverage`: which jurisdictions have rules on what, and on which evidence."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from dunlint import i18n

if TYPE_CHECKING:
    from dunlint.rulebook.coverage import Row


@click.command("coverage", help=i18n.text("help.rules_coverage"))
@click.option("--output", type=click.Choice(["text", "json"]), default="text", help=i18n.text("help.output"))
@click.pass_context
def coverage(ctx: click.Context, output: str) -> None:
    from dunlint.rulebook import coverage as table
    from dunlint.rulebook.load import shipped

    names, lang = ctx.obj["rules"], ctx.obj["lang"]
    rows = table.grid([name.strip() for name in names.split(",")] if names else shipped())
    if output == "json":
        cells = [{"pack": row.pack, "regions": row.regions, "topics": {t: asdict(c) for t, c in row.cells.items()}}
                 for row in rows]  # fmt: skip
        click.echo(json.dumps(cells, ensure_ascii=False, indent=2))
        return
    _print(rows, lang)


def _print(rows: list[Row], lang: str) -> None:
    from rich.console import Console
    from rich.table import Table

    from dunlint.rulebook.coverage import shown
    from dunlint.rulebook.models import TOPICS

    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        for row in rows:
            click.echo("\t".join((row.pack, *(shown(row.cells[topic]) for topic in TOPICS))))
        return
    headings = (i18n.text("coverage.jurisdiction", lang), *(i18n.text(f"topic.{topic}", lang) for topic in TOPICS))
    printed = Table(*headings)
    for row in rows:
        printed.add_row(row.pack, *(shown(row.cells[topic]) for topic in TOPICS))
    console.print(printed)
    console.print(i18n.text("coverage.how_to_read", lang))
