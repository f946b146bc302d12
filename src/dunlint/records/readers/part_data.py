"""Takes the pictures out of an MMS backup while it streams by: the `data` of each `<part …>`, base64 of any length.

Attributes are walked one by one, because the words of a message may hold `data="…"` themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

OPENING = "<part"
ATTRIBUTE = re.compile(r"\s+([\w:.-]+)\s*=\s*([\"'])")
TAG_END = re.compile(r"\s*/?>")
LONGEST_NAME = 200


def without_data(chunks: Iterator[str]) -> Iterator[str]:
    """The same text with `data=""` in every part; line breaks inside the data are kept, so that lines stay true."""
    text = ""
    for chunk in chunks:
        text += chunk
        kept, text = _passed(text, chunks)
        yield kept
    yield text


def _passed(text: str, chunks: Iterator[str]) -> tuple[str, str]:
    """(what can be handed on, what must wait for more text)."""
    done: list[str] = []
    while (start := text.find(OPENING)) >= 0:
        done.append(text[: start + len(OPENING)])
        text = text[start + len(OPENING) :]
        text = _tag(text, done, chunks)
    held = len(OPENING) - 1
    done.append(text[:-held])
    return "".join(done), text[-held:]


def _tag(text: str, done: list[str], chunks: Iterator[str]) -> str:
    """Walks the attributes of one part; what follows them."""
    while True:
        while len(text) < LONGEST_NAME and (more := next(chunks, None)) is not None:
            text += more
        found = ATTRIBUTE.match(text)
        if not found:
            return text
        done.append(found[0])
        text = _value(text[found.end() :], found[1] == "data", found[2], done, chunks)


def _value(text: str, is_data: bool, quote: str, done: list[str], chunks: Iterator[str]) -> str:
    """Past one attribute's value, kept unless it is data; what follows it. A value that never ends is kept away too."""
    while True:
        end = text.find(quote)
        piece = text if end < 0 else text[:end]
        done.append("\n" * piece.count("\n") if is_data else piece)
        if end >= 0:
            done.append(quote)
            return text[end + 1 :]
        if (more := next(chunks, None)) is None:
            return ""
        text = more
