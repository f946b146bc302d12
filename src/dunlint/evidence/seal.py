"""Files -> a bundle: copies (or references), the hash of each file and each record, one chained manifest."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from dunlint.errors import InputError
from dunlint.evidence import manifest, signature
from dunlint.evidence.contents import Original, originals, records
from dunlint.evidence.manifest import Chain
from dunlint.records.source import Source
from dunlint.resources import rules_root
from dunlint.writing import fresh_folder

FILES = "files"


@dataclass(frozen=True)
class Sealed:
    """What a bundle holds, and the hash that stands for all of it: that of the manifest's last entry."""

    files: int
    records: int
    head: str


def seal(
    paths: tuple[str | Path, ...], bundle: Path, *, reference: bool = False, key: Path | None = None,
    who: str | None = None, now: datetime | None = None,
) -> Sealed:  # fmt: skip
    """Seal every file under `paths` into the new folder `bundle`.

    reference: only hashes, no copies. key: an Ed25519 private key (PEM). who: as stated by the user. now: local time
    with its offset; by default that of this machine.
    Raises InputError if a file changed while it was sealed, OutputError if `bundle` is not empty.
    """
    private = signature.private_key(key) if key else None
    now = now or datetime.now().astimezone()
    chain, counts = Chain(), [0, 0]
    with fresh_folder(bundle) as draft:
        with (draft / manifest.NAME).open("wb") as out:
            out.write(
                chain.add(
                    "header",
                    schema=manifest.SCHEMA,
                    tool=f"dunlint {version('dunlint')}",
                    rules=rule_hashes(),
                    who=who,
                    clock={"local": now.isoformat(timespec="seconds"), "source": "clock of the sealing machine"},
                    originals="referenced" if reference else "copied",
                    public_key=signature.public_hex(private) if private else None,
                )
            )
            for original in originals(paths):
                counts[0] += 1
                for line in _file_entries(original, chain, counts, None if reference else draft):
                    out.write(line)
            if not counts[0]:
                raise InputError("no_files", where=", ".join(map(str, paths)))
            out.write(chain.add("footer", files=counts[0], records=counts[1]))
        if private:
            signature.sign(private, draft)
    return Sealed(counts[0], counts[1], chain.previous)


def _file_entries(original: Original, chain: Chain, counts: list[int], bundle: Path | None) -> Iterator[bytes]:
    """The lines of one file and its records. With a `bundle`, what is hashed and read is the copy."""
    stored, path = None, original.path
    before = _hash(original.path, original.name)
    if bundle:
        stored = f"{FILES}/{counts[0]:04}-{original.path.name}"
        path = bundle / stored
        path.parent.mkdir(exist_ok=True)
        shutil.copyfile(original.path, path)
    form, found = records(Original(path, original.path.name, original.known))
    if {_hash(path, original.name), _hash(original.path, original.name)} != {before}:
        raise InputError("changed_while_sealed", where=original.name)
    yield chain.add("file", number=counts[0], name=original.name, stored=stored, bytes=path.stat().st_size,
                    sha256_of_file=before, format=form, records=len(found))  # fmt: skip
    counts[1] += len(found)
    for one in found:
        yield chain.add("record", file=counts[0], line=one.line, what=one.what, content=one.content)


def _hash(path: Path, name: str) -> str:
    return Source(path, name).sha256


def rule_hashes() -> dict[str, str]:
    """Folder of shipped rules -> SHA-256 over the names and hashes of its files: which law and wordings were in use."""
    root = rules_root()
    return {
        folder.name: manifest.digest(
            "".join(
                f"{file.relative_to(folder).as_posix()} {manifest.digest(file.read_bytes())}\n"
                for file in sorted(folder.rglob("*.yaml"))
            ).encode()
        )
        for folder in sorted(root.iterdir())
        if folder.is_dir()
    }
