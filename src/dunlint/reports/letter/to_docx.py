"""A letter as DOCX, for a person to go on editing. Fonts are named, not embedded: Word has its own for Chinese."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from dunlint.reports.letter.model import Break, Form, Heading, Items, Letter, Paragraph, Run, Table

TEXT_FONT, HEAD_FONT = {"zh": "SimSun", "en": "Times New Roman"}, {"zh": "SimHei", "en": "Arial"}
EAST_ASIAN_TEXT, EAST_ASIAN_HEAD = "SimSun", "SimHei"
PAGE_WIDTH_CM = 16.4
INK, FAINT = "1F3A4D", "6B7280"


def write(letter: Letter, target: Path) -> None:
    """Write the letter; the same letter gives the same bytes."""
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    made = Document()
    _page(made, letter)
    title = made.add_paragraph(style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.add_run(letter.title)
    if letter.subtitle:
        subtitle = made.add_paragraph(letter.subtitle, style="Subtitle")
        subtitle.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for block in letter.blocks:
        RENDERERS[type(block)](made, block, letter)
    stream = io.BytesIO()
    made.save(stream)
    target.write_bytes(_undated(stream.getvalue()))


def _undated(packed: bytes) -> bytes:
    """The same archive without the time of its making, so that the same letter gives the same bytes."""
    stream = io.BytesIO()
    with ZipFile(io.BytesIO(packed)) as old, ZipFile(stream, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(ZipInfo(name), old.read(name), ZIP_DEFLATED)
    return stream.getvalue()


def _page(made: Any, letter: Letter) -> None:
    """A4, our fonts, a footer with page numbers, and no trace of when or by whom."""
    from docx.shared import Cm, Pt

    section = made.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2.3)
    _style(made, "Normal", TEXT_FONT[letter.lang], EAST_ASIAN_TEXT, Pt(10.5))
    for name, size in (("Title", 18), ("Subtitle", 10), ("Heading 1", 14), ("Heading 2", 12), ("Heading 3", 11)):
        _style(made, name, HEAD_FONT[letter.lang], EAST_ASIAN_HEAD, Pt(size), FAINT if name == "Subtitle" else INK)
    made.styles["Normal"].paragraph_format.space_after = Pt(6)
    _chinese_is_simplified(made.styles["Normal"])
    _footer(section.footer.paragraphs[0], letter)
    core = made.core_properties
    core.title, core.author, core.comments = letter.title, "", ""
    core.created = core.modified = datetime(2000, 1, 1)


def _style(made: Any, name: str, font: str, east_asian: str, size: Any, colour: str | None = None) -> None:
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    style = made.styles[name]
    style.font.name, style.font.size, style.font.italic = font, size, False
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), east_asian)
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    if colour:
        style.font.color.rgb = RGBColor.from_string(colour)


def _chinese_is_simplified(style: Any) -> None:
    """Without it a word processor may take the shapes of another East Asian language."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    language = OxmlElement("w:lang")
    language.set(qn("w:eastAsia"), "zh-CN")
    style.element.get_or_add_rPr().append(language)


def _footer(place: Any, letter: Letter) -> None:
    """The page's number and the number of pages, counted by the word processor."""
    place.add_run(f"{letter.title}    ")
    head, _, rest = letter.page.partition("{page}")
    middle, _, tail = rest.partition("{pages}")
    for text, code in ((head, "PAGE"), (middle, "NUMPAGES"), (tail, "")):
        place.add_run(text)
        if code:
            _field(place.add_run(), code)
    for run in place.runs:
        _faint(run, 8)


def _field(run: Any, code: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind in ("begin", "instr", "end"):
        if kind == "instr":
            part = OxmlElement("w:instrText")
            part.text = code
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)


def _faint(run: Any, size: float | None = None) -> None:
    from docx.shared import Pt, RGBColor

    run.font.color.rgb = RGBColor.from_string(FAINT)
    if size:
        run.font.size = Pt(size)


def _runs(place: Any, runs: Iterable[Run]) -> None:
    for one in runs:
        run = place.add_run(one.text)
        run.bold = one.style in ("strong", "mark") or None
        run.underline = one.style == "mark" or None
        if one.style == "faint":
            _faint(run, 9)


def _heading(made: Any, block: Heading, letter: Letter) -> None:
    made.add_heading(block.text, level=block.level)


def _paragraph(made: Any, block: Paragraph, letter: Letter) -> None:
    from docx.shared import Cm

    if block.kind == "caution":
        _runs(_boxed(made), block.runs)
        made.add_paragraph()
        return
    place = made.add_paragraph()
    _runs(place, block.runs)
    if block.kind == "note":
        for run in place.runs:
            _faint(run, 9)
    if block.kind == "quote":
        place.paragraph_format.left_indent = Cm(0.8)
    if block.kind == "sign":
        place.paragraph_format.left_indent = Cm(8.5)
    place.paragraph_format.keep_with_next = block.kind == "finding"


def _boxed(made: Any) -> Any:
    """A paragraph in a box of its own."""
    box = made.add_table(rows=1, cols=1, style="Table Grid")
    return box.cell(0, 0).paragraphs[0]


def _items(made: Any, block: Items, letter: Letter) -> None:
    from docx.shared import Cm

    for number, runs in enumerate(block.items, start=1):
        place = made.add_paragraph()
        place.paragraph_format.left_indent, place.paragraph_format.first_line_indent = Cm(0.8), Cm(-0.6)
        place.add_run(f"{number}. " if block.numbered else "• ")
        _runs(place, runs)


def _form(made: Any, block: Form, letter: Letter) -> None:
    grid = _grid(made, len(block.rows), (0.32, 0.68))
    for row, (label, value) in zip(grid.rows, block.rows, strict=True):
        _cell(row.cells[0], label, shade="F2F4F6")
        _cell(row.cells[1], letter.open_value if value is None else value, faint=value is None)
    made.add_paragraph()


def _table(made: Any, block: Table, letter: Letter) -> None:
    grid = _grid(made, len(block.rows) + 1, block.widths)
    _row_is(grid.rows[0], "cantSplit", "tblHeader")
    for cell, text in zip(grid.rows[0].cells, block.head, strict=True):
        _cell(cell, text, shade="E6EAEE", bold=True)
    for row, texts in zip(grid.rows[1:], block.rows, strict=True):
        _row_is(row, "cantSplit")
        for cell, text in zip(row.cells, texts, strict=True):
            _cell(cell, text)
    made.add_paragraph()


def _grid(made: Any, rows: int, widths: Iterable[float]) -> Any:
    from docx.shared import Cm

    shares = list(widths)
    grid = made.add_table(rows=rows, cols=len(shares), style="Table Grid")
    grid.autofit = False
    for column, share in zip(grid.columns, shares, strict=True):
        column.width = Cm(PAGE_WIDTH_CM * share / sum(shares))
        for cell in column.cells:
            cell.width = column.width
    return grid


def _row_is(row: Any, *marks: str) -> None:
    """`tblHeader`: the row stands again on every page; `cantSplit`: no page ends inside it."""
    from docx.oxml import OxmlElement

    for mark in marks:
        row._tr.get_or_add_trPr().append(OxmlElement(f"w:{mark}"))


def _cell(cell: Any, text: str, *, shade: str = "", bold: bool = False, faint: bool = False) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run = cell.paragraphs[0].add_run(text)
    run.font.size, run.bold = Pt(9), bold or None
    cell.paragraphs[0].paragraph_format.space_after = Pt(2)
    if faint:
        _faint(run)
    if shade:
        fill = OxmlElement("w:shd")
        fill.set(qn("w:val"), "clear")
        fill.set(qn("w:fill"), shade)
        cell._tc.get_or_add_tcPr().append(fill)


def _break(made: Any, block: Break, letter: Letter) -> None:
    made.add_page_break()


RENDERERS: Mapping[type, Callable[[Any, Any, Letter], None]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Items: _items,
    Form: _form,
    Table: _table,
    Break: _break,
}
