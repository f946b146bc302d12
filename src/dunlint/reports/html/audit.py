"""The report of an audit: how much, when, by whom, which rules, and the evidence behind every number."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from dunlint import i18n
from dunlint.errors import InputError
from dunlint.findings import missing_words
from dunlint.reports.audit_folder import COUNTS, SHARES, Audit
from dunlint.reports.html import charts
from dunlint.reports.html.page import render
from dunlint.reports.html.words import Both, label, seen, words
from dunlint.rulebook.models import SEVERITIES

MOST_FINDINGS = 5_000  # on the page; findings.parquet has them all
MOST_RANKED = 20
SHOWN = ("agency", "agent", "team", "campaign", "template", "channel", "week", "rule_channel", "hour_weekday")
LEVELS = 5
Rows = list[dict[str, Any]]
LABELS = ("severity", "verdict", "channel", "party", "speaker", "weight")
ROW = (
    "severity", "verdict", "local", "case_id", "channel", "rule", "agency", "agent", "party", "week", "hour", "weekday",
    "message_zh", "message_en", "quotes", "law", "missing", "contacts", "contact_id", "place", "fingerprint",
)  # fmt: skip


def write_audit(told: Audit, target: Path, lang: str) -> None:
    """Write the page of an audit, opening in `lang`. Raises InputError where it lacks a rollup."""
    rolled = rollups(told)
    titles = rule_titles(told.findings)
    embedded, laws = evidence(told.findings)
    text = render(
        "audit.html", lang, ("report.js", "audit.js"),
        heading=words("audit_heading"),
        summary=told.summary,
        versions=told.versions.get("dunlint", "?"),
        drawings=drawings(rolled),
        weeks=weekly(rolled["week"]),
        agencies=ranked(rolled["agency"]),
        agents=ranked(rolled["agent"]),
        others={name: ranked(rolled[name]) for name in ("team", "campaign", "template", "channel")},
        grid=grid(rolled["hour_weekday"]),
        matrix=matrix(rolled["rule_channel"]),
        titles=titles,
        fields=told.fields.rows(named=True),
        unreadable=told.unreadable.rows(named=True),
        left_out=len(told.findings) - len(embedded),
        data={"names": ROW, "rows": embedded, "laws": laws, "rules": titles, "labels": labels()},
        severities=SEVERITIES[::-1],
        verdict_order=i18n.VERDICT_ORDER,
        missing=lambda names: Both(*(missing_words(tuple(names), one) for one in Both._fields)),
        choices=choices(told.findings),
    )  # fmt: skip
    target.write_text(text, encoding="utf-8")


def rollups(told: Audit) -> dict[str, Rows]:
    """The rollups that the page shows, as rows. Raises InputError where one is missing."""
    missing = [name for name in SHOWN if name not in told.rollups]
    if missing:
        raise InputError("not_audit", where="rollups", reason=", ".join(missing))
    return {name: told.rollups[name].rows(named=True) for name in SHOWN}


def rule_titles(findings: pl.DataFrame) -> dict[str, Both]:
    rows = findings.select("rule", "title_zh", "title_en").unique(subset="rule").sort("rule")
    return {rule: Both(seen(zh), seen(en)) for rule, zh, en in rows.iter_rows()}


def choices(findings: pl.DataFrame) -> dict[str, list[str]]:
    """What each filter offers."""
    return {name: sorted(findings[name].drop_nulls().unique()) for name in ("severity", "verdict", "channel", "agency")}


def labels() -> dict[str, dict[str, dict[str, str]]]:
    """language -> group -> code -> readable name, for the script."""
    return {
        lang: {
            group: {
                key.removeprefix(f"{group}."): told
                for key, told in i18n.catalogue(lang).items()
                if key.startswith(f"{group}.")
            }
            for group in LABELS
        }
        for lang in i18n.LANGUAGES
    }


def drawings(rolled: Mapping[str, Rows]) -> dict[str, dict[str, Any]]:
    """Name of chart -> language -> SVG; a chart without rows is left out."""
    rates = weekly(rolled["week"])
    counts = [{"week": row["week"], "verdict": verdict, "count": row[f"{verdict}s"] or 0}
              for row in rates for verdict in charts.VERDICT_TONES]  # fmt: skip
    agencies, agents = ranked(rolled["agency"])[:MOST_RANKED], ranked(rolled["agent"])[:MOST_RANKED]
    agent_title = words("ranking_agent", count=len(agents))
    drawn: dict[str, dict[str, Any]] = {}
    for lang in i18n.LANGUAGES:
        made = {
            "trend_rate": rates and charts.trend_rate([_interval(row) for row in rates], lang),
            "trend_findings": rates and charts.trend_findings(counts, lang),
            "agency": agencies and charts.ranking(_named(agencies, lang), words("ranking_agency"), lang),
            "agent": agents and charts.ranking(_named(agents, lang), agent_title, lang),
            "heat": charts.heat([cell for row in grid(rolled["hour_weekday"]) for cell in row], lang),
        }
        for name, chart in made.items():
            if chart:
                drawn.setdefault(name, {})[lang] = chart
    return drawn


def _interval(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"week": row["week"], "rate": row["rate"], "low": row["rate_low"], "high": row["rate_high"]}


def _named(rows: Iterable[Mapping[str, Any]], lang: str) -> list[dict[str, Any]]:
    return [
        {"name": " / ".join(part or words("not_stated").in_(lang) for part in row["key"]), "rate": row["rate"],
         "low": row["rate_low"], "high": row["rate_high"]}
        for row in rows
    ]  # fmt: skip


def weekly(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every week from the first to the last; those without contacts have no rate. Undated contacts have no week."""
    known = {row["week"]: row for row in rows if row["week"]}
    if not known:
        return []
    week, last = date.fromisoformat(min(known)), date.fromisoformat(max(known))
    bare = dict.fromkeys(rows[0], None)
    weeks = []
    while week <= last:
        weeks.append({**(known.get(week.isoformat()) or bare), "week": week.isoformat()})
        week += timedelta(days=7)
    return weeks


def ranked(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a rollup with their `key` (names of agency, agent, …), highest share in breach first."""
    found = []
    for row in rows:
        narrow = {name: harmless(row[name]) for name in row if name not in (*COUNTS, *SHARES)}
        found.append({**row, "key": list(narrow.values()), "narrow": narrow})
    return sorted(found, key=lambda row: (-(row["rate"] or 0.0), -row["contacts"], [part or "" for part in row["key"]]))


def level(count: int, most: int) -> int:
    """0 for nothing, else 1–5 by share of the greatest."""
    return -(-count * LEVELS // most) if count and most else 0


def grid(rows: Sequence[Mapping[str, Any]]) -> list[list[dict[str, Any]]]:
    """Seven weekdays of 24 hours: contacts in breach, and how dark that is."""
    counts = {(row["weekday"], row["hour"]): row["contacts_in_breach"] for row in rows}
    most = max(counts.values(), default=0)
    return [
        [
            {"weekday": day, "hour": hour, "count": (n := counts.get((day, hour), 0)), "level": level(n, most)}
            for hour in range(24)
        ]
        for day in range(1, 8)
    ]


def matrix(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """channels, and rules with the findings in each channel; most findings first."""
    found = [row for row in rows if row["findings"]]
    totals, by_channel = Counter[str](), Counter[str | None]()
    for row in found:
        totals[row["rule"]] += row["findings"]
        by_channel[row["channel"]] += row["findings"]
    channels = [name for name, _ in by_channel.most_common()]
    cells = {(row["rule"], row["channel"]): row["findings"] for row in found}
    most = max(cells.values(), default=0)
    return {
        "channels": channels,
        "rules": [
            (rule, total, [(name, n := cells.get((rule, name), 0), level(n, most)) for name in channels])
            for rule, total in sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))
        ],
    }


def evidence(findings: pl.DataFrame) -> tuple[list[list[Any]], list[Any]]:
    """(rows as ROW names them, the laws they point to): the gravest that a page can hold, text made harmless."""
    grave = pl.col("severity").replace_strict({name: n for n, name in enumerate(SEVERITIES)}, return_dtype=pl.Int8)
    first = findings.sort(pl.col("verdict") == "review", -grave, "local", "fingerprint").head(MOST_FINDINGS)
    laws: dict[str, int] = {}
    rows = []
    for row in first.iter_rows(named=True):
        told = row | {
            "law": laws.setdefault(row["clauses"], len(laws)),
            "week": row["week"] and str(row["week"]),
            "contacts": len(json.loads(row["contacts"])),
            "quotes": [_quote(one) for one in json.loads(row["quotes"])],
            "missing": _missing(row["missing"]),
            "place": f"{row['source_file']}:{row['source_line'] or '?'}",
        }
        rows.append([harmless(told[name]) for name in ROW])
    return rows, [[_clause(one) for one in json.loads(text)] for text in laws]


def _quote(one: Mapping[str, Any]) -> list[Any]:
    """[before, the guilty words, after, speaker]; the words alone where their context does not hold them."""
    place = one["context"].find(one["text"])
    before, after = (one["context"][:place], one["context"][place + len(one["text"]) :]) if place >= 0 else ("", "")
    return [before, one["text"], after, one["speaker"]]


def _missing(text: str) -> list[str] | None:
    names = tuple(json.loads(text))
    return [missing_words(names, lang) for lang in Both._fields] if names else None


def _clause(one: Mapping[str, Any]) -> dict[str, Any]:
    names = ("title_zh", "title_en", "clause", "weight", "evidence", "says_zh", "says_en", "sure")
    return {name: harmless(one[name]) for name in names} | {"scope": label("html.weight", one["weight"])}


def harmless(value: Any) -> Any:
    """Text with nothing hidden in it, inside lists too."""
    if isinstance(value, str):
        return seen(value)
    return [harmless(part) for part in value] if isinstance(value, list) else value
