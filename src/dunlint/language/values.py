"""Numbers inside claims: amounts, rates and deadlines, read from the words that state them.

Figures and Chinese numerals are read; the words for digits, multiples, money and periods are in
`rules/language/units.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from dunlint.resources import rules_root
from dunlint.yaml_places import read

FIGURES = r"\d[\d,，]*(?:\.\d+)?"


@dataclass(frozen=True)
class Units:
    """`units.yaml`: what words are worth, and the patterns of a number and of a period made from them."""

    digits: Mapping[str, int]
    steps: Mapping[str, int]
    point: str
    scales: Mapping[str, float]
    money_after: tuple[str, ...]
    money_before: tuple[str, ...]
    parts: Mapping[str, float]
    per_year: Mapping[str, float]
    days: Mapping[str, float]
    counters: str
    number: re.Pattern[str]
    period: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Number:
    """A number in words: its value, multiples applied, and where it stands."""

    value: float
    start: int
    end: int


@cache
def units() -> Units:
    """The shipped units."""
    data = read(rules_root() / "language" / "units.yaml", "language/units.yaml").data
    numerals = "".join((*data["digits"], *data["steps"]))
    point = re.escape(data["point"])
    data["money_after"], data["money_before"] = tuple(data["money_after"]), tuple(data["money_before"])
    number = rf"{FIGURES}|[{numerals}]+(?:{point}[{numerals}]+)?"
    return Units(**data, number=re.compile(number), period=re.compile(_longest_first(data["per_year"])))


@lru_cache(maxsize=4096)  # the same amounts stand in the same templates
def parse(kind: str, words: str) -> tuple[float | None, str | None]:
    """(value, unit) of a claim: `amount` in the account's currency, `rate` as a fraction a year, `deadline` in days
    from now; (None, None) where the words state none."""
    reader = {"amount": _amount, "rate": _rate, "deadline": _deadline}.get(kind)
    value = reader(words.lower()) if reader else None
    unit = {"amount": "currency", "rate": "per_year", "deadline": "days"}.get(kind)
    return (None, None) if value is None else (value, unit)


def numbers(words: str) -> list[Number]:
    """Every number, in order."""
    return [_scaled(match, words) for match in units().number.finditer(words)]


def _scaled(match: re.Match[str], words: str) -> Number:
    rest = words[match.end() :]
    if not match[0][0].isdecimal():
        return Number(_numeral(match[0]), match.start(), match.end())
    word = next((scale for scale in units().scales if _begins(rest.lstrip(), scale)), "")
    value = float(match[0].replace(",", "").replace("，", "")) * units().scales.get(word, 1.0)
    return Number(value, match.start(), match.end() + (len(rest) - len(rest.lstrip()) + len(word) if word else 0))


def _begins(rest: str, word: str) -> bool:
    """Whether a word begins the rest; a Latin one must end there."""
    after = rest[len(word) : len(word) + 1]
    return rest.startswith(word) and not (word.isascii() and after.isascii() and after.isalpha())


def _amount(words: str) -> float | None:
    found = numbers(words)
    money = [number for number in found if _is_money(words, number)]
    return next((number.value for number in (*money, *found[::-1])), None)


def _is_money(words: str, number: Number) -> bool:
    before, after = words[: number.start].rstrip(), words[number.end :].lstrip()
    return before.endswith(units().money_before) or after.startswith(units().money_after)


def _rate(words: str) -> float | None:
    """The first number that is a part of a whole, else the first one as a percentage, times the periods in a year."""
    found = [number for number in numbers(words) if not _names_part(words, number)]
    shares = ((number, _share(words, number)) for number in found)
    shared = next(((number, share) for number, share in shares if share is not None), None)
    if shared is not None:
        return shared[0].value * shared[1] * _times(words, shared[0])
    plain = ((number, _times(words, number)) for number in found)
    return next((number.value * _unmarked(number, times) * times for number, times in plain), None)


def _unmarked(number: Number, times: float) -> float:
    """A rate said without its sign is a percentage, unless it is a yearly rate below one."""
    return 1.0 if number.value < 1 and times == 1 else 0.01


def _names_part(words: str, number: Number) -> bool:
    """Whether the numeral belongs to the name of a part of a whole."""
    upto, onward = words[: number.end], words[number.start :]
    return any(upto.endswith(name) or onward.startswith(name) for name in units().parts)


def _share(words: str, number: Number) -> float | None:
    before, after = words[: number.start].rstrip(), words[number.end :].lstrip()
    parts = units().parts
    return next((parts[name] for name in parts if before.endswith(name) or after.startswith(name)), None)


def _times(words: str, number: Number) -> float:
    """Periods a year: of the last period named before the number, else of the first one after it."""
    before = units().period.findall(words[: number.start])
    named = before[-1:] or units().period.findall(words[number.end :])[:1]
    return units().per_year[named[0]] if named else 1.0


def _deadline(words: str) -> float | None:
    for number in numbers(words):
        rest = words[number.end :].lstrip(units().counters)
        unit = next((name for name in sorted(units().days, key=len, reverse=True) if rest.startswith(name)), None)
        if unit is not None:
            return number.value * units().days[unit]
    return None


def _numeral(words: str) -> float:
    """A Chinese numeral: 二十三点九, 一万二 (12,000), 幺零二六 (1026)."""
    whole, _, fraction = words.partition(units().point)
    digits = "".join(str(units().digits.get(char, 0)) for char in fraction)
    return _whole(whole) + (float(f"0.{digits}") if digits else 0.0)


def _whole(words: str) -> float:
    digits, steps = units().digits, units().steps
    if not any(char in steps for char in words):
        return float("".join(str(digits[char]) for char in words) or 0)
    total, section, digit, tail = 0, 0, 0, 1
    for char in words:
        if char in digits:
            digit, tail = digits[char], tail if digits[char] else 1
        elif steps[char] >= 10_000:
            total, section, digit, tail = (total + section + digit) * steps[char], 0, 0, steps[char] // 10
        else:
            section, digit, tail = section + (digit or 1) * steps[char], 0, steps[char] // 10
    return float(total + section + digit * tail)


def _longest_first(words: Mapping[str, float]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
