"""The three renderers of a letter: what they show, what they make harmless, and that they need no font installed."""

from __future__ import annotations

import ctypes
from pathlib import Path
from zipfile import ZipFile

import pypdfium2
import pytest
from defusedxml import ElementTree
from fontTools.ttLib import TTFont
from markdown_it import MarkdownIt
from pypdfium2 import raw

from dunlint import i18n
from dunlint.reports.letter import of_case, to_docx, to_markdown, to_pdf
from dunlint.reports.letter.model import Break, Form, Heading, Letter, Run, fit, items, paragraph, table
from tests.reports import made

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LETTER = Letter(
    "信 A letter",
    (
        Heading("一、事实"),
        paragraph(Run("他说"), Run("打断你的腿", "mark"), Run("。")),
        Form((("姓名", None), ("机构", "甲公司"))),
        items([Run("第一"), Run("第二")], numbered=True),
        table(("证据", "时间"), [("证1", "22:04"), ("证2", None)], (1, 2), "zh"),
        paragraph("草稿", kind="caution"),
        Break(),
        Heading("说明", 2),
    ),
    "zh",
    "致：某某",
)


def docx_text(path: Path) -> str:
    """The text of a DOCX, read without the library that wrote it."""
    with ZipFile(path) as packed:
        root = ElementTree.fromstring(packed.read("word/document.xml"))
    return "\n".join("".join(one.text or "" for one in line.iter(f"{WORD}t")) for line in root.iter(f"{WORD}p"))


def pdf_pages(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path)
    return [page.get_textpage().get_text_range() for page in document]


def pdf_fonts(path: Path) -> set[str]:
    """The names of the fonts that text is set in."""
    names = set()
    for page in pypdfium2.PdfDocument(path):
        for one in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
            font = raw.FPDFTextObj_GetFont(one.raw)
            size = raw.FPDFFont_GetBaseFontName(font, None, 0)
            name = ctypes.create_string_buffer(size)
            raw.FPDFFont_GetBaseFontName(font, name, size)
            assert raw.FPDFFont_GetIsEmbedded(font) == 1
            names.add(name.value.decode().split("+")[-1])
    return names


def test_a_docx_holds_every_part_in_order(tmp_path: Path) -> None:
    to_docx.write(LETTER, tmp_path / "a.docx")
    text = docx_text(tmp_path / "a.docx")
    parts = ["信 A letter", "致：某某", "一、事实", "他说打断你的腿。", "姓名", "（请填写）", "机构", "甲公司",
             "1. 第一", "2. 第二", "证据", "时间", "证1", "22:04", "证2", "草稿", "说明"]  # fmt: skip
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_a_docx_names_fonts_for_chinese_and_says_nothing_of_who_made_it(tmp_path: Path) -> None:
    to_docx.write(LETTER, tmp_path / "a.docx")
    with ZipFile(tmp_path / "a.docx") as packed:
        styles, core = packed.read("word/styles.xml").decode(), packed.read("docProps/core.xml").decode()
        links = [packed.read(name).decode() for name in packed.namelist() if name.endswith(".rels")]
    assert 'w:eastAsia="SimSun"' in styles
    assert 'w:eastAsia="SimHei"' in styles
    assert "<dc:creator></dc:creator>" in core
    assert "python-docx" not in core
    assert not [one for one in links if 'TargetMode="External"' in one]


def test_guilty_words_are_bold_and_underlined_in_a_docx(tmp_path: Path) -> None:
    to_docx.write(LETTER, tmp_path / "a.docx")
    with ZipFile(tmp_path / "a.docx") as packed:
        root = ElementTree.fromstring(packed.read("word/document.xml"))
    marked = [run for run in root.iter(f"{WORD}r") if run.find(f"{WORD}rPr/{WORD}u") is not None]
    assert [run.findtext(f"{WORD}t") for run in marked] == ["打断你的腿"]
    assert marked[0].find(f"{WORD}rPr/{WORD}b") is not None


def test_a_pdf_shows_both_languages_with_its_own_fonts_only(tmp_path: Path) -> None:
    to_pdf.write(LETTER, tmp_path / "a.pdf")
    first, second = pdf_pages(tmp_path / "a.pdf")
    for part in ("信 A letter", "一、事实", "打断你的腿", "（请填写）", "证1", "22:04", "第 1 页，共 2 页"):
        assert part.replace(" ", "") in first.replace(" ", "")
    assert "说明" in second
    assert pdf_fonts(tmp_path / "a.pdf") == {"DunlintSerif", "DunlintSans"}


@pytest.mark.parametrize("writer", [to_pdf, to_docx])
def test_the_same_letter_gives_the_same_bytes(tmp_path: Path, writer: object) -> None:
    for name in ("a", "b"):
        writer.write(LETTER, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_what_the_fonts_hold_is_what_their_list_says() -> None:
    held = [set(TTFont(to_pdf.FONTS / name).getBestCmap()) for name in ("serif.ttf", "sans-bold.ttf")]
    assert {ord(char) for char in to_pdf.covered()} == held[0] & held[1]


def test_all_of_gb_2312_and_every_sentence_of_the_catalogue_can_be_shown() -> None:
    level_one = bytes([0xB0, 0xA1]).decode("gb2312") + bytes([0xF7, 0xFE]).decode("gb2312")
    sentences = {char for lang in i18n.LANGUAGES for text in i18n.catalogue(lang).values() for char in text}
    assert {*level_one, *sentences} - to_pdf.covered() - {"\n"} == set()


def test_characters_the_fonts_lack_are_named_in_a_note(tmp_path: Path) -> None:
    letter = Letter("信", (paragraph("㛃😜"),), "zh")
    to_pdf.write(letter, tmp_path / "a.pdf")
    text = "".join(pdf_pages(tmp_path / "a.pdf"))
    assert "U+36C3" in text
    assert "U+1F61C" in text
    assert to_pdf.with_note(Letter("信", (paragraph("汉字"),), "zh")).blocks == (paragraph("汉字"),)


def test_markdown_is_what_it_should_be_to_the_letter() -> None:
    wanted = (Path(__file__).parents[1] / "golden" / "small.md").read_text(encoding="utf-8")
    assert to_markdown.render(of_case.letter(made.SMALL, "en")) == wanted


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_nothing_in_a_hostile_report_becomes_markup_in_markdown(lang: str) -> None:
    text = to_markdown.render(of_case.letter(made.hostile(), lang))
    tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(text)
    kinds = {child.type for token in tokens for child in (token, *(token.children or ()))}
    tags = [c.content for t in tokens for c in (t, *(t.children or ())) if c.type in ("html_inline", "html_block")]
    assert set(tags) <= {"<br>"}
    assert kinds & {"link_open", "image", "code_inline", "fence", "code_block", "s_open"} == set()
    assert "\\=cmd\\|'" in text
    assert "@ref" not in text
    assert "https://" not in text


@pytest.mark.parametrize("line", ["# a", "- a", "+ a", "1. a", "1) a", "> a", "=====", "-----", "    code", "| a |"])
def test_a_line_that_looks_like_markup_stays_a_line(line: str) -> None:
    text = to_markdown.render(Letter("t", (paragraph(f"x\n{line}"),), "en"))
    kinds = [token.type for token in MarkdownIt("gfm-like", {"linkify": False}).parse(text)]
    assert kinds == ["heading_open", "inline", "heading_close", "paragraph_open", "inline", "paragraph_close"]


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_a_hostile_report_can_be_written_and_its_markup_is_text(tmp_path: Path, lang: str) -> None:
    letter = of_case.letter(made.hostile(), lang)
    to_docx.write(letter, tmp_path / "a.docx")
    to_pdf.write(letter, tmp_path / "a.pdf")
    for text in (docx_text(tmp_path / "a.docx"), "".join(pdf_pages(tmp_path / "a.pdf"))):
        for part in ("#let x = 1 $x$", "<script>alert(1)</script>", "[U+0000]", "[U+202E]", "[U+D800]"):
            assert part in text.replace("\r\n", " ").replace("\n", " ").replace("\ufffe", "").replace("\u200b", "")


def test_what_is_too_long_for_paper_is_cut_with_a_mark() -> None:
    assert fit("长" * 2000, "en").endswith("… [cut; 2000 characters in all, the whole is in the annex]")
    assert len(fit("长" * 2000, "en")) == 1500
