"""Files are written whole or not at all: aside first, then renamed into place.

Whatever breaks in between (a full disk, Ctrl-C, a killed process) leaves what stood there before; a process that was
killed outright may leave a `.NAME.….part` beside it, never a half-written NAME.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dunlint.errors import OutputError


@contextmanager
def aside(target: Path) -> Iterator[Path]:
    """A path beside `target` to write to; it takes the place of `target` when the block ends well.

    Raises OutputError where the place cannot be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".part", dir=target.parent)
        os.close(handle)
        draft = Path(name)
        try:
            yield draft
            draft.chmod(0o666 & ~_umask())
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as problem:
        raise OutputError("cannot_write", where=str(target), reason=problem.strerror or str(problem)) from problem


@contextmanager
def fresh_folder(target: Path) -> Iterator[Path]:
    """An empty folder beside `target` to fill; it becomes `target` when the block ends well.

    Raises OutputError where something stands at `target` already or cannot be written.
    """
    if target.is_symlink() or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
        raise OutputError("output_exists", where=str(target))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name[:100]}.", suffix=".part", dir=target.parent))
        try:
            yield draft
            draft.chmod(0o777 & ~_umask())
            if target.exists():
                target.rmdir()
            draft.replace(target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as problem:
        raise OutputError("cannot_write", where=str(target), reason=problem.strerror or str(problem)) from problem


def write_bytes(target: Path, data: bytes) -> None:
    """As `Path.write_bytes`, whole or not at all. Raises OutputError."""
    with aside(target) as draft:
        draft.write_bytes(data)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
