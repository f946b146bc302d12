"""`audit` of what is not Parquet: tables go through in batches, and give what the same records in Parquet give."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
import pytest
from xlsxwriter import Workbook

from dunlint.errors import InputError
from dunlint.scale.folder import audit
from dunlint.scale.inputs import gather
from dunlint.scale.spool import TABLES, spool
from dunlint.simulate import simulate

Frames = dict[str, pl.DataFrame]
OF_THE_FILE = ("source_file", "source_line", "source_sha256")


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("spool") / "records"
    simulate(30, 5, folder, breach=0.05)
    return folder


@pytest.fixture(scope="module")
def frames(records: Path) -> Frames:
    """Made-up records as columns of text."""
    return {name: _plain(pl.read_parquet(records / f"{name}.parquet")) for name in TABLES}


@pytest.fixture(scope="module")
def wanted(records: Path) -> pl.DataFrame:
    """The findings in the same records as Parquet."""
    return findings([records], records.parent / "out")


def findings(given: Sequence[str | Path], out: Path) -> pl.DataFrame:
    audit(given, out, rules=["cn"])
    return pl.read_parquet(out / "findings.parquet").drop(OF_THE_FILE)


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    frame = frame.with_columns(pl.col(name).cast(pl.List(pl.String)).list.join("|") for name in lists)
    times = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime) and kind.time_zone]
    frame = frame.with_columns(pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%S%.6f%:z") for name in times)
    return frame.with_columns(pl.all().cast(pl.String))


def as_csv(tables: Frames, folder: Path) -> Path:
    folder.mkdir()
    for name, frame in tables.items():
        frame.write_csv(folder / f"{name}.csv")
    return folder


def as_sqlite(tables: Frames, folder: Path) -> Path:
    path = folder.with_suffix(".sqlite")
    with sqlite3.connect(path) as base:
        for name, frame in tables.items():
            base.execute(f"create table {name} ({', '.join(frame.columns)})")
            base.executemany(f"insert into {name} values ({', '.join('?' * frame.width)})", frame.rows())
    return path


def as_workbook(tables: Frames, folder: Path) -> Path:
    path = folder.with_suffix(".xlsx")
    with Workbook(path) as book:
        for name, frame in tables.items():
            frame.write_excel(book, worksheet=name)
    return path


def literal(value: str | None) -> str:
    return "null" if value is None else "'" + value.replace("'", "''") + "'"


@pytest.mark.parametrize("write", [as_csv, as_sqlite, as_workbook])
def test_a_table_of_any_kind_gives_the_findings_that_parquet_gives(
    frames: Frames, wanted: pl.DataFrame, tmp_path: Path, write: Callable[[Frames, Path], Path]
) -> None:
    assert len(wanted) > 10
    assert findings([write(frames, tmp_path / "given")], tmp_path / "out").equals(wanted)


def test_a_database_by_its_url_gives_the_findings_that_parquet_gives_and_its_password_is_written_nowhere(
    frames: Frames, wanted: pl.DataFrame, tmp_path: Path, postgres: str
) -> None:
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(postgres) as connection, connection.cursor() as cursor:
        for name, frame in frames.items():
            columns = ", ".join(f"{column} text" for column in frame.columns)
            cursor.execute(f"create table {name} ({columns})")
            rows = ", ".join(f"({', '.join(map(literal, row))})" for row in frame.rows())
            cursor.execute(f"insert into {name} values {rows}")
        connection.commit()
    assert findings([postgres], tmp_path / "out").equals(wanted)
    written = b"".join(file.read_bytes() for file in (tmp_path / "out").rglob("*") if file.is_file())
    assert b"127.0.0.1" in written
    assert b"secret" not in written


def test_a_table_goes_through_in_batches_and_every_row_keeps_its_line(tmp_path: Path) -> None:
    count = 60_000
    rows = [f"k,c{n},2026-03-02T10:00:00+08:00,sms,outbound,您好，请还款" for n in range(count)]
    rows.append(",,never,sms,outbound,x")
    path = tmp_path / "log.csv"
    path.write_text("\n".join(["case_id,contact_id,at,channel,direction,text", *rows]), "utf-8")
    done = spool([path], tmp_path / "spool")
    pieces = [pl.read_parquet(one) for one in done.files["contacts"]]
    assert len(pieces) > 1
    assert pl.concat(pieces)["source_line"].to_list() == list(range(2, count + 2))
    assert [(one.line, one.expected) for one in done.unreadable] == [(count + 2, "at")]


def test_what_a_row_leaves_open_is_filled_from_its_place(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    header, row = "case_id,contact_id,at,channel,direction,text", ",,2026-03-02T10:00:00+08:00,sms,outbound,还款"
    path.write_text(f"{header}\n{row}\n", "utf-8")
    (only,) = spool([path], tmp_path / "spool").files["contacts"]
    found = pl.read_parquet(only).row(0, named=True)
    assert found["case_id"] == "log"
    assert found["contact_id"].endswith("-2")


def test_records_that_name_no_contacts_are_read_as_a_whole_and_get_the_ids_that_check_gives(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("at,channel,direction,text\n2026-03-02T10:00:00+08:00,sms,outbound,还款\n", "utf-8")
    (only,) = spool([path], tmp_path / "spool").files["contacts"]
    assert pl.read_parquet(only)["contact_id"][0].startswith("c-")


def test_a_mapping_says_what_the_columns_mean_and_one_that_fits_nothing_is_refused(tmp_path: Path) -> None:
    path, mapping = tmp_path / "log.csv", tmp_path / "mapping.yaml"
    path.write_text("K,N,T,W\nk,1,2026-03-02T10:00:00+08:00,还款\n", "utf-8")
    columns = "{case_id: K, contact_id: N, at: T, text: W, channel: {value: sms}, direction: {value: outbound}}"
    mapping.write_text(f"table: contacts\ncolumns: {columns}\n", "utf-8")
    (only,) = spool([path], tmp_path / "spool", mapping=mapping).files["contacts"]
    row = pl.read_parquet(only).row(0, named=True)
    assert (row["case_id"], row["contact_id"], row["text"], row["direction"]) == ("k", "1", "还款", "outbound")
    path.write_text("at,channel,direction,text\n2026-03-02T10:00:00+08:00,sms,outbound,还款\n", "utf-8")
    with pytest.raises(InputError, match="K"):
        spool([path], tmp_path / "spool", mapping=mapping)


def test_files_beside_parquet_tables_that_are_not_read_are_named(records: Path) -> None:
    notes = gather([records], records.parent / "none").notes
    assert ["truth.parquet" in note["zh"] for note in notes] == [True]
