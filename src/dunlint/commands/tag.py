"""`dunlint tag FILE|-`: what each line of text does, as JSON lines."""

from __future__ import annotations

import json
from typing import IO

import click

from dunlint import i18n


@click.command(help=i18n.text("help.tag_long"), short_help=i18n.text("help.tag"))
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"))
@click.option("--speaker", default="unknown", help=i18n.text("help.speaker"))
@click.option("--party", default="unknown", help=i18n.text("help.party"))
@click.option("--no-model", is_flag=True, help=i18n.text("help.no_model"))
def tag(file: IO[str], speaker: str, party: str, no_model: bool) -> None:
    from dunlint.language.analyse import tag_text

    for line in file:
        text = line.rstrip("\r\n")
        tags = [
            {"tag": t.tag, "attribution": t.attribution, "start": t.start, "end": t.end, "quote": text[t.start : t.end],
             "by": t.by, "value": t.value, "unit": t.unit}
            for t in tag_text(text, speaker, party, model=not no_model)
        ]  # fmt: skip
        click.echo(json.dumps({"text": text, "tags": tags}, ensure_ascii=False))
