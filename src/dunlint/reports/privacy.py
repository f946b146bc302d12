"""Findings with personal data masked: every report goes through here unless the user asks for the plain data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from dunlint.findings import Finding, Report
from dunlint.language.personal_data import mask
from dunlint.records.readers.conversation import role_words
from dunlint.reports.audit_folder import Audit
from dunlint.reports.document import Document


def masked(report: Report) -> Report:
    """The same report, personal data in quotes, messages and numbers blacked out; offsets stay true."""
    names = _names(report)
    return replace(
        report,
        findings=tuple(_masked(finding, names) for finding in report.findings),
        suppressed=tuple(_masked(finding, names) for finding in report.suppressed),
        contacts=_masked_contacts(report.contacts, names),
        events=None if report.events is None else _columns_masked(report.events, ("number", "value"), names),
    )


def _masked_contacts(contacts: pl.DataFrame | None, names: tuple[str, ...]) -> pl.DataFrame | None:
    """Words, numbers and names of every contact blacked out; lengths stay, so that offsets stay true."""
    if contacts is None:
        return None
    frame = _columns_masked(contacts, ("text", "from_number", "to_number", "party_name"), names)
    turns = [
        turns and [{**turn, "text": mask(turn["text"], names)} for turn in turns]
        for turns in contacts["turns"].to_list()
    ]
    return frame.with_columns(pl.Series("turns", turns, dtype=contacts.schema["turns"]))


def _columns_masked(frame: pl.DataFrame, columns: tuple[str, ...], names: tuple[str, ...]) -> pl.DataFrame:
    """What repeats is masked once."""
    told = []
    for column in columns:
        known = {value: mask(value, names) for value in frame[column].unique() if value is not None}
        told.append(pl.col(column).replace_strict(known, default=None, return_dtype=pl.String))
    return frame.with_columns(told)


def _names(report: Report) -> tuple[str, ...]:
    if report.contacts is None:
        return ()
    told = report.contacts.select("party_name", "direction", "from_number", "to_number").unique()
    return _known(told.iter_rows(named=True))


def _known(rows: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Names to look for, the longest first: those of parties, and those that a chat has where others have a number, on
    the side that is not known to be the collector's.
    """
    names = set()
    for row in rows:
        sides = {"outbound": ("to_number",), "inbound": ("from_number",)}
        others = [row.get(side) or "" for side in sides.get(row.get("direction") or "", ("from_number", "to_number"))]
        names |= {row.get("party_name") or "", *(one for one in others if not any(map(str.isdigit, one)))}
    names = {name for name in names if name.lower() not in role_words()}
    return tuple(sorted(names - {""}, key=lambda name: (-len(name), name)))


def _masked(finding: Finding, names: tuple[str, ...]) -> Finding:
    quotes = tuple(
        replace(quote, text=_inside(quote.text, quote.context, names), context=mask(quote.context, names))
        for quote in finding.quotes
    )
    return replace(
        finding,
        quotes=quotes,
        message_zh=mask(finding.message_zh, names),
        message_en=mask(finding.message_en, names),
        facts=_masked_values(finding.facts, names),
    )


def _inside(text: str, context: str, names: tuple[str, ...]) -> str:
    """The quote as it looks inside its masked context: half a number must not slip out because it stands alone."""
    place = context.find(text)
    return mask(context, names)[place : place + len(text)] if place >= 0 else mask(text, names)


def _masked_values(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {key: mask(value, names) if isinstance(value, str) else value for key, value in values.items()}


def masked_document(document: Document) -> Document:
    """A document read from JSON with what is personal in it masked; what is masked already stays as it is."""
    names = _known(document.contacts)
    return replace(
        document,
        findings=tuple(_masked(finding, names) for finding in document.findings),
        suppressed=tuple(_masked(finding, names) for finding in document.suppressed),
        contacts=tuple(_masked_row(row, ("text", "from_number", "to_number", "party_name"), names)
                       for row in document.contacts),
        events=tuple(_masked_row(row, ("number", "value"), names) for row in document.events),
    )  # fmt: skip


def masked_audit(audit: Audit) -> Audit:
    """An audit with what is personal in the words of its findings, and in what could not be read, masked."""
    findings = _columns_masked(audit.findings, ("message_zh", "message_en"), ())
    told = {text: json.dumps(_masked_quotes(json.loads(text)), ensure_ascii=False)
            for text in findings["quotes"].unique() if text}  # fmt: skip
    quotes = pl.col("quotes").replace_strict(told, default=None, return_dtype=pl.String)
    facts = {text: json.dumps(_masked_values(json.loads(text), ()), ensure_ascii=False)
             for text in findings["facts"].unique() if text}  # fmt: skip
    findings = findings.with_columns(
        quotes, pl.col("facts").replace_strict(facts, default=None, return_dtype=pl.String)
    )
    return replace(audit, findings=findings, unreadable=_columns_masked(audit.unreadable, ("found",), ()))


def _masked_quotes(quotes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {**one, "text": _inside(one["text"], one["context"], ()), "context": mask(one["context"])} for one in quotes
    ]


def _masked_row(row: Mapping[str, Any], columns: Iterable[str], names: tuple[str, ...]) -> dict[str, Any]:
    told = {name: mask(row[name], names) for name in columns if row.get(name)}
    turns = [{**turn, "text": mask(turn["text"], names)} for turn in row.get("turns") or ()]
    return {**row, **told, **({"turns": turns} if turns else {})}
