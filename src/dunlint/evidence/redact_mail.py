"""Mails: who wrote to whom and when, and the words, written anew as plain text; everything else of them is taken out.

A mail keeps its number of lines where its words leave room for that: so does the place of the mails behind it.
"""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message
from email.utils import format_datetime, getaddresses, parsedate_to_datetime

from dunlint.evidence.pseudonyms import Pseudonyms
from dunlint.records.reader import Known
from dunlint.records.readers import mbox
from dunlint.records.readers.mail import REACHED, _body, _Raw, header_words
from dunlint.records.source import Source

PEOPLE = ("Delivered-To", *REACHED[1:], "From", "To", "Cc")
UNREADABLE = b"REDACTED\n"


def eml(source: Source, who: Pseudonyms, _known: Known) -> bytes:
    return _mail(source.path.read_bytes(), who)


def mailbox(source: Source, who: Pseudonyms, _known: Known) -> bytes:
    """Every mail behind a line `From …` that names nobody."""
    out = []
    for _, raw in mbox._mails(source):
        told = UNREADABLE if raw is None else _mail(mbox.ESCAPED.sub(rb"\1", raw), who)
        out.append(b"From REDACTED Thu Jan  1 00:00:00 1970\n" + _escaped(told))
    return b"".join(out)


def _escaped(mail: bytes) -> bytes:
    lines = (b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in mail.split(b"\n"))
    return b"\n".join(lines)


def _mail(raw: bytes, who: Pseudonyms) -> bytes:
    mail: Message[str, str] = message_from_bytes(raw, policy=_Raw())
    if not any(mail[name] for name in ("From", "To", "Cc", "Date")):
        return UNREADABLE + b"\n" * max(raw.count(b"\n") - 1, 0)
    told: list[str] = []
    for name in PEOPLE:
        people = getaddresses([header_words(value) for value in mail.get_all(name, [])])
        if shown := ", ".join(_person(shown, address, who) for shown, address in people if address):
            told.append(f"{name}: {shown}")
    try:
        body = _body(mail, []).text
    except RecursionError:
        return UNREADABLE + b"\n" * max(raw.count(b"\n") - 1, 0)
    subject, *lines = who.texts([header_words(mail["Subject"] or ""), *body.split("\n")])
    told += [f"Subject: {subject}"] if subject else []
    told += [f"{name}: {when}" for name in ("Date", "Received") if (when := _when(mail, name))]
    told += ["Content-Type: text/plain; charset=utf-8"] if mail["Content-Type"] else []
    written = "\n".join([*told, "", *lines]).encode("utf-8", "replace")
    return written + b"\n" * max(raw.count(b"\n") - written.count(b"\n"), 0)


def _person(shown: str, address: str, who: Pseudonyms) -> str:
    told = who.named("EMAIL", address) if "@" in address else who.sender(address)
    return f"{who.sender(shown)} <{told}>" if shown else told


def _when(mail: Message, name: str) -> str | None:
    """The time in a header, written anew; None where there is none that can be read."""
    raw = mail[name]
    if raw is None:
        return None
    written = raw.rpartition(";")[2] if name == "Received" else raw
    try:
        told = format_datetime(parsedate_to_datetime(" ".join(written.split())))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return f"REDACTED; {told}" if name == "Received" else told
