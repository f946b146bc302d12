"""Azure batch transcription: `recognizedPhrases` (or PascalCase), and the older `AudioFileResults`.

By default Azure masks abusive words in `display` and `maskedITN`, not in `lexical`: a phrase with asterisks is read
from `lexical`, the others from `display`, which has digits and punctuation. `timestamp` is when the file was written,
not when the call was made. Offsets are ticks of 100 ns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dunlint.records.readers import transcripts
from dunlint.records.readers.conversation import MASKED
from dunlint.records.readers.json_text import Path
from dunlint.records.readers.transcripts import Said, Vendor, listed, numbered

TICKS = 10_000_000.0
PHRASES = ("recognizedPhrases", "RecognizedPhrases")
OLDER = ("AudioFileResults", "SegmentResults")
DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")
TAGGED = re.compile(r"</?profanity>")


def _fits(document: Any) -> bool:
    return isinstance(document, dict) and (
        any(isinstance(document.get(name), list) for name in (*PHRASES, OLDER[0]))
        or any(name in document for name in ("combinedRecognizedPhrases", "CombinedRecognizedPhrases"))
    )


def _turns(document: Any) -> Iterator[tuple[Path, Any]]:
    if OLDER[0] in document:
        for number, _ in enumerate(document[OLDER[0]]):
            yield from listed(document, OLDER[0], number, OLDER[1])
        return
    yield from listed(document, PHRASES[0] if PHRASES[0] in document else PHRASES[1])


def _said(record: Any, _: Any) -> Said | None:
    phrase = _folded(record)
    if phrase.get("recognitionstatus", "Success") != "Success":
        return None
    start = _ticks(phrase, "offset")
    length = _ticks(phrase, "duration")
    end = start + length if isinstance(start, (int, float)) and isinstance(length, (int, float)) else None
    speaker = numbered("speaker", phrase.get("speaker", phrase.get("speakerid")))
    channel = numbered("channel", phrase.get("channel", phrase.get("channelnumber")))
    return Said(speaker or channel, start, end, _words(_folded(phrase["nbest"][0])))


def _ticks(phrase: dict[str, Any], name: str) -> Any:
    """Ticks, from the number or else from a duration such as "PT1M4.5S"; what is neither is left as it is."""
    value = phrase.get(f"{name}inticks", phrase.get(name))
    if isinstance(value, str) and (found := DURATION.fullmatch(value)):
        hours, minutes, seconds = (float(part or 0) for part in found.groups())
        return (hours * 3600 + minutes * 60 + seconds) * TICKS
    return value


def _words(best: dict[str, Any]) -> Any:
    """The words as shown, or as recognised where the shown ones are masked."""
    display, lexical = best.get("display"), best.get("lexical")
    if isinstance(display, str) and not MASKED.search(display):
        return TAGGED.sub("", display)
    return lexical or (display if display is not None else best["display"])


def _folded(record: Any) -> dict[str, Any]:
    return {name.lower(): value for name, value in record.items()}


READER = transcripts.reader(Vendor("azure", _fits, _turns, _said, per_second=TICKS))
