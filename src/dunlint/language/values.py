"""Numbers inside claims: amounts, rates and the like, read from the words that state them."""

from __future__ import annotations

import re

NUMBER = re.compile(r"\d[\d,，]*(?:\.\d+)?")
UNITS = {"万": 10_000.0, "千": 1_000.0, "k": 1_000.0, "w": 10_000.0}
PER_YEAR = {"日": 365.0, "天": 365.0, "day": 365.0, "daily": 365.0, "月": 12.0, "month": 12.0, "monthly": 12.0}
PARTS = {"万分之": 1e-4, "千分之": 1e-3, "百分之": 1e-2}


def parse(kind: str, words: str) -> tuple[float | None, str | None]:
    """(value, unit) of a claim: kind `amount` in the account's currency, `rate` as a fraction a year; else (None, None)."""
    number = NUMBER.search(words)
    if kind == "amount" and number:
        return _plain(number) * UNITS.get(words[number.end() : number.end() + 1].lower(), 1.0), "currency"
    if kind == "rate" and (number or any(part in words for part in PARTS)):
        return _rate(words, number), "per_year"
    return None, None


def _plain(number: re.Match[str]) -> float:
    return float(number[0].replace(",", "").replace("，", ""))


def _rate(words: str, number: re.Match[str] | None) -> float | None:
    if number is None:
        return None
    part = next((share for name, share in PARTS.items() if name in words), None)
    value = _plain(number) * (part if part is not None else 0.01 if re.search(r"[%％]|percent", words) else 1.0)
    return value * next((times for name, times in PER_YEAR.items() if name in words.lower()), 1.0)
