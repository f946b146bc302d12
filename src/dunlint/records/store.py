"""Records as files: what `dunlint import` writes and every command reads again.

NAME.parquet is the contact table (CONTACT_COLUMNS); NAME.accounts.parquet, NAME.events.parquet and
NAME.unreadable.csv stand beside it if there is anything for them. Metadata under the key `dunlint`: {schema,
unreadable, kept_events, rules, notes}. All are written aside, then renamed together, so that none is ever half there.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import polars as pl

from dunlint.errors import BadArgument, OutputError
from dunlint.records.schema import CONTACT_COLUMNS, Records, Spilled
from dunlint.writing import telling, together

SCHEMA = "dunlint.records/1"
KEY = "dunlint"
GROUP_ROWS = 100_000  # of contacts that are too many to be held
UNREADABLE_COLUMNS = ("file", "line", "expected", "found")


def write(given: Records | Spilled, path: Path) -> tuple[Path, ...]:
    """The files written, the contact table first. Raises BadArgument for a name that is no Parquet file's, OutputError
    where they cannot be written. Old files beside it that have nothing to hold now are removed.
    """
    if path.suffix != ".parquet":
        raise BadArgument("not_parquet", where=str(path))
    if not path.parent.is_dir():  # a slip of the pen, and no wish for a folder of that name
        raise OutputError("cannot_write", where=str(path), reason=os.strerror(errno.ENOENT))
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
    wanted: dict[Path, tuple[int, Callable[[Path], object]]] = {
        path: (1, lambda to: _write_contacts(given, to, told)),
        path.with_suffix(".accounts.parquet"): (len(records.accounts), records.accounts.write_parquet),
        path.with_suffix(".events.parquet"): (len(records.events), records.events.write_parquet),
        path.with_suffix(".unreadable.csv"): (len(listed), listed.write_csv),
    }
    written = tuple(place for place, (rows, _) in wanted.items() if rows)  # the contacts always
    with together(written) as drafts:
        for draft, place in zip(drafts, written, strict=True):
            wanted[place][1](draft)
    with telling(path):
        for place in wanted.keys() - set(written):
            place.unlink(missing_ok=True)
    return written


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
