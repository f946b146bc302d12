"""The very same function in Spark, when one machine is not enough: `dunlint[spark]`, PySpark 4 on Java 17 or newer.

Contacts, accounts and events become one long table, so that whole cases can be moved about; it is partitioned by
ranges of `case_id` and each partition goes through `batch.Batch` by `mapInArrow`. What comes back are the parts
that local processes would have written, and the folder made from them is the same byte for byte. A case lies in one
partition however large it is.

Master URLs: `local-cluster[2,1,1024]` (two workers on this machine), `spark://host:7077`, or whatever
`spark-submit` has set ("spark" alone takes the session's own master).
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from dunlint.errors import BadArgument, EngineError
from dunlint.records import Records
from dunlint.records.tables.words import COLUMNS
from dunlint.scale import batch, partition
from dunlint.scale.inputs import TOLD_BY_READER, TableFile, Tables, fitting
from dunlint.scale.run import FINDINGS, UNREADABLE, Unfinished, Work, begin

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

RESULT = "part int, name string, ipc binary"
TABLE = "_table"
OWN_MASTER = "spark"


def run(work: Work, described: dict[str, Any], master: str, *, progress: Callable[[int], None]) -> int:
    """Check all records of the work on a cluster and keep the parts in its folder; returns how many there are.

    Raises BadArgument where PySpark or Java is missing, EngineError if the cluster failed.
    """
    session = session_of(master)
    begin(work.folder, described, resume=False)
    try:
        together, lost = long_table(session, work.tables)
        if work.chosen is not None:
            chosen = session.createDataFrame(work.chosen.select("case_id").rows(), "case_id string")
            together = together.join(chosen, "case_id", "left_semi")
        contacts = together.where(f"{TABLE} = 'contacts'").count()
        spread = together.repartitionByRange(max(1, -(-contacts // partition.ROWS)), "case_id")
        rows = spread.mapInArrow(checker(work), RESULT).toLocalIterator(prefetchPartitions=True)
        return _kept(rows, lost, work.folder, progress)
    except Exception as problem:
        if type(problem).__module__.partition(".")[0] not in ("py4j", "pyspark"):
            raise
        raise EngineError("cluster_failed", reason=str(problem).splitlines()[0]) from problem
    finally:
        session.stop()


def session_of(master: str) -> SparkSession:
    """A Spark session on this master, with the Python that runs now. Raises BadArgument where it cannot be had."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as problem:
        raise BadArgument("no_spark") from problem
    builder = SparkSession.builder.appName("dunlint").config("spark.sql.session.timeZone", "UTC")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # workers must find Dunlint too
    builder = builder.config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", "100000")
    if master != OWN_MASTER:
        builder = builder.master(master)
    try:
        return builder.getOrCreate()
    except Exception as problem:
        raise BadArgument("no_spark_session", master=master, reason=str(problem).splitlines()[0]) from problem


def long_table(session: SparkSession, tables: Tables) -> tuple[DataFrame, pl.DataFrame]:
    """(contacts, accounts and events below each other, `_table` saying which a row is of; what belongs to no case)."""
    frames = [_read(session, one, name) for name in COLUMNS for one in getattr(tables, name)]
    whole = frames[0]
    for frame in frames[1:]:
        whole = whole.unionByName(frame, allowMissingColumns=True)
    lost = whole.where(f"case_id is null and {TABLE} = 'contacts'") if tables.remote else whole.limit(0)
    rows = [(row["source_file"], row["source_line"], "case_id", "") for row in lost.toLocalIterator()]
    told = pl.DataFrame(rows, schema=partition.UNREADABLE_COLUMNS, orient="row")
    return whole.where("case_id is not null"), told


def _read(session: SparkSession, file: TableFile, name: str) -> DataFrame:
    from pyspark.sql import functions as f

    frame = session.read.parquet(str(file.path))
    known = [column for column in COLUMNS[name] if column in frame.columns]
    if name == "contacts" and not file.spooled:
        known = [column for column in known if column not in TOLD_BY_READER]
        source = [
            f.col("_metadata.file_name").alias("source_file"),
            (f.col("_metadata.row_index") + 1).cast("long").alias("source_line"),
            f.lit(file.sha256).alias("source_sha256"),
        ]
        frame = frame.select(*known, *source)
    else:
        frame = frame.select(*known)
    return frame.withColumn(TABLE, f.lit(name))


def checker(work: Work) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """The function for `mapInArrow`: Arrow batches of whole cases in, one row for each table of the part out."""
    plan, kept = work.plan, work.tables.kept_events

    def check(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow as pa
        from pyspark import TaskContext

        table = pa.Table.from_batches(list(batches))
        if not len(table):
            return
        frames = unpacked(pl.DataFrame(pl.from_arrow(table)), kept)
        context = TaskContext.get()
        yield from packed(context.partitionId() if context else 0, frames, plan)

    return check


def unpacked(together: pl.DataFrame, kept: frozenset[tuple[str, str]]) -> tuple[Records, pl.DataFrame]:
    """The long table as records, and what of it could not be read."""
    frames = {
        name: together.filter(pl.col(TABLE) == name).select(fitting(together.schema, columns))
        for name, columns in COLUMNS.items()
    }
    return partition.records_of(frames, kept)


def packed(number: int, frames: tuple[Records, pl.DataFrame], plan: batch.Plan) -> Iterator[Any]:
    """The part as Arrow batches: a row for each piece of its findings, then for each of its tables, that holds it in
    Arrow's own file format.
    """
    checked = batch.Batch(frames[0], plan)
    for piece in checked.findings():
        yield _packed(number, FINDINGS, piece)
    for name, frame in (vars(checked.part()) | {UNREADABLE: frames[1]}).items():
        yield _packed(number, name, frame)


def _packed(number: int, name: str, frame: pl.DataFrame) -> Any:
    import pyarrow as pa

    stream = io.BytesIO()
    frame.write_ipc(stream)
    schema = pa.schema([("part", pa.int32()), ("name", pa.string()), ("ipc", pa.binary())])
    return pa.RecordBatch.from_pydict({"part": [number], "name": [name], "ipc": [stream.getvalue()]}, schema=schema)


def _kept(rows: Iterator[Any], lost: pl.DataFrame, folder: Path, progress: Callable[[int], None]) -> int:
    """Write the parts as they come, numbered without gaps in the order of their partitions; `lost` goes with the
    first. Returns how many there are.
    """
    count = 0
    for _, own in groupby(rows, key=lambda row: row["part"]):
        kept, held = Unfinished(folder, count), {}
        for name, frame in ((row["name"], pl.read_ipc(io.BytesIO(bytes(row["ipc"])))) for row in own):
            if name == FINDINGS:
                kept.add_findings(frame)
            else:
                held[name] = frame
        held[UNREADABLE], lost = pl.concat([held[UNREADABLE], lost]), lost.clear()
        kept.finish(held)
        progress(int(held["totals"]["contacts"][0]))
        count += 1
    return count
