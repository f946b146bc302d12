"""Where the data that ships with Dunlint lies."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def rules_root() -> Path:
    """The shipped `rules/`: inside the installed package, or in the checkout beside `src/`."""
    installed = Path(__file__).parent / "_rules"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "rules"
