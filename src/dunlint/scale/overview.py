"""What `dunlint audit` prints in the end: who breaks which rules how often, and what could not be checked."""

from __future__ import annotations

from typing import Any

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dunlint import i18n
from dunlint.findings import missing_words
from dunlint.rulebook.models import Rule
from dunlint.scale import truth
from dunlint.scale.batch import book_of
from dunlint.scale.folder import Outcome

MOST_ROWS = 10


def write(outcome: Outcome, console: Console, lang: str, *, quiet: bool = False) -> None:
    """A screen of the results; `quiet` leaves the totals."""
    summary = outcome.summary
    if not quiet:
        _head(summary, console, lang)
    _totals(summary, console, lang)
    if not quiet:
        _rates("agencies", "agency", ["agency"], outcome, console, lang)
        _rates("agents", "agent", ["agency", "agent"], outcome, console, lang)
        _rules(outcome, console, lang)
        _left_open(summary, console, lang)
    console.print(i18n.text("audit.folder", lang, folder=str(outcome.folder)))


def _head(summary: dict[str, Any], console: Console, lang: str) -> None:
    values = {
        "cases": f"{summary['cases']:,}", "contacts": f"{summary['contacts']:,}",
        "first": summary["first_day"] or "?", "last": summary["last_day"] or "?", "rules": ", ".join(summary["rules"]),
        "count": summary["rule_count"], "why": summary["rules_from"][lang], "engine": summary["engine"],
    }  # fmt: skip
    console.print(Text(i18n.text("audit.head", lang, **values), style="dim"))
    for note in summary["notes"]:
        console.print(Text(f"· {note[lang]}", style="dim"))


def _totals(summary: dict[str, Any], console: Console, lang: str) -> None:
    by_verdict = summary["findings"]["by_verdict"]
    parts = [f"{i18n.label('verdict', name, lang)} {by_verdict[name]:,}" for name in by_verdict if by_verdict[name]]
    told = ("、" if lang == "zh" else ", ").join(parts) or i18n.text("audit.nothing", lang)
    console.print(i18n.text("audit.found", lang, findings=f"{summary['findings']['total']:,}", parts=told))
    values = {
        "contacts": f"{summary['contacts_in_breach']:,}", "of_contacts": f"{summary['contacts']:,}",
        "cases": f"{summary['cases_in_breach']:,}", "of_cases": f"{summary['cases']:,}",
        "rate": _share(summary["contacts_in_breach"], summary["contacts"]),
        "case_rate": _share(summary["cases_in_breach"], summary["cases"]),
    }  # fmt: skip
    console.print(Text(i18n.text("audit.breach", lang, **values), style="bold"))
    if summary["sample"]:
        drawn, estimate = summary["sample"], summary["sample"]["estimate"]
        rate = f"{estimate['rate']:.2%} [{estimate['rate_low']:.2%}–{estimate['rate_high']:.2%}]"
        values = {"cases": f"{drawn['cases']:,}", "of": f"{drawn['cases_of']:,}", "rate": rate}
        console.print(Text(i18n.text("audit.sampled", lang, **values), style="bold"))
    if summary["unreadable"]:
        console.print(Text(i18n.text("audit.unreadable", lang, count=summary["unreadable"]), style="yellow"))


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2%}" if whole else "–"


def _rates(title: str, name: str, keys: list[str], outcome: Outcome, console: Console, lang: str) -> None:
    """The rows of a rollup with the highest rate; where there are many, with the highest lower bound."""
    frame = pl.read_csv(outcome.folder / "rollups" / f"{name}.csv", infer_schema_length=None)
    if frame.is_empty():
        return
    by = "rate" if name == "agency" else "rate_low"
    frame = frame.filter(pl.col("contacts_in_breach") > 0).sort(by, *keys, descending=[True] + [False] * len(keys))
    table = _table(title, [*keys, "contacts", "breach_column", "rate", "per_1000"], len(keys), lang)
    for row in frame.head(MOST_ROWS).iter_rows(named=True):
        rate = f"{row['rate']:.2%} [{row['rate_low']:.2%}–{row['rate_high']:.2%}]"
        names = [str(row[key] or i18n.text("audit.unknown", lang)) for key in keys]
        counts = (f"{row['contacts']:,}", f"{row['contacts_in_breach']:,}", rate, f"{row['per_1000_contacts']:.2f}")
        table.add_row(*names, *counts)
    console.print(table)


def _rules(outcome: Outcome, console: Console, lang: str) -> None:
    frame = pl.read_csv(outcome.folder / "rollups" / "rule.csv", infer_schema_length=None)
    if frame.is_empty():
        return
    titles: dict[str, Rule] = {rule.id: rule for rule in book_of(tuple(outcome.summary["rules"])).rules}
    table = _table("rules", ["rule", "findings", "breach_column", "cases"], 1, lang)
    for row in frame.sort("findings", "rule", descending=[True, False]).head(MOST_ROWS).iter_rows(named=True):
        cases = round(row["per_100_cases"] / 100 * row["cases"]) if row["cases"] else 0
        name = f"{titles[row['rule']].title.in_(lang)} ({row['rule']})"
        table.add_row(name, f"{row['findings']:,}", f"{row['contacts_in_breach']:,}", f"{cases:,}")
    console.print(table)


def _table(title: str, columns: list[str], texts: int, lang: str) -> Table:
    table = Table(title=i18n.text(f"audit.{title}", lang), title_justify="left", title_style="bold")
    for number, name in enumerate(columns):
        table.add_column(i18n.text(f"audit.{name}", lang), justify="left" if number < texts else "right")
    return table


def _left_open(summary: dict[str, Any], console: Console, lang: str) -> None:
    fields: dict[str, tuple[int, int]] = {}
    for item in summary["not_checkable"]:
        for name in item["missing"]:
            rules, contacts = fields.get(name, (0, 0))
            fields[name] = rules + 1, max(contacts, item["contacts"])
    if fields:
        console.print(Text(i18n.text("audit.unchecked", lang), style="bold"))
    for name, (rules, contacts) in sorted(fields.items(), key=lambda pair: (-pair[1][0], pair[0]))[:MOST_ROWS]:
        values = {"what": missing_words((name,), lang), "rules": rules, "contacts": f"{contacts:,}"}
        console.print(f"  {i18n.text('audit.unchecked_line', lang, **values)}")
    if summary["checklist"]:
        console.print(Text(i18n.text("audit.checklist", lang, count=len(summary["checklist"])), style="dim"))


def write_truth(planted: pl.DataFrame, outcome: Outcome, console: Console, lang: str) -> None:
    """Precision and recall by rule, against what was planted."""
    found = truth.compare(planted, pl.scan_parquet(outcome.folder / "findings.parquet"))
    table = _table("truth", ["rule", "planted", "said", "both", "precision", "recall"], 1, lang)
    for row in found.iter_rows(named=True):
        rates = ["–" if row[name] is None else f"{row[name]:.4f}" for name in ("precision", "recall")]
        counts = [f"{row[name]:,}" for name in ("planted", "found", "both")]
        table.add_row(row["rule"] or i18n.text("audit.all", lang), *counts, *rates)
    console.print(table)
