"""`dunlint import --suggest FILE…`: for every table in the files, what its columns seem to mean."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dunlint.errors import InputError, UnreadableFile
from dunlint.writing import scratch


def proposals(files: Sequence[str], zone: str | None, lang: str) -> str:
    """The YAML. Raises InputError if no table is like one of ours."""
    from dunlint.records.inputs import sources
    from dunlint.records.tables.as_yaml import as_yaml
    from dunlint.records.tables.scan import sheets_of
    from dunlint.records.tables.suggest import suggest

    told, headers = [], []
    with scratch() as place:
        for path in files:
            for found in sources(path, place):
                if isinstance(found, UnreadableFile):
                    raise found
                source = found[0]
                sheets = sheets_of(source)
                fitting = [one for sheet in sheets if (one := suggest(sheet, Path(source.name).stem))]
                headers += [", ".join(sheet.columns) for sheet in sheets]
                if fitting:
                    told.append(as_yaml(source.name, fitting, zone, lang))
    if not told:
        raise InputError("nothing_to_suggest", where=", ".join(files), found="; ".join(headers)[:200])
    return "\n".join(told)
