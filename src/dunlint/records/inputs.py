"""What stands behind a path: a file, every file of a folder or ZIP, standard input, a database."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from dunlint.errors import InputError, UnreadableFile
from dunlint.records.archive import is_zip, unpack
from dunlint.records.case_file import CaseFile
from dunlint.records.case_file import load as load_case
from dunlint.records.source import Source
from dunlint.records.tables import database, workbook

CASE_FILE, MAPPING_FILE = "case.yaml", "mapping.yaml"
NOT_LOGS = {CASE_FILE, MAPPING_FILE, "expected.yaml"}
BESIDE = ("accounts.parquet", "events.parquet", "unreadable.csv")  # what `dunlint import` writes beside STEM.parquet

Found = tuple[Source, CaseFile] | UnreadableFile


def sources(path: str | Path, scratch: Path) -> Iterator[Found]:
    """The files to read, each with what its case.yaml says; ZIPs are unpacked under `scratch`. What cannot be opened
    comes as the error that says so. Raises InputError if there is nothing at `path`.
    """
    if database.is_url(path):
        yield database.of_url(str(path)), CaseFile()
        return
    if str(path) == "-":
        copy = scratch / "stdin"
        with copy.open("wb") as stream:
            shutil.copyfileobj(sys.stdin.buffer, stream)
        yield from _file(Source(copy, "-"), CaseFile(), scratch)
        return
    path = Path(path)
    if path.is_dir():
        yield from _folder(path, str(path), scratch)
        return
    if not path.exists():
        raise InputError("no_such_file", where=str(path))
    yield from _file(Source(path, str(path)), CaseFile(), scratch)
    for name in BESIDE if path.suffix == ".parquet" else ():
        beside = path.with_suffix(f".{name}")
        if beside.is_file():
            yield Source(beside, str(beside)), CaseFile()


def mappings_in(path: str | Path) -> Path | None:
    """The mapping.yaml of a folder, if it has one."""
    place = Path(path) / MAPPING_FILE
    return place if not database.is_url(path) and place.is_file() else None


def lies_in(file: Path, folder: Path) -> bool:
    """Whether a file of a folder lies in it: a link may lead out."""
    return file.resolve().is_relative_to(folder.resolve())


def files_below(folder: Path) -> Iterator[Path | UnreadableFile]:
    """What is no folder, below a folder, in the order of its path, and an error for each folder that cannot be looked
    into. Links to folders are not followed; of many files only the names in one folder are held.
    """
    waiting = [_names(folder)]
    while waiting:
        entry = next(waiting[-1], None)
        if entry is None:
            waiting.pop()
        elif isinstance(entry, UnreadableFile):
            yield entry
        elif entry.is_dir(follow_symlinks=False):
            waiting.append(_names(entry.path))
        else:
            yield Path(entry.path)


def _names(folder: str | Path) -> Iterator[os.DirEntry[str] | UnreadableFile]:
    """In order."""
    try:
        with os.scandir(folder) as entries:
            return iter(sorted(entries, key=lambda entry: entry.name))
    except OSError as problem:
        return iter([UnreadableFile("cannot_open", where=str(folder), reason=problem.strerror or str(problem))])


def _folder(path: Path, name: str, scratch: Path, inside: CaseFile | None = None) -> Iterator[Found]:
    """Every file below `path`; `name` is what the folder is called, `inside` the case of the ZIP that it was."""
    case_path = path / CASE_FILE
    case = load_case(case_path) if case_path.is_file() else inside or CaseFile()
    root = path.resolve()
    for file in files_below(path):
        if isinstance(file, UnreadableFile):
            yield file
            continue
        if not file.is_file() or file.name.startswith(".") or file.name in NOT_LOGS:
            continue
        shown = (Path(name) / file.relative_to(path)).as_posix()
        if not file.resolve().is_relative_to(root):
            yield UnreadableFile("link_out_of_folder", where=shown, target=str(file.resolve()))
        else:
            yield from _file(Source(file, shown), case, scratch, nested=inside is not None)


def _file(source: Source, case: CaseFile, scratch: Path, *, nested: bool = False) -> Iterator[Found]:
    place = scratch / f"zip-{len(list(scratch.iterdir()))}"
    try:
        if not is_zip(source) or workbook.recognises(source):
            yield source, case
            return
        if nested:
            yield UnreadableFile("zip_nested", where=source.name)
            return
        yield from unpack(source, place)
    except UnreadableFile as problem:
        yield problem
        return
    yield from _folder(_only_folder(place), source.name, scratch, inside=case)


def _only_folder(place: Path) -> Path:
    """A ZIP of one folder is that folder."""
    place.mkdir(exist_ok=True)
    inside = list(place.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else place
