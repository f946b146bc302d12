"""Values of our own columns, masked by what the column is."""

from __future__ import annotations

import json
import re
from typing import Any

from dunlint.evidence.pseudonyms import Pseudonyms
from dunlint.records.schema import ACCOUNT_COLUMNS, CONTACT_COLUMNS, EVENT_COLUMNS, SPEAKERS

GONE = "REDACTED"
GROUP = "@chatroom"
FIGURE = re.compile(r"-?[0-9]{1,16}(?:\.[0-9]{1,9})?")  # a count, an epoch, a part of a time
LONGEST_KEPT = 60
NUMBERS = {"from_number", "to_number", "number", "owner_number"}
CODES = {
    "party_name": "PERSON",
    "agent": "PERSON",
    "name": "PERSON",
    "case_id": "CASE",
    "account_id": "ACCOUNT",
    "contact_id": "RECORD",
    "event_id": "RECORD",
    "recording_id": "RECORD",
    "place": "PLACE",
}
COLUMNS = {"contacts": CONTACT_COLUMNS, "events": EVENT_COLUMNS, "accounts": ACCOUNT_COLUMNS}
CLOSED = {"channel", "direction", "outcome", "party", "role", "kind", "zone", "zone_from", "origin"}


def value_of(name: str, value: Any, who: Pseudonyms) -> Any:
    """One value of a column of ours. Numbers, dates and closed words stay; names and ids become pseudonyms."""
    if value in (None, "") or isinstance(value, bool):
        return value
    if name in NUMBERS:
        return who.number(str(value))
    if name in CODES:
        return who.named(CODES[name], str(value))
    if name == "turns":
        return turns(value, who)
    if isinstance(value, list):
        return [value_of("", one, who) for one in value]
    return who.text(value) if isinstance(value, str) else value


def turns(value: Any, who: Pseudonyms) -> Any:
    """The turns of a call, as JSON text or as objects; nothing of what is no turns."""
    try:
        told = json.loads(value) if isinstance(value, str) else value
        said = who.texts([str(turn["text"]) for turn in told])
        masked = [
            {"speaker": _speaker(turn.get("speaker"), who), "start": _seconds(turn.get("start")),
             "end": _seconds(turn.get("end")), "text": text}
            for turn, text in zip(told, said, strict=True)
        ]  # fmt: skip
    except (ValueError, TypeError, KeyError, AttributeError):
        return GONE
    return json.dumps(masked, ensure_ascii=False) if isinstance(value, str) else masked


def _speaker(label: Any, who: Pseudonyms) -> Any:
    return label if label in (None, *SPEAKERS) else who.speaker(str(label))


def _seconds(value: Any) -> Any:
    return value if value is None or isinstance(value, int | float) else None


def account(value: str, who: Pseudonyms) -> str:
    """A name or an account; that of a group keeps the ending by which it is known as one."""
    return who.sender(value.removesuffix(GROUP)) + GROUP * value.endswith(GROUP)


def kept(value: str, who: Pseudonyms) -> str:
    """A time, a number or a closed word, as it is; what is none, as running text."""
    return value if FIGURE.fullmatch(value) else who.text(value) if len(value) <= LONGEST_KEPT else GONE
