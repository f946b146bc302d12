"""`dunlint redact FILE…|DIR -o OUT`: copies of logs without personal data."""

from __future__ import annotations

from pathlib import Path

import click

from dunlint import i18n


@click.command(help=i18n.text("help.redact_long"), short_help=i18n.text("help.redact"))
@click.argument("files", nargs=-1, required=True, metavar="FILE…|DIR")
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help=i18n.text("help.redact_out"))
@click.option("--name", "names", multiple=True, help=i18n.text("help.redact_name"))
@click.option("--lang", type=click.Choice(i18n.LANGUAGES), help=i18n.text("help.lang"))
def redact(files: tuple[str, ...], out: Path, names: tuple[str, ...], lang: str | None) -> int:
    from dunlint.evidence.redact import redact as redact_files

    done = redact_files(files, out, names)
    for name in done.files:
        click.echo(out / name)
    for name in done.left_out:
        click.echo(i18n.text("redact.left_out", lang, name=name), err=True)
    counts = ", ".join(f"{kind} {count}" for kind, count in done.counts.items()) or "0"
    click.echo(i18n.text("redact.done", lang, files=len(done.files), counts=counts), err=True)
    click.echo(i18n.text("redact.limit", lang), err=True)
    return 0
