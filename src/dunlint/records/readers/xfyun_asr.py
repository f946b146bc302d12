"""讯飞 语音转写 (iFLYTEK lfasr): JSON inside JSON.

Version 2: `content.orderResult` is a JSON text; in it `lattice[].json_1best` is a JSON text again, and
`lattice2[].json_1best` (the same speech with its fillers) an object. Version 1: a list of `{bg, ed, onebest, speaker}`,
alone or as the text `data`. Milliseconds as text. A role 0 means that speakers were not told apart.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from dunlint.records.readers import transcripts
from dunlint.records.readers.json_text import DECODER, ESCAPE, Document, Path, documents
from dunlint.records.readers.transcripts import Said, Vendor, has, listed, numbered, under
from dunlint.records.source import Source

LATTICES = ("lattice", "lattice2")


def _fits(document: Any) -> bool:
    if isinstance(document, list):
        return any(has(one, "bg", "onebest") for one in document[:20])
    if has(document, "data") and any(name in document for name in ("err_no", "ok")):
        return isinstance(document["data"], list) or "onebest" in str(document["data"])[:2000]
    return bool(under(document, "content", "orderResult")) or any(
        has(under(document, name, 0), "json_1best") for name in LATTICES
    )


def _turns(document: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(document, list):
        yield from listed(document)
        return
    if "data" in document:
        yield from ((("data",), record) for _, record in listed(_opened(document["data"])))
        return
    path: Path = ("content", "orderResult") if under(document, "content", "orderResult") else ()
    result = _opened(under(document, *path))
    name = next((name for name in LATTICES if result.get(name)), LATTICES[0])
    yield from ((path, record) for _, record in listed(result, name))


def _said(record: Any, _: Any) -> Said:
    if "onebest" in record:
        return Said(_label(record.get("speaker")), record.get("bg"), record.get("ed"), record["onebest"])
    sentence = _opened(record["json_1best"])["st"]
    said = "".join(word["w"] for part in sentence["rt"] for slot in part["ws"] for word in slot["cw"][:1])
    return Said(_label(sentence.get("rl")), sentence.get("bg"), sentence.get("ed"), said)


def _label(role: Any) -> str | None:
    return None if str(role) == "0" else numbered("speaker", role)


def _opened(value: Any) -> Any:
    """A JSON text as its value; lone backslashes, which the service has been seen to write, are kept as they are."""
    if not isinstance(value, str):
        return value
    try:
        return DECODER.decode(value)
    except json.JSONDecodeError:
        return DECODER.decode(ESCAPE.sub(lambda match: match[0] if match[1] else r"\\", value))


def _documents(source: Source) -> Iterator[Document]:
    """A list is one call of version 1, or a list of answers."""
    whole = isinstance(source.json_head, list) and _fits(source.json_head)
    return documents(source, lists=not whole)


READER = transcripts.reader(Vendor("xfyun_asr", _fits, _turns, _said, documents=_documents))
