"""A mapping: how the columns of somebody's table become ours. A small YAML file, or the outcome of a guess.

    table: contacts                 # contacts, accounts or events
    sheet: 通话明细                  # only for this sheet of a workbook, or table of a database
    zone: Asia/Shanghai             # of times that name none
    seen_from: collector            # whose log it is: collector, or debtor (then directions are turned round)
    columns:
      at: 通话时间                                                   # our column: their column
      at: {from: [日期, 时间], format: "%Y/%m/%d %H:%M"}             # or joined with a space, in a strptime format;
                                                                    # also epoch, epoch_ms, excel
      direction: {from: 呼叫类型, values: {呼出: outbound, 呼入: inbound}}
      outcome: {from: 状态, values: {接通: connected, "*": unknown}}  # "*" is everything else
      talk_seconds: {from: 时长, unit: minutes}
      channel: {value: call}                                        # the same in every row

A file may hold a list of such mappings, one a table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dunlint import i18n
from dunlint.errors import InputError, RuleError
from dunlint.records.readers.rows import CLOSED_SETS
from dunlint.records.tables.words import COLUMNS
from dunlint.records.zones import zone_named
from dunlint.yaml_places import Document, Trail, read

KEYS = ("table", "sheet", "zone", "seen_from", "columns", "ignore")
COLUMN_KEYS = ("from", "values", "format", "unit", "value")
UNITS = {
    "seconds": 1.0,
    "milliseconds": 0.001,
    "minutes": 60.0,
    "hours": 3600.0,
    "percent": 0.01,
    "ten_thousand": 10_000.0,
}
SIDES = ("collector", "debtor")
ANYTHING_ELSE = "*"
EPOCHS = ("epoch", "epoch_ms", "excel")


@dataclass(frozen=True)
class Column:
    """Where one of our columns comes from: joined `sources`, or one `value` for every row."""

    sources: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    format: str | None = None
    unit: str | None = None
    value: Any = None


@dataclass(frozen=True)
class Mapping:
    """Column of ours -> where it comes from. `guessed` mappings are told in a note when they are used."""

    table: str
    columns: dict[str, Column]
    sheet: str | None = None
    zone: str | None = None
    seen_from: str = "collector"
    ignore: tuple[str, ...] = ()
    guessed: bool = False

    @property
    def sources(self) -> frozenset[str]:
        """Every column of theirs that is used."""
        return frozenset(name for column in self.columns.values() for name in column.sources)

    def fits(self, sheet: str, columns: Iterable[str]) -> bool:
        """Whether this mapping is for a table of that name and header."""
        return self.sheet in (None, sheet) and self.sources <= set(columns)


def load(path: Path) -> tuple[Mapping, ...]:
    """Read and check a mapping file. Raises InputError with line and column of the mistake."""
    try:
        document = read(path, str(path))
    except RuleError as problem:
        reason = i18n.text(f"error.{problem.code}.what", **problem.values).rstrip("。.")
        raise InputError("bad_mapping", where=problem.where, reason=reason) from None
    except OSError as problem:
        raise InputError("cannot_open", where=str(path), reason=problem.strerror or str(problem)) from None
    if isinstance(document.data, list):
        return tuple(_mapping(document, (number,), one) for number, one in enumerate(document.data))
    return (_mapping(document, (), document.data),)


def _mapping(document: Document, at: Trail, raw: Any) -> Mapping:
    _only(document, at, raw, KEYS)
    table = _one_of(document, (*at, "table"), raw.get("table", "contacts"), tuple(COLUMNS))
    columns = raw.get("columns")
    _only(document, (*at, "columns"), columns, tuple(COLUMNS[table]))
    if raw.get("zone"):
        zone_named(raw["zone"])
    return Mapping(
        table=table,
        columns={name: _column(document, (*at, "columns", name), name, one) for name, one in columns.items()},
        sheet=raw.get("sheet"),
        zone=raw.get("zone"),
        seen_from=_one_of(document, (*at, "seen_from"), raw.get("seen_from", "collector"), SIDES),
        ignore=tuple(map(str, raw.get("ignore") or ())),
    )


def _column(document: Document, at: Trail, name: str, raw: Any) -> Column:
    if not isinstance(raw, dict):
        raw = {"from": raw}
    _only(document, at, raw, COLUMN_KEYS)
    if ("from" in raw) == ("value" in raw):
        raise InputError("bad_mapping", where=document.where(at), reason=f"{name}: from / value")
    sources = raw.get("from", [])
    values = {str(theirs): str(ours) for theirs, ours in (raw.get("values") or {}).items()}
    allowed = CLOSED_SETS.get(name)
    for theirs, ours in values.items():
        if allowed:
            _one_of(document, (*at, "values", theirs), ours, allowed)
    if allowed and "value" in raw:
        _one_of(document, (*at, "value"), raw["value"], allowed)
    if raw.get("unit"):
        _one_of(document, (*at, "unit"), raw["unit"], tuple(UNITS))
    named = sources if isinstance(sources, list) else [sources]
    return Column(tuple(map(str, named)), values, raw.get("format"), raw.get("unit"), raw.get("value"))


def _only(document: Document, at: Trail, raw: Any, allowed: tuple[str, ...]) -> None:
    if not isinstance(raw, dict) or not raw:
        raise InputError("bad_mapping", where=document.where(at), reason="{" + ", ".join(allowed) + "}")
    for key in raw:
        if key not in allowed:
            raise InputError("unknown_key", where=document.where((*at, key)), place=".".join(map(str, at)) or "mapping",
                             key=str(key), known=", ".join(allowed))  # fmt: skip


def _one_of(document: Document, at: Trail, value: Any, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise InputError("bad_mapping", where=document.where(at), reason=f"{value!r} ∉ {{{', '.join(allowed)}}}")
    return str(value)
