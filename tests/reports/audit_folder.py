"""A small folder such as `dunlint audit` writes, made up from a seed: enough for reports, nothing of law in it.

`make(folder, findings=…)` writes it. Rates have Clopper–Pearson bounds by bisection on the binomial tail, as slow and
simple as can be.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from math import exp, lgamma, log
from pathlib import Path
from typing import Any

import polars as pl

from dunlint.findings import Finding

AGENCIES = {"Harbour Recovery": 0.05, "Blue Lantern": 0.1, "青山服务": 0.22, "North Gate": 0.08, None: 0.12}
CHANNELS = ("call", "sms", "im", "ai_call", "visit")
RULES = (
    ("x-night", "夜里联系", "Contact at night", "violation", "high"),
    ("x-insult", "辱骂", "Insult", "violation", "critical"),
    ("x-third-party", "向他人透露", "Told a third person", "presumed_violation", "high"),
    ("x-many-calls", "一天多次", "Many calls a day", "warning", "medium"),
    ("x-identity", "身份不明", "Identity unclear", "review", "low"),
)
WORDS = ("再不还就让全村都知道", "you will be sorry", "明天就上门", "pay now or else")
KEYS = {
    "agency": ["agency"], "team": ["team"], "agent": ["agency", "agent"], "campaign": ["campaign"],
    "template": ["template"], "channel": ["channel"], "week": ["week"], "hour": ["hour"], "rule": ["rule"],
    "debtor": ["case_id"], "rule_channel": ["rule", "channel"], "hour_weekday": ["hour", "weekday"],
    "agency_week": ["agency", "week"], "agency_rule": ["agency", "rule"],
}  # fmt: skip
ZONE_HOURS = 8
MEASURES = {"violations": "violation", "presumed_violations": "presumed_violation", "warnings": "warning",
            "reviews": "review"}  # fmt: skip


def make(folder: Path, *, findings: int = 120, contacts: int = 2_000, seed: int = 7, agency: str | None = None,
         text: str | None = None) -> Path:  # fmt: skip
    """Write the folder. agency, text: put into every finding instead of what the seed gives."""
    random.seed(seed)
    rows = [contact(number, agency) for number in range(contacts)]
    weights = [AGENCIES.get(row["agency"], 0.1) * (3 if row["hour"] >= 20 else 1) for row in rows]
    chosen = [rows[place] for place in random.choices(range(contacts), weights, k=findings)]
    found = [finding(number, row, text) for number, row in enumerate(chosen)]
    (folder / "rollups").mkdir(parents=True)
    table, frame = pl.DataFrame(rows, infer_schema_length=None), findings_frame(found, chosen)
    frame.write_parquet(folder / "findings.parquet")
    for name, keys in KEYS.items():
        rollup(table, frame, keys).write_csv(folder / "rollups" / f"{name}.csv")
    put(folder / "summary.json", summary(table, frame))
    put(folder / "manifest.json", {"schema": "dunlint.manifest/1", "versions": {"dunlint": "0.0.0"}})
    fields = [{"field": name, "filled": contacts - 40 * place, "contacts": contacts, "share": 1 - 40 * place / contacts,
               "rules_waiting": place, "contacts_waiting": 40 * place} for place, name in enumerate(
                   ("channel", "words", "agency", "talk_seconds", "number_kind"))]  # fmt: skip
    pl.DataFrame(fields).write_csv(folder / "fields.csv")
    pl.DataFrame([{"file": "calls.csv", "line": 12, "expected": "a time", "found": "yesterday"}]).write_csv(
        folder / "unreadable.csv"
    )
    return folder


def put(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def contact(number: int, agency: str | None) -> dict[str, Any]:
    """A contact some minute of twelve weeks from 5 January 2026; times of day lean to office hours."""
    hour = min(23, max(0, round(random.gauss(14, 4.2))))
    local = datetime(2026, 1, 5) + timedelta(days=random.randrange(84), hours=hour, minutes=random.randrange(60))
    name = agency if agency is not None else random.choice(list(AGENCIES))
    return {
        "contact_id": f"c-{number:06}", "case_id": f"case-{number % 400:04}", "local": local,
        "channel": random.choices(CHANNELS, (50, 30, 12, 6, 2))[0], "agency": name,
        "team": None, "agent": f"{(name or 'x')[:2]}-{random.randrange(12):02}", "campaign": None,
        "template": random.choice(["t-1", "t-2", None]), "creditor": "Bank", "direction": "outbound",
        "week": local.date() - timedelta(days=local.weekday()), "hour": local.hour, "weekday": local.isoweekday(),
    }  # fmt: skip


def finding(number: int, row: dict[str, Any], text: str | None) -> dict[str, Any]:
    rule, zh, en, verdict, severity = RULES[number * 7 % len(RULES)]
    words = text or WORDS[number % len(WORDS)]
    quote = {"text": words, "start": 3, "end": 3 + len(words), "turn": 0, "speaker": "collector", "tag": "insult",
             "context": f"喂，{words}。", "by": "made-up"}  # fmt: skip
    clauses = [
        clause("act", "law", "A", "12"), clause("norm", "standard", "B", None), clause("advice", "advisory", "C", "3.1")
    ]  # fmt: skip
    known = {
        "rule": rule, "title_zh": zh, "title_en": en, "verdict": verdict, "severity": severity,
        "case_id": row["case_id"], "contact_id": row["contact_id"],
        "at": (row["local"] - timedelta(hours=ZONE_HOURS)).replace(tzinfo=UTC), "local": row["local"].isoformat(),
        "zone": "Asia/Shanghai", "channel": row["channel"], "party": "debtor",
        "message_zh": f"第{number}项：{words}", "message_en": f"No. {number}: {words}", "clauses": clauses,
        "quotes": [quote] if number % 3 else [], "contacts": [row["contact_id"]], "facts": {"count": number},
        "missing": ["words"] if verdict == "review" else [], "source_file": "records/calls.csv",
        "source_line": number + 2, "source_sha256": "0" * 64,
        "fingerprint": hashlib.sha256(str(number).encode()).hexdigest()[:24], "suppressed": None,
    }  # fmt: skip
    return {name: json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value
            for name, value in known.items()}  # fmt: skip


def clause(source: str, weight: str, evidence: str, number: str | None) -> dict[str, Any]:
    return {
        "source": source, "title_zh": f"某{source}", "title_en": f"The {source}", "clause": number, "weight": weight,
        "evidence": evidence, "says_zh": "不得如此", "says_en": "this is not done", "sure": weight != "advisory",
    }  # fmt: skip


def findings_frame(found: Sequence[dict[str, Any]], rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    beside = ("creditor", "agency", "team", "agent", "campaign", "template", "direction", "week", "hour", "weekday")
    schema = dict.fromkeys(Finding.__dataclass_fields__, pl.String) | {
        "at": pl.Datetime("us", "UTC"), "source_line": pl.Int64, **dict.fromkeys(beside, pl.String),
        "week": pl.Date, "hour": pl.Int8, "weekday": pl.Int8,
    }  # fmt: skip
    whole = [{**one, **{name: row[name] for name in beside}} for one, row in zip(found, rows, strict=True)]
    return pl.DataFrame(whole, schema=schema).sort("case_id", "at", "rule", "contact_id")


def rollup(table: pl.DataFrame, frame: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """The counts of one rollup, counted row by row."""
    own = [key for key in keys if key != "rule"]
    groups = frame.select(keys).unique() if "rule" in keys else table.select(keys).unique()
    rows = []
    for names in groups.iter_rows(named=True):
        contacts, found = table.filter(*same(names, own)), frame.filter(*same(names, keys))
        breached = found.filter(pl.col("verdict").is_in(["violation", "presumed_violation"]))
        hit, of = breached["contact_id"].n_unique() if len(breached) else 0, len(contacts)
        low, high = clopper_pearson(hit, of)
        counts = {name: int((found["verdict"] == verdict).sum()) for name, verdict in MEASURES.items()}
        cases = contacts["case_id"].n_unique()
        rows.append({
            **names, "contacts": of, "cases": cases, "findings": len(found), **counts, "contacts_in_breach": hit,
            "rate": hit / of, "rate_low": low, "rate_high": high, "per_1000_contacts": len(breached) / of * 1000,
            "per_100_cases": breached["case_id"].n_unique() / cases * 100,
        })  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None).sort(keys)


def same(names: dict[str, Any], keys: list[str]) -> list[pl.Expr]:
    return [pl.col(key).eq_missing(pl.lit(names[key])) for key in keys]


@cache
def clopper_pearson(hit: int, of: int) -> tuple[float, float]:
    low = 0.0 if hit == 0 else bisect(lambda p: 1 - at_most(hit - 1, of, p) - 0.025)
    high = 1.0 if hit == of else bisect(lambda p: 0.025 - at_most(hit, of, p))
    return low, high


def at_most(hit: int, of: int, p: float) -> float:
    return sum(
        exp(lgamma(of + 1) - lgamma(k + 1) - lgamma(of - k + 1) + k * log(p) + (of - k) * log(1 - p))
        for k in range(hit + 1)
    )


def bisect(rising: Callable[[float], float]) -> float:
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return low


def summary(table: pl.DataFrame, frame: pl.DataFrame) -> dict[str, Any]:
    breached = frame.filter(pl.col("verdict").is_in(["violation", "presumed_violation"]))
    days = (table["local"].min(), table["local"].max())
    return {
        "schema": "dunlint.audit/1", "cases": table["case_id"].n_unique(), "contacts": len(table),
        "first_day": day(days[0]), "last_day": day(days[1]),
        "findings": {
            "total": len(frame),
            **{f"by_{name}": dict(frame[name].value_counts().iter_rows()) for name in ("verdict", "severity")},
        },
        "contacts_in_breach": breached["contact_id"].n_unique(), "cases_in_breach": breached["case_id"].n_unique(),
        "rules": ["made-up"], "rules_from": "as asked", "rule_count": len(RULES), "engine": "clips", "unreadable": 1,
        "not_checkable": [{"rule": "x-many-calls", "title_zh": "一天多次", "title_en": "Many calls a day",
                           "contacts": 31, "missing": ["talk_seconds"]}],
        "checklist": [{"number": 7, "title_zh": "投诉渠道公示", "title_en": "Complaint channel published",
                       "needs_zh": "网站截图", "needs_en": "a screenshot"}],
        "notes": ["calls.csv: 3 drafts are not counted."], "sample": None,
    }  # fmt: skip


def day(at: object) -> str:
    assert isinstance(at, date)
    return at.isoformat()[:10]
