"""ZIP files from strangers: looked at before they are unpacked, and unpacked into a folder of ours within bounds."""

from __future__ import annotations

import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from dunlint.errors import UnreadableFile
from dunlint.records.source import Source

MOST_FILES = 20_000
MOST_BYTES = 8 << 30
MOST_RATIO = 250  # logs are seldom packed more than 30 to 1; a bomb is 1,000 to 1
SMALL = 64 << 20  # below this the ratio does not matter
PIECE = 1 << 20
MAGIC = b"PK\x03\x04"
ENCRYPTED = 0x1
UTF8_NAME = 0x800
DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError, EOFError, ValueError)
JUNK = ("__MACOSX/", "Thumbs.db")


def is_zip(source: Source) -> bool:
    return source.head.startswith((MAGIC, b"PK\x05\x06"))


def guard(source: Source) -> list[zipfile.ZipInfo]:
    """The files in a ZIP. Raises UnreadableFile for one that is damaged, encrypted, too big, or leads outside."""
    try:
        with zipfile.ZipFile(source.path) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as problem:
        raise UnreadableFile("broken_format", where=source.name, format="ZIP", reason=str(problem)) from problem
    if len(members) > MOST_FILES:
        raise UnreadableFile("zip_too_big", where=source.name, what=f"{len(members)} > {MOST_FILES}")
    unpacked, packed = sum(one.file_size for one in members), source.path.stat().st_size
    if unpacked > MOST_BYTES or (unpacked > SMALL and unpacked > MOST_RATIO * packed):
        raise UnreadableFile("zip_too_big", where=source.name, what=f"{packed:,} → {unpacked:,} B")
    for one in members:
        if one.flag_bits & ENCRYPTED:
            raise UnreadableFile("zip_encrypted", where=source.name)
        path = PurePosixPath(one.filename.replace("\\", "/"))
        outside = path.is_absolute() or ".." in path.parts or ":" in path.parts[0]
        if outside or stat.S_ISLNK(one.external_attr >> 16):
            raise UnreadableFile("zip_leads_outside", where=source.name, member=one.filename)
    return members


def unpack(source: Source, into: Path) -> list[UnreadableFile]:
    """Write the files of a ZIP under `into`; what comes back are those that are damaged. Raises as `guard`."""
    members = guard(source)
    damaged = []
    with zipfile.ZipFile(source.path) as archive:
        for one in members:
            name = _name(one)
            if name.startswith(JUNK) or PurePosixPath(name).name.startswith("."):
                continue
            target = into / name
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                with archive.open(one) as packed, target.open("wb") as plain:
                    shutil.copyfileobj(packed, plain, PIECE)  # zipfile reads no more than the size it was told
            except DAMAGE as problem:
                target.unlink(missing_ok=True)
                place = f"{source.name}/{name}"
                damaged.append(UnreadableFile("broken_format", where=place, format="ZIP", reason=str(problem)))
    return damaged


def _name(one: zipfile.ZipInfo) -> str:
    """The path inside; older Chinese systems write it in GBK without saying so."""
    name = one.filename.replace("\\", "/")
    if one.flag_bits & UTF8_NAME or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("gb18030")
    except UnicodeError:
        return name
