"""A short run of scripts/fuzz.py: mutated input gives an answer or one of our own errors, never a traceback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

TARGETS = ("evidence", "reports", "readers", "rules", "engine", "tagger")
INPUTS = 2_000
TOLD = re.compile(r"(\w+): (\d+) inputs, (\d+) got through, .*, peak (\d+) MiB .*, no mistake")


@pytest.mark.parametrize("target", TARGETS)
def test_every_room_answers_mutated_input(target: str, tmp_path: Path) -> None:
    """Some seconds for each target, most of them to begin; the nightly run gives each a million inputs."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "fuzz.py"), target, "--executions", str(INPUTS)],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told = TOLD.fullmatch(done.stdout.strip())
    assert told is not None, done.stdout
    assert told[1] == target
    assert int(told[2]) == INPUTS
    assert int(told[3]) > INPUTS // 25  # of the inputs enough reach what lies behind the first refusal


def test_the_targets_here_are_all_there_are(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "fuzz.py"), "none"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert all(repr(name) in done.stderr for name in (*TARGETS, "all"))
    assert done.stderr.count("'") == 2 * (len(TARGETS) + 2)


MISTAKEN = """
import sys
import fuzz
from fuzz_inputs import Seed
from fuzz_targets import Target

def prepare(folder):
    def run(batch, number):
        for data in batch:
            if data == fuzz.MARK:
                {mistake}
        return len(batch)
    return [Seed(b"x")], run

class Chosen:
    def __init__(self, seeds, chance, trees):
        self.left = [b"%d" % number for number in range(100)]
    def batch(self, size):
        found, self.left = self.left[:size], self.left[size:]
        return found

fuzz.MARK, fuzz.SLOWEST, fuzz.Inputs = b"57", 0.5, Chosen
fuzz.TARGETS["tagger"] = Target(prepare, 30)
if __name__ == "__main__":
    sys.exit(not fuzz.plain("tagger", 100, 60, 1))
"""


@pytest.mark.parametrize(
    ("mistake", "told"),
    [
        ("raise KeyError('gone')", "KeyError: 'gone'"),
        ("sum(range(10**12))", "without an end"),
        ("__import__('os').abort()", "the process ended with -6"),
    ],
)
def test_of_a_batch_that_fails_the_one_input_at_fault_is_kept(tmp_path: Path, mistake: str, told: str) -> None:
    (tmp_path / "mistaken.py").write_text(MISTAKEN.format(mistake=mistake), "utf-8")
    done = subprocess.run(
        [sys.executable, "mistaken.py"], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "scripts")},
    )  # fmt: skip
    assert done.returncode == 1, done.stderr[-3000:]
    assert told in done.stderr
    assert [file.read_bytes() for file in tmp_path.glob("fuzz-tagger-*.bin")] == [b"57"]
    assert "tagger: 100 inputs" in done.stdout
    assert "1 mistake" in done.stdout
