"""Writes docs/coverage-<pack>.md (and .zh-CN.md) from rules/<pack>/obligations.yaml. `--check` only compares."""

from __future__ import annotations

import sys
from pathlib import Path

from dunlint import i18n
from dunlint.rulebook import coverage, load

ROOT = Path(__file__).parents[1]
PACKS = ("cn",)


def pages() -> dict[Path, str]:
    made = {}
    for pack in PACKS:
        book = load.load([pack])
        for lang in i18n.LANGUAGES:
            prefix = "coverage."
            words = {key[len(prefix) :]: text for key, text in i18n.catalogue(lang).items() if key.startswith(prefix)}
            words["title"] = words["title"].format(pack=book.packs[0].title.in_(lang))
            made[coverage.page_path(ROOT, pack, lang)] = coverage.page(pack, book, lang, words)
    return made


def main() -> int:
    stale = [path for path, text in pages().items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        print(path.relative_to(ROOT))
        if "--check" not in sys.argv:
            path.write_text(pages()[path], encoding="utf-8")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
