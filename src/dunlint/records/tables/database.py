"""Databases: a SQLite file (read by Python itself), or a PostgreSQL server by its URL.

PostgreSQL is read through ADBC (`pip install dunlint[postgres]`): a wheel without a client library, and columns
instead of Python rows. Nothing is ever written: SQLite is opened read-only, PostgreSQL in a read-only transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import polars as pl

from dunlint.errors import InputError, UnreadableFile
from dunlint.records.source import Source
from dunlint.records.tables.sheet import BATCH_ROWS, Batch, Sheet, header_names
from dunlint.records.tables.typed import LINE

SQLITE_MAGIC = b"SQLite format 3\0"
SQLITE_DAMAGE = (sqlite3.Error, UnicodeDecodeError)  # the second for the name of a table or column
SCHEMES = ("postgresql", "postgres")
URL_HEAD = b"database url"
TABLES = """select table_schema, table_name from information_schema.tables
where table_schema not in ('pg_catalog', 'information_schema') order by 1, 2"""


@dataclass(frozen=True)
class UrlSource(Source):
    """A database instead of a file. `name` is the URL without its password, `table` what stands behind its `#`."""

    url: str = ""
    table: str = ""

    @cached_property
    def head(self) -> bytes:
        return URL_HEAD

    @cached_property
    def sha256(self) -> str:
        return ""

    @cached_property
    def encoding(self) -> str:
        return "utf-8"


def is_url(path: str | Path) -> bool:
    return "://" in str(path)


def is_database(path: str | Path) -> bool:
    return is_url(path) and urlsplit(str(path)).scheme in SCHEMES


def of_url(url: str) -> UrlSource:
    """The source behind `postgresql://user@host/database#table`. Raises InputError for another kind of URL."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    user = parts.username or ""
    name = urlunsplit((parts.scheme, f"{user}@{host}" if user else host, parts.path, "", ""))
    if parts.scheme not in SCHEMES:
        raise InputError("unknown_url", where=name, known=", ".join(f"{one}://" for one in SCHEMES))
    address = urlunsplit((parts.scheme, parts.netloc, parts.path, parts.query, ""))
    return UrlSource(Path(parts.path.strip("/") or "database"), name, address, parts.fragment)


def is_sqlite(source: Source) -> bool:
    return source.head.startswith(SQLITE_MAGIC)


def sqlite_sheets(source: Source, wanted: frozenset[str] = frozenset()) -> list[Sheet]:
    """Every table and view of the file. Raises UnreadableFile if it is damaged."""
    names = "select name from sqlite_master where type in ('table', 'view') and name not like 'sqlite_%' order by name"
    try:
        with closing(_opened(source.path)) as connection:
            tables = [row[0] for row in connection.execute(names)]
            headers = {
                table: tuple(column[0] for column in connection.execute(f"select * from {_quoted(table)}").description)
                for table in tables
            }
    except SQLITE_DAMAGE as problem:
        raise _broken(source.name, "SQLite", problem) from problem
    return [
        Sheet(table, header_names(columns, f"{source.name}[{table}]"), _sqlite_reader(source, table))
        for table, columns in headers.items()
    ]


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    connection.text_factory = lambda value: value.decode("utf-8", "replace")
    return connection


def _sqlite_reader(source: Source, table: str) -> Callable[[], Iterator[Batch]]:
    def batches() -> Iterator[Batch]:
        number = 0
        try:
            with closing(_opened(source.path)) as connection:
                cursor = connection.execute(f"select * from {_quoted(table)}")
                names = header_names((column[0] for column in cursor.description), source.name)
                while rows := cursor.fetchmany(BATCH_ROWS):
                    data = [[_text(value) for value in column] for column in zip(*rows, strict=True)]
                    frame = pl.DataFrame(data, schema=dict.fromkeys(names, pl.String))
                    yield _numbered(frame, number), []
                    number += len(rows)
        except SQLITE_DAMAGE as problem:
            raise _broken(f"{source.name}[{table}]", "SQLite", problem) from problem

    return batches


def _text(value: Any) -> str | None:
    """SQLite's columns have no type: each value as text."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def postgres_sheets(source: Source, wanted: frozenset[str] = frozenset()) -> list[Sheet]:
    """The table that the URL names, or every table. Raises InputError without driver or connection."""
    assert isinstance(source, UrlSource)
    if source.table:
        tables = [tuple(source.table.split("."))]
    else:
        with closing(_connected(source)) as connection:
            tables = list(_fetched(connection, TABLES, source).iter_rows())
    return [_postgres_sheet(source, name) for name in tables]


def _postgres_sheet(source: UrlSource, name: tuple[str, ...]) -> Sheet:
    query = f"select * from {'.'.join(map(_quoted, name))}"
    with closing(_connected(source)) as connection:
        columns = _fetched(connection, f"{query} limit 0", source).columns
    names = header_names(columns, source.name)

    def batches() -> Iterator[Batch]:
        number = 0
        with closing(_connected(source)) as connection:
            _executed(connection, f"declare dunlint_rows no scroll cursor for {query}", source)
            while len(frame := _fetched(connection, f"fetch {BATCH_ROWS} from dunlint_rows", source)):
                frame.columns = list(names)
                yield _numbered(frame, number), []
                number += len(frame)

    return Sheet(name[-1], names, batches)


def _connected(source: UrlSource) -> Any:
    try:
        from adbc_driver_postgresql import dbapi
    except ImportError as problem:
        raise InputError("no_postgres", where=source.name) from problem
    try:
        connection = dbapi.connect(source.url)
        with connection.cursor() as cursor:
            cursor.execute("set transaction read only")
    except dbapi.Error as problem:
        raise InputError("no_connection", where=source.name, reason=" ".join(str(problem).split())) from problem
    return connection


def _executed(connection: Any, query: str, source: UrlSource) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
    except connection.Error as problem:
        raise _broken(source.name, "PostgreSQL", problem) from problem


def _fetched(connection: Any, query: str, source: UrlSource) -> pl.DataFrame:
    try:
        with connection.cursor() as cursor:
            cursor.adbc_statement.set_options(**{"adbc.postgresql.use_copy": "false"})  # no COPY of a FETCH
            return pl.read_database(query, cursor)
    except (connection.Error, pl.exceptions.PolarsError) as problem:
        raise _broken(source.name, "PostgreSQL", problem) from problem


def _numbered(frame: pl.DataFrame, before: int) -> pl.DataFrame:
    lines = pl.int_range(before + 1, before + 1 + len(frame), dtype=pl.Int64, eager=True)
    return frame.with_columns(lines.alias(LINE))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _broken(where: str, kind: str, problem: Exception) -> UnreadableFile:
    return UnreadableFile("broken_format", where=where, format=kind, reason=" ".join(str(problem).split()))
