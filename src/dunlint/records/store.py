"""Records as files: what `dunlint import` writes and every command reads again.

NAME.parquet is the contact table (CONTACT_COLUMNS); NAME.accounts.parquet, NAME.events.parquet and
NAME.unreadable.csv stand beside it if there is anything for them. Metadata under the key `dunlint`: {schema,
unreadable, kept_events, rules, notes}. Each file is written aside and renamed, so that none is ever half there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import polars as pl

from dunlint.errors import BadArgument, InputError
from dunlint.records.schema import CONTACT_COLUMNS, Records, Spilled

SCHEMA = "dunlint.records/1"
KEY = "dunlint"
GROUP_ROWS = 100_000  # of contacts that are too many to be held
UNREADABLE_COLUMNS = ("file", "line", "expected", "found")


def write(given: Records | Spilled, path: Path) -> tuple[Path, ...]:
    """The files written, the contact table first. Raises BadArgument for a name that is no Parquet file's, InputError
    where they cannot be written. Old files beside it that have nothing to hold now are removed.
    """
    if path.suffix != ".parquet":
        raise BadArgument("not_parquet", where=str(path))
    records = given.records if isinstance(given, Spilled) else given
    metadata = {
        "schema": SCHEMA,
        "unreadable": len(records.unreadable),
        "kept_events": sorted(records.kept_events),
        "rules": list(records.jurisdictions),
        "notes": list(records.notes),
    }
    told = {KEY: json.dumps(metadata, ensure_ascii=False)}
    listed = pl.DataFrame(
        {name: [getattr(one, name) for one in records.unreadable] for name in UNREADABLE_COLUMNS},
        schema={"file": pl.String, "line": pl.Int64, "expected": pl.String, "found": pl.String},
    )
    written = [_aside(path, lambda to: _write_contacts(given, to, told))]
    for name, frame in (("accounts.parquet", records.accounts), ("events.parquet", records.events)):
        written += _beside(path, name, frame, frame.write_parquet)
    written += _beside(path, "unreadable.csv", listed, listed.write_csv)
    return tuple(written)


def _write_contacts(given: Records | Spilled, to: Path, told: dict[str, str]) -> None:
    if isinstance(given, Spilled) and len(given.files) > 1:
        _one_after_the_other(given.files).sink_parquet(to, row_group_size=GROUP_ROWS, metadata=told, engine="streaming")
    else:
        given.contacts.lazy().collect().write_parquet(to, metadata=told)


def _one_after_the_other(files: Sequence[Path]) -> pl.LazyFrame:
    """Files read when they are wanted, not ahead: `scan_parquet` holds half as much again."""
    from polars.io.plugins import register_io_source

    def pieces(*_: object) -> Iterator[pl.DataFrame]:
        yield from map(pl.read_parquet, files)

    return register_io_source(pieces, schema=CONTACT_COLUMNS)


def _beside(path: Path, name: str, frame: pl.DataFrame, write_to: Callable[[Path], object]) -> list[Path]:
    place = path.with_suffix(f".{name}")
    if len(frame):
        return [_aside(place, write_to)]
    place.unlink(missing_ok=True)
    return []


def _aside(path: Path, write_to: Callable[[Path], object]) -> Path:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        write_to(part)
        part.replace(path)
    except OSError as problem:
        raise InputError("cannot_write", where=str(path), reason=problem.strerror or str(problem)) from problem
    finally:
        part.unlink(missing_ok=True)
    return path
