"""A small made-up portfolio, and what an audit of it leaves behind, made once for all tests here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dunlint.scale.folder import Outcome, audit
from dunlint.simulate import simulate
from tests.records.tables.conftest import postgres  # noqa: F401

CASES = 300
ROWS = 1_500  # contacts in a range: several ranges even of so few records


@pytest.fixture(scope="session")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("records")
    simulate(CASES, 7, folder, texts=0.0, breach=0.05)
    return folder


@pytest.fixture(scope="session")
def whole(records: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return audit([records], tmp_path_factory.mktemp("whole"), rules=["cn", "us"], rows=ROWS)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, hidden ones too, by its path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="session")
def same_as_whole(whole: Outcome) -> Callable[[Path], None]:
    """Asserts that a folder holds the very bytes of the one-process audit."""
    expected = contents(whole.folder)

    def check(folder: Path) -> None:
        found = contents(folder)
        assert found.keys() == expected.keys()
        assert [name for name in expected if found[name] != expected[name]] == []

    return check
