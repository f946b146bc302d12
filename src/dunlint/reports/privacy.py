"""Findings with personal data masked: every report goes through here unless the user asks for the plain data."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import polars as pl

from dunlint.findings import Finding, Report
from dunlint.language.personal_data import mask
from dunlint.records.readers.conversation import role_words
from dunlint.reports.audit_folder import Audit
from dunlint.reports.document import Document

OTHER_SIDE = {"outbound": ("to_number",), "inbound": ("from_number",)}


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
    return _changed(frame, dict.fromkeys(columns, partial(mask, names=names)))


def _changed(frame: pl.DataFrame, change: Mapping[str, Callable[[str], str]]) -> pl.DataFrame:
    """Text columns, each by its function; what repeats is changed once."""
    told = []
    for column, masking in change.items():
        known = {value: masking(value) for value in frame[column].unique() if value is not None}
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
        sides = OTHER_SIDE.get(row.get("direction") or "", ("from_number", "to_number"))
        others = [row.get(side) or "" for side in sides]
        names |= {row.get("party_name") or "", *(one for one in others if not any(map(str.isdigit, one)))}
    names = {name for name in names if name.lower() not in role_words()}
    return tuple(sorted(names - {""}, key=lambda name: (-len(name), name)))


def _masked(finding: Finding, names: tuple[str, ...]) -> Finding:
    quotes = tuple(
        replace(quote, text=text, context=around)
        for quote in finding.quotes
        for text, around in [_quoted(quote.text, quote.context, names)]
    )
    return replace(
        finding,
        quotes=quotes,
        message_zh=mask(finding.message_zh, names),
        message_en=mask(finding.message_en, names),
        facts=_masked_values(finding.facts, names),
    )


def _quoted(text: str, context: str, names: tuple[str, ...] = ()) -> tuple[str, str]:
    """(words, context) of a quote, masked, the words as they look inside their masked context: half a number must
    not slip out because it stands alone.
    """
    place, around = context.find(text), mask(context, names)
    return around[place : place + len(text)] if place >= 0 else mask(text, names), around


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
    masking = {"message_zh": mask, "message_en": mask, "quotes": _masked_quotes, "facts": _masked_facts}
    unreadable = _changed(audit.unreadable, {"found": mask})
    return replace(audit, findings=_changed(audit.findings, masking), unreadable=unreadable)


def _masked_quotes(text: str) -> str:
    quotes = json.loads(text)
    for one in quotes:
        one["text"], one["context"] = _quoted(one["text"], one["context"])
    return json.dumps(quotes, ensure_ascii=False)


def _masked_facts(text: str) -> str:
    return json.dumps(_masked_values(json.loads(text), ()), ensure_ascii=False)


def _masked_row(row: Mapping[str, Any], columns: Iterable[str], names: tuple[str, ...]) -> dict[str, Any]:
    told = {name: mask(row[name], names) for name in columns if row.get(name)}
    turns = [{**turn, "text": mask(turn["text"], names)} for turn in row.get("turns") or ()]
    return {**row, **told, **({"turns": turns} if turns else {})}
