"""A PostgreSQL server of the test's own, where the machine has one; else the tests that need it say why they skip."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def program(name: str) -> str | None:
    return shutil.which(name) or next((str(place / name) for place in PLACES if (place / name).is_file()), None)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of a fresh server, or that of DUNLINT_TEST_POSTGRES."""
    if given := os.environ.get("DUNLINT_TEST_POSTGRES"):
        yield given
        return
    pytest.importorskip("adbc_driver_postgresql", reason="pip install dunlint[postgres]")
    initdb, server = program("initdb"), program("postgres")
    if not initdb or not server:
        pytest.skip("no PostgreSQL server on this machine; DUNLINT_TEST_POSTGRES names one")
    user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="dunlint-postgres-"))
    try:
        if user:
            shutil.chown(folder, user)
        made = subprocess.run(
            [initdb, "-D", folder / "data", "-U", "reader", "-A", "trust", "-E", "UTF8", "--no-sync"],
            user=user, cwd=folder, capture_output=True, check=False,
        )  # fmt: skip
        if made.returncode:
            pytest.skip(f"initdb does not run here: {made.stderr.decode(errors='replace')[-200:]}")
        yield from started(server, folder, user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def started(server: str, folder: Path, user: str | None) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [
        "-D",
        folder / "data",
        "-p",
        str(port),
        "-k",
        folder,
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "fsync=off",
    ]
    process = subprocess.Popen(
        [server, *options], user=user, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        assert process.stderr is not None
        for line in process.stderr:  # it says when it is ready
            if b"ready to accept connections" in line:
                break
        else:
            pytest.skip("the PostgreSQL server does not start here")
        yield f"postgresql://reader:secret@127.0.0.1:{port}/postgres"
    finally:
        process.terminate()
        process.communicate()
