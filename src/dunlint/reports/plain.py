"""Words of strangers made fit for a document: nothing in them moves, hides, breaks a file or starts a formula.

A character that a document can't carry or a reader can't see (control characters, lone surrogates, bidi and other
invisible formatting) is shown as its code point, `[U+202E]`; nothing is dropped.
"""

from __future__ import annotations

import unicodedata
from typing import Any

JOINER = "\u200d"  # holds emoji together
KEPT = {"\n", "\t", JOINER}
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
NONCHARACTERS = {0xFFFE, 0xFFFF}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def plain(text: str) -> str:
    """The text as every document can carry it; line ends become `\\n`."""
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    unseen = {ord(char): f"[U+{ord(char):04X}]" for char in set(text) if not _shown(char)}
    return text.translate(unseen) if unseen else text


def _shown(char: str) -> bool:
    if char in KEPT:
        return True
    return unicodedata.category(char) not in UNSEEN and ord(char) & 0xFFFF not in NONCHARACTERS


def one_line(text: str) -> str:
    """The text in one line, white space folded."""
    return " ".join(plain(text).split())


def cut(text: str, limit: int, mark: str) -> str:
    """At most `limit` characters; what is cut ends with `mark`."""
    return text if len(text) <= limit else text[: limit - len(mark)] + mark


def cell(value: Any) -> Any:
    """A value for a CSV cell: numbers stay numbers, text that a spreadsheet would run is prefixed with `'`."""
    if not isinstance(value, str):
        return "" if value is None else value
    return f"'{plain(value)}" if value.startswith(FORMULA_STARTS) else plain(value)
