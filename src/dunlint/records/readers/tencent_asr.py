"""腾讯云 录音文件识别 (Tencent Cloud): `ResultDetail`, or the lines of the `Result` text where that is missing.

The answer of the service (`Response.Data`), or its `Data` alone. Milliseconds; in `Result` minutes and seconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dunlint.records.readers import transcripts
from dunlint.records.readers.json_text import Path
from dunlint.records.readers.transcripts import Said, Vendor, has, listed, numbered, under

PLACES: tuple[tuple[str, ...], ...] = (("Response", "Data"), ("Data",), ())
LINE = re.compile(r"\[(\d+):(\d+(?:\.\d+)?),\s*(\d+):(\d+(?:\.\d+)?)(?:,\s*(-?\d+))?\]\s*(.*)", re.DOTALL)


def _data(document: Any) -> tuple[str, ...] | None:
    return next((path for path in PLACES if _is_data(under(document, *path))), None)


def _is_data(value: Any) -> bool:
    return has(value, "TaskId") and any(name in value for name in ("ResultDetail", "Result")) and (
        "Status" in value or "AudioDuration" in value
    )  # fmt: skip


def _turns(document: Any) -> Iterator[tuple[Path, Any]]:
    path = _data(document) or ()
    data = under(document, *path)
    if data.get("ResultDetail"):
        yield from listed(document, *path, "ResultDetail")
        return
    for line in str(data["Result"] or "").split("\n"):
        if line.strip():
            yield (*path, "Result"), line


def _said(record: Any, _: Any) -> Said:
    if isinstance(record, str):
        found = LINE.fullmatch(record.strip())
        if found is None:
            raise ValueError(record[:60])
        start, end = (1000 * (60 * int(found[n]) + float(found[n + 1])) for n in (1, 3))
        return Said(numbered("speaker", found[5]), start, end, found[6])
    text = record.get("FinalSentence")
    text = text if text is not None else record["SliceSentence"]
    return Said(numbered("speaker", record.get("SpeakerId")), record.get("StartMs"), record.get("EndMs"), text)


READER = transcripts.reader(Vendor("tencent_asr", lambda document: _data(document) is not None, _turns, _said))
