"""What somebody's header probably means: a mapping to confirm, with the reason and an example for each column.

A guess rests on the header's name and is checked against the first rows: a column called 时间 that holds no times is
not taken. What has no certain meaning is left out and said: whose side a call list is seen from, 03/04/2026, a column
of numbers for a direction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from dunlint.records.readers.rows import CLOSED_SETS, table_of
from dunlint.records.schema import UTC_TIME
from dunlint.records.tables import times
from dunlint.records.tables.few import few
from dunlint.records.tables.mapping import ANYTHING_ELSE, Column, Mapping
from dunlint.records.tables.sheet import Sheet
from dunlint.records.tables.typed import LINE
from dunlint.records.tables.values import as_text, fitted
from dunlint.records.tables.words import (
    COLUMNS,
    DATE_PART,
    answers,
    asks,
    channel_of_title,
    meaning,
    unit_in,
    value_words,
    words,
)

CERTAINTIES = ("own", "sure", "likely")
MOST_SHOWN = 40
ENOUGH = {"own": 0.0, "sure": 0.5, "likely": 0.8}  # share of the values in the sample that must fit
UNKNOWN = "unknown"
MUST_BE_KNOWN = ("place", "number_kind", "kind")
CLOCK = r"^(?:1899-12-3[01] )?\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?(?: ?[AP]M)?$"
SAID_OF_CONTACTS = {
    "channel", "direction", "outcome", "talk_seconds", "text", "turns", "from_number", "to_number", "party",
}  # fmt: skip
SAID_OF_ACCOUNTS = {
    "principal", "balance", "lender_type", "product", "contract_rate", "overdue_rate", "annual_cost", "overdue_since",
    "disbursed",
}  # fmt: skip
NEEDED = {  # a table is ours if every one of these groups has a column
    "contacts": ({"at"}, SAID_OF_CONTACTS),
    "events": ({"at"}, {"kind"}),
    "accounts": ({"case_id", "account_id", "lender"}, SAID_OF_ACCOUNTS),
}


@dataclass(frozen=True)
class Guess:
    """One column: where it comes from, why (a key under `suggest.why`), how sure (CERTAINTIES), an example value."""

    target: str
    column: Column
    why: str
    certainty: str
    example: str = ""
    misfits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """A guessed mapping; `unused`: their columns that are left out, each with the reason and an example."""

    mapping: Mapping
    guesses: tuple[Guess, ...]
    unused: tuple[tuple[str, str, str], ...] = ()
    questions: tuple[str, ...] = ()

    @property
    def ours(self) -> bool:
        """Whether the header is in our own names, so that nothing was guessed."""
        return all(guess.certainty == "own" and not guess.column.values for guess in self.guesses)


def could_be_ours(columns: tuple[str, ...]) -> bool:
    """Whether a header, by its names alone, may be one of our tables."""
    if table_of(columns):
        return True
    for table, groups in NEEDED.items():
        named = {one.target for one in (meaning(table, name) for name in columns) if one}
        named |= {"at"} if f"at{DATE_PART}" in named else set()
        if all(group & named for group in groups):
            return True
    return False


def suggest(sheet: Sheet, title: str = "", *, table: str | None = None) -> Proposal | None:
    """The likeliest reading of a sheet as `table` (by default the table that it fits best); None if it fits none.

    `title` is the name of the file; it may name a channel.
    """
    sample = sheet.sample()
    own = table or table_of(sheet.columns)
    proposals = [_Guessing(name, sheet, sample, title).proposal() for name in ([own] if own else COLUMNS)]
    fitting = [one for one in proposals if one is not None]
    return max(fitting, key=lambda one: sum(3 - CERTAINTIES.index(g.certainty) for g in one.guesses), default=None)


@dataclass
class _Guessing:
    """The state of one guess: what is taken, what is left."""

    table: str
    sheet: Sheet
    sample: pl.DataFrame
    title: str
    taken: dict[str, Guess] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)

    def proposal(self) -> Proposal | None:
        for header, target, certainty in self._candidates():
            self._consider(header, target, certainty)
        self._join_date_and_clock()
        if self.table == "contacts":
            self._name_channel()
        if not all(group & set(self.taken) for group in NEEDED[self.table]) and not self._in_our_names():
            return None
        seen_from = self._side()
        guesses = tuple(guess for guess in self.taken.values() if not guess.target.endswith(DATE_PART))
        mapping = Mapping(
            self.table, {guess.target: guess.column for guess in guesses}, self.sheet.name or None,
            seen_from=seen_from, guessed=True,
        )  # fmt: skip
        unused = ((name, why, self._example(name)) for name, why in self._unused(mapping))
        return Proposal(mapping, guesses, tuple(unused), tuple(self.questions))

    def _candidates(self) -> list[tuple[str, str, str]]:
        """(header, target, certainty), the surest first, then as they stand."""
        found = []
        for header in self.sheet.columns:
            one = meaning(self.table, header)
            if one is not None:
                found.append((header, one.target, one.certainty))
        return sorted(found, key=lambda candidate: CERTAINTIES.index(candidate[2]))

    def _consider(self, header: str, target: str, certainty: str) -> None:
        if target in self.taken:
            self.left[header] = "taken"
            return
        values = self.sample[header]
        if values.null_count() == len(values):
            if certainty == "likely":
                self.left[header] = "empty"
            else:
                self.taken[target] = Guess(target, Column((header,)), "name", certainty)
            return
        column, misfits, share = self._column(header, target, values, certainty)
        if share < ENOUGH[certainty]:
            self.left[header] = "misfit"
            return
        self.taken[target] = Guess(target, column, "name", certainty, self._example(header), misfits)

    def _column(
        self, header: str, target: str, values: pl.Series, certainty: str
    ) -> tuple[Column, tuple[str, ...], float]:
        """(their column as ours, values that do not fit, share that does)."""
        if target.endswith(DATE_PART):
            return Column((header,)), (), 1.0
        dtype = COLUMNS[self.table][target]
        if dtype in (UTC_TIME, pl.Date):
            return self._dated(header, dtype, values, certainty)
        if value_words(target):
            return self._chosen(header, target, values)
        if certainty == "own":
            return Column((header,)), (), 1.0
        unit = unit_in(header) if dtype in (pl.Float64, pl.Int64) else None
        column = Column((header,), unit=None if unit == "seconds" else unit)
        return column, (), _share(fitted(target, dtype, values, column).bad, values)

    def _dated(
        self, header: str, dtype: Any, values: pl.Series, certainty: str
    ) -> tuple[Column, tuple[str, ...], float]:
        if values.dtype.is_temporal():
            return Column((header,)), (), 1.0
        text = as_text(values)
        if certainty == "own" and times.few_with_offset(text) is not None:  # nothing else that it could be
            return Column((header,)), (), 1.0
        plain = times.spelled_plainly(text)
        order = times.order_of(plain)
        column = Column((header,), format=order or _epoch(plain))
        if order is None and plain.str.contains(r"^\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4}").fill_null(False).any():
            self.questions.append("date_order")
        if certainty == "own":
            return column, (), 1.0
        if dtype == pl.Date:
            read = times.dates(text, column.format, serial=self.sheet.serial).is_not_null()
        else:
            zone = pl.Series(["UTC"]).new_from_index(0, len(text))
            done = times.read(text, zone, column.format, serial=self.sheet.serial)
            read = ~done.bad & text.is_not_null()
            if text.is_not_null().any() and text.drop_nulls().str.contains(CLOCK).all():
                read = text.is_not_null()  # a clock without its date: it waits for a date column
        return column, (), _share(text.is_not_null() & ~read, text)

    def _chosen(self, header: str, target: str, values: pl.Series) -> tuple[Column, tuple[str, ...], float]:
        text, distinct = _trimmed(as_text(values))
        known = answers(target) if asks(header) and answers(target) else value_words(target)
        codes = CLOSED_SETS.get(target, tuple(words("values").get(target, ())))
        if distinct and all(value in codes for value in distinct) and target != "direction":
            return Column((header,)), (), 1.0
        if target == "direction":
            known = {"out": "outbound", "in": "inbound"} | {
                word: {"out": "outbound", "in": "inbound"}[ours] for word, ours in known.items()
            }
            if distinct and all(value in CLOSED_SETS[target] for value in distinct):
                return Column((header,)), (), 1.0
        found = {value: known[value.lower()] for value in distinct if value.lower() in known}
        missed = tuple(value for value in distinct if value not in found)
        if target in CLOSED_SETS:
            if UNKNOWN in CLOSED_SETS[target] and found:
                found[ANYTHING_ELSE] = UNKNOWN
            fit = (
                text.is_in(list(found)) if UNKNOWN not in CLOSED_SETS[target] else pl.Series([bool(found)] * len(text))
            )
            return Column((header,), found), missed, _share(text.is_not_null() & ~fit, text) if distinct else 1.0
        if target in MUST_BE_KNOWN and not found and distinct:
            return Column((header,)), missed, 0.0
        return Column((header,), {} if missed else found), (), 1.0  # an open set: what has no word stays as it is

    def _join_date_and_clock(self) -> None:
        """日期 + 时间: where the time column holds only clock times, the date column comes before it."""
        at, day = self.taken.get("at"), self.taken.pop(f"at{DATE_PART}", None)
        clock_only = False
        if at is not None:
            text = as_text(self.sample[at.column.sources[0]]).drop_nulls()
            clock_only = bool(len(text)) and bool(text.str.contains(CLOCK).all())
        if day is None:
            if at is not None and clock_only:
                self.left[at.column.sources[0]] = "clock_only"
                del self.taken["at"]
            return
        date_header = day.column.sources[0]
        if at is None:
            values = self.sample[date_header]
            column, misfits, share = self._dated(date_header, UTC_TIME, values, day.certainty)
            if share >= ENOUGH[day.certainty] and self.table == "contacts":
                self.taken["at"] = Guess("at", column, "name", day.certainty, day.example, misfits)
            else:
                self.left[date_header] = "misfit"
        elif clock_only:
            both = Column((date_header, at.column.sources[0]))
            self.taken["at"] = Guess("at", both, "joined", day.certainty, f"{day.example} {at.example}")
        else:
            self.left[date_header] = "taken"

    def _name_channel(self) -> None:
        """A table without a channel column: by its title, else by what only calls have."""
        if "channel" in self.taken or ("turns" in self.taken and "text" not in self.taken):
            return
        named = channel_of_title(self.sheet.name) or channel_of_title(self.title)
        if named:
            self.taken["channel"] = Guess("channel", Column(value=named), "title", "likely", named)
        elif "talk_seconds" in self.taken and not self._in_our_names():
            self.taken["channel"] = Guess("channel", Column(value="call"), "talk_seconds", "likely", "call")
        elif not self._in_our_names():
            self.questions.append("channel")

    def _side(self) -> str:
        """Whose log it is. Columns that only a collector keeps say so; without them a guessed direction is left out."""
        direction = self.taken.get("direction")
        if direction is None or not direction.column.values:
            return "collector"
        if set(words("columns")["collecting_side"]) & set(self.taken):
            return "collector"
        self.left[direction.column.sources[0]] = "side"
        self.questions.append("side")
        del self.taken["direction"]
        return "collector"

    def _in_our_names(self) -> bool:
        return table_of(self.sheet.columns) == self.table

    def _unused(self, mapping: Mapping) -> Iterator[tuple[str, str]]:
        for name in self.sheet.columns:
            if name not in mapping.sources and name != LINE:
                yield name, self.left.get(name, "no_name")

    def _example(self, header: str) -> str:
        values = self.sample[header]
        first = next((row for row, one in enumerate(few(values) or ()) if one is not None), None)
        text = as_text(values.drop_nulls().head(1) if first is None else values.slice(first, 1))
        shown = re.sub(r"\s+", " ", text[0] or "") if len(text) else ""
        return shown if len(shown) <= MOST_SHOWN else shown[: MOST_SHOWN - 1] + "…"


def _trimmed(text: pl.Series) -> tuple[pl.Series, list[str]]:
    """(texts without outer spaces, the distinct ones among them)."""
    rows = few(text)
    if rows is not None and all(one is None or one == one.strip() for one in rows):
        return text, list(dict.fromkeys(one for one in rows if one is not None))
    text = text.str.strip_chars()
    return text, text.drop_nulls().unique(maintain_order=True).to_list()


def _share(bad: pl.Series | None, values: pl.Series) -> float:
    """Share of the values present that fit; 1 where none is present."""
    present = len(values) - values.null_count()
    return 1.0 if bad is None or not present else 1.0 - int(bad.sum()) / present


def _epoch(text: pl.Series) -> str | None:
    """`epoch` or `epoch_ms` where every value is a number of ten or thirteen digits, as times since 2001 are."""
    filled = text.drop_nulls()
    if not len(filled):
        return None
    if filled.str.contains(r"^1\d{9}(?:\.\d+)?$").all():
        return "epoch"
    return "epoch_ms" if filled.str.contains(r"^1\d{12}$").all() else None
