"""What was made of a shipped file, kept in `__pycache__` beside it as Python keeps .pyc files: a start is sooner.

Each file holds the digest of what it was made from; where that does not agree it is made anew. Nothing is written where
Python was told to write no bytecode (PYTHONDONTWRITEBYTECODE) or where the folder cannot be written, nor is anything
ever kept beside files that do not ship with Dunlint. It is JSON: reading it runs nothing.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

FOLDER = "__pycache__"


def kept(beside: Path, made_from: Sequence[bytes], make: Callable[[], T],
         bare: Callable[[T], Any], back: Callable[[Any], T]) -> T:  # fmt: skip
    """What `make` makes of `made_from`, or what is kept of it; `bare` turns it into lists and texts, `back` back."""
    digest = hashlib.sha256(sys.version.encode())
    for part in made_from:
        digest.update(f" {len(part)} ".encode() + part)
    place = beside.parent / FOLDER / f"{beside.name}.json"
    try:
        before = json.loads(place.read_bytes())
        if before["digest"] == digest.hexdigest():
            return back(before["kept"])
    except (OSError, ValueError, KeyError, TypeError, IndexError):  # none there, or not as it was written here
        pass
    made = make()
    if not sys.dont_write_bytecode:
        _keep(place, {"digest": digest.hexdigest(), "kept": bare(made)})
    return made


def _keep(place: Path, whole: dict[str, Any]) -> None:
    from dunlint.errors import OutputError  # here, so that what a start reads needs neither
    from dunlint.writing import write_bytes

    with suppress(OutputError):  # a folder that cannot be written
        write_bytes(place, json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode())


@cache
def code_of(module_file: str) -> bytes:
    """The source of a module that makes something: a change of it makes what is kept stale."""
    return Path(module_file).read_bytes()
