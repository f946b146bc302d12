"""`dunlint complain CASE --to CHANNEL`: a complaint for the borrower to check, sign and send."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dunlint import i18n

if TYPE_CHECKING:
    from dunlint.reports.document import Document


@click.command(help=i18n.text("help.complain_long"), short_help=i18n.text("help.complain"))
@click.argument("files", nargs=-1, metavar="CASE…|FINDINGS.json")
@click.option("--to", "to", required=True, metavar="CHANNEL|list", help=i18n.text("help.complain_to"))
@click.option("-o", "--out", type=click.Path(file_okay=False, path_type=Path), default=Path(),
              help=i18n.text("help.complain_out"))  # fmt: skip
@click.option("--docx", is_flag=True, help=i18n.text("help.complain_docx"))
@click.option("--pdf", is_flag=True, help=i18n.text("help.complain_pdf"))
@click.option("--case", help=i18n.text("help.complain_case"))
@click.option("--rules", help=i18n.text("help.rules_option"))
@click.option("--zone", help=i18n.text("help.zone"))
@click.option("--sealed", type=click.Path(path_type=Path), metavar="BUNDLE", help=i18n.text("help.complain_sealed"))
@click.option("--lang", type=click.Choice(i18n.LANGUAGES), help=i18n.text("help.lang"))
@click.option("--show-personal-data", is_flag=True, help=i18n.text("help.show_personal_data"))
def complain(
    files: tuple[str, ...],
    to: str,
    out: Path,
    docx: bool,
    pdf: bool,
    case: str | None,
    rules: str | None,
    zone: str | None,
    sealed: Path | None,
    lang: str | None,
    show_personal_data: bool,
) -> int:
    from dunlint.errors import BadArgument
    from dunlint.reports.complaint import channels, pack, sections
    from dunlint.writing import aside

    lang = lang or i18n.default_language()
    if to == "list":
        list_channels(lang)
        return 0
    if to not in channels.every():  # before the records are read
        raise BadArgument("unknown_channel", name=to, known=", ".join(channels.every()))
    if not files:
        raise BadArgument("no_case")
    document = document_of(files, rules=rules, zone=zone, lang=lang, personal=show_personal_data)
    if sealed:
        document = with_seals(document, sealed, lang)
    made = pack.build(document, channels.choose(to, document), case)
    written = sections.letter(made, lang, personal=show_personal_data)
    for kind in [kind for kind, asked in (("docx", docx or not pdf), ("pdf", pdf or not docx)) if asked]:
        target = out / f"complaint-{to}.{kind}"
        with aside(target) as draft:
            importlib.import_module(f"dunlint.reports.letter.to_{kind}").write(written, draft)
        click.echo(target)
    if not show_personal_data:
        click.echo(i18n.text("complaint.masked", lang), err=True)
    return 0


def with_seals(document: Document, bundle: Path, lang: str) -> Document:
    """The document, each contact with the sealed entries that hold it, or that none does. Raises InputError for a
    bundle that is no longer what was sealed.
    """
    from dataclasses import replace

    from dunlint.errors import InputError
    from dunlint.evidence.verify import rests_on, verify

    found = verify(bundle)
    if found.problems:
        raise InputError("bundle_changed", where=str(bundle), count=len(found.problems))
    rows = []
    for row in document.contacts:
        held = rests_on(found.entries, row.get("source_sha256") or "", row.get("source_line"))
        values = {"entries": ", ".join(map(str, held)), "head": found.head[:16]}
        told = i18n.text("complaint.sealed", lang, **values) if held else i18n.text("complaint.not_sealed", lang)
        rows.append({**row, "sealed": told})
    return replace(document, contacts=tuple(rows))


def list_channels(lang: str) -> None:
    """The channels, one a line: id, rule pack, what it is."""
    from dunlint.reports.complaint import channels

    for name, chosen in channels.every().items():
        click.echo(f"{name}\t{chosen.pack}\t{chosen.channel.title.in_(lang)}")


def document_of(
    files: tuple[str, ...], *, rules: str | None, zone: str | None, lang: str, personal: bool
) -> Document:
    """The document of what `check` accepts, or of the JSON that it printed; masked unless asked otherwise."""
    from dunlint.reports import document, privacy

    if len(files) == 1 and files[0].endswith(".json"):
        read = document.read(Path(files[0]))
        return read if personal else privacy.masked_document(read)
    from dunlint import audit

    names = [name.strip() for name in rules.split(",") if name.strip()] if rules else None
    report = audit.check(*files, rules=names, zone=zone, lang=lang)
    return document.of_report(report if personal else privacy.masked(report))
