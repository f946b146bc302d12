"""The plain report of an audit as a letter: the totals, who stands out, which rules, what no log can show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dunlint import i18n
from dunlint.findings import missing_words
from dunlint.reports.as_xlsx import counted
from dunlint.reports.audit_folder import COUNTS, SHARES, Audit
from dunlint.reports.letter.model import Block, Heading, Letter, items, paragraph, run, table

if TYPE_CHECKING:
    import polars as pl

SHOWN = ("agency", "agent", "rule", "channel", "week", "hour", "rule_channel")
MOST_ROWS = 40
NUMBERS = ("contacts", "contacts_in_breach", "rate", "rate_low", "rate_high", "warnings", "reviews")


def letter(audit: Audit, lang: str) -> Letter:
    told = audit.summary
    blocks = [*_head(audit, lang), *_rollups(audit, lang), *_around(audit, lang)]
    subtitle = f"{told['first_day']} – {told['last_day']}"
    return Letter(i18n.text("letter.audit_title", lang), tuple(blocks), lang, subtitle)


def _head(audit: Audit, lang: str) -> Iterator[Block]:
    told = audit.summary
    verdicts = counted(told["findings"]["by_verdict"], lang) or i18n.text("report.nothing", lang)
    values = {
        "cases": told["cases"], "contacts": told["contacts"], "rules": ", ".join(told["rules"]),
        "count": told["rule_count"], "findings": told["findings"]["total"], "parts": verdicts,
        "breach": told["contacts_in_breach"], "cases_in_breach": told["cases_in_breach"],
        "unreadable": told["unreadable"],
    }  # fmt: skip
    yield paragraph(run(i18n.text("letter.audit_head", lang, **values), lang=lang))
    if told.get("sample"):
        yield paragraph(i18n.text("letter.sampled", lang), kind="caution")
    yield paragraph(i18n.text("letter.intervals", lang), kind="note")


def _rollups(audit: Audit, lang: str) -> Iterator[Block]:
    """Tables of the rollups, the highest share in breach first where the order of keys says nothing."""
    for name in SHOWN:
        frame = audit.rollups.get(name)
        if frame is None or frame.is_empty():
            continue
        yield Heading(i18n.label("sheet.name", name, lang))
        ranked = frame if name in ("week", "hour") else frame.sort("rate_low", descending=True, maintain_order=True)
        keys = [column for column in frame.columns if column not in COUNTS + SHARES]
        keys += [column for column in ("hour", "weekday") if column in frame.columns]
        head = [i18n.label("sheet.column", column, lang) for column in (*keys, *NUMBERS)]
        rows = [[_shown(column, row[column], lang) for column in (*keys, *NUMBERS)] for row in _rows(ranked)]
        yield table(head, rows, (*(3,) * len(keys), *(1.3,) * len(NUMBERS)), lang)
        if len(frame) > MOST_ROWS:
            yield paragraph(i18n.text("letter.more", lang, count=len(frame) - MOST_ROWS), kind="note")


def _rows(frame: pl.DataFrame) -> Iterator[dict[str, object]]:
    return frame.head(MOST_ROWS).iter_rows(named=True)


def _shown(column: str, value: object, lang: str) -> object:
    if column in ("rate", "rate_low", "rate_high") and isinstance(value, float):
        return f"{value:.1%}"
    return i18n.label(column, value, lang) if column == "channel" else value


def _around(audit: Audit, lang: str) -> Iterator[Block]:
    told = audit.summary
    if told["not_checkable"]:
        yield Heading(i18n.text("letter.open_title", lang))
        rows = [
            (item[f"title_{lang}"], missing_words(tuple(item["missing"]), lang), item["contacts"])
            for item in told["not_checkable"]
        ]
        head = [i18n.text(f"sheet.column.{name}", lang) for name in ("rule", "missing", "contacts")]
        yield table(head, rows, (5, 5, 1.4), lang)
    if told["checklist"]:
        yield Heading(i18n.text("letter.checklist_title", lang))
        yield items(
            [run(f"{item[f'title_{lang}']}: {item[f'needs_{lang}']}", lang=lang) for item in told["checklist"]]
        )
    if len(audit.unreadable):
        yield Heading(i18n.text("letter.unread_title", lang))
        lines = [tuple(row.values()) for row in _rows(audit.unreadable)]
        head = [i18n.label("sheet.column", name, lang) for name in audit.unreadable.columns]
        yield table(head, lines, (4, 1, 3, 3), lang)
        if len(audit.unreadable) > MOST_ROWS:
            yield paragraph(i18n.text("letter.more", lang, count=len(audit.unreadable) - MOST_ROWS), kind="note")
    for note in told["notes"]:
        yield paragraph(run(note, lang=lang), kind="note")
    yield paragraph(i18n.text("letter.no_advice", lang), kind="note")
