"""HTML to words, by lxml (parsing) and inscriptis (layout: blocks, tables, what is hidden)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lxml import etree, html

DEEPEST = 200


def parsed(markup: str) -> Any:
    """The tree of a piece of HTML; None if there is nothing in it or it is nested too deeply to be a message."""
    markup = markup.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    try:
        tree = html.document_fromstring(markup, parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    return None if _too_deep(tree) else tree


def _too_deep(tree: Any) -> bool:
    depth = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            return True
    return False


def without(tree: Any, paths: Iterable[str]) -> int:
    """Removes what the XPaths find; how many were removed."""
    gone = [node for path in paths for node in tree.xpath(path) if node.getparent() is not None]
    for node in gone:
        if node.getparent() is not None:
            node.drop_tree()
    return len(gone)


def words_of(tree: Any) -> str:
    """The words as a browser would lay them out, without trailing white space."""
    from inscriptis import Inscriptis
    from inscriptis.model.config import ParserConfig

    laid_out = Inscriptis(tree, ParserConfig()).get_text()
    return "\n".join(line.strip() for line in laid_out.split("\n")).strip()
