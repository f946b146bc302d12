"""Copies of logs without personal data: the originals are only read, the copies go to a new folder.

Every file is gone through twice: first to learn who occurs anywhere in the case, then to write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dunlint.errors import BadArgument, InputError, OutputError, UnreadableFile
from dunlint.evidence.contents import Original, originals
from dunlint.evidence.pseudonyms import Pseudonyms
from dunlint.evidence.redact_formats import FORMATS, Rewrite
from dunlint.records.inputs import CASE_FILE, NOT_LOGS
from dunlint.records.reader import choose
from dunlint.records.source import Source
from dunlint.writing import fresh_folder


@dataclass(frozen=True)
class Redacted:
    """Files written, files left out, and how many pseudonyms of each kind there are."""

    files: tuple[str, ...]
    left_out: tuple[str, ...]
    counts: Mapping[str, int]


@dataclass(frozen=True)
class _Job:
    original: Original
    source: Source
    rewrite: Rewrite
    folder: str


def redact(paths: tuple[str | Path, ...], out: Path, names: Iterable[str] = ()) -> Redacted:
    """Write redacted copies of every file under `paths` into the new folder `out`.

    names: further names of persons to look for. Raises BadArgument for a format that cannot be redacted, OutputError
    if there is something at `out`; then nothing is written.
    """
    left_out: list[str] = []
    jobs = list(_jobs(paths, left_out))
    if not jobs:
        raise InputError("no_files", where=", ".join(map(str, paths)))
    who = Pseudonyms()
    for name in names:
        who.named("PERSON", name)
    for job in jobs:
        job.rewrite(job.source.text(), who, job.original.known)
    written = []
    with fresh_folder(out) as draft:
        for job in jobs:
            target = draft / who.text(job.folder) / who.text(job.original.path.name)
            if target.exists():
                raise OutputError("output_exists", where=str(target.relative_to(draft)))
            target.parent.mkdir(parents=True, exist_ok=True)
            told = job.rewrite(job.source.text(), who, job.original.known)
            target.write_bytes(told.encode(job.source.encoding))
            written.append(target.relative_to(draft).as_posix())
    return Redacted(tuple(written), tuple(left_out), dict(sorted(who.counts.items())))


def _jobs(paths: tuple[str | Path, ...], left_out: list[str]) -> Iterator[_Job]:
    folders = [Path(path) for path in paths if Path(path).is_dir()]
    for original in originals(paths):
        name = original.path.name
        if name in NOT_LOGS and name != CASE_FILE:
            left_out.append(original.name)
            continue
        source = Source(original.path, original.name)
        form = CASE_FILE if name == CASE_FILE else _format(source)
        if form not in FORMATS or source.encoding == "unknown":
            known = ", ".join(FORMATS)
            raise BadArgument("cannot_redact", where=original.name, format=form or "?", known=known)
        above = next((folder for folder in folders if original.path.is_relative_to(folder)), None)
        folder = original.path.parent.relative_to(above).as_posix() if above else "."
        yield _Job(original, source, FORMATS[form], folder)


def _format(source: Source) -> str | None:
    try:
        return choose(source).name
    except UnreadableFile:
        return "txt" if source.path.suffix.lower() == ".txt" and source.head.strip() else None
