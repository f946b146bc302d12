"""Records as files: what `dunlint import` writes and every command reads again.

NAME.parquet is the contact table (CONTACT_COLUMNS); NAME.accounts.parquet, NAME.events.parquet and
NAME.unreadable.csv stand beside it if there is anything for them. Metadata under the key `dunlint`: {schema,
unreadable, kept_events, rules, notes}. All are written aside, then renamed together, so that none is ever half there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl

from dunlint.errors import BadArgument
from dunlint.records.schema import Records
from dunlint.writing import telling, together

SCHEMA = "dunlint.records/1"
KEY = "dunlint"
UNREADABLE_COLUMNS = ("file", "line", "expected", "found")


def write(records: Records, path: Path) -> tuple[Path, ...]:
    """The files written, the contact table first. Raises BadArgument for a name that is no Parquet file's, OutputError
    where they cannot be written. Old files beside it that have nothing to hold now are removed.
    """
    if path.suffix != ".parquet":
        raise BadArgument("not_parquet", where=str(path))
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
    wanted: dict[Path, tuple[pl.DataFrame, Callable[[Path], object]]] = {
        path: (records.contacts, lambda to: records.contacts.write_parquet(to, metadata=told)),
        path.with_suffix(".accounts.parquet"): (records.accounts, records.accounts.write_parquet),
        path.with_suffix(".events.parquet"): (records.events, records.events.write_parquet),
        path.with_suffix(".unreadable.csv"): (listed, listed.write_csv),
    }
    written = tuple(place for place, (frame, _) in wanted.items() if len(frame) or place == path)
    with together(written) as drafts:
        for draft, place in zip(drafts, written, strict=True):
            wanted[place][1](draft)
    with telling(path):
        for place in wanted.keys() - set(written):
            place.unlink(missing_ok=True)
    return written
