"""Amazon Connect Contact Lens: the post-call file (`Participants`, `Transcript`) and the real-time `Segments`.

Offsets are milliseconds after the start of the call, which the file does not tell (it stands in the contact record);
a chat has absolute times. In `Segments`, categories and summaries stand between the turns. Redacted words are `[PII]`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from dunlint.records.readers import transcripts
from dunlint.records.readers.json_text import Path
from dunlint.records.readers.transcripts import About, Said, Vendor, has, listed, under

SEGMENTS = ("Transcript", "Categories", "PostContactSummary", "Utterance")


def _fits(document: Any) -> bool:
    if has(document, "Participants", "Transcript") or has(document, "CustomerMetadata", "LanguageCode"):
        return True
    segments = under(document, "Segments")
    return isinstance(segments, list) and any(isinstance(under(s, k), dict) for s in segments[:20] for k in SEGMENTS)


def _turns(document: Any) -> Iterator[tuple[Path, Any]]:
    return listed(document, "Segments" if "Segments" in document else "Transcript")


def _said(record: Any, document: Any) -> Said | None:
    if "Segments" in document:
        if not any(name in record for name in SEGMENTS):
            raise KeyError("Transcript")
        record = record.get("Transcript")  # the others repeat or judge what is said there
    if record is None or ("Content" not in record and record.get("Type") == "EVENT"):
        return None
    role = record.get("ParticipantRole") or _roles(document).get(record.get("ParticipantId"))
    label = role or record.get("ParticipantId")
    return Said(label, record.get("BeginOffsetMillis"), record.get("EndOffsetMillis"), record["Content"])


def _roles(document: Any) -> dict[Any, Any]:
    people = document.get("Participants") or ()
    return {under(person, "ParticipantId"): under(person, "ParticipantRole") for person in people}


def _about(document: Any) -> About:
    if document.get("Channel") != "CHAT":
        return About()
    first = under(document, "Transcript", 0, "AbsoluteTime")
    at = datetime.fromisoformat(first) if first else None
    if at and at.tzinfo:
        return About({"channel": "im", "at": at.astimezone(UTC), "zone_from": "offset"})
    return About({"channel": "im"})


READER = transcripts.reader(Vendor("contact_lens", _fits, _turns, _said, _about))
