"""`dunlint rules new ID DIR`: a rule of one's own to begin with, in a folder that `--rules DIR` takes."""

from __future__ import annotations

from pathlib import Path

import click

from dunlint import i18n
from dunlint.errors import BadArgument

SCAFFOLD = Path(__file__).parent / "scaffold"


@click.command("new", help=i18n.text("help.rules_new"))
@click.argument("rule_id", metavar="ID")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.pass_context
def new(ctx: click.Context, rule_id: str, folder: Path) -> None:
    target = folder / f"{rule_id}.yaml"
    if target.exists():
        raise BadArgument("file_exists", name=target)
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("pack.yaml", "sources.yaml"):
        if not (folder / name).exists():
            (folder / name).write_text((SCAFFOLD / name).read_text(encoding="utf-8"), encoding="utf-8")
    target.write_text(
        (SCAFFOLD / "rule.yaml").read_text(encoding="utf-8").replace("my-rule", rule_id), encoding="utf-8"
    )
    click.echo(i18n.text("rules.made", ctx.obj["lang"], file=target, folder=folder))
