"""Records in any format -> Parquet in Dunlint's own columns, beside the results.

A table (CSV, JSON lines, workbook, SQLite, PostgreSQL, Parquet in other columns) that names its cases and contacts
itself goes through a batch at a time and may be larger than memory. So may everything else: its contacts are spilled
while they are read and put in order at the end, since only then is it known which are copies of others and which files
are one case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from dunlint import i18n
from dunlint.errors import UnreadableFile
from dunlint.records.inputs import files_below
from dunlint.records.load import spill
from dunlint.records.reader import Known, Note, choose
from dunlint.records.readers.tables import mapped
from dunlint.records.schema import Spilled, Unreadable
from dunlint.records.tables import Scan, load_mapping, scans
from dunlint.records.tables.database import is_url
from dunlint.records.tables.scan import source_of
from dunlint.writing import telling

Told = Mapping[str, str]  # a sentence by language

BY_BATCHES = ("csv", "jsonl", "parquet", "postgres", "sqlite", "xlsx")
NAMED_BY_ITSELF = {"contacts": ("case_id", "contact_id"), "accounts": ("case_id",), "events": ("case_id",)}
TABLES = tuple(NAMED_BY_ITSELF)


@dataclass
class Spooled:
    """The Parquet files of each table, in order; what could not be read; what is to be told, in every language."""

    files: dict[str, list[Path]] = field(default_factory=lambda: {name: [] for name in TABLES})
    unreadable: list[Unreadable] = field(default_factory=list)
    notes: list[Told] = field(default_factory=list)
    kept_events: frozenset[tuple[str, str]] = frozenset()
    events: int = 0  # written so far: their ids go on counting


def spool(
    paths: Sequence[str | Path],
    folder: Path,
    *,
    zone: str | None = None,
    mapping: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Spooled:
    """Read `paths` and write what they hold into `folder`. Raises as `records.load` does."""
    known = Known(zone, zone_from="option" if zone else None, mappings=load_mapping(mapping) if mapping else ())
    folder.mkdir(parents=True, exist_ok=True)
    done = Spooled()
    found = {path: _by_batches(path, known) for path in paths}
    tables = [scan for scans in found.values() for scan in scans]
    if mapping and not (all(found.values()) and any(not scan.mapping.guessed for scan in tables)):
        found, tables = {}, []  # `load` knows whether the mapping fits at all
    for scan in tables:
        if progress:
            progress(scan.place)
        _write(scan, folder, done)
    rest = [path for path in paths if not found.get(path)]
    if rest:
        _whole(spill(rest, folder, zone=zone, mapping=mapping, lang="en", progress=progress), folder, done)
    return done


def _by_batches(path: str | Path, known: Known) -> list[Scan]:
    """The tables of a file or folder, if each names its cases and contacts itself; none for anything else."""
    if not is_url(path) and Path(path).is_dir():
        tables = [
            [] if isinstance(file, UnreadableFile) or file.is_symlink() else _by_batches(file, known)
            for file in files_below(Path(path))
        ]
        return [scan for found in tables for scan in found] if all(tables) else []
    source = source_of(path)
    try:
        if (mapped(source, known) or choose(source)).name not in BY_BATCHES:
            return []
        found = scans(source, known.mappings, known)
    except UnreadableFile:  # `load` says so, or knows better what it is
        return []
    complete = all(set(NAMED_BY_ITSELF[scan.table]) <= set(scan.mapping.columns) for scan in found)
    return found if complete else []


def _write(scan: Scan, folder: Path, done: Spooled) -> None:
    before = len(scan.notes)
    done.notes += _told(scan.notes)
    for frame, unreadable in scan:
        done.unreadable += unreadable
        if len(frame):
            path = folder / f"{scan.table}-{len(done.files[scan.table]):05}.parquet"
            made = _completed(scan, frame, done.events)
            with telling(path):
                made.write_parquet(path)
            done.files[scan.table].append(path)
            done.events += len(frame) if scan.table == "events" else 0
    done.notes += _told(scan.notes[before:])


def _completed(scan: Scan, frame: pl.DataFrame, events: int) -> pl.DataFrame:
    """What a row leaves open though its table has the column: the case of the file, an id of its place."""
    frame = frame.with_columns(pl.col("case_id").fill_null(pl.lit(Path(scan.source.name).stem)))
    if scan.table == "contacts":
        place = pl.format("{}-{}", pl.lit(scan.source.sha256[:6]), "source_line")
        return frame.with_columns(pl.col("contact_id").fill_null(place))
    if scan.table == "events":
        number = pl.format("e-{}", pl.int_range(pl.len()) + events + 1)
        return frame.with_columns(pl.col("event_id").fill_null(number), pl.col("origin").fill_null(pl.lit("record")))
    return frame


def _told(notes: Sequence[Note]) -> Iterator[Told]:
    for note in notes:
        yield {lang: i18n.text(note.key, lang, **note.values) for lang in i18n.LANGUAGES}


def _whole(given: Spilled, folder: Path, done: Spooled) -> None:
    records = given.records
    done.files["contacts"] += given.files
    for name in ("accounts", "events"):
        path = folder / f"{name}.parquet"
        with telling(path):
            getattr(records, name).write_parquet(path)
        done.files[name].append(path)
    done.unreadable += records.unreadable
    done.notes += [dict.fromkeys(i18n.LANGUAGES, note) for note in records.notes]
    done.kept_events |= records.kept_events
