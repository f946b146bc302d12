"""One mail as a contact, for the readers of single mails and of mailboxes.

Parsing is the standard library's, with header values taken raw: its own header parser raises on what spam and old
programs write. Words: the text parts, of alternatives the plain one, else HTML as text; the subject is their first line
unless the mail is a reply. Quoted mails are left out (`quoting`), attachments are named and not read. GB2312 is read as
GB18030, which holds it, because programs say the first and write the second.

Time is that of `Date` with its offset; where it cannot be read, that of the last server (`Received`). Direction: from
the owner's addresses; an address that mails of the file were delivered to (`Delivered-To`) is one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from email.utils import getaddresses, parsedate_to_datetime

from dunlint.records.reader import Known, Note
from dunlint.records.readers.chats import Tally
from dunlint.records.readers.html_text import parsed, without, words_of
from dunlint.records.readers.quoting import Cut, new_part
from dunlint.records.readers.words import words
from dunlint.records.schema import Contact
from dunlint.records.source import Source, decoded

MOST_NAMED = 10
DEEPEST = 50
LONGEST_HEAD = 1 << 18
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "hz-gb-2312": "hz"}
REACHED = ("Delivered-To", "X-Original-To", "Envelope-To")
QUOTED = (
    "//blockquote",
    "//*[contains(concat(' ', @class, ' '), ' gmail_quote ') or contains(concat(' ', @class, ' '), ' yahoo_quoted ')]",
    "//*[contains(@class, 'moz-cite-prefix')]",
    "//*[@id='divRplyFwdMsg' or @id='appendonsend']/following-sibling::*",
    "//*[@id='divRplyFwdMsg' or @id='appendonsend']",
)
UNSEEN = ("//script | //style | //head/title",)
NOTHING = Cut("", was_cut=False)


class _Raw(Compat32):
    """Header values as they were written."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


@dataclass
class Mails:
    """Turns the mails of one file into contacts and counts what it leaves out."""

    source: Source
    known: Known
    delivered_to: frozenset[str] = frozenset()
    attachments: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tally = Tally(self.source)

    def contact(self, raw: bytes, line: int) -> Contact:
        """The mail as a contact. Raises ValueError if it has no header of a mail or is nested too deeply to be one."""
        try:
            return self._contact(raw, line)
        except RecursionError as problem:
            raise ValueError("nested too deeply") from problem

    def _contact(self, raw: bytes, line: int) -> Contact:
        mail: Message[str, str] = message_from_bytes(raw, policy=_Raw())
        senders, receivers = addresses(mail, "From"), addresses(mail, "To", "Cc")
        if not senders and not receivers and not mail["Date"]:
            raise ValueError("From, To, Date")
        contact = Contact(channel="email", outcome="connected", party=self.known.owner_party, source_line=line)
        self._set_direction(contact, mail, senders, receivers)
        self._set_time(contact, mail)
        contact.text = self._words(mail)
        return self.tally.seen(contact)

    def notes(self) -> Iterator[Note]:
        yield from self.tally.notes()
        if self.attachments:
            names = ", ".join(self.attachments[:MOST_NAMED]) + (", …" if len(self.attachments) > MOST_NAMED else "")
            about = {"file": self.source.name, "count": len(self.attachments), "names": names}
            yield Note("note.attachments", about)

    def _set_direction(self, contact: Contact, mail: Message, senders: list[str], receivers: list[str]) -> None:
        own = {name.lower() for name in self.known.owner_names} | self.delivered_to
        collectors = {name.lower() for name in self.known.collector_names}
        if own & set(senders):
            contact.direction = "inbound"
        elif own & {*receivers, *addresses(mail, *REACHED)} or collectors & set(senders):
            contact.direction = "outbound"
        contact.from_number = next(iter(senders), None)
        contact.to_number = next(iter(receivers), None)

    def _set_time(self, contact: Contact, mail: Message) -> None:
        at = _moment(mail["Date"])
        if at is None and (received := mail["Received"]):
            at = _moment(received.rpartition(";")[2])
            if at is not None:
                self.tally.add("received_time")
        if at is not None and at.tzinfo is None:
            contact.local_time = at
        elif at is not None:
            contact.at, contact.zone_from = at.astimezone(UTC), "offset"

    def _words(self, mail: Message) -> str | None:
        body = _body(mail, self.attachments)
        text, was_cut = new_part(body.text)
        if body.was_cut or was_cut:
            self.tally.add("quoted_mail")
        subject = header_words(mail["Subject"] or "")
        if subject and not subject.startswith(tuple(words("mail")["replies"])):
            text = f"{subject}\n{text}"
        return text.strip() or None


def _moment(written: str | None) -> datetime | None:
    try:
        at = parsedate_to_datetime(" ".join((written or "").split()))
        return at.astimezone(UTC) if at.tzinfo else at
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def delivered_to(raw: bytes) -> frozenset[str]:
    """Addresses that a mail says it was delivered to."""
    head = raw[:LONGEST_HEAD].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    try:
        return frozenset(addresses(message_from_bytes(head, policy=_Raw()), *REACHED))
    except RecursionError:
        return frozenset()


def addresses(mail: Message, *names: str) -> list[str]:
    """Lower-case addresses of these headers, in order."""
    raw = [header_words(value) for name in names for value in mail.get_all(name, [])]
    return [address.lower() for _, address in getaddresses(raw) if "@" in address]


def header_words(value: str) -> str:
    """A header value with its encoded words (RFC 2047) decoded, also where a character was split between two."""
    raw = " ".join(decoded(value.encode("utf-8", "surrogateescape")).split())
    try:
        pieces = decode_header(raw)
    except (ValueError, MessageError):
        return raw
    return "".join(piece if isinstance(piece, str) else _as(piece, charset or "") for piece, charset in pieces).strip()


def _as(raw: bytes, charset: str) -> str:
    name = charset.lower().strip("\"' ")
    try:
        return raw.decode(WIDER.get(name, name or "ascii"), "strict")
    except (LookupError, ValueError):
        return decoded(raw)


def _body(part: Message, attachments: list[str], depth: int = 0) -> Cut:
    """The words of a part and of those inside it; the names of the others go to `attachments`, as do mails in mails."""
    kind, inside = part.get_content_type(), part.get_payload()
    if part.get_content_maintype() == "multipart" and isinstance(inside, list) and depth < DEEPEST:
        parts = [one for one in inside if isinstance(one, Message)]
        bodies = [_body(one, attachments, depth + 1) for one in parts]
        if kind == "multipart/alternative":
            bodies = [_best(parts, bodies)]
        return Cut("\n".join(body.text for body in bodies if body.text), any(body.was_cut for body in bodies))
    if part.get_content_disposition() == "attachment" or kind not in ("text/plain", "text/html"):
        attachments.append(header_words(_file_name(part)) or kind)
        return NOTHING
    if kind == "text/plain":
        return Cut(_text(part), was_cut=False)
    page = _page(_text(part))
    if page is None:
        attachments.append(kind)
    return page or NOTHING


def _best(parts: list[Message], bodies: list[Cut]) -> Cut:
    """Of alternatives the plain text if it has words, else the last, which is the richest."""
    plain = (body for one, body in zip(parts, bodies, strict=True) if one.get_content_type() == "text/plain")
    return next((body for body in (*plain, *reversed(bodies)) if body.text.strip()), NOTHING)


def _file_name(part: Message) -> str:
    try:
        return part.get_filename() or ""
    except (ValueError, TypeError, AttributeError, LookupError):
        return ""


def _text(part: Message) -> str:
    try:
        raw = part.get_payload(decode=True)
        charset = part.get_param("charset") or ""
    except (ValueError, TypeError, AttributeError, LookupError):
        return ""
    name = charset if isinstance(charset, str) else str(charset[-1])
    return _as(raw, name).replace("\r\n", "\n").replace("\r", "\n") if isinstance(raw, bytes) else ""


def _page(markup: str) -> Cut | None:
    """The words of a page; None if it cannot be parsed."""
    if not markup.strip():
        return NOTHING
    tree = parsed(markup)
    if tree is None:
        return None
    was_cut = without(tree, QUOTED) > 0
    without(tree, UNSEEN)
    return Cut(words_of(tree), was_cut)
