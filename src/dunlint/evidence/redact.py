"""Copies of logs without personal data: the originals are only read, the copies go to a new folder.

Every file is gone through twice: first to learn who occurs anywhere in the case, then to write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from dunlint.errors import BadArgument, InputError, OutputError, UnreadableFile
from dunlint.evidence.contents import Original, originals
from dunlint.evidence.pseudonyms import Pseudonyms
from dunlint.evidence.redact_formats import EXPORTED_FIRST, FORMATS, Rewrite
from dunlint.records.archive import is_zip
from dunlint.records.inputs import NOT_LOGS, mappings_in
from dunlint.records.reader import Known, choose
from dunlint.records.readers.tables import mapped
from dunlint.records.source import Source
from dunlint.records.tables.mapping import load as load_mapping
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
    known: Known
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
        job.rewrite.run(job.source, who, job.known)
    written = []
    with fresh_folder(out) as draft:
        for job in jobs:
            target = draft / who.text(job.folder) / who.text(job.original.path.name)
            if target.exists():
                raise OutputError("output_exists", where=str(target.relative_to(draft)))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(job.rewrite.run(job.source, who, job.known))
            written.append(target.relative_to(draft).as_posix())
    return Redacted(tuple(written), tuple(left_out), dict(sorted(who.counts.items())))


def _jobs(paths: tuple[str | Path, ...], left_out: list[str]) -> Iterator[_Job]:
    folders = [Path(path) for path in paths if Path(path).is_dir()]
    mappings = {folder: load_mapping(place) for folder in folders if (place := mappings_in(folder))}
    for original in originals(paths):
        if original.path.name in NOT_LOGS - FORMATS.keys():
            left_out.append(original.name)
            continue
        above = next((folder for folder in folders if original.path.is_relative_to(folder)), None)
        known = replace(original.known, mappings=mappings.get(above, ()) if above else ())
        source = Source(original.path, original.name)
        rewrite = _rewrite(source, known)
        folder = original.path.parent.relative_to(above).as_posix() if above else "."
        yield _Job(original, source, known, rewrite, folder)


def _rewrite(source: Source, known: Known) -> Rewrite:
    """How a file is rewritten. Raises BadArgument where it cannot be, with what to do."""
    form = source.path.name if source.path.name in FORMATS else _format(source, known)
    if form in EXPORTED_FIRST:
        raise BadArgument("redact_export_first", where=source.name, format=form)
    if form is None and is_zip(source):
        raise BadArgument("redact_unpack_first", where=source.name)
    rewrite = FORMATS.get(form or "")
    if rewrite is None or (rewrite.needs_encoding and source.encoding == "unknown"):
        raise BadArgument("cannot_redact", where=source.name, format=form or "?", known=", ".join(FORMATS))
    return rewrite


def _format(source: Source, known: Known) -> str | None:
    try:
        return (mapped(source, known) or choose(source)).name
    except UnreadableFile:
        return "txt" if source.path.suffix.lower() == ".txt" and source.head.strip() else None
