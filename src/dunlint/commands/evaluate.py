"""`dunlint evaluate FILE.jsonl`: how well the shipped pipeline finds the labels of a file."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from dunlint import i18n

if TYPE_CHECKING:
    from rich.table import Table

    from dunlint.language.labelled import Message

WIDE = 150  # of a table that goes into a pipe


@click.command(help=i18n.text("help.evaluate_long"), short_help=i18n.text("help.evaluate"))
@click.argument("file", metavar="FILE|-")
@click.option("--output", type=click.Choice(["text", "json"]), default="text", help=i18n.text("help.output"))
@click.option("--mistakes", "with_mistakes", is_flag=True, help=i18n.text("help.mistakes"))
@click.option("--split", help=i18n.text("help.split"))
@click.option("--no-model", is_flag=True, help=i18n.text("help.no_model"))
@click.option("--lang", type=click.Choice(i18n.LANGUAGES), help=i18n.text("help.lang"))
def evaluate(file: str, output: str, with_mistakes: bool, split: str | None, no_model: bool, lang: str | None) -> None:
    from dunlint.language import evaluate as measure
    from dunlint.language.labelled import read_messages

    messages = of_split(read_messages(file), split, file)
    found = measure.run(messages, model=not no_model)
    scores = measure.evaluate(messages, found)
    if with_mistakes:
        scores["mistakes"] = measure.mistakes(messages, found)
    if output == "json":
        click.echo(json.dumps(scores, ensure_ascii=False, indent=1))
    else:
        show(scores, lang or i18n.default_language())


def of_split(messages: list[Message], split: str | None, file: str) -> list[Message]:
    """The messages of one split, or all. Raises BadArgument when none is of it."""
    from dunlint.errors import BadArgument

    kept = [message for message in messages if split is None or message.group.get("split") == split]
    if not kept:
        known = ", ".join(sorted({m.group["split"] for m in messages if "split" in m.group})) or "-"
        raise BadArgument("no_split", where=file, name=split, known=known)
    return kept


def show(scores: dict[str, Any], lang: str) -> None:
    """Tables: by tag and over all, by group, false positives, mistakes."""
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else WIDE, highlight=False, markup=False, emoji=False)
    console.print(by_tag(scores, lang))
    for name, groups in scores["groups"].items():
        console.print(by_group(name, groups, lang))
    console.print(i18n.text("evaluate.false_positives", lang, share=_rate(scores, "false_positive_rate")))
    for one in scores.get("mistakes", ()):
        missed, wrong = (", ".join(one[side]) or "-" for side in ("missed", "wrong"))
        console.print(i18n.text("evaluate.mistake", lang, id=one["id"], missed=missed, wrong=wrong), style="bold")
        console.print(f"    {one['text']}")


def by_tag(scores: dict[str, Any], lang: str) -> Table:
    """A row a tag, then micro and macro."""
    from dunlint.language.tagset import tag_name

    table = _table(i18n.text("evaluate.tag", lang), lang)
    for tag, row in scores["tags"].items():
        table.add_row(f"{tag_name(tag, lang)} ({tag})", str(row["labels"]), *_cells(row))
    table.add_section()
    blocks = [("prohibited", scores["prohibited"])] if scores["prohibited"]["micro"] != scores["micro"] else []
    for name, block in [("all", scores), *blocks]:
        for kind in ("micro", "macro"):
            table.add_row(f"{kind}, {i18n.text(f'evaluate.{name}', lang)}", "", *_cells(block[kind]))
    return table


def by_group(name: str, groups: dict[str, Any], lang: str) -> Table:
    """A row a group: prohibited tags in one pot, and false positives."""
    table = _table(i18n.text(f"evaluate.by_{name}", lang), lang, i18n.text("evaluate.flagged", lang))
    for value, row in groups.items():
        table.add_row(value, str(row["messages"]), *_cells(row), _rate(row, "false_positive_rate"))
    return table


def _table(first: str, lang: str, *more: str) -> Table:
    from rich.table import Table

    table = Table(first)
    for heading in [*(i18n.text(f"evaluate.{name}", lang) for name in ("count", "precision", "recall", "f1")), *more]:
        table.add_column(heading, justify="right")
    return table


def _cells(row: dict[str, Any]) -> list[str]:
    return [_rate(row, name) for name in ("precision", "recall", "f1")]


def _rate(row: dict[str, Any], name: str) -> str:
    """`0.912 [0.87–0.94]`, or a dash."""
    value, interval = row[name], row[f"{name}_interval"]
    if value is None:
        return "–"
    return f"{value:.3f}" + (f" [{interval[0]:.2f}–{interval[1]:.2f}]" if interval else "")
