"""Everything a fresh checkout needs, with nothing but Python.

Makes `.venv`, installs Dunlint into it, and runs a command there.

    python3 dev.py check corpus/cases/huabei-overdue/     any `dunlint` command
    python3 dev.py test [pytest options]                  the tests
    python3 dev.py lint                                   ruff and mypy

The environment is made anew when pyproject.toml has changed. DUNLINT_VENV names another place for it.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parent
HOME = Path(os.environ.get("DUNLINT_VENV", ROOT / ".venv"))
SCRIPTS = HOME / ("Scripts" if os.name == "nt" else "bin")
STAMP = HOME / "dunlint-installed"


def ensure_environment() -> None:
    """Create the environment and install the package with its development tools, once for each pyproject.toml."""
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if STAMP.is_file() and STAMP.read_text() == wanted:
        return
    if not SCRIPTS.is_dir():
        print(f"{HOME} …", file=sys.stderr)
        venv.create(HOME, with_pip=True)
    quiet = ["--quiet", "--disable-pip-version-check"]
    run("python", "-m", "pip", "install", *quiet, "--editable", f"{ROOT}[dev]")
    STAMP.write_text(wanted)


def run(program: str, *arguments: str) -> None:
    """Run a program of the environment; leave with its exit code if it fails."""
    code = subprocess.run([str(SCRIPTS / program), *arguments], check=False).returncode
    if code:
        sys.exit(code)


def main(arguments: list[str]) -> None:
    ensure_environment()
    name, *rest = arguments or ["--help"]
    if name == "test":
        os.chdir(ROOT)
        run("python", "-m", "pytest", *rest)
    elif name == "lint":
        os.chdir(ROOT)
        run("ruff", "check", "src", "tests", "scripts", "benchmarks", "cli.py", "dev.py")
        run("mypy")
    else:
        run("dunlint", *arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
