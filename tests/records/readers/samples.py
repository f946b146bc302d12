"""The small exports of the project, by the reader that takes them. A database is built from its SQL."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

from dunlint.records.reader import choose
from dunlint.records.source import Source
from tests.conftest import CASES, ROOT

EXPORTS = ROOT / "corpus" / "exports"
NOT_LOGS = (".sql", ".md", ".yaml")


def message_database(folder: Path) -> Path:
    """Apple's chat.db, made from corpus/exports/imessage_chat.sql."""
    path = folder / "chat.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript((EXPORTS / "imessage_chat.sql").read_text(encoding="utf-8"))
    return path


def exports() -> Iterator[Path]:
    """The logs in corpus/exports."""
    return (path for path in sorted(EXPORTS.iterdir()) if path.is_file() and path.suffix not in NOT_LOGS)


@cache
def by_reader() -> dict[str, list[bytes]]:
    """Reader name -> the bytes of its samples, for every log in corpus/exports and corpus/cases."""
    found: dict[str, list[bytes]] = {}
    with tempfile.TemporaryDirectory() as folder:
        cases = (path for path in sorted(CASES.rglob("*.*")) if path.suffix != ".yaml")
        for path in (*exports(), *cases, message_database(Path(folder))):
            found.setdefault(choose(Source(path, path.name)).name, []).append(path.read_bytes())
    return found
