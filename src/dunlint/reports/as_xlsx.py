"""A workbook: findings with a link to the contact's row, contacts, the law; of an audit also its rollups.

Times are the debtor's wall clock as real dates, with the zone in a column of its own and UTC beside it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dunlint import i18n
from dunlint.findings import missing_words
from dunlint.reports import sheets
from dunlint.reports.as_csv import first_quote
from dunlint.reports.audit_folder import SHARES, Audit
from dunlint.reports.document import Document
from dunlint.reports.plain import one_line
from dunlint.reports.sheets import Column, Link, Sheet

if TYPE_CHECKING:
    import polars as pl

FINDINGS = (
    Column("severity", width=9), Column("verdict", width=10), Column("local", "time", 19), Column("zone", width=15),
    Column("channel", width=10), Column("party", width=10), Column("title", "long", 26), Column("quote", "long", 40),
    Column("message", "long", 48), Column("contact", "link", 16), Column("law", "long", 48),
    Column("missing", "long", 24), Column("creditor"), Column("agency"), Column("agent"), Column("case_id"),
    Column("rule", width=26), Column("utc", "time", 19), Column("source_file", width=30),
    Column("source_line", "number", 8), Column("fingerprint", width=26),
)  # fmt: skip
CONTACTS = (
    Column("contact_id", width=16), Column("local", "time", 19), Column("zone", width=15), Column("channel", width=10),
    Column("direction", width=9), Column("outcome", width=10), Column("talk_seconds", "number", 9),
    Column("from_number", width=16), Column("to_number", width=16), Column("party", width=10), Column("creditor"),
    Column("agency"), Column("agent"), Column("words", "long", 60), Column("findings", "number", 9),
    Column("case_id"), Column("utc", "time", 19), Column("source_file", width=30), Column("source_line", "number", 8),
    Column("source_sha256", width=20),
)  # fmt: skip
LAW = (
    Column("title", "long", 48), Column("clause", width=24), Column("weight", width=14), Column("evidence", width=10),
    Column("says", "long", 60), Column("rules", "long", 40), Column("findings", "number", 9), Column("source"),
)  # fmt: skip
UNREADABLE = (Column("file", width=40), Column("line", "number", 8), Column("expected", "long", 40),
              Column("found", "long", 40))  # fmt: skip
UNCHECKED = (Column("rule", width=30), Column("title", "long", 40), Column("contacts", "number", 12),
             Column("missing", "long", 50))  # fmt: skip
ABOUT = (Column("what", width=28), Column("value", "long", 90))


def write(document: Document, target: Path, lang: str) -> None:
    """The workbook of a case."""
    places = {row["contact_id"]: number for number, row in enumerate(document.contacts, start=1)}
    found = [finding.to_dict() for finding in document.findings]
    about = document.about
    pages = [
        Sheet("findings", FINDINGS, _findings(found, document.contacts, places, lang), frozen=3),
        Sheet("contacts", CONTACTS, _contacts(document, lang), frozen=2),
        Sheet("law", LAW, _law(found, lang)),
        Sheet("not_checkable", UNCHECKED, _unchecked(about.get("not_checkable", ()), lang)),
        Sheet("unreadable", UNREADABLE, about.get("unreadable", ())),
        Sheet("about", ABOUT, _about(_about_case(document, lang), lang)),
    ]
    sheets.write(target, pages, lang)


def write_audit(audit: Audit, target: Path, lang: str) -> None:
    """The workbook of an audit: a sheet for every rollup; contacts are not in the folder, so nothing links to them."""
    pages = [
        Sheet("findings", FINDINGS, _findings(_of_frame(audit.findings), (), {}, lang), frozen=3),
        Sheet("law", LAW, _law(_of_frame(audit.findings), lang)),
        *(_rollup(name, frame, lang) for name, frame in audit.rollups.items()),
        Sheet("not_checkable", UNCHECKED, _unchecked(audit.summary["not_checkable"], lang)),
        _table("fields", audit.fields),
        Sheet("unreadable", UNREADABLE, audit.unreadable.iter_rows(named=True)),
        Sheet("about", ABOUT, _about(_about_audit(audit, lang), lang)),
    ]
    sheets.write(target, pages, lang)


def _of_frame(frame: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Findings of an audit with their nested fields read again."""
    for row in frame.iter_rows(named=True):
        nested = {name: json.loads(row[name] or "[]") for name in ("quotes", "clauses", "missing")}
        yield {**row, **nested}


def _findings(
    found: Iterable[Mapping[str, Any]],
    contacts: Iterable[Mapping[str, Any]],
    places: Mapping[str, int],
    lang: str,
) -> Iterator[dict[str, Any]]:
    by_id = {row["contact_id"]: row for row in contacts}
    for finding in found:
        contact = by_id.get(finding["contact_id"], {})
        yield {
            **{name: contact.get(name) for name in ("creditor", "agency", "agent")},
            **finding,
            **_labels(finding, ("severity", "verdict", "channel", "party"), lang),
            "severity_code": finding["severity"],
            "local": moment(finding["local"]),
            "utc": utc(finding["at"]),
            "title": finding[f"title_{lang}"],
            "message": finding[f"message_{lang}"],
            "quote": first_quote(finding["quotes"]),
            "law": "\n".join(_clause_line(clause, lang) for clause in finding["clauses"]),
            "missing": missing_words(tuple(finding["missing"]), lang),
            "contact": _link(finding["contact_id"], places, lang),
        }


def _link(contact: str, places: Mapping[str, int], lang: str) -> Link | str:
    if contact not in places:
        return contact
    return Link(contact, sheets.sheet_name("contacts", lang), places[contact])


def _contacts(document: Document, lang: str) -> Iterator[dict[str, Any]]:
    counts = Counter(finding.contact_id for finding in document.findings)
    for row in document.contacts:
        yield {
            **row,
            **_labels(row, ("channel", "direction", "outcome", "party"), lang),
            "local": moment(row.get("local")),
            "utc": utc(row.get("at")),
            "words": words_of(row, lang),
            "findings": counts[row["contact_id"]],
        }


def words_of(contact: Mapping[str, Any], lang: str) -> str | None:
    """What was written or said: the text, or the turns one a line."""
    turns = contact.get("turns") or ()
    lines = [f"{i18n.label('speaker', turn['speaker'], lang)}: {turn['text']}" for turn in turns]
    return "\n".join(lines) if lines else contact.get("text")


def _labels(row: Mapping[str, Any], names: Iterable[str], lang: str) -> dict[str, str | None]:
    groups = {name: f"sheet.{name}" if name in ("direction", "outcome") else name for name in names}
    return {name: None if row.get(name) is None else i18n.label(groups[name], row[name], lang) for name in groups}


def _clause_line(clause: Mapping[str, Any], lang: str) -> str:
    number = clause["clause"] or i18n.text("report.clause_not_seen", lang)
    weight = i18n.label("weight", clause["weight"], lang)
    values = {"weight": weight, "title": clause[f"title_{lang}"], "clause": number, "evidence": clause["evidence"]}
    return i18n.text("report.law", lang, **values)


def _law(found: Iterable[Mapping[str, Any]], lang: str) -> list[dict[str, Any]]:
    """One row a clause: which rules rest on it and how many findings."""
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    rules: dict[tuple[Any, ...], set[str]] = {}
    for finding in found:
        for clause in finding["clauses"]:
            key = tuple(clause[name] or "" for name in ("weight", "source", "clause", f"says_{lang}"))
            row = rows.setdefault(key, {**clause, "findings": 0})
            row["findings"] += 1
            rules.setdefault(key, set()).add(finding["rule"])
    return [
        {
            **row,
            "title": row[f"title_{lang}"],
            "says": row[f"says_{lang}"],
            "clause": row["clause"] or i18n.text("report.clause_not_seen", lang),
            "weight": i18n.label("weight", row["weight"], lang),
            "rules": ", ".join(sorted(rules[key])),
        }
        for key, row in sorted(rows.items())
    ]


def _unchecked(items: Iterable[Mapping[str, Any]], lang: str) -> Iterator[dict[str, Any]]:
    for item in items:
        yield {**item, "title": item[f"title_{lang}"], "missing": missing_words(tuple(item["missing"]), lang)}


def _rollup(name: str, frame: pl.DataFrame, lang: str) -> Sheet:
    """Coded keys in words, all else as the audit counted it."""
    rows = ({**row, **_labels(row, ("channel",), lang)} for row in frame.iter_rows(named=True))
    return Sheet(name, [_column(column) for column in frame.columns], rows, frozen=1)


def _table(name: str, frame: pl.DataFrame) -> Sheet:
    return Sheet(name, [_column(column) for column in frame.columns], frame.iter_rows(named=True))


def _column(name: str) -> Column:
    if name in ("rate", "rate_low", "rate_high", "share"):
        return Column(name, "share", 10)
    return Column(name, "decimal" if name in SHARES else "text", 16)


def _about(pairs: Mapping[str, str], lang: str) -> Iterator[dict[str, str]]:
    return ({"what": i18n.label("sheet.about", key, lang), "value": value} for key, value in pairs.items() if value)


def _about_case(document: Document, lang: str) -> dict[str, str]:
    about = document.about
    verdicts = Counter(finding.verdict for finding in document.findings)
    return {
        "version": f"dunlint {about.get('versions', {}).get('dunlint', '')}".strip(),
        "rules": ", ".join(about.get("rules", ())),
        "checked": str(about.get("checked", len(document.contacts))),
        "findings": counted(verdicts, lang) or "0",
        "suppressed": str(len(document.suppressed)),
        "notes": "\n".join(one_line(note) for note in about.get("notes", ())),
        "advice": i18n.text("letter.no_advice", lang),
    }


def _about_audit(audit: Audit, lang: str) -> dict[str, str]:
    told = audit.summary
    return {
        "rules": ", ".join(told["rules"]),
        "period": f"{told['first_day']} – {told['last_day']}",
        "checked": str(told["contacts"]),
        "cases": str(told["cases"]),
        "findings": counted(told["findings"]["by_verdict"], lang) or "0",
        "notes": "\n".join(one_line(note) for note in told["notes"]),
        "advice": i18n.text("letter.no_advice", lang),
    }


def counted(verdicts: Mapping[str, int], lang: str) -> str:
    """`violation 3, review 1`, in the order of gravity."""
    parts = [
        f"{i18n.label('verdict', name, lang)} {verdicts[name]}" for name in i18n.VERDICT_ORDER if verdicts.get(name)
    ]
    return i18n.text("letter.comma", lang).join(parts)


def moment(local: str | None) -> datetime | None:
    """A wall-clock time as a date a spreadsheet knows."""
    return datetime.fromisoformat(local) if local else None


def utc(at: str | datetime | None) -> datetime | None:
    """A UTC time without its offset, which a spreadsheet's dates don't have."""
    made = datetime.fromisoformat(at) if isinstance(at, str) else at
    return made.replace(tzinfo=None) if made else None
