"""JSON from strangers: document by document, each with its line, and as much of a damaged one as can be read.

A file holds one document, a list of them, or one a line. Its text is read whole, up to MOST_BYTES, and the documents
are parsed one after the other, so that one alone is in memory as objects. A streaming parser (ijson) was weighed and
left: it stops at the first mistake and does not say where a record stood, while a finding must lead back to its line.
A mistake inside a list costs the smallest record around it; after one that can't be cut out, and at the end of a
truncated file, what came before is kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from dunlint.errors import UnreadableFile
from dunlint.records.partial_json import as_far_as_it_goes
from dunlint.records.source import Source

MOST_BYTES = 64 << 20  # some 40 hours of talk with every word timed; as one document it takes about 500 MB of memory
MOST_REPAIRS = 20  # in a document
MOST_DAMAGED = 50  # documents of a file
LONGEST_REPAIRED = 2 << 20  # characters; longer documents are read up to their first mistake
LONGEST_INTEGER = 400

SPACE = re.compile(r"[\s,]*")
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
NEXT_RECORD = re.compile(r"\}(?=\s*(?:,\s*\{|\]))")
ESCAPE = re.compile(r'\\(\\|["/bfnrt]|u[0-9a-fA-F]{4})?')

Path = tuple[str | int, ...]


def _integer(digits: str) -> float:
    return int(digits) if len(digits) <= LONGEST_INTEGER else float("inf")


DECODER = json.JSONDecoder(strict=False, parse_int=_integer)


@dataclass(frozen=True)
class Document:
    """One JSON document: its value, its text, the line it begins on, and (line, reason) for what was cut out of it."""

    value: Any
    text: str
    line: int
    broken: tuple[tuple[int, str], ...] = ()

    def line_of(self, path: Path) -> int:
        """The line where the value at `path` begins; that of its innermost container the text has, if it has not it."""
        return self.line + self.text.count("\n", 0, _offset(self.text, path))


def documents(source: Source, *, lists: bool = True) -> Iterator[Document]:
    """The documents of a file in order; the elements of a list each, unless `lists` is False.

    Raises UnreadableFile for a file of more than MOST_BYTES, for what is nested too deeply to parse, and after
    MOST_DAMAGED documents with mistakes.
    """
    text = small_text(source)
    if _is_lines(text):
        for number, one in enumerate(text.split("\n"), 1):
            if one.strip():
                yield _document(source, one, _after_space(one, 0), number)[0]
        return
    at = _after_space(text, 0)
    in_list = lists and text.startswith("[", at)
    at += in_list
    line, counted, damaged = 1, 0, 0
    while (at := _after_space(text, at)) < len(text):
        if text[at] == "]":
            at += 1
            continue
        line, counted = line + text.count("\n", counted, at), at
        document, at = _document(source, text, at, line, in_list=in_list)
        yield document
        damaged += bool(document.broken)
        if damaged > MOST_DAMAGED:
            raise UnreadableFile("too_damaged", where=f"{source.name}:{line}", count=MOST_DAMAGED)


def _after_space(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    return found.end() if found else at


def small_text(source: Source) -> str:
    """The whole text. Raises UnreadableFile for a file of more than MOST_BYTES."""
    if source.path.stat().st_size > MOST_BYTES:
        raise UnreadableFile("file_too_long", where=source.name, limit=MOST_BYTES >> 20)
    return source.text()


def _is_lines(text: str) -> bool:
    """Whether each line is a document: the first is a whole JSON object, and the next begins one."""
    start = _after_space(text, 0)
    end = text.find("\n", start)
    if end < 0 or not text.startswith("{", start) or not text.startswith("{", _after_space(text, end)):
        return False
    try:
        return start < DECODER.raw_decode(text, start)[1] <= end
    except (ValueError, RecursionError):
        return False


def _document(source: Source, text: str, at: int, line: int, *, in_list: bool = False) -> tuple[Document, int]:
    """The document that begins at `at`, and where it ends."""
    try:
        value, end = DECODER.raw_decode(text, at)
    except json.JSONDecodeError:
        end = min(len(text), at + LONGEST_REPAIRED) if in_list else len(text)
        document, left = _damaged(text[at:end], line, in_list=in_list)
        return document, end - left if left else len(text)
    except RecursionError:
        raise UnreadableFile("too_deep", where=f"{source.name}:{line}") from None
    return Document(value, text[at:end], line), end


def _damaged(text: str, line: int, *, in_list: bool) -> tuple[Document, int]:
    """The document without its broken records, or as far as it goes; and how many characters follow it."""
    text = ESCAPE.sub(lambda match: match[0] if match[1] else r"\\", text)
    broken: list[tuple[int, str]] = []
    while (mistake := _mistake(text)) is not None:
        broken.append((line + text.count("\n", 0, mistake.pos), mistake.msg))
        cut = _without_record(text, mistake.pos, in_list=in_list) if len(broken) <= MOST_REPAIRS else None
        if cut is None or cut.startswith("null"):  # nothing left of it but what came before
            value = as_far_as_it_goes(text[: mistake.pos])
            return Document(value, text, line, tuple(broken)), len(cut) - len("null") if cut else 0
        text = cut
    value, end = DECODER.raw_decode(text)
    return Document(value, text[:end], line, tuple(broken)), len(text) - end


def _mistake(text: str) -> json.JSONDecodeError | None:
    try:
        DECODER.raw_decode(text)
    except json.JSONDecodeError as mistake:
        return mistake
    except RecursionError:
        return json.JSONDecodeError("nested too deeply", text, 0)
    return None


def _without_record(text: str, mistake: int, *, in_list: bool) -> str | None:
    """The text with null for the smallest record of a list around the mistake, its line breaks kept; None if that
    helps nothing. `in_list`: the text begins with such a record.
    """
    start = _record_start(text, mistake, in_list=in_list)
    if start is None or len(text) > LONGEST_REPAIRED:
        return None
    for end in _record_ends(text, mistake):
        shorter = text[:start] + "null" + "\n" * text.count("\n", start, end) + text[end:]
        left = _mistake(shorter)
        if left is None or len(shorter) - left.pos < len(text) - mistake:
            return shorter
    return None


def _record_start(text: str, before: int, *, in_list: bool) -> int | None:
    opened = [("[", -1)] if in_list else []
    for token in TOKEN.finditer(text, 0, before):
        if token[0] in "[{":
            opened.append((token[0], token.start()))
        elif token[0] in "]}" and opened:
            opened.pop()
    nested = reversed(list(pairwise(opened)))
    return next((at for (outer, _), (inner, at) in nested if outer == "[" and inner == "{"), None)


def _record_ends(text: str, mistake: int) -> list[int]:
    """Where the record around a mistake may end, the likelier place first: at its own brace, or before what looks like
    the next record. A "string" that holds braces is a sign that quotes do not pair any more.
    """
    depth, own, paired = 1, [], True
    for token in TOKEN.finditer(text, mistake):
        paired = paired and not (token[0][0] == '"' and ("{" in token[0] or "}" in token[0]))
        depth += (token[0] == "{") - (token[0] == "}")
        if depth == 0:
            own = [token.end()]
            break
    following = NEXT_RECORD.search(text, mistake)
    guess = [following.end()] if following else []
    return own + guess if paired else guess + own


def _offset(text: str, path: Path) -> int:
    """Where the value at `path` begins in a JSON text; as far as the path can be followed."""
    at = 0
    for step in path:
        if text[at : at + 1] not in ("{", "["):
            break
        found = _child(text, at, step)
        if found is None:
            break
        at = found
    return at


def _child(text: str, at: int, step: str | int) -> int | None:
    is_object = text[at] == "{"
    at, number = _after_space(text, at + 1), 0
    try:
        while text[at] not in "]}":
            key: Any = number
            if is_object:
                key, at = DECODER.raw_decode(text, at)
                at = _after_space(text, text.index(":", at) + 1)
            if key == step:
                return at
            at = _after_space(text, DECODER.raw_decode(text, at)[1])
            number += 1
    except (ValueError, IndexError, RecursionError):
        return None
    return None
