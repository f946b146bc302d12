"""The plain report as PDF: of a case, or of the folder of an audit."""

from __future__ import annotations

from pathlib import Path

from dunlint.reports.document import Document
from dunlint.reports.letter import of_audit, of_case, to_pdf


def write(document: Document, target: Path, lang: str) -> None:
    to_pdf.write(of_case.letter(document, lang), target)


def write_audit(folder: Path, target: Path, lang: str) -> None:
    to_pdf.write(of_audit.letter(folder, lang), target)
