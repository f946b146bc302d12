"""What a file holds, record by record, for hashing: read by the same readers as `check`, before anything is merged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from dunlint.errors import InputError, UnreadableFile
from dunlint.evidence.manifest import canonical, digest
from dunlint.records.case_file import CaseFile
from dunlint.records.case_file import load as load_case
from dunlint.records.inputs import CASE_FILE, NOT_LOGS, files_below, lies_in
from dunlint.records.reader import Item, Known, Row, Table, choose
from dunlint.records.schema import Contact, Unreadable
from dunlint.records.source import Source


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file: its line (or None), which table it belongs to, and the hash of its content."""

    line: int | None
    what: str
    content: str


@dataclass(frozen=True)
class Original:
    """A file to seal: where it is, what it is called, and what a case file beside it says of it."""

    path: Path
    name: str
    known: Known


def originals(paths: tuple[str | Path, ...]) -> Iterator[Original]:
    """Every file under `paths` in a fixed order; in a folder all but hidden ones.

    Raises InputError for a path that is not there, and for a link that leads out of its folder; UnreadableFile for a
    folder that cannot be looked into.
    """
    for path in map(Path, paths):
        if not path.exists():
            raise InputError("no_such_file", where=str(path))
        if not path.is_dir():
            yield Original(path, str(path), Known())
            continue
        case = load_case(path / CASE_FILE) if (path / CASE_FILE).is_file() else CaseFile()
        for file in files_below(path):
            place = Path(file.where) if isinstance(file, UnreadableFile) else file
            if any(part.startswith(".") for part in place.relative_to(path).parts):
                continue
            if isinstance(file, UnreadableFile):
                raise file
            if not file.is_file():
                continue
            if not lies_in(file, path):
                raise InputError("link_out_of_folder", where=str(file), target=str(file.resolve()))
            yield Original(file, str(file), case.known(file.name, Known()))


def records(original: Original) -> tuple[str | None, list[Record]]:
    """(name of the format or None, records in order of the file). A file that no reader knows has no records."""
    if Path(original.name).name in NOT_LOGS:
        return None, []
    source = Source(original.path, original.name)
    try:
        reader = choose(source)
    except UnreadableFile:
        return None, []
    found: list[Record] = []
    try:
        for one in reader.read(source, original.known):
            found += _records(one)
    except UnreadableFile as problem:
        found.append(Record(None, "unreadable", digest(problem.code.encode())))
    return reader.name, found


def _records(one: Item) -> Iterator[Record]:
    """The records in what a reader yields: one, the rows of a table, or none in what is only told."""
    if isinstance(one, Contact):
        yield Record(one.source_line, "contacts", content_of(asdict(one)))
    elif isinstance(one, Row):
        yield Record(one.line, one.table, content_of(dict(one.values)))
    elif isinstance(one, Unreadable):
        yield Record(one.line, "unreadable", content_of({"expected": one.expected, "found": one.found}))
    elif isinstance(one, Table):
        for row in one.frame.iter_rows(named=True):
            yield Record(row.get("source_line"), one.table, content_of(row))


def content_of(values: dict[str, Any]) -> str:
    """SHA-256 of a record's canonical content: its columns that are filled, times as ISO 8601, without its place."""
    filled = {
        key: _plain(value)
        for key, value in values.items()
        if value not in (None, "", (), [], {}) and not key.startswith("source_")
    }
    return digest(canonical(filled))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
