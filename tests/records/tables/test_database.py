"""SQLite files and PostgreSQL servers: every table that is like one of ours, nothing written, no password shown."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dunlint.errors import InputError, UnreadableFile
from dunlint.records import load
from dunlint.records.tables import scan

CALLS = """
create table calls (
  case_no text, call_time timestamp, direction text, status text, duration integer, phone text, agent_id text
);
insert into calls values ('A1', '2026-03-02 22:04:07', 'outbound', 'answered', 61, '+1 202-555-0101', '7');
insert into calls values ('A1', '2026-03-02 23:00:00', 'outbound', 'no answer', 0, '+1 202-555-0101', '7');
create table notes (id integer, remark text);
insert into notes values (1, 'nothing');
"""


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    path = tmp_path / "dialer.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(CALLS)
    return path


def test_a_sqlite_file_is_read_and_its_other_tables_are_told(sqlite_file: Path) -> None:
    before = sqlite_file.read_bytes()
    records = load([sqlite_file], zone="America/New_York", lang="en")
    assert records.contacts["outcome"].to_list() == ["connected", "no_answer"]
    assert records.contacts["at"].dt.hour().to_list() == [3, 4]
    assert records.contacts["source_file"].unique().to_list() == [f"{sqlite_file}[calls]"]
    assert any("notes" in note for note in records.notes)
    assert sqlite_file.read_bytes() == before


def test_a_damaged_sqlite_file_is_unreadable(sqlite_file: Path) -> None:
    sqlite_file.write_bytes(sqlite_file.read_bytes()[:100] + b"\xff" * 4000)
    with pytest.raises(UnreadableFile):
        load([sqlite_file])


def test_numbers_in_sqlite_keep_every_digit(tmp_path: Path) -> None:
    path = tmp_path / "real.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table t (at text, channel text, direction text, to_number real, text text)")
        connection.execute("insert into t values ('2026-03-02T10:00:00Z', 'sms', 'outbound', 13800000003.0, 'x')")
        connection.commit()
    assert load([path]).contacts["to_number"].to_list() == ["13800000003"]


def test_a_database_url_of_another_kind_is_refused_without_its_password() -> None:
    with pytest.raises(InputError) as caught:
        load(["mysql://me:secret@host/db"])
    assert caught.value.code == "unknown_url"
    assert "secret" not in str(caught.value)


def test_a_server_that_does_not_answer_is_an_error_without_the_password() -> None:
    pytest.importorskip("adbc_driver_postgresql")
    with pytest.raises(InputError) as caught:
        load(["postgresql://me:secret@127.0.0.1:1/db"])
    assert caught.value.code == "no_connection"
    assert "secret" not in str(caught.value)


def test_a_table_of_a_postgresql_server_is_read_by_its_url(postgres: str, sqlite_file: Path) -> None:
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(postgres) as connection:
        for statement in filter(str.strip, CALLS.split(";")):
            with connection.cursor() as cursor:
                cursor.execute(statement)
        connection.commit()
    from_server = load([f"{postgres}#calls"], zone="America/New_York").contacts
    assert from_server.select("at", "outcome", "talk_seconds", "to_number", "case_id").rows() == (
        load([sqlite_file], zone="America/New_York")
        .contacts.select("at", "outcome", "talk_seconds", "to_number", "case_id")
        .rows()
    )
    assert "secret" not in from_server["source_file"][0]
    assert len(load([postgres], zone="America/New_York").contacts) == 2
    assert sum(len(frame) for frame, _ in scan(f"{postgres}#calls", zone="UTC")) == 2
    with pytest.raises(InputError):
        load([f"{postgres}#no_such_table"])
