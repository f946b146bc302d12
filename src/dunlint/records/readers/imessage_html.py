"""An iMessage chat as imessage-exporter writes it in HTML: `div.message` with `div.sent` or `div.received`.

Times are local time of the exporting computer. An edited message keeps its earlier wordings: they were sent too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dunlint.errors import UnreadableFile
from dunlint.records.reader import Item, Known, Note, Reader
from dunlint.records.readers.html_text import parsed, words_of
from dunlint.records.readers.imessage import EXPECTED, STAMP, Written, contacts
from dunlint.records.schema import Unreadable
from dunlint.records.source import Source

MESSAGE = re.compile(r'<div class="message"')
PART = re.compile(r'class="(?:timestamp|message_part|sent iMessage)"')
OWN_PARTS = "./div/div[@class='message_part'] | ./div/span[@class='message_part']"
BUBBLES = ".//span[contains(@class, 'bubble')] | .//div[@class='edited']//td[not(span)]"


def recognises(source: Source) -> bool:
    return bool(MESSAGE.search(source.head_text) and PART.search(source.head_text))


def read(source: Source, known: Known) -> Iterator[Item]:
    tree = parsed(source.text())
    if tree is None:
        raise UnreadableFile("broken_format", where=source.name, format="HTML", reason="imessage-exporter")
    written = []
    for node in tree.xpath("//div[@class='message']"):
        found = _written(node)
        if found is None:
            yield Unreadable(source.name, node.sourceline, EXPECTED, node.text_content().strip()[:60])
        else:
            written.append(found)
    if not written:
        raise UnreadableFile("broken_format", where=source.name, format="HTML", reason="imessage-exporter")
    yield from contacts(source, known, written)
    if announced := len(tree.xpath("//div[@class='announcement']")):
        yield Note("note.system_lines", {"file": source.name, "count": announced})


def _written(node: Any) -> Written | None:
    box = next((child for child in node if child.tag == "div"), None)
    stamps, senders = (node.xpath(f"./div/p//*[@class='{name}']") for name in ("timestamp", "sender"))
    found = re.search(STAMP, stamps[0].text_content()) if stamps else None
    if box is None or found is None or not senders:
        return None
    side = (box.get("class") or "").split()[:1]
    parts = [words_of(bubble) for part in node.xpath(OWN_PARTS) for bubble in part.xpath(BUBBLES)]
    subject = [one.text_content().strip() for one in node.xpath("./div/span[@class='subject']")]
    return Written(
        node.sourceline, found[1], found[2], senders[0].text_content().strip(),
        "\n".join(dict.fromkeys(filter(None, [*subject, *parts]))),
        nested=any("reply" in (parent.get("class") or "").split() for parent in node.iterancestors("div")),
        own={"sent": True, "received": False}.get("".join(side)),
    )  # fmt: skip


READER = Reader(
    "imessage_html", recognises, read, (".html",),
    example='<div class="message"><div class="sent iMessage"><p><span class="timestamp">Jul 17, 2022 5:04:04 PM</span>',
)  # fmt: skip
