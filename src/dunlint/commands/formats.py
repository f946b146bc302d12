"""`dunlint formats`: what is read, with an example of each, and Dunlint's own columns."""

from __future__ import annotations

import click

from dunlint import i18n

WIDTH = 100


@click.command(help=i18n.text("help.formats_long"), short_help=i18n.text("help.formats"))
@click.option("--lang", type=click.Choice(i18n.LANGUAGES), help=i18n.text("help.lang"))
def formats(lang: str | None) -> None:
    from dunlint.records import schema
    from dunlint.records.reader import readers

    lang = lang or i18n.default_language()
    for name, reader in sorted(readers().items()):
        click.echo(f"{name:<20}{' '.join(reader.extensions):<18}{i18n.label('format', name, lang)}")
        for line in reader.example.split("\n") if reader.example else ():
            click.echo(f"    {line[:WIDTH]}".rstrip())
    for table, columns in (("contacts", schema.CONTACT_COLUMNS), ("accounts", schema.ACCOUNT_COLUMNS),
                           ("events", schema.EVENT_COLUMNS)):  # fmt: skip
        click.echo(f"\n{i18n.text(f'column.table.{table}', lang)}")
        for column in columns:
            click.echo(f"  {column:<20}{i18n.text(f'column.{table}.{column}', lang)}")
