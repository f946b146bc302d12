"""Write docs/licences.md: every package that Dunlint or its development brings along, and its licence.

    python scripts/licences.py

Read from the installed packages' own metadata, so it says what this environment has.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
EXTRAS = ("evidence", "dev")
HEAD = """# Licences of what Dunlint uses · 所用组件的许可

Written by `python scripts/licences.py` from the packages' own metadata. 由该脚本按各包自带的元数据写出。
`run` comes with `pip install dunlint`; `evidence` with `dunlint[evidence]`; `dev` is needed to work on Dunlint only.

| package | licence | for |
| --- | --- | --- |
"""


def needed(found: Distribution, extra: str) -> list[Requirement]:
    """What a package requires here, with an extra or (empty) without."""
    wanted = [Requirement(one) for one in found.requires or ()]
    return [one for one in wanted if one.marker is None or one.marker.evaluate({"extra": extra})]


def closure(extra: str) -> dict[str, Distribution]:
    """Name -> package, for Dunlint with an extra."""
    waiting = [(one.name, tuple(one.extras)) for one in needed(distribution("dunlint"), extra)]
    packages: dict[str, Distribution] = {}
    while waiting:
        name, extras = waiting.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in packages:
            continue
        try:
            packages[key] = distribution(name)
        except PackageNotFoundError:
            print(f"not installed here: {name}", file=sys.stderr)
            continue
        for one in ("", *extras):
            waiting += [(more.name, tuple(more.extras)) for more in needed(packages[key], one)]
    return packages


def licence(found: Distribution) -> str:
    """The licence as the package names it: expression, classifier, or the first line of its licence field."""
    told = found.metadata
    if expression := told.get("License-Expression"):
        return str(expression)
    classifiers = [one.split(" :: ")[-1] for one in told.get_all("Classifier", []) if one.startswith("License ::")]
    plain = str(told.get("License") or "").strip().split("\n")[0]
    return ", ".join(classifiers) or plain[:60] or "not stated"


def main() -> int:
    groups: dict[str, str] = {}
    packages: dict[str, Distribution] = {}
    for extra in ("", *EXTRAS):
        for name, found in closure(extra).items():
            groups.setdefault(name, extra or "run")
            packages[name] = found
    rows = [f"| {name} | {licence(packages[name]).replace('|', '/')} | {groups[name]} |\n" for name in sorted(packages)]
    (ROOT / "docs" / "licences.md").write_text(HEAD + "".join(rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
