"""A letter as Markdown for tickets: every character that could be markup is escaped, so that words stay words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dunlint.reports.letter.model import Break, Form, Heading, Items, Letter, Paragraph, Run, Table

MARKUP = re.compile(r"([\\`*_{}\[\]<>|~&$])")
LINE_START = re.compile(r"(?m)^([ \t]*(?:\d+(?=[.)](?:\s|$)))?)([-+=#]|[.)](?=\s|$))")
ADDRESS = re.compile(r"(?i)\b(https?|ftp|mailto|xmpp|www)([:.])")
MENTION = re.compile(r"([@#])(?=\w)")
INVISIBLE = "\u200b"
QUOTED = {"quote", "caution"}


def render(letter: Letter) -> str:
    parts = [f"# {escape(letter.title)}", escape(letter.subtitle)]
    parts += [RENDERERS[type(block)](block, letter) for block in letter.blocks]
    return "\n\n".join(part for part in parts if part) + "\n"


def escape(text: str) -> str:
    """The text with its markup made harmless. Trackers look for @names and #numbers after rendering, where no escape
    helps, so an invisible space parts them.
    """
    text = LINE_START.sub(r"\1\\\2", MARKUP.sub(r"\\\1", text))
    return MENTION.sub(rf"\1{INVISIBLE}", ADDRESS.sub(r"\1\\\2", text))


def _words(runs: Iterable[Run]) -> str:
    return "".join(_run(one) for one in runs)


def _run(one: Run) -> str:
    text = escape(one.text)
    stripped = text.strip()
    if one.style in ("strong", "mark") and stripped and "\n" not in stripped:
        return text.replace(stripped, f"**{stripped}**", 1)
    return text


def _lines(text: str, prefix: str = "") -> str:
    """Line ends kept; what would start an indented code block is not indented."""
    return f"  \n{prefix}".join(line.strip() for line in text.split("\n"))


def _heading(block: Heading, letter: Letter) -> str:
    return f"{'#' * (block.level + 1)} {escape(' '.join(block.text.split()))}"


def _paragraph(block: Paragraph, letter: Letter) -> str:
    prefix = "> " if block.kind in QUOTED else ""
    return prefix + _lines(_words(block.runs), prefix)


def _items(block: Items, letter: Letter) -> str:
    marks = (f"{number}. " if block.numbered else "- " for number in range(1, len(block.items) + 1))
    return "\n".join(
        mark + _lines(_words(runs), " " * len(mark)) for mark, runs in zip(marks, block.items, strict=True)
    )


def _cell(text: str) -> str:
    return escape(text).replace("\n", "<br>").replace("\t", " ")


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _form(block: Form, letter: Letter) -> str:
    rows = [_row((_cell(label), _cell(letter.open_value if value is None else value))) for label, value in block.rows]
    return "\n".join(["| | |", "| --- | --- |", *rows])


def _table(block: Table, letter: Letter) -> str:
    rule = _row("---" for _ in block.head)
    return "\n".join([_row(map(_cell, block.head)), rule, *(_row(map(_cell, row)) for row in block.rows)])


def _break(block: Break, letter: Letter) -> str:
    return "---"


RENDERERS: Mapping[type, Callable[[Any, Letter], str]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Items: _items,
    Form: _form,
    Table: _table,
    Break: _break,
}
