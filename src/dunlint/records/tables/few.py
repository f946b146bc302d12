"""Few rows are looked at in Python: of a tiny table a call of Polars costs more than all its values do."""

from __future__ import annotations

from typing import Any

import polars as pl

FEW = 64


def few(values: pl.Series) -> list[Any] | None:
    """The values where there are at most FEW, else None."""
    return values.to_list() if len(values) <= FEW else None
