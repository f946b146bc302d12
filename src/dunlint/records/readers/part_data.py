"""Takes the pictures out of an MMS backup while it streams by: the `data` of each `<part …>`, base64 of any length.

Attributes are walked one by one, because the words of a message may hold `data="…"` themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

OPENING = "<part"
ATTRIBUTE = re.compile(r"\s+([\w:.-]+)\s*=\s*([\"'])")
LONGEST_NAME = 200


def without_data(chunks: Iterator[str]) -> Iterator[str]:
    """The same text with `data=""` in every part; line breaks inside the data are kept, so that lines stay true."""
    return _Parts(chunks).text()


class _Parts:
    """A place in the text that streams by."""

    def __init__(self, chunks: Iterator[str]) -> None:
        self._chunks = chunks
        self._text, self._at = "", 0

    def text(self) -> Iterator[str]:
        held = len(OPENING) - 1  # an opening may begin at the end of a piece
        while self._more():
            while (start := self._text.find(OPENING, self._at)) >= 0:
                yield self._text[self._at : start + len(OPENING)]
                self._at = start + len(OPENING)
                yield from self._attributes()
            until = max(len(self._text) - held, self._at)
            yield self._text[self._at : until]
            self._at = until
        yield self._text[self._at :]

    def _more(self) -> bool:
        """The next piece behind what has not been handed on; False at the end of the text."""
        chunk = next(self._chunks, None)
        if chunk is not None:
            self._text, self._at = self._text[self._at :] + chunk, 0
        return chunk is not None

    def _attributes(self) -> Iterator[str]:
        while True:
            while len(self._text) - self._at < LONGEST_NAME and self._more():
                pass
            found = ATTRIBUTE.match(self._text, self._at)
            if not found:
                return
            yield found[0]
            self._at = found.end()
            yield from self._value(found[2], is_data=found[1] == "data")

    def _value(self, quote: str, *, is_data: bool) -> Iterator[str]:
        """Past one attribute's value, handed on unless it is data."""
        while True:
            end = self._text.find(quote, self._at)
            piece = self._text[self._at : end if end >= 0 else len(self._text)]
            yield "\n" * piece.count("\n") if is_data else piece
            if end >= 0:
                yield quote
                self._at = end + 1
                return
            self._at = len(self._text)
            if not self._more():
                return
