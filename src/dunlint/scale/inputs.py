"""Files -> tables in Dunlint's own columns, as Parquet that can be read piece by piece.

Parquet in those columns (as `dunlint simulate` writes it, or an agency's warehouse exports it) is read where it lies.
Everything else goes through the readers of `dunlint.records` once and is spooled beside the results (`scale.spool`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from dunlint import i18n
from dunlint.errors import InputError, UnreadableFile
from dunlint.records.schema import Unreadable
from dunlint.records.source import Source
from dunlint.records.tables.database import is_database, is_url
from dunlint.records.tables.scan import source_of
from dunlint.records.tables.words import COLUMNS
from dunlint.scale.spool import Told, spool

TOLD_BY_READER = ("source_file", "source_line", "source_sha256")
PARQUET = ".parquet"


@dataclass(frozen=True)
class TableFile:
    """One Parquet file of a table, or a URL of one. Rows of a `spooled` file carry their source, other files are it."""

    path: Path | str
    sha256: str
    spooled: bool = False

    @property
    def remote(self) -> bool:
        """Whether it lies in object storage, to be read by a cluster."""
        return is_url(self.path)


@dataclass(frozen=True)
class Tables:
    """What is to be audited. `inputs` are the files as given, for the manifest."""

    contacts: tuple[TableFile, ...]
    accounts: tuple[TableFile, ...] = ()
    events: tuple[TableFile, ...] = ()
    inputs: tuple[tuple[str, int, str], ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    notes: tuple[Told, ...] = ()
    kept_events: frozenset[tuple[str, str]] = frozenset()

    @property
    def remote(self) -> bool:
        return any(one.remote for one in (*self.contacts, *self.accounts, *self.events))


@dataclass
class _Given:
    """Files by what they hold, while they are being sorted out."""

    tables: dict[str, list[Path]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    others: list[str | Path] = field(default_factory=list)
    left: dict[Path, list[str]] = field(default_factory=dict)  # folder -> files beside its tables that are none


def gather(
    paths: Sequence[str | Path],
    folder: Path,
    *,
    accounts: Path | None = None,
    events: Path | None = None,
    zone: str | None = None,
    mapping: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Tables:
    """Find the tables in files and folders; what is not Parquet is read and spooled into `folder`.

    Raises InputError where there are no contacts or a mapping fits nothing, UnreadableFile for broken Parquet, and as
    `records.load` does.
    """
    if any(is_url(path) and not is_database(path) for path in paths):
        return _remote([str(path) for path in paths])
    given = _Given()
    for path in paths:
        _sort_out(path, given)
    for name, extra in (("accounts", accounts), ("events", events)):
        if extra is not None and extra.suffix == PARQUET:
            given.tables[name].append(extra)
        elif extra is not None:
            given.others.append(extra)
    files = {name: [TableFile(path, Source(path, str(path)).sha256) for path in found]
             for name, found in given.tables.items()}  # fmt: skip
    inputs = [(path.name, path.stat().st_size, one.sha256)
              for found in files.values() for one in found for path in [Path(one.path)]]  # fmt: skip
    if mapping and not given.others:
        raise InputError("mapping_unused", where=str(mapping), missing="—")
    rest: dict[str, Any] = {"notes": _left_out(given)}
    if given.others:
        done = spool(given.others, folder, zone=zone, mapping=mapping, progress=progress)
        for name, written in done.files.items():
            files[name] += [TableFile(path, "", spooled=True) for path in written]
        rest = {"unreadable": tuple(done.unreadable), "notes": (*rest["notes"], *done.notes),
                "kept_events": done.kept_events}
        inputs += _hashed(given.others)
    if not files["contacts"]:
        raise InputError("no_contacts", where=", ".join(map(str, paths)))
    return Tables(
        contacts=tuple(files["contacts"]), accounts=tuple(files["accounts"]), events=tuple(files["events"]),
        inputs=tuple(sorted(inputs)), **rest,
    )  # fmt: skip


def _remote(paths: list[str]) -> Tables:
    """Tables in object storage: each URL is a folder that holds them all. Their bytes are not hashed."""
    files = {name: tuple(TableFile(f"{path.rstrip('/')}/{name}{PARQUET}", "") for path in paths) for name in COLUMNS}
    inputs = tuple(sorted((str(one.path), 0, "") for found in files.values() for one in found))
    return Tables(contacts=files["contacts"], accounts=files["accounts"], events=files["events"], inputs=inputs)


def _sort_out(path: str | Path, given: _Given) -> None:
    if is_database(path):
        given.others.append(path)
        return
    path = Path(path)
    if not path.exists():
        raise InputError("no_such_file", where=str(path))
    parquet = sorted(path.glob(f"*{PARQUET}")) if path.is_dir() else [path] if path.suffix == PARQUET else []
    found = {file: _table(file) for file in parquet}
    for file, name in found.items():
        if name is not None:
            given.tables[name].append(file)
    ours = [file for file, name in found.items() if name]
    if not ours:
        given.others.append(path)
    elif path.is_dir() and (left := sorted(file.name for file in path.iterdir() if file not in ours)):
        given.left[path] = left


def _table(path: Path) -> str | None:
    from dunlint.records.readers.rows import table_of

    return table_of(_names(path))


def _names(path: Path) -> list[str]:
    try:
        return list(pl.read_parquet_schema(path))
    except (pl.exceptions.PolarsError, OSError) as problem:
        raise UnreadableFile("broken_format", where=str(path), format="Parquet", reason=str(problem)) from problem


def _left_out(given: _Given) -> tuple[Told, ...]:
    """A note on each folder with files beside its tables: they were not read."""
    return tuple(
        {lang: i18n.text("note.not_tables", lang, folder=folder, files=", ".join(files)) for lang in i18n.LANGUAGES}
        for folder, files in given.left.items()
    )


def _hashed(paths: list[str | Path]) -> list[tuple[str, int, str]]:
    found = [(source_of(path).name, 0, "") for path in paths if is_database(path)]
    for path in (Path(path) for path in paths if not is_database(path)):
        members = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
        for file in members:
            name = str(file.relative_to(path.parent)) if path.is_dir() else file.name
            found.append((name, file.stat().st_size, Source(file, str(file)).sha256))
    return found


def scan(files: Sequence[TableFile], table: str) -> pl.LazyFrame:
    """A table in all of Dunlint's columns, those that a file lacks as null; every row names its file and line."""
    columns = COLUMNS[table]
    return pl.concat([_conformed(one, columns) for one in files] or [pl.LazyFrame(schema=columns)])


def _conformed(file: TableFile, columns: dict[str, Any]) -> pl.LazyFrame:
    with_source = "source_file" in columns and not file.spooled
    lazy = pl.scan_parquet(file.path, row_index_name="_row" if with_source else None)
    present = lazy.collect_schema()
    told = fitting(present, {n: t for n, t in columns.items() if not (with_source and n in TOLD_BY_READER)})
    if with_source:
        told += [
            pl.lit(Path(file.path).name).alias("source_file"),
            (pl.col("_row").cast(pl.Int64) + 1).alias("source_line"),
            pl.lit(file.sha256).alias("source_sha256"),
        ]
    return lazy.select(told).select(list(columns))


def fitting(present: Mapping[str, Any], columns: Mapping[str, Any]) -> list[pl.Expr]:
    """These columns out of a frame that may have them in other types, or not at all."""
    return [_cast(name, dtype, present.get(name)) for name, dtype in columns.items()]


def _cast(name: str, wanted: Any, found: Any) -> pl.Expr:
    if found is None or found == pl.Null:
        return pl.lit(None, dtype=wanted).alias(name)
    column = pl.col(name)
    if isinstance(wanted, pl.Datetime) and isinstance(found, pl.Datetime):
        zoned = column.dt.replace_time_zone("UTC") if found.time_zone is None else column.dt.convert_time_zone("UTC")
        return zoned.cast(wanted)
    return column if found == wanted else column.cast(wanted)
