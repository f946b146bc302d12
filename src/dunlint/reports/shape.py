"""Is this what `check --output json` prints? The file may come from anywhere, so every type is checked before use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any

import polars as pl
from pydantic import StringConstraints, TypeAdapter
from typing_extensions import TypedDict  # what pydantic asks for below Python 3.12, and brings with it

from dunlint.findings import Finding
from dunlint.i18n import VERDICT_ORDER
from dunlint.records.schema import ACCOUNT_COLUMNS, CONTACT_COLUMNS, EVENT_COLUMNS

SEVERITIES = ("info", "low", "medium", "high", "critical")
LOCAL = pl.Datetime("us")
COLUMNS = {"contacts": {**CONTACT_COLUMNS, "local": LOCAL}, "accounts": ACCOUNT_COLUMNS,
           "events": {**EVENT_COLUMNS, "local": LOCAL}}  # fmt: skip
NEEDED = {"contacts": ("contact_id", "case_id"), "accounts": ("case_id",), "events": ("case_id", "kind")}


class _Unread(TypedDict):
    file: str
    line: int | None
    expected: str
    found: str


class _Open(TypedDict):
    rule: str
    title_zh: str
    title_en: str
    contacts: int
    missing: list[str] | tuple[str, ...]


_CLOCK = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,2}(:[0-9]{1,2}){0,2}$")]
_Quiet = TypedDict("_Quiet", {"from": _CLOCK, "until": _CLOCK, "rule": str})


class _About(TypedDict, total=False):
    versions: dict[str, str]
    engine: str
    rules: list[str]
    rules_from: str
    rule_count: int
    quiet_hours: _Quiet | None
    checked: int
    known: int
    notes: list[str]
    unreadable: list[_Unread]
    not_checkable: list[_Open]


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def findings(raw: Any) -> tuple[Finding, ...]:
    """The findings of plain data. Raises ValueError where a type, verdict, severity or time does not fit."""
    found: tuple[Finding, ...] = _adapter(tuple[Finding, ...]).validate_python(raw)
    for one in found:
        if one.verdict not in VERDICT_ORDER or one.severity not in SEVERITIES:
            raise ValueError(f"{one.verdict}, {one.severity}")
        if one.at is not None and one.at.tzinfo is None:
            raise ValueError(f"{one.at}: no offset")
        if one.local is not None and not _fits(LOCAL, one.local):
            raise ValueError(f"local: {one.local[:80]}")
        if one.suppressed and "reason" not in one.suppressed:
            raise ValueError(f"suppressed: {', '.join(one.suppressed)}")
    return found


def rows(table: str, raw: Any) -> tuple[Mapping[str, Any], ...]:
    """The rows of a table. Raises ValueError where a value is not of its column's type."""
    if not isinstance(raw, list):
        raise ValueError(f"{table}: {type(raw).__name__}")  # noqa: TRY004
    for row in raw:
        if not isinstance(row, dict) or not all(isinstance(row.get(name), str) for name in NEEDED[table]):
            raise ValueError(f"{table}: {str(row)[:80]}")
        for name, value in row.items():
            if not _fits(COLUMNS[table].get(name, pl.String), value):
                raise ValueError(f"{table}.{name}: {str(value)[:80]}")
    return tuple(raw)


def about(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """What stands around the findings. Raises ValueError where a type does not fit."""
    _adapter(_About).validate_python({k: v for k, v in values.items() if k in _About.__annotations__}, strict=True)
    return values


def _fits(kind: Any, value: Any) -> bool:
    if isinstance(kind, pl.List):
        return isinstance(value, list) and all(_fits(kind.inner, one) for one in value)
    if isinstance(kind, pl.Struct):
        return isinstance(value, dict) and all(
            value.get(field.name) is None or _fits(field.dtype, value[field.name]) for field in kind.fields
        ) and isinstance(value.get("text"), str)  # fmt: skip
    if kind == pl.Boolean:
        return isinstance(value, bool)
    if kind in (pl.Float64, pl.Int64):
        return isinstance(value, int | float) and not isinstance(value, bool)
    if not isinstance(value, str):
        return False
    try:  # times as ISO 8601 text, an instant with its offset
        if kind == pl.Date:
            return date.fromisoformat(value) is not None
        return kind == pl.String or (datetime.fromisoformat(value).tzinfo is None) == (kind.time_zone is None)
    except ValueError:
        return False
