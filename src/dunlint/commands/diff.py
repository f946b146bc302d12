"""`dunlint diff OLD NEW`: what appeared and what went away."""

from __future__ import annotations

from pathlib import Path

import click

from dunlint import i18n

SEVERITIES = ("info", "low", "medium", "high", "critical")
SOURCE = click.Path(exists=True, path_type=Path)


@click.command(help=i18n.text("help.diff_long"), short_help=i18n.text("help.diff"))
@click.argument("old", type=SOURCE)
@click.argument("new", type=SOURCE)
@click.option("--output", type=click.Choice(["text", "json"]), default="text", help=i18n.text("help.output"))
@click.option("--fail-on", type=click.Choice(SEVERITIES), default="info", help=i18n.text("help.diff_fail_on"))
@click.option("--lang", type=click.Choice(i18n.LANGUAGES), help=i18n.text("help.lang"))
def diff(old: Path, new: Path, output: str, fail_on: str, lang: str | None) -> int:
    from dunlint.reports import difference

    found = difference.difference(old, new)
    if output == "json":
        click.echo(difference.as_json(found), nl=False)
    else:
        click.echo("\n".join(difference.lines(found, lang or i18n.default_language())))
    failing = SEVERITIES[SEVERITIES.index(fail_on) :]
    return 1 if any(one.severity in failing for one in found.appeared) else 0
