"""Findings as JUnit XML: violations fail, warnings and what is for review or suppressed is skipped with its reason,
records that could not be read are errors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from dunlint import i18n
from dunlint.findings import Finding, missing_words
from dunlint.reports import audit_folder
from dunlint.reports.audit_folder import Audit
from dunlint.reports.document import Document
from dunlint.reports.plain import plain

FAILING = ("violation", "presumed_violation")
TALLIES = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def write(document: Document, target: Path, lang: str) -> None:
    cases = list(_cases(document, lang))
    kinds = Counter(child.tag for case in cases for child in case)
    tallies = {"tests": str(len(cases)), **{name: str(kinds[tag]) for name, tag in TALLIES.items()}}
    suites = ElementTree.Element("testsuites", {"name": "dunlint", **tallies})
    suite = ElementTree.SubElement(suites, "testsuite", {"name": "dunlint check", **tallies})
    suite.extend(cases)
    tree = ElementTree.ElementTree(suites)
    ElementTree.indent(tree)
    tree.write(target, encoding="utf-8", xml_declaration=True)


def write_audit(audit: Audit, target: Path, lang: str) -> None:
    write(audit_folder.document(audit, lang), target, lang)


def _cases(document: Document, lang: str) -> Iterator[ElementTree.Element]:
    checked = document.about.get("checked", len(document.contacts))
    yield _case("dunlint", i18n.text("letter.checked", lang, count=checked))
    for finding in document.findings:
        yield _finding(finding, lang)
    for finding in document.suppressed:
        reason = finding.suppressed or {}
        values = {name: reason.get(name, "–") for name in ("reason", "owner", "until")}
        yield _case(finding.rule, _name(finding, lang), "skipped", i18n.text("letter.suppressed", lang, **values))
    yield from _unread(document.about.get("unreadable", ()), lang)
    for item in document.about.get("not_checkable", ()):
        what = missing_words(tuple(item["missing"]), lang)
        values = {"title": item[f"title_{lang}"], "what": what, "contacts": item["contacts"]}
        yield _case(item["rule"], item[f"title_{lang}"], "skipped", i18n.text("letter.open_rule", lang, **values))


def _unread(records: Iterable[Mapping[str, Any]], lang: str) -> Iterator[ElementTree.Element]:
    for record in records:
        place = f"{record['file']}:{record['line'] or '?'}"
        values = {"place": place, "expected": record["expected"], "found": record["found"] or "–"}
        yield _case("unreadable", place, "error", i18n.text("report.unreadable_line", lang, **values))


def _finding(finding: Finding, lang: str) -> ElementTree.Element:
    kind = "failure" if finding.verdict in FAILING else "skipped"
    words = "\n".join(quote.text for quote in finding.quotes)
    place = f"{finding.source_file}:{finding.source_line or '?'}  {finding.contact_id}"
    verdict = i18n.label("verdict", finding.verdict, lang)
    case = _case(finding.rule, _name(finding, lang), kind, f"{verdict}: {finding.message(lang)}", f"{words}\n{place}")
    if kind == "failure":
        case[0].set("type", finding.severity)
    return case


def _name(finding: Finding, lang: str) -> str:
    when = finding.local or i18n.text("report.no_time", lang)
    return f"{finding.title(lang)} · {when} · {finding.contact_id}"


def _case(group: str, name: str, kind: str = "", message: str = "", text: str = "") -> ElementTree.Element:
    case = ElementTree.Element("testcase", {"classname": plain(group), "name": plain(name)})
    if kind:
        ElementTree.SubElement(case, kind, {"message": plain(message)}).text = plain(text.strip()) or None
    return case
