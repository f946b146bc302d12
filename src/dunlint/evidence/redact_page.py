"""Web pages: tags keep their name and class, words are masked, scripts keep only the messages in them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from dunlint.evidence.pseudonyms import Pseudonyms
from dunlint.records.reader import Known
from dunlint.records.readers import wechat_html
from dunlint.records.readers.imessage import STAMP
from dunlint.records.readers.words import words

TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(/?)([A-Za-z][A-Za-z0-9]*)((?:\"[^\"]*\"|'[^']*'|[^'\">])*)>|<![^>]*>|<", re.DOTALL
)
CLASS = re.compile(r"""\bclass\s*=\s*(?:"([^"]*)"|'([^']*)')""")
PLAIN_CLASS = re.compile(r"[A-Za-z_ -]{1,60}")
UNSEEN = ("script", "style", "title")
SENDERS, TIMES = {"sender", "sender-name"}, {"timestamp", "message-time"}
WHEN = re.compile(rf"{STAMP}|\d{{4}}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?")


def imessage(text: str, who: Pseudonyms, _known: Known) -> str:
    """A page of imessage-exporter."""
    return markup(text, who)


def markup(text: str, who: Pseudonyms) -> str:
    """A page or a piece of one, line for line."""
    pieces = list(_pieces(text))
    said = [html.unescape(piece) for piece, kind in pieces if kind == "text"]
    told = iter(who.texts(said))
    return "".join(_written(piece, kind, told, who) for piece, kind in pieces)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """(piece, what it is): tag, text, sender, time, or unseen."""
    done, kind = 0, "text"
    for tag in TAG.finditer(text):
        if tag.start() > done:
            yield text[done : tag.start()], kind
        done = tag.end()
        if not tag[2]:
            yield tag[0], "unseen"
            continue
        yield tag[0], "tag"
        kind = "text" if tag[1] else _kind(tag[2].lower(), tag[3])
    if done < len(text):
        yield text[done:], kind


def _kind(name: str, attributes: str) -> str:
    if name in UNSEEN:
        return "unseen"
    classes = set(_class(attributes).split())
    return "sender" if classes & SENDERS else "time" if classes & TIMES else "text"


def _class(attributes: str) -> str:
    found = CLASS.search(attributes)
    value = (found[1] or found[2] or "") if found else ""
    return value if PLAIN_CLASS.fullmatch(value) else ""


def _written(piece: str, kind: str, told: Iterator[str], who: Pseudonyms) -> str:
    if kind == "text":
        return html.escape(next(told), quote=False)
    if kind == "tag":
        return _tag(piece)
    value = html.unescape(piece)
    if kind == "sender" and value.strip():
        name = value.strip()
        shown = name if name == words("imessage")["me"] else who.sender(name)
        return html.escape(value.replace(name, shown), quote=False)
    found = WHEN.search(value) if kind == "time" else None
    if found:
        return found[0]
    return "\n" * piece.count("\n") + ("<br>" * (kind == "time"))


def _tag(piece: str) -> str:
    tag = TAG.fullmatch(piece)
    if tag is None:
        return ""
    name = _class(tag[3])
    inside = f' class="{name}"' if name else ' charset="utf-8"' if tag[2].lower() == "meta" else ""
    return f"<{tag[1]}{tag[2]}{inside}{'/' * tag[3].endswith('/')}>" + "\n" * piece.count("\n")


def wechat(text: str, who: Pseudonyms, _known: Known) -> str:
    """A page of WeFlow or WeChatMsg: its title and the messages that stand in it as data; nothing else of it."""
    title = wechat_html.TITLE.search(text)
    peer = html.unescape(title[1]).partition(" - ")[0].strip() if title else ""
    head = "<!DOCTYPE html><html><head>"
    head += f"<title>{html.escape(who.sender(peer))}</title>" if peer else ""
    out, done = [head + "</head><body><script>"], 0
    for mark, write in ((wechat_html.WEFLOW, _weflow), (wechat_html.MEMOTRACE, _memotrace)):
        for found in mark.finditer(text):
            if found.start() >= done:
                told, end = write(text, found, who)
                out += ["\n" * text.count("\n", done, found.start()), found[0], told]
                done = end
    return "".join([*out, "\n" * text.count("\n", done), "</script></body></html>"])


def _weflow(text: str, mark: re.Match[str], who: Pseudonyms) -> tuple[str, int]:
    from dunlint.evidence.redact_json import KEEP, PAGE, masked

    end = text.find("</script>", mark.end())
    end = len(text) if end < 0 else end
    data = text[mark.end() : end]
    close = data.rfind("]")
    data, after = (data[:close], "];") if close >= 0 else (data, "")
    told = masked("[" + data, who, {"t": KEEP, "s": KEEP, "i": KEEP, "b": PAGE})[1:]
    return told.replace("<", "\\u003c") + after + "\n" * text.count("\n", mark.end() + len(data), end), end


def _memotrace(text: str, mark: re.Match[str], who: Pseudonyms) -> tuple[str, int]:
    end = text.find("</script>", mark.end())
    end = len(text) if end < 0 else end
    starts = [found.start() for found in wechat_html.MEMO_START.finditer(text, mark.end(), end)]
    pieces = [text[first:behind] for first, behind in zip(starts, [*starts[1:], end], strict=True)]
    items = [(piece, wechat_html.MEMO_ITEM.match(piece)) for piece in pieces]
    said = iter(who.texts([wechat_html._unescaped(found[2]) for _, found in items if found]))
    out = ["\n" * text.count("\n", mark.end(), starts[0] if starts else end)]
    for piece, found in items:
        if found is None:
            out.append("{ type:0 , REDACTED }," + "\n" * piece.count("\n"))
            continue
        name = wechat_html._unescaped(found[5])
        out.append(
            f"{{ type:{found[1]}, text: '{_literal(next(said))}',is_send:{found[3]},timestamp:{found[4]},"
            f"displayname:'{_literal(who.sender(name)) if name else ''}'}}," + "\n" * piece.count("\n")
        )
    return "".join([*out, "];"]), end


def _literal(value: str) -> str:
    escaped = html.escape(value, quote=False).replace("\\", "\\\\").replace("'", "\\'")
    return escaped.replace("\r", "").replace("\n", "\\n").replace("\t", "\\t")
