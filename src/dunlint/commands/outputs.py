"""What `--output` asks of a check: one thing to print, and any number of files to write beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dunlint.commands.report import FORMATS, STDOUT, put
from dunlint.errors import BadArgument

if TYPE_CHECKING:
    from dunlint.findings import Report

PRINTED = ("text", "json", "jsonl")


@dataclass(frozen=True)
class Wanted:
    """printed: text, json, jsonl or None; files: (format, file) in the order given."""

    printed: str | None
    files: tuple[tuple[str, str], ...]

    def write_files(self, report: Report, lang: str) -> None:
        """Write every file, of the report as it stands: mask it first."""
        from dunlint.reports import document, formats

        made = document.of_report(report)
        for name, file in self.files:
            put(name, file, partial(formats.write_case, name, made, lang=lang))


def wanted(outputs: tuple[str, ...]) -> Wanted:
    """`json`, or `html=report.html`; text is printed unless something else is, or a file is standard output.

    Raises BadArgument for what is neither, and where two things would be printed.
    """
    files = tuple((name, file) for name, sign, file in (one.partition("=") for one in outputs) if sign)
    printed = [one for one in outputs if "=" not in one]
    for name in (*printed, *(name for name, _ in files)):
        if name not in (PRINTED if name in printed else FORMATS):
            known = (*PRINTED, *(f"{one}=FILE" for one in FORMATS))
            raise BadArgument("unknown_output", name=name, known=", ".join(known))
    for _, file in files:
        if file != STDOUT and not Path(file).parent.is_dir():
            raise BadArgument("no_such_file", where=str(Path(file).parent))
    streams = [*printed, *(name for name, file in files if file == STDOUT)]
    if len(streams) > 1:
        raise BadArgument("one_output", names=", ".join(streams))
    return Wanted(printed[0] if printed else None if streams else "text", files)
