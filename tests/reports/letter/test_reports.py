"""The plain reports on paper: of a case and of an audit."""

from __future__ import annotations

from pathlib import Path

import pytest

from dunlint import i18n
from dunlint.reports import as_docx, as_markdown, as_pdf, audit_folder
from dunlint.reports.letter import parts
from tests.reports import made, made_audit
from tests.reports.conftest import shipped
from tests.reports.letter.test_renderers import docx_text, pdf_pages


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_every_finding_of_a_shipped_case_is_on_paper_with_its_law(tmp_path: Path, lang: str) -> None:
    doc = shipped("huabei-overdue")
    as_docx.write(doc, tmp_path / "a.docx", lang)
    as_pdf.write(doc, tmp_path / "a.pdf", lang)
    text = docx_text(tmp_path / "a.docx")
    for finding in doc.findings:
        assert finding.title(lang) in text
        assert finding.contact_id in text
        assert all((clause.says_zh if lang == "zh" else clause.says_en or "") in text for clause in finding.clauses)
    pages = pdf_pages(tmp_path / "a.pdf")
    assert str(len(pages)) in pages[0]
    assert "13900000009" not in text + "".join(pages)


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_an_audit_on_paper_ranks_with_intervals_and_names_what_no_log_shows(tmp_path: Path, lang: str) -> None:
    folder = made_audit.write(tmp_path / "out")
    as_markdown.write_audit(audit_folder.read(folder), tmp_path / "a.md", lang)
    as_docx.write_audit(audit_folder.read(folder), tmp_path / "a.docx", lang)
    as_pdf.write_audit(audit_folder.read(folder), tmp_path / "a.pdf", lang)
    text = (tmp_path / "a.md").read_text(encoding="utf-8")
    assert "| 乙公司 | 2 | 2 | 100.0% | 15.8% | 100.0% | 0 | 1 |" in text
    assert {"zh": "影响评估", "en": "An impact assessment"}[lang] in text
    assert "乙公司" in docx_text(tmp_path / "a.docx")
    assert "乙公司" in "".join(pdf_pages(tmp_path / "a.pdf"))


def test_guilty_words_are_marked_once_and_overlaps_are_one() -> None:
    runs = list(parts.marked("abcdefgh", [(1, 3), (2, 4), (6, 7), (0, 8)], "en"))
    assert [(run.text, run.style) for run in runs] == [
        ("a", ""), ("bcd", "mark"), ("ef", ""), ("g", "mark"), ("h", "")
    ]  # fmt: skip


def test_only_what_stands_near_guilty_words_is_shown() -> None:
    text = "a" * 500 + "X" + "b" * 500
    before, guilty, after = parts.marked(text, [(500, 501)], "en")
    assert (before.text, guilty.text, after.text) == (" … " + "a" * 220, "X", "b" * 220 + " … ")


def test_a_report_of_nothing_says_so(tmp_path: Path) -> None:
    as_markdown.write(made.Document(()), tmp_path / "a.md", "en")
    assert "findings: 0 (none)" in (tmp_path / "a.md").read_text(encoding="utf-8")
