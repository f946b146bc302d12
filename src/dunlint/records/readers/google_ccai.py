"""Google Contact Center AI Insights: `entries` with a role and `start_timestamp_usec`.

The times are microseconds of Unix time; files with small numbers, counting from the start of the call as in Google's
own example, have no date.
"""

from __future__ import annotations

from typing import Any

from dunlint.records.readers import transcripts
from dunlint.records.readers.transcripts import FIRST_EPOCH, About, Said, Vendor, has, listed, moment_of, under

MICROSECONDS = 1_000_000.0


def _fits(document: Any) -> bool:
    entries = under(document, "entries")
    return isinstance(entries, list) and (
        any(has(entry, "text", "start_timestamp_usec") for entry in entries[:20]) or has(document, "conversation_info")
    )


def _said(entry: Any, _: Any) -> Said:
    label = entry.get("role") or transcripts.numbered("speaker", entry.get("user_id"))
    return Said(label, entry.get("start_timestamp_usec"), None, entry["text"])


def _about(document: Any) -> About:
    starts = (under(entry, "start_timestamp_usec") for entry in document["entries"])
    known = [float(start) for start in starts if isinstance(start, (int, float)) and not isinstance(start, bool)]
    first = min((start for start in known if start >= FIRST_EPOCH * MICROSECONDS), default=None)
    if first is None:
        return About()
    return About({"at": moment_of(first, MICROSECONDS), "zone_from": "epoch"}, zero=first)


VENDOR = Vendor(
    "google_ccai", _fits, lambda document: listed(document, "entries"), _said, _about, per_second=MICROSECONDS
)
READER = transcripts.reader(VENDOR)
