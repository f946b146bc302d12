"""Sheets of a workbook as data, and the one place that writes them.

Text is written as text only: no cell can be a formula, and no address in a message becomes a link. Text longer than
a cell holds is cut with a mark that says how long it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite
from pathlib import Path
from typing import Any

from dunlint import i18n
from dunlint.reports.plain import cut, plain

CELL_LIMIT = 32_767  # characters in a cell, ROW_LIMIT rows in a sheet and LINK_LIMIT links in one: the format's own
ROW_LIMIT = 1_048_576
LINK_LIMIT = 65_530
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd hh:mm:ss",
}
FIRST_EXCEL_YEAR = 1900
FORMATS: dict[str, dict[str, Any]] = {
    "head": {"bold": True, "bg_color": "#1F3A4D", "font_color": "#FFFFFF", "valign": "vcenter", "text_wrap": True},
    "text": {"valign": "top"},
    "long": {"valign": "top", "text_wrap": True},
    "time": {"valign": "top", "num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"},
    "day": {"valign": "top", "num_format": "yyyy-mm-dd", "align": "left"},
    "number": {"valign": "top"},
    "share": {"valign": "top", "num_format": "0.00%"},
    "decimal": {"valign": "top", "num_format": "0.00"},
    "link": {"valign": "top", "font_color": "#0B5394", "underline": 1},
}
SEVERITY_COLOURS = {"critical": "#F4CCCC", "high": "#FCE5CD", "medium": "#FFF2CC", "low": "#D9EAD3", "info": "#EFEFEF"}


@dataclass(frozen=True)
class Link:
    """Text that leads to a row of another sheet; row counts from 0, the header included."""

    text: str
    sheet: str
    row: int


@dataclass(frozen=True)
class Column:
    """name: the key in a row and of the header `sheet.column.NAME`; kind: a key of FORMATS; width in characters."""

    name: str
    kind: str = "text"
    width: int = 14


@dataclass(frozen=True)
class Sheet:
    """name: key `sheet.name.NAME`; rows: mappings by column name; a value may be a Link; frozen: columns that stay."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Mapping[str, Any]]
    frozen: int = 0


def sheet_name(name: str, lang: str) -> str:
    return i18n.label("sheet.name", name, lang)


def write(target: Path, sheets: Iterable[Sheet], lang: str) -> None:
    """Write a workbook: each sheet with a frozen header, a filter, and its columns' widths."""
    with _workbook(target) as book:
        formats = {name: book.add_format(values) for name, values in FORMATS.items()}
        colours = {
            name: book.add_format({"valign": "top", "bg_color": colour}) for name, colour in SEVERITY_COLOURS.items()
        }
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet_name(sheet.name, lang)), sheet, formats, colours, lang)


@contextmanager
def _workbook(target: Path) -> Iterator[Any]:
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    book = xlsxwriter.Workbook(str(target), OPTIONS)
    book.set_properties({"created": datetime(2000, 1, 1)})  # the same findings give the same file
    yield book
    try:
        book.close()
    except FileCreateError as problem:  # holds the system's error, but is none
        reason = problem.args[0] if problem.args else problem
        raise reason if isinstance(reason, OSError) else OSError(str(problem)) from problem


def _write_sheet(page: Any, sheet: Sheet, formats: Mapping[str, Any], colours: Mapping[str, Any], lang: str) -> None:
    for number, column in enumerate(sheet.columns):
        page.set_column(number, number, column.width)
        page.write_string(0, number, i18n.label("sheet.column", column.name, lang), formats["head"])
    page.freeze_panes(1, sheet.frozen)
    last = 0
    for last, row in enumerate(sheet.rows, start=1):
        if last == ROW_LIMIT - 1:
            page.write_string(last, 0, i18n.text("sheet.rows_cut", lang), formats["text"])
            break
        for number, column in enumerate(sheet.columns):
            shape = colours.get(row.get("severity_code", ""), formats["text"]) if column.name == "severity" else None
            _write_cell(page, last, number, row.get(column.name), shape or formats[column.kind], lang)
    page.autofilter(0, 0, last, len(sheet.columns) - 1)


def _write_cell(page: Any, row: int, column: int, value: Any, shape: Any, lang: str) -> None:
    if value is None or (isinstance(value, float) and not isfinite(value)):
        page.write_blank(row, column, None, shape)
    elif isinstance(value, Link) and row < LINK_LIMIT:
        page.write_url(row, column, f"internal:'{value.sheet}'!A{value.row + 1}", shape, string=_fit(value.text, lang))
    else:
        _writer(page, value)(row, column, _value(value, lang), shape)


def _writer(page: Any, value: Any) -> Callable[..., Any]:
    if isinstance(value, bool):
        return page.write_boolean  # type: ignore[no-any-return]
    if isinstance(value, (int, float)):
        return page.write_number  # type: ignore[no-any-return]
    if isinstance(value, (date, datetime)) and value.year >= FIRST_EXCEL_YEAR:
        return page.write_datetime  # type: ignore[no-any-return]
    return page.write_string  # type: ignore[no-any-return]


def _value(value: Any, lang: str) -> Any:
    if isinstance(value, Link):
        return _fit(value.text, lang)
    if isinstance(value, str):
        return _fit(value, lang)
    if isinstance(value, (date, datetime)) and value.year < FIRST_EXCEL_YEAR:
        return value.isoformat()
    return value


def _fit(text: str, lang: str) -> str:
    shown = plain(text)
    return cut(shown, CELL_LIMIT, i18n.text("sheet.cut", lang, count=len(shown)))
