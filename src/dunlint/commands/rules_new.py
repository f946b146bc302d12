"""`dunlint rules new ID DIR`: a rule of one's own to begin with, in a folder that `--rules DIR` takes."""

from __future__ import annotations

from pathlib import Path

import click

from dunlint import i18n
from dunlint.errors import BadArgument
from dunlint.writing import write_bytes

SCAFFOLD = Path(__file__).parent / "scaffold"


@click.command("new", help=i18n.text("help.rules_new"))
@click.argument("rule_id", metavar="ID")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.pass_context
def new(ctx: click.Context, rule_id: str, folder: Path) -> None:
    target = folder / f"{rule_id}.yaml"
    if target.exists():
        raise BadArgument("file_exists", name=target)
    for name in ("pack.yaml", "sources.yaml"):
        if not (folder / name).exists():
            write_bytes(folder / name, (SCAFFOLD / name).read_bytes())
    write_bytes(target, (SCAFFOLD / "rule.yaml").read_bytes().replace(b"my-rule", rule_id.encode()))
    click.echo(i18n.text("rules.made", ctx.obj["lang"], file=target, folder=folder))
