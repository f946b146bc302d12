"""`dunlint rules lint [PATH…]`: every mistake in rules, each with its code, place and line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from dunlint import i18n

if TYPE_CHECKING:
    from dunlint.rulebook.lint import Report
    from dunlint.rulebook.lint.problem import Problem

WIDE, LEAD = 120, 40


@click.command("lint", help=i18n.text("lint.help_long"), short_help=i18n.text("lint.help"))
@click.argument("paths", nargs=-1, metavar="[PATH]…")
@click.option("--fix", is_flag=True, help=i18n.text("lint.fix"))
@click.option("--output", type=click.Choice(["text", "json"]), default="text", help=i18n.text("help.output"))
@click.pass_context
def rules_lint(ctx: click.Context, paths: tuple[str, ...], fix: bool, output: str) -> int:
    from dunlint.rulebook.lint import lint

    names = ctx.obj["rules"].split(",") if ctx.obj["rules"] and not paths else paths
    report = lint(names, fix=fix)
    (_write_json if output == "json" else _write_text)(report, ctx.obj["lang"])
    return 2 if report.count("error") else 0


def _write_json(report: Report, lang: str) -> None:
    found = {
        "problems": [problem.as_mapping(lang) for problem in report.problems],
        "errors": report.count("error"),
        "warnings": report.count("warning"),
        "files": report.files,
        "mended": list(report.mended),
    }
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))


def _write_text(report: Report, lang: str) -> None:
    for path in report.mended:
        click.echo(i18n.text("lint.mended", lang, path=path))
    for problem in report.problems:
        severity = i18n.text(f"lint.{problem.check.severity}", lang)
        click.echo(f"{problem.where}: {severity} {problem.check.code} {problem.check.name}: {problem.message(lang)}")
        click.echo(f"    | {_around(problem)}")
    counts = {"errors": report.count("error"), "warnings": report.count("warning"), "files": report.files}
    click.echo(i18n.text("lint.totals", lang, **counts))


def _around(problem: Problem) -> str:
    """The line, or of a long one the part around the place."""
    line = problem.mistake.excerpt
    if len(line) <= WIDE:
        return line
    start = max(0, min(problem.mistake.column - LEAD, len(line) - WIDE))
    end = start + WIDE
    return ("…" if start else "") + line[start:end] + ("…" if end < len(line) else "")
