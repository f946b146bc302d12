"""The plain report of a case as a letter: findings by severity with words and law, what was left open, the files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dunlint import i18n
from dunlint.findings import Finding, missing_words
from dunlint.reports.document import Document
from dunlint.reports.letter import parts
from dunlint.reports.letter.model import Block, Heading, Letter, items, paragraph, run, table
from dunlint.reports.plain import one_line
from dunlint.rulebook.models import SEVERITIES

MOST_QUOTES = 3
MOST_LINES = 200  # findings, contacts or records told one by one; beyond that XLSX and JSON have them all


def letter(document: Document, lang: str) -> Letter:
    blocks = [*_head(document, lang), *_findings(document, lang), *_around(document, lang)]
    return Letter(i18n.text("letter.case_title", lang), tuple(blocks), lang, _subtitle(document, lang))


def _subtitle(document: Document, lang: str) -> str:
    cases = sorted({finding.case_id for finding in document.findings} | {row["case_id"] for row in document.contacts})
    return one_line(i18n.text("letter.comma", lang).join(cases[:3]) + (" …" if len(cases) > 3 else ""))


def _head(document: Document, lang: str) -> Iterator[Block]:
    about = document.about
    verdicts = Counter(finding.verdict for finding in document.findings)
    told = [f"{i18n.label('verdict', name, lang)} {verdicts[name]}" for name in i18n.VERDICT_ORDER if verdicts[name]]
    values = {
        "checked": about.get("checked", len(document.contacts)),
        "rules": ", ".join(about.get("rules", ())),
        "count": about.get("rule_count", "?"),
        "findings": len(document.findings),
        "parts": i18n.text("letter.comma", lang).join(told) or i18n.text("report.nothing", lang),
        "suppressed": len(document.suppressed),
    }
    yield paragraph(run(i18n.text("letter.case_head", lang, **values), lang=lang))
    yield paragraph(i18n.text("letter.verdicts", lang), kind="note")


def _findings(document: Document, lang: str) -> Iterator[Block]:
    left = MOST_LINES
    for severity in reversed(SEVERITIES):
        found = [finding for finding in document.findings if finding.severity == severity]
        if found:
            values = {"severity": i18n.label("severity", severity, lang), "count": len(found)}
            yield Heading(i18n.text("letter.group", lang, **values))
        for finding in found[: max(left, 0)]:
            yield from _finding(finding, lang)
        left -= len(found)
    if left < 0:
        yield paragraph(i18n.text("letter.more", lang, count=-left), kind="note")


def _finding(finding: Finding, lang: str) -> Iterator[Block]:
    verdict = i18n.label("verdict", finding.verdict, lang)
    channel = i18n.label("channel", finding.channel, lang)
    when = parts.when(finding.local, finding.zone, lang)
    head = run(finding.title(lang), "strong", lang=lang)
    yield paragraph(head, run(f"  {verdict} · {channel} · {when}", "faint", lang=lang), kind="finding")
    for runs in list(parts.quoted(finding.quotes, lang))[:MOST_QUOTES]:
        yield paragraph(*runs, kind="quote")
    yield paragraph(run(finding.message(lang), lang=lang))
    yield items([parts.clause_line(clause, lang) for clause in finding.clauses])
    if finding.missing:
        what = missing_words(finding.missing, lang)
        yield paragraph(run(i18n.text("report.missing", lang, what=what), lang=lang), kind="note")
    place = f"{finding.source_file}:{finding.source_line or '?'}  {finding.contact_id}  {finding.rule}"
    yield paragraph(run(place, lang=lang), kind="note")


def _around(document: Document, lang: str) -> Iterator[Block]:
    """What was left open, what was not read, what was assumed, and where it all stands."""
    about = document.about
    if opened := about.get("not_checkable", ()):
        yield Heading(i18n.text("letter.open_title", lang))
        rows = [
            (item[f"title_{lang}"], missing_words(tuple(item["missing"]), lang), item["contacts"]) for item in opened
        ]
        head = [i18n.text(f"sheet.column.{name}", lang) for name in ("rule", "missing", "contacts")]
        yield table(head, rows[:MOST_LINES], (5, 5, 1.4), lang)
    if unread := about.get("unreadable", ()):
        yield Heading(i18n.text("letter.unread_title", lang))
        lines = [(record["file"], record["line"], record["expected"], record["found"]) for record in unread]
        head = [i18n.text(f"sheet.column.{name}", lang) for name in ("file", "line", "expected", "found")]
        yield table(head, lines[:MOST_LINES], (4, 1, 3, 3), lang)
        if len(lines) > MOST_LINES:
            yield paragraph(i18n.text("letter.more", lang, count=len(lines) - MOST_LINES), kind="note")
    yield Heading(i18n.text("letter.files_title", lang))
    yield parts.annex(parts.files(document.contacts, document.findings), {}, lang)
    for note in about.get("notes", ()):
        yield paragraph(run(note, lang=lang), kind="note")
    yield paragraph(i18n.text("letter.no_advice", lang), kind="note")
