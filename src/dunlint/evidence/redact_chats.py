"""Chats and transcripts written as text: the names in their headers, the words below them, line for line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dunlint.evidence.pseudonyms import Pseudonyms
from dunlint.evidence.values import GONE
from dunlint.records.reader import Known
from dunlint.records.readers import imessage_txt, qq, signal, subtitles, whatsapp
from dunlint.records.readers.chats import bare
from dunlint.records.readers.conversation import role_words
from dunlint.records.readers.imessage import STAMP
from dunlint.records.readers.words import words

TIMING = re.compile(r"\s*[0-9:.,]+\s*-->\s*[0-9:.,]+")
CUE_TAG = re.compile(r"</?(?:[cibuv]|ruby|rt|lang)(?=[.\s>])[^<>]*>|<[0-9:.]+>")
TAG_NAME = re.compile(r"</?[a-z]+|<[0-9:.]+(?=>)")


@dataclass(frozen=True)
class Words:
    """A piece of running text among pieces that are written as they are."""

    text: str


Line = list["str | Words"]


def _rewritten(lines: Iterator[Line], who: Pseudonyms) -> str:
    """The lines with their words masked, all of them together: what begins in one line may end in the next."""
    pieces = [piece for line in lines for piece in line]
    told = iter(who.texts([piece.text for piece in pieces if isinstance(piece, Words)]))
    return "".join(next(told) if isinstance(piece, Words) else piece for piece in pieces)


def lines_of(text: str) -> Iterator[tuple[str, str]]:
    """(line, its line end)."""
    for piece in re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", text):
        line = piece.rstrip("\r\n")
        yield line, piece[len(line) :]


def line_by_line(split: Callable[[str, Pseudonyms], Line]) -> Callable[[str, Pseudonyms, Known], str]:
    """The rewriting of a format in which a line alone says what it is."""

    def rewrite(text: str, who: Pseudonyms, _known: Known) -> str:
        return _rewritten(([*split(line, who), end] for line, end in lines_of(text)), who)

    return rewrite


def whatsapp_text(text: str, who: Pseudonyms, _known: Known) -> str:
    headers = [header for line, _ in lines_of(text) if (header := whatsapp.header_of(line))]
    names = {bare(name) for header in headers for name, colon, _ in [header.rest.partition(": ")] if colon}
    authors = {name for name in names if not whatsapp._by_whatsapp(name)}
    return _rewritten(([*_whatsapp(line, authors, who), end] for line, end in lines_of(text)), who)


def _whatsapp(line: str, authors: set[str], who: Pseudonyms) -> Line:
    header = whatsapp.header_of(line)
    if header is None:
        return [Words(line)]
    head = line[: len(line) - len(header.rest)]
    for mark in (": ", ":"):
        name, colon, text = header.rest.partition(mark)
        if colon and bare(name) in authors:
            return [head, name.replace(bare(name), who.sender(bare(name))), colon, Words(text)]
    longer, text = whatsapp._with_longer_name(header.rest, Counter(authors))
    return [head, who.sender(longer), ":", Words(text)] if longer else [head, GONE]


def _signal(line: str, who: Pseudonyms) -> Line:
    found = signal.HEADER.match(line)
    if found is None:
        return [Words(line)]
    return [line[: found.start(3)], who.sender(found[3]), line[found.end(3) : found.start(4)], Words(found[4])]


def _qq(line: str, who: Pseudonyms) -> Line:
    told = words("qq")
    found = qq.HEADER.match(line)
    if found is not None:
        name = found[5] if found[5] in told["system"] or not found[5] else who.sender(found[5])
        number = f"({who.serial(found[6])})" if found[6] else f"<{who.sender(found[7])}>" if found[7] else ""
        return [line[: found.start(5)], name, number]
    for mark in (*told["peer"], *told["section"]):
        if line.startswith(mark):
            rest = line.removeprefix(mark)
            return [mark, who.sender(rest) if mark in told["peer"] and rest.strip() else GONE]
    return [Words(line)]


def imessage_text(text: str, who: Pseudonyms, _known: Known) -> str:
    return _rewritten(_imessage(text, who), who)


def _imessage(text: str, who: Pseudonyms) -> Iterator[Line]:
    """The line below a header is its sender; what follows a time on its line is an announcement."""
    below_header = False
    for line, end in lines_of(text):
        found = re.match(rf"\ufeff?( *){STAMP}", line)
        if found is not None and imessage_txt.HEADER.match(line):
            yield [found[0], end]
        elif found is not None:
            yield [found[0], f" {GONE}", end]
        elif below_header and line.strip():
            name = line.strip()
            yield [line.replace(name, name if name == words("imessage")["me"] else who.sender(name)), end]
        else:
            yield [Words(line), end]
        below_header = found is not None and bool(imessage_txt.HEADER.match(line))


def transcript(text: str, who: Pseudonyms, _known: Known) -> str:
    """WebVTT, SRT, plain text: names of speakers and the words."""
    labels = Counter(label for line, _ in lines_of(text) if (label := subtitles._prefix(line)[0]) is not None)
    return _rewritten(([*_spoken(line, labels, who), end] for line, end in lines_of(text)), who)


def _spoken(line: str, labels: Counter[str], who: Pseudonyms) -> Line:
    if timing := TIMING.match(line):
        return [timing[0]]
    label, rest = subtitles._prefix(line)
    if label is None or not subtitles._is_speaker(label, line, labels) or label.lower() in role_words():
        return list(_tagged(line, who))
    head = line[: len(line) - len(rest)]
    return [head.replace(label, who.speaker(label)), *_tagged(rest, who)]


def _tagged(text: str, who: Pseudonyms) -> Iterator[str | Words]:
    """Words and the tags between them: of a tag its name and its time stay, and who speaks."""
    done = 0
    for tag in CUE_TAG.finditer(text):
        if tag.start() > done:
            yield Words(text[done : tag.start()])
        done = tag.end()
        name = TAG_NAME.match(tag[0])
        voice = subtitles.VOICE.fullmatch(tag[0])
        yield f"<v {who.speaker(voice[1].strip())}>" if voice else f"{name[0]}>" if name else ""
    if done < len(text):
        yield Words(text[done:])


signal_text = line_by_line(_signal)
qq_text = line_by_line(_qq)
