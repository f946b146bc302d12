"""A letter as PDF: typeset offline with the fonts that ship beside it.

Characters that the fonts lack are left to the fonts of the machine that makes the file, and a note in the file
names them, so that no empty box stands there unexplained.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

from dunlint import i18n
from dunlint.reports.letter.model import Letter, paragraph

FONTS = Path(__file__).parents[1] / "fonts"
TEMPLATE = Path(__file__).parent / "letter.typ"
NAMED = 40  # so many foreign characters are named one by one


def write(letter: Letter, target: Path) -> None:
    """Write the letter; the same letter gives the same bytes on one machine."""
    import typst

    letter = with_note(letter)
    inputs = {"letter": json.dumps(data(letter), ensure_ascii=False)}
    fonts = typst.Fonts(font_paths=[FONTS])
    made = typst.compile(TEMPLATE.read_bytes(), font_paths=fonts, format="pdf", sys_inputs=inputs, timestamp=0)
    target.write_bytes(made)


def data(letter: Letter) -> dict[str, Any]:
    """The letter as the template reads it."""
    blocks = [{"type": type(block).__name__.lower(), **asdict(block)} for block in letter.blocks]
    return {
        "title": letter.title,
        "subtitle": letter.subtitle,
        "lang": letter.lang,
        "open_value": letter.open_value,
        "page": letter.page,
        "blocks": blocks,
    }


def with_note(letter: Letter) -> Letter:
    """The letter with a note on the characters that the shipped fonts lack, if there are any."""
    strange = sorted(set(json.dumps(data(letter), ensure_ascii=False)) - covered() - {"\n", "\t"})
    if not strange:
        return letter
    named = " ".join(f"{char} U+{ord(char):04X}" for char in strange[:NAMED])
    rest = i18n.text("letter.more", letter.lang, count=len(strange) - NAMED) if len(strange) > NAMED else ""
    note = paragraph(i18n.text("letter.foreign", letter.lang, characters=named + rest), kind="note")
    return replace(letter, blocks=(*letter.blocks, note))


@cache
def covered() -> frozenset[str]:
    """The characters of the shipped fonts."""
    points: set[str] = set()
    for line in (FONTS / "coverage.txt").read_text(encoding="ascii").split():
        first, last = (int(end, 16) for end in line.split("-"))
        points |= {chr(point) for point in range(first, last + 1)}
    return frozenset(points)
