"""The plain report as Markdown, for tickets: of a case, or of the folder of an audit."""

from __future__ import annotations

from pathlib import Path

from dunlint.reports.audit_folder import Audit
from dunlint.reports.document import Document
from dunlint.reports.letter import of_audit, of_case, to_markdown


def write(document: Document, target: Path, lang: str) -> None:
    target.write_text(to_markdown.render(of_case.letter(document, lang)), encoding="utf-8")


def write_audit(audit: Audit, target: Path, lang: str) -> None:
    target.write_text(to_markdown.render(of_audit.letter(audit, lang)), encoding="utf-8")
