"""Is a bundle still what was sealed? Every changed, missing, added or moved entry, file and record by name.

`problems_in` judges bytes alone (the manifest's chain, the files, the signature, the time stamps); `verify` reads a
folder and, for every file that changed, says which of its records did.

What no check can see: a bundle that was made anew as a whole. Only a signature compared with a key known from
elsewhere, or a time stamp checked against a known authority, or the head hash kept somewhere else, rules that out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dunlint.errors import InputError
from dunlint.evidence import contents, manifest, signature, timestamp
from dunlint.evidence.compare import differences
from dunlint.evidence.manifest import Entry
from dunlint.records.case_file import CaseFile
from dunlint.records.case_file import load as load_case
from dunlint.records.inputs import CASE_FILE
from dunlint.records.reader import Known

SPOKEN_OF = {manifest.NAME, signature.SIGNATURE, signature.PUBLIC_KEY, timestamp.LIST}
BIGGEST_RESPONSE = 1 << 20


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as sealed: a key of the catalogue (`evidence.problem.*`) and what it is about."""

    kind: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Verified:
    """The result: what is wrong, what was found right, and what the proof rests on.

    head: the hash that stands for the whole manifest. public_key: that of a signature which holds (hex), else None;
    trusted: whether it is the key that was given.
    stamps: times of the time stamps and whether they were checked against a given authority.
    """

    problems: tuple[Problem, ...]
    entries: tuple[Entry, ...] = field(repr=False)
    head: str = ""
    public_key: str | None = None
    trusted: bool = False
    stamps: tuple[timestamp.Stamp, ...] = ()
    notes: tuple[Problem, ...] = ()

    @property
    def header(self) -> Entry:
        return next(iter(manifest.of_kind(self.entries, "header")), {})

    @property
    def files(self) -> list[Entry]:
        return manifest.of_kind(self.entries, "file")

    @property
    def records(self) -> list[Entry]:
        return manifest.of_kind(self.entries, "record")


def problems_in(hashes: Mapping[str, str], parts: Mapping[str, bytes]) -> tuple[list[Problem], list[Entry]]:
    """Judge a bundle given as path in the bundle -> SHA-256, and -> bytes for all but the sealed copies.

    Returns (problems, entries that hold by themselves).
    """
    sealed = parts.get(manifest.NAME)
    if sealed is None:
        return [Problem("manifest_missing", {})], []
    entries, broken = manifest.read(sealed)
    problems = [Problem(one.problem, {"line": one.line, "number": one.entry or one.line}) for one in broken]
    problems += _shape(entries)
    problems += _files(entries, hashes)
    problems += _signature(entries, parts)
    problems += [Problem(kind, {"name": name}) for kind, name in timestamp.problems(entries, parts)]
    known = SPOKEN_OF | {str(one.get("stored")) for one in manifest.of_kind(entries, "file")}
    known |= timestamp.names(parts)
    problems += [Problem("file_added", {"name": name}) for name in sorted(set(hashes) - known)]
    return problems, entries


def _shape(entries: Sequence[Entry]) -> list[Problem]:
    """One header first, one footer last, and as many files and records as the footer says."""
    kinds = [entry.get("kind") for entry in entries]
    problems = []
    if kinds[:1] != ["header"] or entries[0].get("schema") != manifest.SCHEMA:
        problems.append(Problem("header_wrong", {"schema": manifest.SCHEMA}))
    if kinds[-1:] != ["footer"]:
        return [*problems, Problem("footer_missing", {})]
    for kind in ("file", "record"):
        found, said = kinds.count(kind), entries[-1].get(f"{kind}s")
        if found != said:
            problems.append(Problem("count_wrong", {"kind": kind, "found": found, "said": said}))
    return problems


def _files(entries: Sequence[Entry], hashes: Mapping[str, str]) -> list[Problem]:
    problems = []
    for entry in manifest.of_kind(entries, "file"):
        name = entry.get("stored")
        if name is None:
            continue
        if name not in hashes:
            problems.append(Problem("file_missing", {"name": name, "original": entry["name"]}))
        elif hashes[name] != entry["sha256_of_file"]:
            problems.append(Problem("file_changed", {"name": name, "original": entry["name"]}))
    return problems


def _signature(entries: Sequence[Entry], parts: Mapping[str, bytes]) -> list[Problem]:
    public = next((entry.get("public_key") for entry in manifest.of_kind(entries, "header")), None)
    given, key = parts.get(signature.SIGNATURE), parts.get(signature.PUBLIC_KEY)
    if public is None:
        return [Problem("signature_added", {})] if given is not None or key is not None else []
    found = signature.problem_of(public, parts[manifest.NAME], given, key)
    return [Problem(found, {})] if found else []


def verify(bundle: Path, *, key: Path | None = None, authority: Path | None = None) -> Verified:
    """Verify the folder `bundle`; key: the sealer's public key (PEM); authority: certificates of the time-stamping
    authority (PEM). Raises InputError if `bundle` holds no manifest.
    """
    hashes, parts = _read(bundle)
    problems, entries = problems_in(hashes, parts)
    public = next((entry.get("public_key") for entry in manifest.of_kind(entries, "header")), None)
    if _signature(entries, parts):
        public = None
    trusted = key is not None and public is not None and signature.public_key(key) == public
    if key and not trusted:
        problems.append(Problem("key_other" if public else "not_signed", {"name": str(key)}))
    stamps, wrong = timestamp.check(parts, authority)
    problems += [Problem(kind, values) for kind, values in wrong]
    problems += _referenced(entries)
    more, notes = _records(entries, bundle)
    footers = manifest.of_kind(entries, "footer")
    return Verified((*problems, *more), tuple(entries), footers[-1]["sha256"] if footers else "",
                    public, trusted, tuple(stamps), tuple(notes))  # fmt: skip


def _read(bundle: Path) -> tuple[dict[str, str], dict[str, bytes]]:
    """Every file of the bundle: its hash, and its bytes where it is no copy. A link is not followed: it does not
    belong there.
    """
    if not (bundle / manifest.NAME).is_file():
        raise InputError("not_a_bundle", where=str(bundle))
    hashes, parts = {}, {}
    for path in sorted(bundle.rglob("*")):
        name = path.relative_to(bundle).as_posix()
        if path.is_symlink():
            hashes[f"{name} → {path.readlink()}"] = ""
        elif path.is_file():
            hashes[name] = file_hash(path)
            if name in SPOKEN_OF or (name.startswith(f"{timestamp.FOLDER}/") and _small(path)):
                parts[name] = path.read_bytes()
    return hashes, parts


def file_hash(path: Path) -> str:
    """Hex SHA-256 of a file, read in pieces. Raises InputError."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as problem:
        raise InputError("cannot_open", where=str(path), reason=problem.strerror or str(problem)) from problem


def _is_file(path: Path) -> bool:
    """Whether it is one; a name that no file can have (too long for the system) is none."""
    try:
        return path.is_file()
    except OSError:
        return False


def _small(path: Path) -> bool:
    return path.stat().st_size <= BIGGEST_RESPONSE


def _referenced(entries: Sequence[Entry]) -> list[Problem]:
    """Originals that were only referenced: are they still where they were, as they were?"""
    problems = []
    for entry in manifest.of_kind(entries, "file"):
        if entry.get("stored") is None:
            path = Path(entry["name"])
            if not _is_file(path):
                problems.append(Problem("original_missing", {"name": entry["name"]}))
            elif file_hash(path) != entry["sha256_of_file"]:
                problems.append(Problem("file_changed", {"name": entry["name"], "original": entry["name"]}))
    return problems


def _records(entries: Sequence[Entry], bundle: Path) -> tuple[list[Problem], list[Problem]]:
    """Files read again: records that differ from what was sealed, as problems where the file's bytes changed,
    as notes where the bytes are the same and another version reads them differently.
    """
    problems, notes = [], []
    sealed: dict[int, list[Entry]] = {}
    for entry in manifest.of_kind(entries, "record"):
        sealed.setdefault(entry["file"], []).append(entry)
    cases = _cases(entries, bundle)
    for entry in manifest.of_kind(entries, "file"):
        path = bundle / entry["stored"] if entry.get("stored") else Path(entry["name"])
        if not _is_file(path) or path.is_symlink():
            continue
        original = Path(entry["name"])
        known = cases.get(original.parent, CaseFile()).known(original.name, Known())
        _, found = contents.records(contents.Original(path, original.name, known))
        told = [Problem(f"record_{one.kind}", {"name": entry["name"], "line": one.line, "number": one.entry})
                for one in differences(sealed.get(entry["number"], []), found)]  # fmt: skip
        if file_hash(path) != entry["sha256_of_file"]:
            problems += told
        elif told:
            notes.append(Problem("read_otherwise", {"name": entry["name"], "count": len(told)}))
    return problems, notes


def _cases(entries: Sequence[Entry], bundle: Path) -> dict[Path, CaseFile]:
    """Folder of the originals -> its case file, where one was sealed and can be read."""
    found = {}
    for entry in manifest.of_kind(entries, "file"):
        path = bundle / entry["stored"] if entry.get("stored") else Path(entry["name"])
        if Path(entry["name"]).name == CASE_FILE and _is_file(path):
            try:
                found[Path(entry["name"]).parent] = load_case(path)
            except InputError:  # the file is listed as changed; its records are read without it
                continue
    return found


def rests_on(entries: Sequence[Entry], sha256: str, line: int | None) -> list[int]:
    """Numbers of the sealed entries that hold a record: those of its line, else that of its file, else none."""
    files = [entry for entry in manifest.of_kind(entries, "file") if entry["sha256_of_file"] == sha256]
    numbers = {entry["number"] for entry in files}
    held = [entry["entry"] for entry in manifest.of_kind(entries, "record")
            if entry["file"] in numbers and entry["line"] == line]  # fmt: skip
    return held or [entry["entry"] for entry in files]
