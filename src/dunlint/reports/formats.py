"""The formats a report can be written in; each writer is imported only when it is asked for.

A case writer is `write(document: Document, target: Path, lang: str) -> None`; an audit writer is
`write_audit(audit: Audit, target: Path, lang: str) -> None`. Both take what is masked already (`reports.privacy`).
Writers write to the path they are given; here that path is a file aside, which takes the real name when it is whole.
"""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dunlint.reports.audit_folder import Audit
from dunlint.reports.document import Document
from dunlint.writing import telling


@dataclass(frozen=True)
class Format:
    """One format: the ending of its files, whether they are text, and its writers as `module:function`."""

    name: str
    suffix: str
    case: str
    audit: str
    text: bool = True


FORMATS = {
    one.name: one
    for one in (
        Format("html", ".html", "dunlint.reports.html.case:write", "dunlint.reports.html.audit:write_audit"),
        Format("xlsx", ".xlsx", "dunlint.reports.as_xlsx:write", "dunlint.reports.as_xlsx:write_audit", text=False),
        Format("docx", ".docx", "dunlint.reports.as_docx:write", "dunlint.reports.as_docx:write_audit", text=False),
        Format("pdf", ".pdf", "dunlint.reports.as_pdf:write", "dunlint.reports.as_pdf:write_audit", text=False),
        Format("md", ".md", "dunlint.reports.as_markdown:write", "dunlint.reports.as_markdown:write_audit"),
        Format("sarif", ".sarif", "dunlint.reports.as_sarif:write", "dunlint.reports.as_sarif:write_audit"),
        Format("junit", ".xml", "dunlint.reports.as_junit:write", "dunlint.reports.as_junit:write_audit"),
        Format("csv", ".csv", "dunlint.reports.as_csv:write", "dunlint.reports.as_csv:write_audit"),
    )
}


def write_case(name: str, document: Document, target: Path, lang: str) -> None:
    """Write the report of a case. Raises OutputError where it can't be put."""
    write = _writer(FORMATS[name].case)
    _aside(target, lambda path: write(document, path, lang))


def write_audit(name: str, audit: Audit, target: Path, lang: str) -> None:
    """Write the report of an audit. Raises OutputError where it can't be put or the audit lacks what it shows."""
    write = _writer(FORMATS[name].audit)
    _aside(target, lambda path: write(audit, path, lang))


def _writer(place: str) -> Callable[..., None]:
    module, _, function = place.partition(":")
    writer: Callable[..., None] = getattr(importlib.import_module(module), function)
    return writer


def _aside(target: Path, write: Callable[[Path], None]) -> None:
    """Whole or not at all: a report that fails half-way leaves the file that was there before."""
    with telling(target), tempfile.TemporaryDirectory(dir=target.parent, prefix=".dunlint-") as folder:
        path = Path(folder) / target.name
        write(path)
        path.replace(target)
