"""Files are written whole or not at all: aside first, then renamed into place.

Whatever breaks in between (a full disk, Ctrl-C, a killed process) leaves what stood there before; a process that was
killed outright may leave a `.NAME.….part` beside it, never a half-written NAME.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dunlint.errors import OutputError


@contextmanager
def aside(target: Path) -> Iterator[Path]:
    """A path beside `target` to write to; it takes the place of `target` when the block ends well.

    Raises OutputError where the place cannot be written.
    """
    with together([target]) as drafts:
        yield drafts[0]


@contextmanager
def together(targets: Sequence[Path]) -> Iterator[list[Path]]:
    """As `aside` for several files of one folder: they take their places when all of them are written."""
    drafts: list[Path] = []
    with telling(targets[0]):
        try:
            for target in targets:
                target.parent.mkdir(parents=True, exist_ok=True)
                handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".part", dir=target.parent)
                os.close(handle)
                drafts.append(Path(name))
            yield drafts
            for draft in drafts:
                draft.chmod(0o666 & ~_umask())
            with uninterrupted():
                for draft, target in zip(drafts, targets, strict=True):
                    draft.replace(target)
        finally:
            for draft in drafts:
                draft.unlink(missing_ok=True)


@contextmanager
def fresh_folder(target: Path) -> Iterator[Path]:
    """An empty folder beside `target` to fill; it becomes `target` when the block ends well.

    Raises OutputError where something stands at `target` already or cannot be written.
    """
    if target.is_symlink() or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
        raise OutputError("output_exists", where=str(target))
    with telling(target):
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


@contextmanager
def telling(target: Path) -> Iterator[None]:
    """What cannot be written in this block is told as an OutputError; nothing but writing should stand in it."""
    try:
        yield
    except OSError as problem:
        raise OutputError("cannot_write", where=str(target), reason=problem.strerror or str(problem)) from problem
    except Exception as problem:
        if not type(problem).__module__.startswith("polars"):  # its own errors, which are no OSError
            raise
        raise OutputError("cannot_write", where=str(target), reason=str(problem).split("\n", 1)[0]) from problem


@contextmanager
def scratch(within: Path | None = None) -> Iterator[Path]:
    """A folder for a while, `within` another or where the machine keeps such. Raises OutputError if it has no room."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="dunlint-", dir=within)
    except OSError as problem:
        raise OutputError("no_scratch", reason=problem.strerror or str(problem)) from problem
    with folder as name:
        yield Path(name)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ctrl-C waits for the end of the block: several files are moved into place, all of them or none."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed: list[tuple[Any, ...]] = []
    before = signal.signal(signal.SIGINT, lambda *arguments: pressed.append(arguments))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if pressed and callable(before):
            before(*pressed[0])


def write_bytes(target: Path, data: bytes) -> None:
    """As `Path.write_bytes`, whole or not at all. Raises OutputError."""
    with aside(target) as draft:
        draft.write_bytes(data)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
