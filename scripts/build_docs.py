"""Write the generated pages of docs/; `--check` only compares them with what is there.

    python scripts/build_docs.py [--check]

Exit code 1 and a line for each page that is out of date with `--check`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from dunlint.rulebook import reference

ROOT = Path(__file__).parents[1]
LANGUAGES = ("en", "zh")


def pages() -> Iterator[tuple[Path, str]]:
    """(path, text) of every generated page."""
    for lang in LANGUAGES:
        yield reference.page_path(ROOT, lang), reference.page(lang)


def main() -> int:
    stale = [(path, text) for path, text in pages() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        sys.stderr.write("".join(f"{path}: out of date, run python scripts/build_docs.py\n" for path, _ in stale))
        return 1 if stale else 0
    for path, text in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
