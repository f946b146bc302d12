"""`--fix`: mend the layout of a file and nothing else. What it says and its comments stay; that is checked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dunlint.errors import RuleError
from dunlint.rulebook.lint.files import KINDS, Kind
from dunlint.rulebook.lint.layout import BLANK_END, Layout, rank
from dunlint.writing import write_bytes
from dunlint.yaml_places import Document, parse

Fix = Callable[[str, Kind], str]


def fix_file(path: Path) -> bool:
    """Mend a file in place; whether anything was changed. A file that is no YAML is left alone."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    mended = mark + fixed(text.removeprefix(mark), KINDS.get(path.name, "rules"))
    if mended != text:
        write_bytes(path, mended.encode("utf-8"))
    return mended != text


def fixed(text: str, kind: Kind = "rules") -> str:
    """The text with every fix that leaves its content the same; as it is if it is no YAML."""
    content = _content(text)
    for fix in FIXES if content is not None else ():
        mended = fix(text, kind)
        if mended != text and _content(mended) == content:
            text = mended
    return text


def _content(text: str) -> tuple[object, list[str]] | None:
    """What a text says, and its comments; None if it is no YAML."""
    try:
        return parse(text, "").data, sorted(line.strip() for line in text.splitlines() if line.strip()[:1] == "#")
    except RuleError:
        return None


def without_trailing_space(text: str, _kind: Kind) -> str:
    """White space at the ends of lines taken away."""
    lines, ends = _split(text)
    for number, _ in Layout(text).trailing():
        lines[number] = BLANK_END.sub("", lines[number])
    return _joined(lines, ends)


def without_tabs(text: str, _kind: Kind) -> str:
    """Tabs between values and in comments turned into two spaces."""
    lines, ends = _split(text)
    for number, column in Layout(text).tabs():
        lines[number] = lines[number][:column] + lines[number][column:].replace("\t", "  ")
    return _joined(lines, ends)


def with_quoted_clocks(text: str, _kind: Kind) -> str:
    """Quotes set around clock times."""
    lines, ends = _split(text)
    for one in reversed(list(Layout(text).clocks())):
        number, start, end = one.start_mark.line, one.start_mark.column, one.end_mark.column
        lines[number] = f'{lines[number][:start]}"{one.value}"{lines[number][end:]}'
    return _joined(lines, ends)


def with_final_newline(text: str, _kind: Kind) -> str:
    """A line end set after the last line."""
    if not text or text.endswith("\n"):
        return text
    return text + ("\r\n" if "\r\n" in text else "\n")


def with_ordered_keys(text: str, kind: Kind) -> str:
    """The top-level keys of every rule in the usual order, each with the comments above it."""
    if kind != "rules":
        return text
    document = parse(text, "")
    lines, ends = _split(text)
    whole = [line + end for line, end in zip(lines, ends, strict=True)]
    inside_scalar = Layout(text).inside_scalar
    for number in reversed(range(len(document.data))) if isinstance(document.data, list) else ():
        _order(whole, document, number, inside_scalar)
    return "".join(whole)


FIXES: tuple[Fix, ...] = (
    with_final_newline, without_trailing_space, without_tabs, with_quoted_clocks, with_ordered_keys,
)  # fmt: skip


def _split(text: str) -> tuple[list[str], list[str]]:
    """Lines, and the ends of lines."""
    whole, lines = text.splitlines(keepends=True), text.splitlines()
    return lines, [both[len(line) :] for both, line in zip(whole, lines, strict=True)]


def _joined(lines: list[str], ends: list[str]) -> str:
    return "".join(line + end for line, end in zip(lines, ends, strict=True))


def _order(lines: list[str], document: Document, number: int, inside_scalar: frozenset[int]) -> None:
    """Put the keys of one rule in order; a rule that is not written one key a line stays as it is."""
    rule = document.data[number]
    keys = list(rule) if isinstance(rule, dict) else []
    places = [document.keys[number, key] for key in keys]
    if keys != sorted(keys, key=rank) and _one_key_a_line(lines, places):
        starts = [_with_comments(lines, line - 1, places[0][0] - 1, inside_scalar) for line, _ in places]
        end = _end(lines, document, number, inside_scalar)
        dash, first = lines[starts[0]][: places[0][1] - 1], starts[0]
        lines[first] = " " * len(dash) + lines[first][len(dash) :]
        parts = [lines[start:stop] for start, stop in zip(starts, [*starts[1:], end], strict=True)]
        order = sorted(range(len(keys)), key=lambda one: rank(keys[one]))
        lead = places[order[0]][0] - 1 - starts[order[0]]
        lines[first:end] = [line for one in order for line in parts[one]]
        lines[first + lead] = dash + lines[first + lead][len(dash) :]


def _one_key_a_line(lines: list[str], places: list[tuple[int, int]]) -> bool:
    (top, column), *others = places
    dash = lines[top - 1][: column - 1]
    apart = len({line for line, _ in places}) == len(places)
    aligned = all(at == column and not lines[line - 1][: at - 1].strip() for line, at in others)
    return dash.strip() == "-" and apart and aligned


def _with_comments(lines: list[str], line: int, first: int, inside_scalar: frozenset[int]) -> int:
    """The first of the comment lines right above a key, or the key's own line."""
    while line > first + 1 and lines[line - 1].lstrip().startswith("#") and line - 1 not in inside_scalar:
        line -= 1
    return line


def _end(lines: list[str], document: Document, number: int, inside_scalar: frozenset[int]) -> int:
    """The line after a rule's last; blank lines and comments that follow belong to what comes next."""
    following = document.places.get((number + 1,))
    end = following[0] - 1 if following else len(lines)
    while lines[end - 1].strip()[:1] in ("", "#") and end - 1 not in inside_scalar:
        end -= 1
    return end
