"""`dunlint simulate --cases N --seed S -o DIR`: made-up records, with violations planted and listed."""

from __future__ import annotations

from pathlib import Path

import click

from dunlint import i18n


@click.command(help=i18n.text("help.simulate_long"), short_help=i18n.text("help.simulate"))
@click.option("--cases", type=click.IntRange(min=1), required=True, help=i18n.text("help.cases"))
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help=i18n.text("help.seed"))
@click.option("-o", "--out", type=click.Path(file_okay=False, path_type=Path), required=True,
              help=i18n.text("help.simulate_out"))  # fmt: skip
@click.option("--no-text", is_flag=True, help=i18n.text("help.no_text"))
@click.option("--breach", type=click.FloatRange(0, 0.5), default=0.01, show_default=True, help=i18n.text("help.breach"))
@click.option("--jurisdictions", help=i18n.text("help.jurisdictions"))
@click.option("--lang", type=click.Choice(i18n.LANGUAGES), help=i18n.text("help.lang"))
def simulate(
    cases: int, seed: int, out: Path, no_text: bool, breach: float, jurisdictions: str | None, lang: str | None
) -> None:
    from dunlint.commands.watching import watched
    from dunlint.simulate import simulate as write

    names = tuple(name.strip() for name in jurisdictions.split(",")) if jurisdictions else None
    with watched(lang) as progress:
        written = write(cases, seed, out, texts=0.0 if no_text else 1.0, breach=breach, jurisdictions=names,
                        progress=progress)  # fmt: skip
    values = {"cases": written.cases, "contacts": written.contacts, "planted": written.planted, "folder": str(out)}
    click.echo(i18n.text("audit.simulated", lang, **values))
