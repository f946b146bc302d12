"""One column of text (or of typed values) -> one of our columns, with a mask of what does not fit."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import polars as pl

from dunlint.records.readers.rows import CLOSED_SETS, turns_of
from dunlint.records.schema import TURN_TYPE
from dunlint.records.tables.few import few
from dunlint.records.tables.mapping import ANYTHING_ELSE, UNITS, Column
from dunlint.records.tables.words import value_words, words

NONE_MISSED = pl.Series([False])
NUMBERS = ("from_number", "to_number", "number")
SECONDS = "talk_seconds"
SPOILT_NUMBER = r"^\d(?:\.\d+)?[eE]\+?\d+$"  # a spreadsheet has put a long number into short form
FORMULA_TEXT = r'^=?"(.*)"$|^\'(.*)$'  # ="138…" and '138…': tricks that keep a spreadsheet from doing so


@dataclass(frozen=True)
class Fitted:
    """values: of our type, null where empty or unfit; bad: what did not fit; lost: numbers whose digits are gone;
    other: values taken by the `*` of a mapping.
    """

    values: pl.Series
    bad: pl.Series | None = None
    lost: pl.Series | None = None
    other: pl.Series | None = None


def as_text(values: pl.Series) -> pl.Series:
    """Strings, null where empty. Whole floats lose their `.0`: 13800000003.0 is a phone number; nested data is JSON."""
    if values.dtype == pl.String:
        rows = few(values)
        if rows is not None and not any(one is not None and not one.strip() for one in rows):
            return values
    elif values.dtype in (pl.Float64, pl.Float32):
        whole = (values == values.round()).fill_null(False) & (values.abs() < 2**63)
        text = values.cast(pl.String)
        values = text.zip_with(~whole, values.set(~whole, None).cast(pl.Int64, strict=False).cast(pl.String))
    elif values.dtype == pl.Boolean:
        values = values.cast(pl.String)
    elif values.dtype == pl.Binary:
        values = values.cast(pl.String, strict=False)
    elif values.dtype.is_nested():
        plain = [None if one is None else json.dumps(_plain(one), ensure_ascii=False, default=str) for one in values]
        values = pl.Series(plain, dtype=pl.String)
    else:
        values = values.cast(pl.String)
    return values.set((values.str.strip_chars() == "").fill_null(False), None)


def _plain(value: Any) -> Any:
    return value.to_list() if isinstance(value, pl.Series) else value


def fitted(name: str, dtype: Any, values: pl.Series, column: Column) -> Fitted:
    """`values` of their column as our column `name`; times and dates are read elsewhere (`times`)."""
    if values.dtype == dtype and not column.values and not column.unit and name not in CLOSED_SETS:
        return _numbers(values) if name in NUMBERS else Fitted(values)
    if dtype == TURN_TYPE:
        return _turns(values)
    if isinstance(dtype, pl.List):
        return _list(values)
    text = as_text(values)
    if dtype in (pl.Float64, pl.Int64):
        return _quantity(name, dtype, text, column)
    if dtype == pl.Boolean:
        return _chosen(text.str.to_lowercase(), value_words("truth") | column.values, as_truth=True)
    if column.values:
        return _chosen(text, column.values)
    if name in CLOSED_SETS:
        return _chosen(text, {code: code for code in CLOSED_SETS[name]})
    return _numbers(text) if name in NUMBERS else Fitted(text)


def _chosen(text: pl.Series, known: dict[str, str], *, as_truth: bool = False) -> Fitted:
    """By a table of values; compared without case and outer spaces."""
    table = {theirs.strip().lower(): ours for theirs, ours in known.items() if theirs != ANYTHING_ELSE}
    rows = None if as_truth else few(text)
    if rows and all(one in table for one in rows):
        chosen = pl.Series([table[one] for one in rows], dtype=pl.String)
        return Fitted(chosen, NONE_MISSED.new_from_index(0, len(rows)))
    found = text.str.strip_chars().str.to_lowercase().replace_strict(table, default=None, return_dtype=pl.String)
    missed = text.is_not_null() & found.is_null()
    other = None
    if ANYTHING_ELSE in known and missed.any():
        found, other = found.set(missed, known[ANYTHING_ELSE]), text.filter(missed)
        missed = NONE_MISSED.new_from_index(0, len(text))
    return Fitted((found == "true") if as_truth else found, missed, other=other)


def _quantity(name: str, dtype: Any, text: pl.Series, column: Column) -> Fitted:
    """Numbers: thousands commas and currency signs off, `18%` is 0.18, durations in seconds."""
    bare = text.str.strip_chars().str.replace_all(r"[,，\s¥￥$]", "")
    percent = bare.str.contains(r"[%％]$").fill_null(False)
    number = bare.str.strip_chars_end("%％").cast(pl.Float64, strict=False)
    if name == SECONDS and number.null_count() > text.null_count():
        written = _seconds(text.str.strip_chars())
        number = number * UNITS[column.unit or "seconds"]
        number = number.zip_with(number.is_not_null(), written)
    else:
        number = number * UNITS[column.unit or "seconds"]
    if percent.any():
        factor = 1.0 if column.unit == "percent" else 0.01
        number = number.zip_with(~percent, number * factor)
    bad = text.is_not_null() & ~number.is_finite().fill_null(False)
    if dtype == pl.Int64:
        bad = bad | (number != number.round()).fill_null(False)
        return Fitted(number.set(bad, None).cast(pl.Int64, strict=False), bad)
    return Fitted(number.set(bad, None), bad)


def _seconds(text: pl.Series) -> pl.Series:
    """Seconds of durations such as 00:01:35 or 1m35s, by the patterns of `words/times.yaml`."""
    text = text.str.replace(r"^1899-12-3[01] ", "")  # a time of day, as a spreadsheet stores a duration
    found = pl.Series([None], dtype=pl.Float64).new_from_index(0, len(text))
    for pattern in words("times")["durations"]:
        parts = text.str.extract_groups(pattern).struct.unnest().cast(pl.Float64, strict=False)
        any_part = parts.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
        total = parts.select(pl.col("h").fill_null(0) * 3600 + pl.col("m").fill_null(0) * 60 + pl.col("s").fill_null(0))
        found = found.zip_with(found.is_not_null() | ~any_part, total.to_series())
    return found


def _list(values: pl.Series) -> Fitted:
    if isinstance(values.dtype, pl.List):
        return Fitted(values.cast(pl.List(pl.String)))
    text = as_text(values)
    as_json = text.str.starts_with("[").fill_null(False)
    split = text.str.split("|")
    if not as_json.any():
        return Fitted(split)
    lists = [json.loads(one) if from_json else None for one, from_json in zip(text, as_json, strict=True)]
    return Fitted(pl.Series(lists, dtype=pl.List(pl.String), strict=False).zip_with(as_json, split))


def _turns(values: pl.Series) -> Fitted:
    if values.dtype == TURN_TYPE:
        return Fitted(values)
    read: list[Any] = []
    bad: list[bool] = []
    for one in as_text(values):
        try:
            turns = [{"speaker": t.speaker, "start": t.start, "end": t.end, "text": t.text} for t in turns_of(one)]
        except ValueError:
            read.append(None)
            bad.append(True)
            continue
        read.append(turns or None)
        bad.append(False)
    return Fitted(pl.Series(read, dtype=TURN_TYPE, strict=False), pl.Series(bad, dtype=pl.Boolean))


def _numbers(text: pl.Series) -> Fitted:
    """Phone numbers and names, freed from a spreadsheet's tricks; what it has rounded is lost, not a number."""
    text = text.str.strip_chars()
    tricked = text.str.contains(FORMULA_TEXT).fill_null(False)
    if tricked.any():
        text = text.zip_with(~tricked, text.str.replace(FORMULA_TEXT, "${1}${2}"))
    spoilt = text.str.contains(SPOILT_NUMBER).fill_null(False)
    text = text.str.replace(r"^(\+?\d{5,})\.0$", "$1")
    return Fitted(text.set(spoilt | (text == "").fill_null(False), None), lost=spoilt)
