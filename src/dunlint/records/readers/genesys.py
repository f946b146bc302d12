"""Genesys Cloud: `transcripts[].phrases[]` with `participantPurpose` internal (ours) or external.

All times are milliseconds of Unix time. `decoratedText` has capitals, digits and punctuation; without it `text` is
read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dunlint.records.readers import transcripts
from dunlint.records.readers.json_text import Path
from dunlint.records.readers.transcripts import About, Said, Vendor, has, listed, moment_of, under
from dunlint.records.schema import DIRECTIONS


def _fits(document: Any) -> bool:
    parts = under(document, "transcripts")
    return isinstance(parts, list) and (
        any(has(part, "phrases") for part in parts[:20]) or has(document, "conversationId", "communicationId")
    )


def _turns(document: Any) -> Iterator[tuple[Path, Any]]:
    for number, part in enumerate(document["transcripts"]):
        if not isinstance(part, dict) or not isinstance(part.get("phrases"), list):
            yield ("transcripts", number), part
            continue
        yield from listed(document, "transcripts", number, "phrases")


def _said(phrase: Any, _: Any) -> Said:
    start = phrase.get("startTimeMs")
    length = under(phrase, "duration", "milliseconds")
    end = start + length if isinstance(start, (int, float)) and isinstance(length, (int, float)) else None
    return Said(phrase.get("participantPurpose"), start, end, phrase.get("decoratedText") or phrase["text"])


def _about(document: Any) -> About:
    columns: dict[str, Any] = {}
    outside = (p for p in document.get("participants") or () if under(p, "participantPurpose") == "external")
    for person in outside:
        columns = {
            "direction": person.get("initialDirection") if person.get("initialDirection") in DIRECTIONS else None,
            "from_number": _number(person.get("ani")),
            "to_number": _number(person.get("dnis")),
        }
    started = document.get("conversationStartTime") or document.get("startTime")
    if started is None:
        return About(columns)
    return About({**columns, "at": moment_of(started, 1000), "zone_from": "epoch"}, zero=float(started))


def _number(address: Any) -> str | None:
    return address.removeprefix("tel:") if isinstance(address, str) and address else None


READER = transcripts.reader(Vendor("genesys", _fits, _turns, _said, _about))
