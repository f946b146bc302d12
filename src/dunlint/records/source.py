"""One input file: its bytes, its hash, its text.

Text is decoded here and nowhere else. A byte-order mark decides; else UTF-8 if the whole file is UTF-8;
else GB18030 (which holds GB2312 and GBK). A file that is neither as a whole is decoded line by line, each as one of
the two; bytes that are in neither become U+FFFD, and a note counts the contacts that hold them.
"""

from __future__ import annotations

import codecs
import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from io import BufferedReader
from pathlib import Path
from typing import Any

from dunlint.errors import UnreadableFile

HEAD_BYTES = 65_536
JSON_HEAD_BYTES = 1 << 20  # a transcript may begin with its whole text
CHUNK_BYTES = 1 << 20
LONGEST_LINE = 64 << 20
LONGEST_TEXT = 256 << 20
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Source:
    """A file to read; `name` is what messages and findings call it."""

    path: Path
    name: str

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB, for recognising the format. Raises UnreadableFile."""
        with self._opened() as stream:
            return stream.read(HEAD_BYTES)

    @contextmanager
    def _opened(self) -> Iterator[BufferedReader]:
        """The file, to read. Raises UnreadableFile, also when it vanishes or fails half-way."""
        try:
            with self.path.open("rb") as stream:
                yield stream
        except OSError as problem:
            raise UnreadableFile("cannot_open", where=self.name, reason=problem.strerror or str(problem)) from problem

    @cached_property
    def sha256(self) -> str:
        """Hex SHA-256 of the whole file, read in pieces. Raises UnreadableFile."""
        with self._opened() as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    @cached_property
    def encoding(self) -> str:
        """The encoding of the whole file: by mark, else utf-8 or gb18030 if it fits, else "unknown"."""
        for mark, name in BOMS:
            if self.head.startswith(mark):
                return name
        if self.head[:4096].count(0) * 4 > len(self.head[:4096]) > 1:
            return "utf-16-le" if self.head[1:2] == b"\0" else "utf-16-be"
        return next((name for name in ("utf-8", "gb18030") if self._decodes_as(name)), "unknown")

    def _decodes_as(self, encoding: str) -> bool:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with self._opened() as stream:
                while piece := stream.read(CHUNK_BYTES):
                    decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
        return True

    @cached_property
    def head_text(self) -> str:
        """The head as text, undecodable bytes replaced: good enough to recognise a format."""
        name = self.encoding if self.encoding != "unknown" else "utf-8"
        return codecs.getincrementaldecoder(name)(errors="replace").decode(self.head).lstrip("\ufeff")

    @cached_property
    def json_head(self) -> Any:
        """The first 1 MiB as JSON, as far as it goes, for recognising a format; None if the file is no JSON.

        The first document where there are several; what follows a mistake is left out.
        """
        if not self.head_text.lstrip().startswith(("{", "[")):
            return None
        from dunlint.records.partial_json import as_far_as_it_goes

        name = self.encoding if self.encoding != "unknown" else "utf-8"
        with self._opened() as stream:
            head = stream.read(JSON_HEAD_BYTES)
        return as_far_as_it_goes(codecs.getincrementaldecoder(name)(errors="replace").decode(head))

    def chunks(self) -> Iterator[str]:
        """The text in pieces of about 1 MiB; undecodable bytes become U+FFFD."""
        if self.encoding == "unknown":
            yield from self._mixed()
            return
        decoder = codecs.getincrementaldecoder(self.encoding)(errors="replace")
        with self._opened() as stream:
            while piece := stream.read(CHUNK_BYTES):
                yield decoder.decode(piece)
        yield decoder.decode(b"", final=True)

    def _mixed(self) -> Iterator[str]:
        with self.path.open("rb") as stream:
            gathered, size = [], 0
            while line := stream.readline(CHUNK_BYTES):
                gathered.append(decoded(line))
                size += len(line)
                if size >= CHUNK_BYTES:
                    yield "".join(gathered)
                    gathered, size = [], 0
            yield "".join(gathered)

    def lines(self) -> Iterator[str]:
        """The text line by line, line ends kept as LF, a lone CR counting as a line end.

        Raises UnreadableFile for a line longer than LONGEST_LINE characters.
        """
        endings = io.IncrementalNewlineDecoder(None, translate=True)
        rest: list[str] = []
        number = 1
        for chunk in self.chunks():
            *whole, last = endings.decode(chunk).split("\n")
            if whole:
                whole[0] = "".join([*rest, whole[0]])
                rest, number = [], number + len(whole)
                yield from (line + "\n" for line in whole)
            rest.append(last)
            if sum(map(len, rest)) > LONGEST_LINE:
                raise UnreadableFile("record_too_long", where=f"{self.name}:{number}", limit=LONGEST_LINE)
        if last := "".join(rest) + endings.decode("", final=True):
            yield last

    def text(self) -> str:
        """The whole text; for formats whose files are small (a transcript, a page).

        Raises UnreadableFile for a file of more than LONGEST_TEXT bytes.
        """
        if self.path.stat().st_size > LONGEST_TEXT:
            raise UnreadableFile("record_too_long", where=self.name, limit=LONGEST_TEXT)
        return "".join(self.chunks()).lstrip("\ufeff")


def decoded(line: bytes) -> str:
    """Bytes that name no encoding, as UTF-8 or else GB18030; what is neither becomes U+FFFD."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("utf-8", "replace")
