"""Makes the two fonts that PDFs are set in, so that Chinese shows on a machine without a Chinese font.

    npm pack @expo-google-fonts/noto-serif-sc @expo-google-fonts/noto-sans-sc      (unpack both)
    python scripts/build_fonts.py …/400Regular/NotoSerifSC_400Regular.ttf …/700Bold/NotoSansSC_700Bold.ttf

Each package's LICENSE_FONT lies two folders above its font and is kept beside ours.

Kept: GB 2312, ASCII, Latin-1 and Latin Extended-A, general punctuation. `coverage.txt` lists what both fonts hold, as
ranges of code points; the PDF writer names every character outside. The fonts get names of their own (the licence
allows changed versions under other names; its only reserved name is "Source") so that no installed font is taken
for them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

TARGET = Path(__file__).parents[1] / "src" / "dunlint" / "reports" / "fonts"
FEATURES = ["kern", "locl", "ccmp", "mark", "mkmk", "liga"]


def wanted() -> set[int]:
    """The code points to keep."""
    kept = {*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2028), *range(0x2030, 0x205F)}
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            kept |= {ord(char) for char in bytes([high, low]).decode("gb2312", "ignore")}
    return kept


def make(source: Path, name: str, target: Path) -> set[int]:
    """Write the reduced font; the code points it holds."""
    options = subset.Options(layout_features=FEATURES, hinting=False, name_IDs=["*"], notdef_outline=True)
    options.recalc_timestamp = False
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted())
    cutter.subset(font)
    rename(font, name)
    subset.save_font(font, str(target), options)
    return set(font.getBestCmap())


def rename(font: TTFont, name: str) -> None:
    """Family, unique, full and PostScript name; copyright and licence entries stay."""
    names = font["name"]
    names.names = [record for record in names.names if record.nameID not in (1, 3, 4, 6, 16, 17, 21, 22)]
    for number, text in ((1, name), (3, f"{name};subset"), (4, name), (6, name.replace(" ", ""))):
        names.setName(text, number, 3, 1, 0x409)


def ranges(points: Iterable[int]) -> Iterable[str]:
    """`20-7E` for every unbroken run of code points."""
    runs: list[list[int]] = []
    for point in sorted(points):
        if runs and runs[-1][1] == point - 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    return (f"{first:X}-{last:X}" for first, last in runs)


def main(serif: Path, sans: Path) -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    held = make(serif, "Dunlint Serif", TARGET / "serif.ttf") & make(sans, "Dunlint Sans", TARGET / "sans-bold.ttf")
    (TARGET / "coverage.txt").write_text("\n".join(ranges(held)) + "\n", encoding="ascii")
    for source, name in ((serif, "serif"), (sans, "sans-bold")):
        licence = source.parents[1] / "LICENSE_FONT"
        (TARGET / f"{name}.OFL.txt").write_text(licence.read_text(encoding="utf-8"), encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
