"""What the tools that write exports call things, in the languages of their users: one YAML file a format.

These are words of a file format, read by one reader each, not wordings of collectors or debtors; so they stand beside
the readers and not in `rules/language/`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def words(name: str) -> dict[str, Any]:
    """The words of one format: `NAME.yaml` of this folder."""
    loaded: dict[str, Any] = yaml.safe_load((Path(__file__).parent / f"{name}.yaml").read_text(encoding="utf-8"))
    return loaded
