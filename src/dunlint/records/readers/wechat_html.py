"""WeChat chats as web pages. Two tools keep the messages as data inside the page and can be read: WeFlow
(`WEFLOW_DATA`, also its `chunk-*.js` files) and WeChatMsg/MemoTrace (`chatMessages`).

Other pages have no public schema and change with every version; they are refused with the advice to export CSV or JSON.
`t`/`timestamp` is epoch seconds, `s`/`is_send` 1 is the phone's owner. Quoted messages inside a reply are left out.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from dunlint.errors import UnreadableFile
from dunlint.records.reader import Item, Known, Reader
from dunlint.records.readers.chats import Tally, from_epoch, message
from dunlint.records.readers.html_text import parsed, words_of
from dunlint.records.readers.json_records import Found, objects
from dunlint.records.readers.words import words
from dunlint.records.schema import Contact, Unreadable
from dunlint.records.source import Source

WEFLOW = re.compile(r"WEFLOW_DATA\s*=\s*\[|__WEFLOW_CHUNK_LOADED__\(\s*\d+\s*,\s*\[")
MEMOTRACE = re.compile(r"\b(?:const|let|var)\s+chatMessages\s*=\s*\[")
PAGE = re.compile(r"<(?:!doctype html|html)\b|__WEFLOW_CHUNK_LOADED__", re.IGNORECASE)
TITLE = re.compile(r"<title>([^<]{1,200})")
STRING = r"'((?:[^'\\]|\\.)*)'"
MEMO_ITEM = re.compile(
    rf"\{{\s*type:\s*(\d+),\s*text:\s*{STRING},\s*is_send:\s*(\d),.{{0,400}}?timestamp:\s*(\d+)"
    rf",.{{0,400}}?displayname:\s*{STRING}\s*\}}",
    re.DOTALL,
)
MEMO_START = re.compile(r"\{\s*type:\s*\d+\s*,")
ESCAPES = {"n": "\n", "r": "", "t": "\t"}
TEXT_KINDS, TIME_KIND, SYSTEM_KIND = ("1", "49"), "0", "10000"


def recognises(source: Source) -> bool:
    head = source.head_text
    told = WEFLOW.search(head) or MEMOTRACE.search(head) or any(word in head for word in words("wechat")["page"])
    return bool(PAGE.search(head) and told and 'class="message_part"' not in head)


def read(source: Source, known: Known) -> Iterator[Item]:
    title = TITLE.search(source.head_text)
    peer = html.unescape(title[1]).partition(" - ")[0].strip() if title else None
    tally, count = Tally(source), 0
    for item in (*_weflow(source, known, peer, tally), *_memotrace(source, known, tally)):
        count += isinstance(item, Contact)
        yield item
    if not count:
        raise UnreadableFile("page_unknown", where=f"{source.name}:1")
    yield from tally.notes()


def _weflow(source: Source, known: Known, peer: str | None, tally: Tally) -> Iterator[Item]:
    for found in objects(source, WEFLOW):
        try:
            yield _from_weflow(found, known, peer, tally)
        except (ValueError, TypeError, KeyError, OverflowError) as problem:
            yield Unreadable(source.name, found.line, "{i, t, s, b}", f"{type(problem).__name__}: {problem}")


def _from_weflow(found: Found, known: Known, peer: str | None, tally: Tally) -> Contact:
    raw = found.value or {}
    tree = parsed(str(raw["b"]))
    names = tree.xpath('//*[@class="sender-name"]') if tree is not None else []
    said = [words_of(node) for node in tree.xpath('//*[@class="message-text"]')] if tree is not None else []
    if not any(said):
        tally.add("media")
    sender = words_of(names[0]) if names else peer
    at, own = from_epoch(int(raw["t"])), raw["s"] == 1
    return message(known, own, sender=sender, peer=peer, at=at, text="\n".join(said), line=found.line)


def _memotrace(source: Source, known: Known, tally: Tally) -> Iterator[Item]:
    if not MEMOTRACE.search(source.head_text):
        return
    text = source.text()
    start, line, counted = MEMOTRACE.search(text), 1, 0
    places = MEMO_START.finditer(text, start.end() if start else 0)
    for place in places:
        line, counted = line + text.count("\n", counted, place.start()), place.start()
        found = MEMO_ITEM.match(text, place.start())
        if not found:
            yield Unreadable(source.name, line, "{type, text, is_send, timestamp, …}", text[place.start() :][:60])
        elif found[1] not in (TIME_KIND, SYSTEM_KIND):
            try:
                yield _from_memotrace(found, known, tally, line)
            except (ValueError, OverflowError) as problem:
                yield Unreadable(source.name, line, "timestamp", f"{type(problem).__name__}: {problem}")
        elif found[1] == SYSTEM_KIND:
            tally.add("system_lines")


def _from_memotrace(found: re.Match[str], known: Known, tally: Tally, line: int) -> Contact:
    kind, text, sent, stamp, name = found.groups()
    said = _unescaped(text) if kind in TEXT_KINDS else None
    if not said:
        tally.add("media")
    at = from_epoch(int(stamp))
    return message(known, sent == "1", sender=_unescaped(name), at=at, text=said, line=line)


def _unescaped(literal: str) -> str:
    """The text of a JavaScript string that holds escaped HTML."""
    plain = re.sub(r"\\(.)", lambda match: ESCAPES.get(match[1], match[1]), literal, flags=re.DOTALL)
    return html.unescape(plain.replace("<br>", "\n"))


READER = Reader(
    "wechat_html", recognises, read, (".html", ".js"), breadth=1,
    example='<html>... window.WEFLOW_DATA = [{"i": 1, "t": 1772500000, "s": 0, "b": "..."}];',
)  # fmt: skip
