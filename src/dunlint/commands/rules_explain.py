"""`dunlint rules explain ID --contact C FILE`: every condition, its value, and why the rule fired or not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dunlint import i18n
from dunlint.errors import BadArgument

if TYPE_CHECKING:
    import polars as pl

    from dunlint.engines.why import Why

MARKS = {True: "✓", False: "✗", None: "?"}


@click.command("explain", help=i18n.text("help.rules_explain"))
@click.argument("rule_id", metavar="ID")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--contact", required=True, help=i18n.text("help.contact"))
@click.option("--zone", help=i18n.text("help.zone"))
@click.pass_context
def explain(ctx: click.Context, rule_id: str, files: tuple[str, ...], contact: str, zone: str | None) -> None:
    from dunlint import audit
    from dunlint.commands.rules import book_of
    from dunlint.engines import why
    from dunlint.facts.evaluate import Evaluation
    from dunlint.language.analyse import analyse
    from dunlint.records import load
    from dunlint.rulebook.clocks import with_zones

    lang = ctx.obj["lang"]
    book = book_of(ctx.obj["rules"])
    rule = book.rule(rule_id)
    records = with_zones(load(list(files), zone=zone, lang=lang), book)[0]
    ground = audit.make_ground(records, analyse(records.contacts), book)
    row = row_of(ground.contacts, contact)
    click.echo(f"{rule.id} · {rule.title.in_(lang)} · {contact}")
    for told in why.explain(rule, book, Evaluation(ground), row):
        show(told, 1)
    found = [f for _, f in audit.decide(ground, book, "clips").findings if f.rule == rule.id]
    verdict = next((f.verdict for f in found if f.contact_id == ground.contacts["contact_id"][row]), "none")
    click.echo(i18n.text("rules.so", lang, verdict=i18n.label("verdict", verdict, lang)))


def row_of(contacts: pl.DataFrame, contact: str) -> int:
    """The row of a contact named by id or by `file:line`. Raises BadArgument."""
    name, _, line = contact.rpartition(":")
    for row, (one, file, number) in enumerate(contacts.select("contact_id", "source_file", "source_line").iter_rows()):
        if one == contact or (str(number) == line and Path(file).name == Path(name).name):
            return row
    raise BadArgument("unknown_contact", name=contact)


def show(told: Why, depth: int) -> None:
    detail = " ".join(part for part in (told.asked, f"⇒ {told.found}" if told.found else "") if part)
    click.echo(f"{'  ' * depth}{MARKS[told.answer]} {told.name} {detail}".rstrip())
    for inside in told.inside:
        show(inside, depth + 1)
