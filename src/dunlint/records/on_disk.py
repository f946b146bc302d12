"""`columns.finished` for more contacts than memory holds: pieces in, pieces out, all of them on disk.

What must be known of all contacts at once is a key each: the case and the time for the order, a digest for the ids;
some forty bytes a contact at the peak. The contacts themselves go through BATCH_ROWS at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from dunlint.records.columns import digests, ids, repeats, stored
from dunlint.records.zones import IN_ORDER
from dunlint.writing import telling

BATCH_ROWS = 50_000
BUCKET_ROWS = 200_000


def finished(contacts: pl.LazyFrame, folder: Path) -> tuple[Path, ...]:
    """Parquet files of CONTACT_COLUMNS in `folder`, one after the other what `columns.finished` would give.

    contacts: files, with no more than columns changed (`written` makes them of anything else).
    """
    ordered = _in_order(contacts, folder)
    made, bare = [], []
    for batch in _batches(ordered):
        made.append(digests(batch))
        bare.append(batch["contact_id"].is_null())
    digest = pl.concat(made)
    repeat = repeats(digest, pl.concat(bare))
    files: list[Path] = []
    at = 0
    for batch in _batches(ordered):
        path = folder / f"spilled-{len(files):06}.parquet"
        here = slice(at, at + len(batch))
        files.append(stored(batch.with_columns(ids(batch["contact_id"], digest[here], repeat[here])), path))
        at += len(batch)
    return tuple(files)


def written(contacts: pl.LazyFrame, folder: Path) -> pl.LazyFrame:
    """A query's rows as a file, so that any of them are found at once."""
    path = folder / "written.parquet"
    with telling(path):
        contacts.sink_parquet(path, compression="lz4", row_group_size=BATCH_ROWS, engine="streaming")
    return pl.scan_parquet(path)


def _batches(contacts: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """BATCH_ROWS after BATCH_ROWS of files; the streaming engine would read far ahead of whom it reads for."""
    rows = contacts.select(pl.len()).collect().item()
    yield from (contacts.slice(at, BATCH_ROWS).collect() for at in range(0, rows, BATCH_ROWS))


def _in_order(contacts: pl.LazyFrame, folder: Path) -> pl.LazyFrame:
    """As `columns.in_order`: each contact is written into the bucket of its rank, then each bucket is sorted."""
    ranks = _ranks(contacts)
    if ranks is None:
        return contacts
    at = 0
    buckets: dict[int, list[Path]] = {}
    for number, batch in enumerate(_batches(contacts)):
        here = batch.with_columns(ranks[at : at + len(batch)].alias("rank"))
        at += len(batch)
        for (bucket,), rows in here.group_by(pl.col("rank") // BUCKET_ROWS):
            path = folder / f"bucket-{bucket}-{number:06}.parquet"
            buckets.setdefault(int(str(bucket)), []).append(stored(rows, path))
    del ranks
    return pl.scan_parquet([_sorted(number, buckets[number], folder) for number in sorted(buckets)])


def _sorted(number: int, pieces: list[Path], folder: Path) -> Path:
    rows = pl.read_parquet(pieces).sort("rank").drop("rank")
    path = stored(rows, folder / f"ordered-{number:06}.parquet")
    for piece in pieces:
        piece.unlink()
    return path


def _ranks(contacts: pl.LazyFrame) -> pl.Series | None:
    """For each contact its rank in order of case and time, unknown times last; None if they stand in order."""
    cases = contacts.select(pl.col("case_id").drop_nulls().unique()).collect(engine="streaming").to_series().sort()
    keys = contacts.select(pl.col("case_id").cast(pl.Enum(cases)), "at").collect(engine="streaming")
    order = keys.select(pl.arg_sort_by(*IN_ORDER, nulls_last=[False, True], maintain_order=True)).to_series()
    return None if order.is_sorted() else order.arg_sort()
