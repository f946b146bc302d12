"""The formats a report can be written in; each writer is imported only when it is asked for.

A case writer is `write(document: Document, target: Path, lang: str) -> None`; an audit writer is
`write_audit(folder: Path, target: Path, lang: str) -> None`, where `folder` is what `dunlint audit` wrote.
Writers write to the path they are given; here that path is a file aside, which takes the real name when it is whole.
"""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dunlint.errors import BadArgument, InputError
from dunlint.reports.document import Document


@dataclass(frozen=True)
class Format:
    """One format: the ending of its files, whether they are text, and its writers as `module:function`."""

    name: str
    suffix: str
    case: str | None
    audit: str | None
    text: bool = True


FORMATS = {
    one.name: one
    for one in (
        Format("html", ".html", "dunlint.reports.html.case:write", "dunlint.reports.html.audit:write_audit"),
        Format("xlsx", ".xlsx", "dunlint.reports.as_xlsx:write", "dunlint.reports.as_xlsx:write_audit", text=False),
        Format("docx", ".docx", "dunlint.reports.as_docx:write", "dunlint.reports.as_docx:write_audit", text=False),
        Format("pdf", ".pdf", "dunlint.reports.as_pdf:write", "dunlint.reports.as_pdf:write_audit", text=False),
        Format("md", ".md", "dunlint.reports.as_markdown:write", "dunlint.reports.as_markdown:write_audit"),
        Format("sarif", ".sarif", "dunlint.reports.as_sarif:write", None),
        Format("junit", ".xml", "dunlint.reports.as_junit:write", None),
        Format("csv", ".csv", "dunlint.reports.as_csv:write", "dunlint.reports.as_csv:write_audit"),
    )
}


def write_case(name: str, document: Document, target: Path, lang: str) -> None:
    """Write the report of a case. Raises BadArgument for a format that has none, InputError where it can't be put."""
    write = _writer(name, FORMATS[name].case)
    _aside(target, lambda path: write(document, path, lang))


def write_audit(name: str, folder: Path, target: Path, lang: str) -> None:
    """Write the report of an audit folder. Raises as `write_case` does."""
    write = _writer(name, FORMATS[name].audit)
    _aside(target, lambda path: write(folder, path, lang))


def _writer(name: str, place: str | None) -> Callable[..., None]:
    if place is None:
        raise BadArgument("no_such_report", name=name, known=", ".join(n for n, f in FORMATS.items() if f.audit))
    module, _, function = place.partition(":")
    writer: Callable[..., None] = getattr(importlib.import_module(module), function)
    return writer


def _aside(target: Path, write: Callable[[Path], None]) -> None:
    """Whole or not at all: a report that fails half-way leaves the file that was there before."""
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".dunlint-") as folder:
            path = Path(folder) / target.name
            write(path)
            path.replace(target)
    except OSError as problem:
        raise InputError("cannot_write", where=str(target), reason=problem.strerror or str(problem)) from problem
