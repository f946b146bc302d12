"""`dunlint rules`: what the law says here, and what of it is enforced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dunlint import i18n

if TYPE_CHECKING:
    from dunlint.rulebook.load import Rulebook
    from dunlint.rulebook.models import Authority, Rule


@click.group(invoke_without_command=True, help=i18n.text("help.rules_long"), short_help=i18n.text("help.rules"))
@click.option("--rules", "names", help=i18n.text("help.rules_option"))
@click.option("--lang", type=click.Choice(i18n.LANGUAGES), help=i18n.text("help.lang"))
@click.pass_context
def rules(ctx: click.Context, names: str | None, lang: str | None) -> None:
    ctx.obj = {"rules": names, "lang": lang or i18n.default_language()}
    if ctx.invoked_subcommand is None:
        _list(book_of(names), ctx.obj["lang"])


def book_of(names: str | None) -> Rulebook:
    """The rulebook of comma-separated packs and folders; all shipped packs by default."""
    from dunlint.rulebook import load

    return load.load(names.split(",") if names else load.shipped())


def _list(book: Rulebook, lang: str) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        for rule in book.rules:
            click.echo(
                "\t".join((rule.id, rule.severity, rule.verdict, "on" if rule.enabled else "off", rule.title.in_(lang)))
            )
        return
    table = Table(
        *(i18n.text(f"rules.column.{name}", lang) for name in ("id", "severity", "verdict", "state", "title"))
    )
    for rule in book.rules:
        state = i18n.text(f"rules.{'on' if rule.enabled else 'off'}", lang)
        severity, verdict = i18n.label("severity", rule.severity, lang), i18n.label("verdict", rule.verdict, lang)
        table.add_row(rule.id, severity, verdict, state, rule.title.in_(lang))
    console.print(table)


@rules.command(help=i18n.text("help.rules_show"))
@click.argument("rule_id", metavar="ID")
@click.pass_context
def show(ctx: click.Context, rule_id: str) -> None:
    book = book_of(ctx.obj["rules"])
    rule = book.rule(rule_id)
    click.echo(f"{rule.id}  ({book.places[rule.id]})")
    for lang in i18n.LANGUAGES:
        _show_in(rule, book, lang)


def _show_in(rule: Rule, book: Rulebook, lang: str) -> None:
    click.echo(f"\n[{lang}] {rule.title.in_(lang)}")
    severity, verdict = i18n.label("severity", rule.severity, lang), i18n.label("verdict", rule.verdict, lang)
    click.echo(f"  {severity} · {verdict}" + ("" if rule.enabled else f" · {i18n.text('rules.off', lang)}"))
    if rule.reason:
        click.echo(f"  {rule.reason.in_(lang)}")
    for authority in rule.authority:
        click.echo("  " + _authority(authority, book, lang))
    if rule.notes:
        click.echo(f"  {rule.notes.in_(lang)}")


def _authority(authority: Authority, book: Rulebook, lang: str) -> str:
    source = book.sources[authority.source]
    weight = i18n.label("weight", authority.weight or source.weight, lang)
    clause = authority.clause or i18n.text("report.clause_not_seen", lang)
    values = {"weight": weight, "title": source.title.in_(lang), "clause": clause,
              "evidence": authority.evidence or source.evidence}  # fmt: skip
    line = i18n.text("report.law", lang, **values)
    start, end = authority.from_ or source.from_, authority.until or source.until
    dates = f" [{start or '…'} – {end or '…'}]" if start or end else ""
    return f"{line}{dates}" + (f" {authority.says.in_(lang)}" if authority.says else "")


from dunlint.commands import rules_coverage, rules_explain, rules_lint, rules_new, rules_schema, rules_test  # noqa: E402 - they need the group above

rules.add_command(rules_coverage.coverage)
rules.add_command(rules_test.test)
rules.add_command(rules_explain.explain)
rules.add_command(rules_new.new)
rules.add_command(rules_lint.rules_lint)
rules.add_command(rules_schema.rules_schema)
