"""`dunlint rules test [ID…]`: the tests inside the rules, and whole cases with `expected.yaml`; an unexpected
finding fails too.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import click

from dunlint import i18n

if TYPE_CHECKING:
    from dunlint.ruletests import Outcome


@click.command("test", help=i18n.text("help.rules_test"))
@click.argument("ids", nargs=-1, metavar="[ID…]")
@click.option(
    "--case", "cases", multiple=True, type=click.Path(exists=True, path_type=Path), help=i18n.text("help.case")
)
@click.option("--junit", type=click.Path(path_type=Path), help=i18n.text("help.junit"))
@click.option("--engine", type=click.Choice(["durable", "clips", "both"]), help=i18n.text("help.engine"))
@click.pass_context
def test(
    ctx: click.Context, ids: tuple[str, ...], cases: tuple[Path, ...], junit: Path | None, engine: str | None
) -> int:
    from dunlint import ruletests
    from dunlint.commands.rules import book_of

    book, lang = book_of(ctx.obj["rules"]), ctx.obj["lang"]
    for name in ids:
        book.rule(name)  # an unknown id is an error, not an empty run
    outcomes = [] if cases and not ids else list(ruletests.run(book, ids, engine=engine))
    outcomes += [outcome for case in cases for outcome in ruletests.run_case(case, engine=engine)]
    failed = [outcome for outcome in outcomes if not outcome.passed]
    for outcome in failed:
        click.echo(f"{outcome.rule}: {outcome.name}: {_difference(outcome, lang)}")
    click.echo(i18n.text("rules.tested", lang, passed=len(outcomes) - len(failed), failed=len(failed)))
    if junit:
        from dunlint.writing import write_bytes

        write_bytes(junit, as_junit(outcomes, lang).encode("utf-8"))
    return 2 if failed else 0


def _difference(outcome: Outcome, lang: str) -> str:
    if outcome.error:
        return outcome.error
    return i18n.text("rules.difference", lang, expected=dict(outcome.expected), found=dict(outcome.found))


def as_junit(outcomes: list[Outcome], lang: str) -> str:
    """JUnit XML, one test case an outcome."""
    failures = sum(not outcome.passed for outcome in outcomes)
    lines = [f'<testsuite name="dunlint rules" tests="{len(outcomes)}" failures="{failures}">']
    for outcome in outcomes:
        head = f"  <testcase classname={quoteattr(outcome.rule)} name={quoteattr(outcome.name)}"
        failure = f"><failure message={quoteattr(_difference(outcome, lang))}/></testcase>"
        lines.append(head + ("/>" if outcome.passed else failure))
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', *lines, "</testsuite>", ""])
