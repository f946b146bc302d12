"""The plain report as DOCX: of a case, or of the folder of an audit."""

from __future__ import annotations

from pathlib import Path

from dunlint.reports.audit_folder import Audit
from dunlint.reports.document import Document
from dunlint.reports.letter import of_audit, of_case, to_docx


def write(document: Document, target: Path, lang: str) -> None:
    to_docx.write(of_case.letter(document, lang), target)


def write_audit(audit: Audit, target: Path, lang: str) -> None:
    to_docx.write(of_audit.letter(audit, lang), target)
