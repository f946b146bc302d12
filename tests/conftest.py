"""Shared pieces: where things are, and small logs built in place so that a test shows what it reads."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

os.environ["DUNLINT_LANG"] = "en"

ROOT = Path(__file__).parents[1]
CASES = ROOT / "corpus" / "cases"


@pytest.fixture
def root() -> Path:
    return ROOT


def epoch_ms(local: str) -> int:
    """Milliseconds since 1970 of a Shanghai time such as "2026-03-02T22:04:00"."""
    return int(datetime.fromisoformat(f"{local}+08:00").timestamp() * 1000)


def sms(body: str, at: str = "2026-03-02T10:00:00", *, kind: int = 1, address: str = "106900000001") -> str:
    return f'<sms address="{address}" date="{epoch_ms(at)}" type="{kind}" body="{body}" />'


def sms_backup(*records: str) -> str:
    lines = "\n  ".join(records)
    return f"<?xml version='1.0' encoding='UTF-8'?>\n<smses count=\"{len(records)}\">\n  {lines}\n</smses>\n"
