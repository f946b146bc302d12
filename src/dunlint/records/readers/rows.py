"""Rows in Dunlint's own column names, shared by the CSV and JSON-lines readers: text in, typed contact out."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from dunlint.errors import BadArgument
from dunlint.records.reader import Item, Known, Row
from dunlint.records.schema import (
    ACCOUNT_COLUMNS,
    CHANNELS,
    CONTACT_COLUMNS,
    CONTACT_FIELDS,
    DIRECTIONS,
    EVENT_COLUMNS,
    OUTCOMES,
    PARTIES,
    ROLES,
    UTC_TIME,
    Contact,
    Turn,
)
from dunlint.records.zones import instant, zone_named

CLOSED_SETS = {
    "channel": CHANNELS,
    "direction": DIRECTIONS,
    "outcome": OUTCOMES,
    "party": PARTIES,
    "role": ROLES,
}


def table_of(columns: Iterable[str]) -> str | None:
    """Which table a header belongs to: contacts, events or accounts; None if it is none of ours."""
    names = set(columns)
    if "kind" in names and "at" in names:
        return "events"
    if names & {"channel", "direction", "text", "turns"} and names & {"at", "text", "turns"}:
        return "contacts"
    if names & {"lender_type", "principal", "product"}:
        return "accounts"
    return None


def item(table: str, values: Mapping[str, Any], line: int, known: Known) -> Item:
    """One typed record. Raises ValueError naming the column that does not fit."""
    present = {name: value for name, value in values.items() if value not in (None, "")}
    if table != "contacts":
        columns = EVENT_COLUMNS if table == "events" else ACCOUNT_COLUMNS
        zone = str(present.get("zone") or known.zone or "")
        return Row(table, {n: _typed(n, columns[n], v, zone) for n, v in present.items() if n in columns}, line)
    return _contact(present, line, known)


def _contact(present: Mapping[str, Any], line: int, known: Known) -> Contact:
    typed = {
        name: _typed(name, CONTACT_COLUMNS[name], value, "")
        for name, value in present.items()
        if name in CONTACT_FIELDS and name not in ("turns", "at")
    }
    contact = Contact(**typed)
    contact.turns = turns_of(present.get("turns"))
    contact.source_line = line
    contact.zone_from = "column" if present.get("zone") else (known.zone_from or "option") if known.zone else None
    contact.zone = contact.zone or known.zone
    _set_time(contact, present.get("at"))
    return contact


def _set_time(contact: Contact, value: Any) -> None:
    """`at` where the text has an offset; else `local_time`, and `at` if a zone is known."""
    if value is None:
        return
    written = _typed("at", pl.Datetime("us"), value, "")
    if written.tzinfo is not None:
        contact.at, contact.zone_from = _typed("at", UTC_TIME, written, ""), contact.zone_from or "offset"
        return
    contact.local_time, contact.zone_from = written, contact.zone_from or "unknown"
    if contact.zone:
        contact.at = instant(written, contact.zone)


def _typed(name: str, dtype: Any, value: Any, zone: str) -> Any:
    try:
        converted = zone_named(str(value)).key if name == "zone" else _convert(dtype, value, zone)
    except (ValueError, TypeError, LookupError, OverflowError, BadArgument) as problem:
        raise ValueError(f"{name}: {value!r}") from problem
    if name in CLOSED_SETS and converted not in CLOSED_SETS[name]:
        raise ValueError(f"{name}: {value!r} ∉ {{{', '.join(CLOSED_SETS[name])}}}")
    return converted


def _convert(dtype: Any, value: Any, zone: str) -> Any:
    if dtype == UTC_TIME:
        return moment(value, zone)
    if dtype == pl.Datetime("us"):
        return value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
    if dtype == pl.Date:
        return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    if dtype == pl.Float64:
        number = float(value)
        if not math.isfinite(number):
            raise ValueError(value)
        return number
    if dtype == pl.Int64:
        return int(value)
    if dtype == pl.Boolean:
        return {"true": True, "1": True, "false": False, "0": False}[str(value).strip().lower()]
    if isinstance(dtype, pl.List):
        return [str(part) for part in value] if isinstance(value, list) else str(value).split("|")
    return str(value)


def moment(value: Any, zone: str) -> datetime:
    """An instant in UTC from ISO 8601 text; a time without offset is read in `zone`, and refused without one.

    Raises ValueError for what is none, or none of UTC's years 1 to 9999.
    """
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
    if at.tzinfo is None:
        if not zone:
            raise ValueError("no zone")
        at = at.replace(tzinfo=zone_named(zone))
    try:
        return at.astimezone(UTC)
    except OverflowError as problem:
        raise ValueError(str(problem)) from problem


def turns_of(value: Any) -> tuple[Turn, ...]:
    if value in (None, "", []):
        return ()
    raw = json.loads(value) if isinstance(value, str) else value
    try:
        return tuple(
            Turn(
                str(turn.get("speaker") or "unknown"),
                _offset(turn.get("start")),
                _offset(turn.get("end")),
                str(turn["text"]),
            )
            for turn in raw
        )
    except (TypeError, KeyError, AttributeError, ValueError, OverflowError) as problem:
        raise ValueError("turns: [{speaker, start, end, text}]") from problem


def _offset(value: Any) -> float | None:
    """Seconds after the start, or None. Raises TypeError, ValueError or OverflowError for what is neither."""
    if value is None:
        return None
    if isinstance(value, bool) or not math.isfinite(float(value)):
        raise ValueError(value)
    return float(value)
