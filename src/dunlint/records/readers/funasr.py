"""FunASR: a list of results, each with `sentence_info` (milliseconds, speakers as numbers), or its text as one turn.

Results printed by Python (single quotes) are read too, as literals and nothing else, up to MOST_PRINTED characters
and DEEPEST brackets, which keeps the parser below 300 MB of memory.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from typing import Any

from dunlint.errors import UnreadableFile
from dunlint.records.readers import transcripts
from dunlint.records.readers.json_text import Document, Path, documents, small_text
from dunlint.records.readers.transcripts import Said, Vendor, has, listed, numbered, under
from dunlint.records.source import Source

MOST_PRINTED = 512 << 10
DEEPEST = 60
PRINTED = re.compile(r"\s*\[?\s*\{\s*'(?:key|text|sentence_info)'\s*:")
TAG = re.compile(r"<\|[^|<>]{0,40}\|>")  # SenseVoice writes language and mood into the text


def _fits(document: Any) -> bool:
    return has(document, "text") and (
        isinstance(document.get("sentence_info"), list) or has(document, "key", "timestamp")
    )


def _turns(document: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(document.get("sentence_info"), list):
        yield from listed(document, "sentence_info")
    else:
        yield (), document


def _said(record: Any, _: Any) -> Said:
    text = record["text"] if "text" in record else record["sentence"]
    start = record.get("start", under(record, "timestamp", 0, 0))
    end = record.get("end", under(record, "timestamp", -1, 1))
    return Said(numbered("speaker", record.get("spk")), start, end, TAG.sub("", text))


def _recognises(source: Source) -> bool:
    return transcripts.recognised(VENDOR, source) or _printed(source)


def _printed(source: Source) -> bool:
    return bool(PRINTED.match(source.head_text)) and "'text'" in source.head_text


def _documents(source: Source) -> Iterator[Document]:
    if not _printed(source):
        yield from documents(source)
        return
    text = small_text(source).strip()
    if len(text) > MOST_PRINTED:
        raise UnreadableFile("file_too_long", where=source.name, limit=MOST_PRINTED / (1 << 20))
    if _depth(text) > DEEPEST:
        raise UnreadableFile("too_deep", where=source.name)
    try:
        with warnings.catch_warnings(action="ignore"):  # on the style of what looks like Python
            values = ast.literal_eval(text)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as problem:
        reason = " ".join(str(problem).split())[:120]
        raise UnreadableFile("broken_format", where=source.name, format="Python", reason=reason) from None
    for value in values if isinstance(values, list) else [values]:
        yield Document(value, "", 1)


def _depth(text: str) -> int:
    depth = deepest = 0
    for char in re.findall(r"[\[\](){}]", text):
        depth += 1 if char in "[({" else -1
        deepest = max(deepest, depth)
    return deepest


VENDOR = Vendor("funasr", _fits, _turns, _said, documents=_documents)
READER = transcripts.reader(VENDOR, _recognises)
