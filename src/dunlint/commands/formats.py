"""`dunlint formats`: what is read, and Dunlint's own columns."""

from __future__ import annotations

import click

from dunlint import i18n


@click.command(help=i18n.text("help.formats_long"), short_help=i18n.text("help.formats"))
@click.option("--lang", type=click.Choice(i18n.LANGUAGES), help=i18n.text("help.lang"))
def formats(lang: str | None) -> None:
    from dunlint.records import schema
    from dunlint.records.reader import readers

    lang = lang or i18n.default_language()
    for name, reader in readers().items():
        click.echo(f"{name:<14}{' '.join(reader.extensions):<18}{i18n.label('format', name, lang)}")
    for table, columns in (("contacts", schema.CONTACT_COLUMNS), ("accounts", schema.ACCOUNT_COLUMNS),
                           ("events", schema.EVENT_COLUMNS)):  # fmt: skip
        click.echo(f"\n{i18n.text(f'column.table.{table}', lang)}")
        for column in columns:
            click.echo(f"  {column:<20}{i18n.text(f'column.{table}.{column}', lang)}")
