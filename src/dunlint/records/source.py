"""One input file: its bytes, its hash, its text.

Text is decoded here and nowhere else. A byte-order mark decides; else UTF-8 if the whole file is UTF-8;
else GB18030 (which holds GB2312 and GBK). What is neither, line by line, is reported by the reader.
"""

from __future__ import annotations

import codecs
import hashlib
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
        name = self.encoding if self.encoding != "unknown" else "utf-8"
        decoder = codecs.getincrementaldecoder(name)(errors="replace")
        with self._opened() as stream:
            while piece := stream.read(CHUNK_BYTES):
                yield decoder.decode(piece)
        yield decoder.decode(b"", final=True)

    def lines(self) -> Iterator[str]:
        """The text line by line, line ends kept as LF, a lone CR counting as a line end."""
        rest = ""
        for chunk in self.chunks():
            rest += chunk
            if rest.endswith("\r"):  # its LF may come with the next chunk
                continue
            *whole, rest = rest.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            yield from (line + "\n" for line in whole)
        yield from rest.replace("\r", "\n").splitlines(keepends=True) if rest else ()

    def text(self) -> str:
        """The whole text; for formats whose files are small (a transcript, a chat)."""
        return "".join(self.chunks()).lstrip("\ufeff")
