"""The small exports of corpus/exports, read as a user would."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from dunlint.records import Records, load
from tests.conftest import ROOT

EXPORTS = ROOT / "corpus" / "exports"

Read = Callable[..., Records]


@pytest.fixture
def export() -> Read:
    """Reads a file of corpus/exports by its name."""

    def read(name: str, *, owner: Sequence[str] = (), **options: Any) -> Records:
        return load([EXPORTS / name], owner=owner, **options)

    return read


@pytest.fixture
def written(tmp_path: Path) -> Read:
    """Reads text or bytes written to a file of this name, beside a case.yaml if one is given."""

    def read(name: str, content: str | bytes, *, case: str = "", **options: Any) -> Records:
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        if case:
            (tmp_path / "case.yaml").write_text(case, encoding="utf-8")
        return load([tmp_path if case else tmp_path / name], **options)

    return read


def columns(records: Records, *names: str) -> list[tuple[Any, ...]]:
    """These columns of the contacts, in the order of the file."""
    return records.contacts.sort("source_file", "source_line", maintain_order=True).select(names).rows()
