"""Findings as SARIF 2.1.0, for code-scanning dashboards and anything else that reads it.

A result carries the finding's stable fingerprint; suppressed findings stay in, with reason, owner and expiry.
What is for a person to review is of kind `review` and level `none`, as the standard wants it. Records that could not
be read and rules that could not be checked are notifications.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

from dunlint import i18n
from dunlint.findings import Clause, Finding, missing_words
from dunlint.reports import audit_folder
from dunlint.reports.audit_folder import Audit
from dunlint.reports.document import Document
from dunlint.reports.plain import plain

VERSION = "2.1.0"
LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}
LANGUAGES = {"zh": "zh-CN", "en": "en-US"}
FINGERPRINT = "dunlint/v1"


def write(document: Document, target: Path, lang: str) -> None:
    target.write_text(json.dumps(sarif(document, lang), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def write_audit(audit: Audit, target: Path, lang: str) -> None:
    write(audit_folder.document(audit, lang), target, lang)


def sarif(document: Document, lang: str) -> dict[str, Any]:
    """The log as plain data."""
    findings = (*document.findings, *document.suppressed)
    rules = sorted({finding.rule for finding in findings})
    sources = {row["contact_id"]: row for row in document.contacts}
    return {
        "version": VERSION,
        "runs": [
            {
                "tool": {"driver": _driver(findings, rules, document.about, lang)},
                "language": LANGUAGES[lang],
                "columnKind": "unicodeCodePoints",
                "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _untold(document, lang)}],
                "artifacts": _artifacts(findings),
                "results": [_result(finding, rules, sources, lang) for finding in findings],
            }
        ],
    }


def _driver(findings: Sequence[Finding], rules: list[str], about: Mapping[str, Any], lang: str) -> dict[str, Any]:
    first = {finding.rule: finding for finding in reversed(findings)}
    version = about.get("versions", {}).get("dunlint")
    return {
        "name": "Dunlint",
        **({"version": version} if version else {}),
        "rules": [_rule(first[rule], [f for f in findings if f.rule == rule], lang) for rule in rules],
    }


def _rule(finding: Finding, findings: Iterable[Finding], lang: str) -> dict[str, Any]:
    """A rule with its law in both languages, the reader's first."""
    clauses = list(dict.fromkeys(clause for one in findings for clause in one.clauses))
    help_text = "\n\n".join(_help(finding, clauses, one) for one in (lang, *(o for o in i18n.LANGUAGES if o != lang)))
    return {
        "id": plain(finding.rule),
        "shortDescription": {"text": _message(finding.title(lang))},
        "help": {"text": _message(help_text)},
        "defaultConfiguration": {"level": _level(finding)},
        "properties": {
            "title_zh": plain(finding.title_zh),
            "title_en": plain(finding.title_en),
            "severity": finding.severity,
        },
    }


def _help(finding: Finding, clauses: Iterable[Clause], lang: str) -> str:
    return "\n".join([finding.title(lang), *(_law(clause, lang) for clause in clauses)])


def _law(clause: Clause, lang: str) -> str:
    title, says = (clause.title_zh, clause.says_zh) if lang == "zh" else (clause.title_en, clause.says_en)
    number = clause.clause or i18n.text("report.clause_not_seen", lang)
    weight = i18n.label("weight", clause.weight, lang)
    line = i18n.text("report.law", lang, weight=weight, title=title, clause=number, evidence=clause.evidence)
    return f"{line} {says or ''}".strip()


def _level(finding: Finding) -> str:
    level = LEVELS[finding.severity]
    return "warning" if finding.verdict == "warning" and level == "error" else level


def _result(
    finding: Finding, rules: list[str], sources: Mapping[str, Mapping[str, Any]], lang: str
) -> dict[str, Any]:
    review = finding.verdict == "review"
    others = [sources[name] for name in finding.contacts if name != finding.contact_id and name in sources]
    return {
        "ruleId": plain(finding.rule),
        "ruleIndex": rules.index(finding.rule),
        "kind": "review" if review else "fail",
        "level": "none" if review else _level(finding),
        "message": {"text": _message(finding.message(lang)) or finding.rule},
        "locations": [_location(finding)],
        "relatedLocations": [_related(number, row) for number, row in enumerate(others, start=1)],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "suppressions": [_suppression(finding.suppressed)] if finding.suppressed else [],
        "properties": _properties(finding),
    }


def _properties(finding: Finding) -> dict[str, Any]:
    names = ("verdict", "severity", "case_id", "contact_id", "local", "zone", "channel", "party")
    told = {name: plain(getattr(finding, name)) for name in names if getattr(finding, name) is not None}
    return {**told, "missing": [plain(name) for name in finding.missing]}


def _location(finding: Finding) -> dict[str, Any]:
    snippet = finding.quotes[0].context if finding.quotes else None
    name = plain(finding.contact_id)
    return {
        "physicalLocation": _place(finding.source_file, finding.source_line, snippet),
        "logicalLocations": [{"name": name, "fullyQualifiedName": f"{plain(finding.case_id)}/{name}"}],
    }


def _related(number: int, contact: Mapping[str, Any]) -> dict[str, Any]:
    place = _place(contact.get("source_file", ""), contact.get("source_line"), None)
    name = plain(contact["contact_id"])
    return {"id": number, "physicalLocation": place, "message": {"text": name}}


def _place(file: str, line: int | None, snippet: str | None) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": uri(file)}}
    if line:
        place["region"] = {"startLine": line, **({"snippet": {"text": plain(snippet)}} if snippet else {})}
    return place


def uri(file: str) -> str:
    """The file as a URI: relative where its path is."""
    path = PurePath(plain(file))
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _artifacts(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Every file that a finding leads to, with its hash."""
    files = {finding.source_file: finding.source_sha256 for finding in findings}
    return [
        {"location": {"uri": uri(file)}, **({"hashes": {"sha-256": sha256}} if sha256 else {})}
        for file, sha256 in sorted(files.items())
    ]


def _suppression(told: Mapping[str, str]) -> dict[str, Any]:
    return {
        "kind": "external",
        "justification": plain(told["reason"]),
        "properties": {name: plain(told[name]) for name in ("owner", "until") if name in told},
    }


def _untold(document: Document, lang: str) -> list[dict[str, Any]]:
    """What was not read and what was not checkable."""
    notes = []
    for record in document.about.get("unreadable", ()):
        values = {"place": record["file"], "expected": record["expected"], "found": record["found"] or "–"}
        text = _message(i18n.text("report.unreadable_line", lang, **values))
        place = {"physicalLocation": _place(record["file"], record["line"], None)}
        notes.append({"level": "error", "message": {"text": text}, "locations": [place]})
    for item in document.about.get("not_checkable", ()):
        what = missing_words(tuple(item["missing"]), lang)
        values = {"title": item[f"title_{lang}"], "what": what, "contacts": item["contacts"]}
        text = _message(i18n.text("letter.open_rule", lang, **values))
        notes.append({"level": "note", "message": {"text": text}, "associatedRule": {"id": plain(item["rule"])}})
    return notes


def _message(text: str) -> str:
    """A plain-text message in which nothing reads as a link of the standard's `[text](target)`."""
    return plain(text).replace("](", "] (")
