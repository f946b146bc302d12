"""Writes docs/coverage.md with its map, and docs/coverage-<pack>.md from rules/<pack>/obligations.yaml, each in both
languages. `--check` only compares.
"""

from __future__ import annotations

import sys
from pathlib import Path

from world_map import STYLE, svg

from dunlint import i18n
from dunlint.rulebook import coverage, load
from dunlint.rulebook.models import TOPICS

ROOT = Path(__file__).parents[1]
PACKS = ("cn",)


def pages() -> dict[Path, str]:
    made = world()
    for pack in PACKS:
        book = load.load([pack])
        for lang in i18n.LANGUAGES:
            prefix = "coverage."
            words = {key[len(prefix) :]: text for key, text in i18n.catalogue(lang).items() if key.startswith(prefix)}
            words["title"] = words["title"].format(pack=book.packs[0].title.in_(lang))
            made[coverage.page_path(ROOT, pack, lang)] = coverage.page(pack, book, lang, words)
    return made


def world() -> dict[Path, str]:
    """docs/coverage.md, docs/coverage.zh-CN.md, docs/coverage-map.svg."""
    rows = coverage.grid(load.shipped())
    made = {}
    both: dict[str, list[str]] = {}
    for lang in i18n.LANGUAGES:
        words = {key[9:]: text for key, text in i18n.catalogue(lang).items() if key.startswith("coverage.")}
        topics = {topic: i18n.text(f"topic.{topic}", lang) for topic in TOPICS}
        suffix = ".zh-CN" if lang == "zh" else ""
        made[ROOT / "docs" / f"coverage{suffix}.md"] = coverage.world_page(rows, lang, words, topics)
        for name in ("title", *STYLE):
            both.setdefault(name, []).append(words["map" if name == "title" else f"map_{name}"])
    picture = svg(coverage.countries(rows), {name: " · ".join(texts) for name, texts in both.items()})
    made[ROOT / "docs" / "coverage-map.svg"] = picture
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
