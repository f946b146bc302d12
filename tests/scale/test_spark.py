"""A real local cluster of two workers writes the bytes that one process writes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from dunlint.errors import BadArgument
from dunlint.scale.folder import audit

MASTER = "local-cluster[2,1,1024]"
absent = [name for name in ("pyspark", "pyarrow") if find_spec(name) is None] + (
    [] if shutil.which("java") else ["java"]
)
needs_spark = pytest.mark.skipif(bool(absent), reason=f"not installed: {', '.join(absent)} (pip install '.[spark]')")


@needs_spark
@pytest.mark.filterwarnings("ignore")  # PySpark and its sockets
def test_two_workers_write_the_same_bytes_as_one_process(
    records: Path, tmp_path: Path, same_as_whole: Callable[[Path], None]
) -> None:
    seen: list[tuple[int, int]] = []
    audit([records], tmp_path / "out", rules=["cn", "us"], cluster=MASTER,
          progress=lambda done, total: seen.append((done, total)))  # fmt: skip
    same_as_whole(tmp_path / "out")
    assert seen[-1][0] == seen[-1][1] > 0


def test_resume_is_for_one_machine(records: Path, tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match="--resume"):
        audit([records], tmp_path / "out", rules=["cn"], cluster=MASTER, resume=True)


def test_object_storage_needs_a_cluster(tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match="--engine-cluster"):
        audit(["s3a://bucket/records"], tmp_path / "out", rules=["cn"])
