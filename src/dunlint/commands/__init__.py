"""The command line: one file a command, loaded only when it is asked for."""

from __future__ import annotations

import importlib
import sys
from itertools import pairwise
from typing import Any

import click

from dunlint import i18n
from dunlint.errors import DunlintError, OutputError

COMMANDS = {
    "check": "dunlint.commands.check:check",
    "complain": "dunlint.commands.complain:complain",
    "import": "dunlint.commands.import_records:import_records",
    "report": "dunlint.commands.report:report",
    "diff": "dunlint.commands.diff:diff",
    "audit": "dunlint.commands.audit:audit",
    "simulate": "dunlint.commands.simulate:simulate",
    "evidence": "dunlint.commands.evidence:evidence",
    "redact": "dunlint.commands.redact:redact",
    "rules": "dunlint.commands.rules:rules",
    "formats": "dunlint.commands.formats:formats",
    "tag": "dunlint.commands.tag:tag",
    "evaluate": "dunlint.commands.evaluate:evaluate",
    "train": "dunlint.commands.train:train",
}


class Lazy(click.Group):
    """A group that imports a command's module when the command is used; help lists the commands without
    importing them.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(i18n.text("help.commands")):
            formatter.write_dl([(name, i18n.text(f"help.{name}")) for name in COMMANDS])


def _version(ctx: click.Context, _param: click.Parameter, asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        click.echo(f"dunlint {version('dunlint')}")
        ctx.exit()


@click.command(cls=Lazy, help=i18n.text("help.main"), context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help=i18n.text("help.version")
)
def cli() -> None:
    pass


def _language(arguments: list[str]) -> str | None:
    """The language that `--lang` asks for; an error may come before anything has read it."""
    words = [part for one in arguments for part in (one.split("=", 1) if one.startswith("--lang=") else (one,))]
    asked = next((after for before, after in pairwise(words) if before == "--lang"), None)
    return asked if asked in i18n.LANGUAGES else None


def main(arguments: list[str] | None = None) -> Any:
    """Run the program and exit: 0 nothing found, 1 findings, 2 a rule is wrong, 3 bad arguments or unreadable
    input.
    """
    try:
        code = cli.main(arguments, prog_name="dunlint", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except DunlintError as problem:
        click.echo(problem.message(_language(sys.argv[1:] if arguments is None else arguments)), err=True)
        sys.exit(problem.exit_code)
    except click.ClickException as problem:
        problem.show()
        sys.exit(3)
    except (click.Abort, KeyboardInterrupt):
        click.echo(i18n.text("error.interrupted"), err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as problem:  # what files cannot take is told where they are written; this is standard output
        told = OutputError("cannot_print", where=problem.filename or "", reason=problem.strerror or str(problem))
        click.echo(told.message(_language(sys.argv[1:] if arguments is None else arguments)), err=True)
        sys.exit(told.exit_code)
