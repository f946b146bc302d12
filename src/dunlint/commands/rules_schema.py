"""`dunlint rules schema`: the JSON Schema of rule files, for editors."""

from __future__ import annotations

import json

import click

from dunlint import i18n


@click.command("schema", help=i18n.text("schema.help_long"), short_help=i18n.text("schema.help"))
@click.option(
    "--of",
    "kind",
    type=click.Choice(["rules", "sources", "parameters", "pack"]),
    default="rules",
    help=i18n.text("schema.of"),
)
@click.pass_context
def rules_schema(ctx: click.Context, kind: str) -> None:
    from dunlint.rulebook.schema import schema

    click.echo(json.dumps(schema(kind, ctx.obj["lang"]), ensure_ascii=False, indent=2))
