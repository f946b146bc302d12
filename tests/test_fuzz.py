"""A short run of scripts/fuzz.py: mutated input gives an answer or one of our own errors, never a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

TARGETS = ("readers", "rules", "tagger", "engine", "reports", "evidence")


def test_every_room_answers_mutated_input(tmp_path: Path) -> None:
    """At most three seconds for each target; the nightly run gives each a million inputs."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "fuzz.py"), "all", "--plain", "--executions", "2000", "--seconds", "3"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    for line, name in zip(done.stdout.splitlines(), TARGETS, strict=True):
        assert line.startswith(f"{name}: ")
        assert int(line.split()[1]) > 0
