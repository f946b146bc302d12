"""`spill`: the same records as `load`, on disk, in memory that does not grow with them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from dunlint.errors import OutputError
from dunlint.records import columns, load, on_disk, spill, store
from tests.conftest import ROOT, sms, sms_backup

WORDS = "请还款。" * 100  # 1,200 bytes


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pieces so small that a dozen contacts go through all of the ways on disk."""
    monkeypatch.setattr(columns, "PIECE", 2)
    monkeypatch.setattr(columns, "HELD_ROWS", 4)
    monkeypatch.setattr(on_disk, "BATCH_ROWS", 3)
    monkeypatch.setattr(on_disk, "BUCKET_ROWS", 5)


def minute(number: int) -> str:
    return f"2026-03-02T10:{number:02}:00"


def backups(folder: Path) -> list[Path]:
    """Two phones' backups of one case: out of order, equal texts in one minute, copies of some in the other file."""
    first = [sms(f"第{n}条", minute(n)) for n in (9, 3, 7, 1, 5)] + [sms("还款", minute(2))] * 3 + ["<sms broken />"]
    second = [sms(f"第{n}条", minute(n)) for n in (7, 30, 3)] + [sms(f"第{n}条", minute(n), kind=2) for n in (4, 6)]
    files = [folder / "a.xml", folder / "b.xml"]
    for path, texts in zip(files, (first, second), strict=True):
        path.write_text(sms_backup(*texts), encoding="utf-8")
    return files


@pytest.mark.parametrize("case", ["k", None], ids=["one case", "a case a file"])
def test_what_is_spilled_is_what_would_have_been_held(tmp_path: Path, tiny: None, case: str | None) -> None:
    files = backups(tmp_path)
    place = tmp_path / "place"
    place.mkdir()
    held, spilled = load(files, case=case), spill(files, place, case=case)
    assert len(spilled.files) > 1
    assert sorted(place.iterdir()) == sorted(spilled.files)
    assert spilled.contacts.collect().equals(held.contacts)
    assert spilled.records.notes == held.notes
    assert spilled.records.unreadable == held.unreadable
    assert len(held.contacts) == (11 if case else 13)  # two copies in one case
    assert spilled.counted() == (len(held.contacts), 1 if case else 2)


def test_equal_texts_are_told_apart_by_their_number_wherever_they_lie(tmp_path: Path, tiny: None) -> None:
    path = tmp_path / "a.xml"
    path.write_text(sms_backup(*[sms("还款", minute(2))] * 5, sms("x", minute(1))), encoding="utf-8")
    equal = spill([path], tmp_path).contacts.filter(pl.col("text") == "还款").collect()["contact_id"].to_list()
    assert [name.removeprefix(equal[0]) for name in equal] == ["", "-2", "-3", "-4", "-5"]


def test_an_imported_file_is_the_same_table_whether_it_was_spilled_or_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = backups(tmp_path)
    store.write(load(files), tmp_path / "held.parquet")
    for name in ("few", "many", "again"):
        (tmp_path / name).mkdir()
        if name == "many":
            monkeypatch.setattr(columns, "PIECE", 2)
            monkeypatch.setattr(columns, "HELD_ROWS", 4)
            monkeypatch.setattr(on_disk, "BATCH_ROWS", 3)
        store.write(spill(files, tmp_path / name), tmp_path / f"{name}.parquet")
    few, many, again = ((tmp_path / f"{name}.parquet").read_bytes() for name in ("few", "many", "again"))
    assert few == (tmp_path / "held.parquet").read_bytes()
    assert many == again
    assert pl.read_parquet(tmp_path / "many.parquet").equals(pl.read_parquet(tmp_path / "held.parquet"))
    told = [pl.read_parquet_metadata(tmp_path / f"{name}.parquet")["dunlint"] for name in ("many", "held")]
    assert json.loads(told[0]) == json.loads(told[1])


def test_a_full_disk_is_said_and_leaves_nothing_behind(
    tmp_path: Path, tiny: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = backups(tmp_path)
    place = tmp_path / "place"
    place.mkdir()

    def fails(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", fails)
    with pytest.raises(OutputError, match="No space left"):
        spill(files, place)
    assert not list(place.iterdir())


def peak(folder: Path, texts: int) -> int:
    """MB at the peak of a process that spills a backup of so many long texts, 400 of them to a piece."""
    backup = folder / f"{texts}.xml"
    lines = (
        f'<sms address="10690000{n % 90:04}" date="{1_770_000_000_000 + n * 60_000}" type="1" body="{n}{WORDS}" />\n'
        for n in range(texts)
    )
    with backup.open("w", encoding="utf-8") as stream:
        stream.write("<smses>\n")
        stream.writelines(lines)
        stream.write("</smses>\n")
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from dunlint.records import columns, on_disk, spill\n"
        "columns.PIECE, columns.HELD_ROWS, on_disk.BATCH_ROWS = 200, 400, 400\n"
        "made = spill([sys.argv[1]], Path(sys.argv[2]))\n"
        "assert made.counted() == (int(sys.argv[3]), 1)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)\n"
    )
    place = folder / f"{texts}"
    place.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", script, str(backup), str(place), str(texts)],
        check=True, capture_output=True, text=True, cwd=ROOT, env={**os.environ, "POLARS_MAX_THREADS": "2"},
    )  # fmt: skip
    return int(done.stdout)


@pytest.mark.skipif(sys.platform == "win32", reason="asks the system for the peak of a process")
def test_memory_does_not_grow_with_the_texts(tmp_path: Path) -> None:
    few, many = peak(tmp_path, 10_000), peak(tmp_path, 40_000)
    assert many - few < 20  # the words alone of 30,000 more are 36 MB
