"""The plain report as PDF: of a case, or of the folder of an audit."""

from __future__ import annotations

from pathlib import Path

from dunlint.reports.audit_folder import Audit
from dunlint.reports.document import Document
from dunlint.reports.letter import of_audit, of_case, to_pdf


def write(document: Document, target: Path, lang: str) -> None:
    to_pdf.write(of_case.letter(document, lang), target)


def write_audit(audit: Audit, target: Path, lang: str) -> None:
    to_pdf.write(of_audit.letter(audit, lang), target)
