"""An audit on one machine: ranges of cases checked one after the other or in several processes, each kept as a part.

A part is written aside and renamed when it is whole, with the hashes of its files; so what was finished when a run
was broken off is found again by `resume`, and nothing half-written is ever taken for a part.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import polars as pl

from dunlint.errors import BadArgument, EngineError
from dunlint.scale import batch, partition
from dunlint.scale.batch import Batch, Part, Plan
from dunlint.scale.inputs import Tables
from dunlint.scale.partition import Range
from dunlint.writing import telling

PLAN, HASHES = "plan.json", "hashes.json"
FINDINGS, UNREADABLE = "findings", "unreadable"

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Work:
    """Everything a process needs to check a range; `folder` is where parts are kept."""

    tables: Tables
    plan: Plan
    ranges: tuple[Range, ...]
    folder: Path
    chosen: pl.DataFrame | None = None


def run(work: Work, described: dict[str, Any], *, jobs: int = 1, resume: bool = False, progress: Progress) -> int:
    """Check every range that has no part yet; returns how many parts there are. `progress` is told each one's contacts.

    described: what the run depends on (inputs, rules, parameters). Parts of a run that was broken off are used
    only if it was described the same; else BadArgument says what differs. Raises EngineError if a process died.
    """
    begin(work.folder, {**described, "ranges": [asdict(one) for one in work.ranges]}, resume=resume)
    left = []
    for number, part in enumerate(work.ranges):
        if resume and is_whole(part_folder(work.folder, number)):
            progress(part.contacts)
        else:
            left.append(number)
    for number in _done(work, left, min(jobs, len(left))):
        progress(work.ranges[number].contacts)
    return len(work.ranges)


def _done(work: Work, left: list[int], jobs: int) -> Iterator[int]:
    """The numbers of the ranges as they are finished."""
    if jobs < 2:
        for number in left:
            check_range(work, number)
            yield number
        return
    with _threads_shared(jobs):
        pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_remember, initargs=(work,))
        try:
            futures = {pool.submit(_check, number): number for number in left}
            for future in as_completed(futures):
                future.result()
                yield futures[future]
        except BrokenProcessPool as problem:
            raise EngineError("process_died", reason=str(problem)) from problem
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _threads_shared(jobs: int) -> Iterator[None]:
    """Processes share the cores instead of each using all of them."""
    name = "POLARS_MAX_THREADS"
    before = os.environ.get(name)
    os.environ[name] = before or str(max(1, (os.cpu_count() or 1) // jobs))
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]


_work: list[Work] = []


def _remember(work: Work) -> None:
    """What a worker process knows; it ends with the process that began it, however that ended."""
    _work[:] = [work]
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _check(number: int) -> None:
    check_range(_work[0], number)


def check_range(work: Work, number: int) -> None:
    """Check one range and keep the outcome as a part."""
    records, unreadable = partition.read(work.tables, work.ranges[number], work.chosen)
    checked, kept = Batch(records, work.plan), Unfinished(work.folder, number)
    for piece in checked.findings():
        kept.add_findings(piece)
    kept.finish(vars(checked.part()) | {UNREADABLE: unreadable})


class Unfinished:
    """A part that is being written aside: pieces of findings, then everything else, and it is renamed."""

    def __init__(self, folder: Path, number: int) -> None:
        self.final = part_folder(folder, number)
        self.aside = self.final.with_suffix(f".unfinished-{os.getpid()}")
        self.pieces = 0
        shutil.rmtree(self.aside, ignore_errors=True)
        with telling(self.final):
            self.aside.mkdir(parents=True)

    def add_findings(self, piece: pl.DataFrame) -> None:
        with telling(self.final):
            piece.write_parquet(self.aside / f"{FINDINGS}-{self.pieces:06d}.parquet")
        self.pieces += 1

    def finish(self, frames: dict[str, pl.DataFrame]) -> None:
        """Write the tables of a `Part`, and `unreadable`."""
        with telling(self.final):
            for name, frame in frames.items():
                frame.write_parquet(self.aside / f"{name}.parquet")
            hashes = {path.name: file_hash(path) for path in sorted(self.aside.iterdir())}
            (self.aside / HASHES).write_text(json.dumps(hashes), encoding="utf-8")
            shutil.rmtree(self.final, ignore_errors=True)
            self.aside.rename(self.final)


def part_folder(folder: Path, number: int) -> Path:
    return folder / f"part-{number:06d}"


def is_whole(part: Path) -> bool:
    """Whether a part is there and its files are those that were written."""
    try:
        hashes = json.loads((part / HASHES).read_text(encoding="utf-8"))
        return bool(hashes) and all(file_hash(part / name) == value for name, value in hashes.items())
    except (OSError, ValueError):
        return False


def file_hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def begin(folder: Path, described: dict[str, Any], *, resume: bool) -> None:
    """Make the folder of the parts, or find it again. Raises BadArgument if it is of another audit, OutputError where
    it cannot be made.
    """
    text = json.dumps(described, ensure_ascii=False, indent=1, sort_keys=True)
    path = folder / PLAN
    if resume and path.is_file():
        before, now = json.loads(path.read_text(encoding="utf-8")), json.loads(text)
        differing = [name for name in now if before.get(name) != now[name]]
        if differing:
            raise BadArgument("resume_differs", where=str(folder), names=", ".join(sorted(differing)))
        return
    with telling(path):
        for old in folder.glob("part-*"):
            shutil.rmtree(old)
        folder.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(".unfinished")
        aside.write_text(text, encoding="utf-8")
        aside.rename(path)


def findings(folder: Path, count: int) -> Iterator[pl.DataFrame]:
    """The findings of all parts, in order of their ranges, piece by piece."""
    for number in range(count):
        for path in sorted(part_folder(folder, number).glob(f"{FINDINGS}-*.parquet")):
            yield pl.read_parquet(path)


def parts(folder: Path, count: int) -> Iterator[Part]:
    """The parts in order of their ranges."""
    for number in range(count):
        part = part_folder(folder, number)
        yield Part(**{name: pl.read_parquet(part / f"{name}.parquet") for name in batch.TABLES})


def unreadable(folder: Path, count: int) -> pl.DataFrame:
    """`partition.UNREADABLE_COLUMNS` of all parts."""
    paths = [part_folder(folder, number) / f"{UNREADABLE}.parquet" for number in range(count)]
    return pl.concat([pl.read_parquet(path) for path in paths] or [pl.DataFrame(schema=partition.UNREADABLE_COLUMNS)])
