"""The map of docs/coverage.md: one square a country, coloured by whether Dunlint has its hours and its frequency."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

TILES = Path(__file__).parent / "world_tiles.txt"
SIZE, GAP, TOP = 30, 3, 8
WIDE, LINE = 420, 24  # a legend of two columns under the map
STYLE = {
    "both": ("#1b4965", "#ffffff"),
    "hours": ("#5fa8d3", "#10222e"),
    "frequency": ("#f2b134", "#2b2104"),
    "other": ("#b9c9c0", "#22302a"),
    "none": ("#eceff1", "#90a0a8"),
}


def tiles() -> list[tuple[str, int, int]]:
    """(country, column, row) of every square."""
    rows = [line.split() for line in TILES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [(code, x, y) for y, row in enumerate(rows) for x, code in enumerate(row) if code != "--"]


def svg(states: Mapping[str, str], words: Mapping[str, str]) -> str:
    """The picture. states: country -> a key of STYLE; words: the title and what each colour says."""
    placed = tiles()
    width = (max(x for _, x, _ in placed) + 1) * (SIZE + GAP) + 2 * TOP
    bottom = (max(y for _, _, y in placed) + 1) * (SIZE + GAP) + 2 * TOP
    height = bottom + 3 * LINE + TOP
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="12">',
        f"<title>{escape(words['title'])}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for code, x, y in placed:
        state = states.get(code, "none")
        left, top = TOP + x * (SIZE + GAP), TOP + y * (SIZE + GAP)
        fill, ink = STYLE[state]
        lines.append(f'<rect x="{left}" y="{top}" width="{SIZE}" height="{SIZE}" rx="4" fill="{fill}"/>')
        middle = f'x="{left + SIZE // 2}" y="{top + 20}"'
        lines.append(f'<text {middle} text-anchor="middle" fill="{ink}">{code}</text>')
    lines += _legend(words, bottom)
    return "\n".join([*lines, "</svg>"]) + "\n"


def _legend(words: Mapping[str, str], top: int) -> list[str]:
    lines = []
    for number, (state, (fill, _)) in enumerate(STYLE.items()):
        left, line = TOP + number % 2 * WIDE, top + number // 2 * LINE
        lines.append(f'<rect x="{left}" y="{line}" width="16" height="16" rx="3" fill="{fill}"/>')
        lines.append(f'<text x="{left + 24}" y="{line + 13}" fill="#10222e">{escape(words[state])}</text>')
    return lines
