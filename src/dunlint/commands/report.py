"""`dunlint report FINDINGS|FOLDER --to FORMAT -o FILE`: the summary to act on, from findings made earlier."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from dunlint import i18n
from dunlint.errors import BadArgument

FORMATS = ("html", "xlsx", "docx", "pdf", "md", "sarif", "junit", "csv")  # as in reports.formats; a test compares them
STDOUT = "-"


@click.command(help=i18n.text("help.report_long"), short_help=i18n.text("help.report"))
@click.argument("source", type=click.Path(exists=True, path_type=Path), metavar="FINDINGS|FOLDER")
@click.option("--to", "name", type=click.Choice(FORMATS), help=i18n.text("help.to"))
@click.option("-o", "--output", required=True, metavar="FILE|-", help=i18n.text("help.report_output"))
@click.option("--lang", type=click.Choice(i18n.LANGUAGES), help=i18n.text("help.lang"))
@click.option("--show-personal-data", is_flag=True, help=i18n.text("help.show_personal_data"))
def report(source: Path, name: str | None, output: str, lang: str | None, show_personal_data: bool) -> None:
    from dunlint.reports import audit_folder, document, formats
    from dunlint.reports.privacy import masked_audit, masked_document

    lang = lang or i18n.default_language()
    name = name or format_of(output)
    if source.is_dir():
        audit = audit_folder.read(source)
        audit = audit if show_personal_data else masked_audit(audit)
        put(name, output, partial(formats.write_audit, name, audit, lang=lang))
    else:
        told = document.read(source)
        told = told if show_personal_data else masked_document(told)
        put(name, output, partial(formats.write_case, name, told, lang=lang))


def format_of(output: str) -> str:
    """The format that a file's ending names. Raises BadArgument where it names none."""
    from dunlint.reports.formats import FORMATS as KNOWN

    for one in KNOWN.values():
        if output.lower().endswith(one.suffix):
            return one.name
    raise BadArgument("unknown_report", name=output, known=", ".join(KNOWN))


def put(name: str, output: str, write: Callable[[Path], None]) -> None:
    """Write to a file, or, where `output` is "-", the whole text to standard output."""
    from dunlint.reports.formats import FORMATS as KNOWN

    if output != STDOUT:
        write(Path(output))
        return
    if not KNOWN[name].text:
        raise BadArgument("not_text", name=name, known=", ".join(n for n, one in KNOWN.items() if one.text))
    from dunlint.writing import scratch

    with scratch() as folder:
        target = folder / f"report{KNOWN[name].suffix}"
        write(target)
        click.echo(target.read_bytes(), nl=False)
