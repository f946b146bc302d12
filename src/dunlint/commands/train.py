"""`dunlint train`: learn the model again from labelled messages."""

from __future__ import annotations

from pathlib import Path

import click

from dunlint import i18n

CORPUS = "corpus/messages"


@click.command(help=i18n.text("help.train_long"), short_help=i18n.text("help.train"))
@click.option("--corpus", default=CORPUS, show_default=True, help=i18n.text("help.train_corpus"))
@click.option("--out", help=i18n.text("help.train_out"))
@click.option(
    "--language", "languages", multiple=True, type=click.Choice(i18n.LANGUAGES), help=i18n.text("help.train_language")
)
@click.option("--lang", type=click.Choice(i18n.LANGUAGES), help=i18n.text("help.lang"))
def train(corpus: str, out: str | None, languages: tuple[str, ...], lang: str | None) -> None:
    from dunlint.language import training
    from dunlint.language.model import MODELS

    folder = Path(out) if out else MODELS
    for one in languages or i18n.LANGUAGES:
        click.echo(i18n.text("train.begin", lang, language=one), err=True)
        done = training.train(one, Path(corpus), folder)
        values = {"language": one, "messages": done.messages, "ngrams": done.ngrams, "size": f"{done.size / 1e6:.1f}"}
        click.echo(i18n.text("train.done", lang, **values, folder=folder / one), err=True)
