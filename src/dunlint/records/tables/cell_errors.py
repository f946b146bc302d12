"""Cells of an XLSX that hold an error (#N/A, #VALUE!): fastexcel gives them as empty, the file's XML tells them apart.

A sheet is searched for the mark of such a cell first, and parsed only if it has one. XLS and XLSB are binary and not
looked into; ODS keeps the error as the text of the cell.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse, parse

from dunlint.errors import UnreadableFile
from dunlint.records.source import Source

BOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
MARK = re.compile(rb"""\bt\s*=\s*["']e["']""")
CHUNK, LONGEST_MARK = 1 << 20, 32
PLACE = re.compile(r"([A-Z]+)(\d+)")


@dataclass(frozen=True, slots=True)
class CellError:
    """`row` from 1, `column` from 0, as the sheet counts them; `value`: what the cell shows."""

    row: int
    column: int
    value: str


def cell_errors(source: Source, sheet: str) -> list[CellError]:
    """The cells of a sheet of an XLSX that hold an error, in order; none for other workbooks. Raises UnreadableFile."""
    if not zipfile.is_zipfile(source.path):
        return []
    try:
        with zipfile.ZipFile(source.path) as archive:
            part = _part(archive, sheet)
            if part is None:
                return []
            with archive.open(part) as stream:
                if not _marked(stream):
                    return []
            with archive.open(part) as stream:
                return list(_found(stream))
    except (ParseError, DefusedXmlException, zipfile.BadZipFile, OSError) as problem:
        where = f"{source.name}[{sheet}]"
        raise UnreadableFile("broken_format", where=where, format="XLSX", reason=str(problem)) from problem


def _part(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The file of a sheet inside the archive."""
    names = {name.lower(): name for name in archive.namelist()}
    if BOOK not in names or RELATIONS not in names:
        return None
    with archive.open(names[RELATIONS]) as stream:
        targets = {one.get("Id"): one.get("Target", "") for one in parse(stream).iter()}
    with archive.open(names[BOOK]) as stream:
        for element in parse(stream).iter():
            if _tag(element) == "sheet" and element.get("name") == sheet:
                relation = next((value for name, value in element.attrib.items() if name.endswith("}id")), None)
                target = targets.get(relation, "")
                return names.get((target[1:] if target.startswith("/") else f"xl/{target}").lower())
    return None


def _marked(stream: IO[bytes]) -> bool:
    rest = b""
    while piece := stream.read(CHUNK):
        if MARK.search(rest + piece):
            return True
        rest = piece[-LONGEST_MARK:]
    return False


def _found(stream: IO[bytes]) -> Iterator[CellError]:
    """Rows and cells may leave out where they stand: then they follow the one before."""
    row, column = 0, -1
    for event, element in iterparse(stream, events=("start", "end")):
        tag = _tag(element)
        if event == "start" and tag == "row":
            row, column = int(element.get("r") or row + 1), -1
        elif event == "end" and tag == "c":
            place = PLACE.fullmatch(element.get("r", ""))
            column = _number(place[1]) if place else column + 1
            if element.get("t") == "e":
                yield CellError(row, column, next((one.text or "" for one in element if _tag(one) == "v"), ""))
        elif event == "end" and tag == "row":
            element.clear()


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
