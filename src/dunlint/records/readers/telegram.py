"""Telegram Desktop's `result.json`: one chat, or a whole account (`chats.list`).

`date_unixtime` is epoch seconds; older files have only `date`, which is local time without a zone. `text` is a string
or a list of strings and `{type, text}`. A personal chat's id and name are those of the other person, so whatever that
one did not send, the owner sent; an account export also names the owner's `user_id`. Service lines are counted, except
phone calls, which are contacts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dunlint.records.reader import Item, Known, Reader
from dunlint.records.readers.chats import Sides, Tally, each_message, from_epoch, message
from dunlint.records.readers.json_records import Found, objects
from dunlint.records.schema import Contact
from dunlint.records.source import Source

MESSAGES = re.compile(r'"messages"\s*:\s*\[')
FIELD = r'"{}"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d+)'
FINGERPRINT = re.compile(r'"(?:date_unixtime|from_id|text_entities)"\s*:')
UNANSWERED = {"missed": "no_answer", "busy": "busy", "disconnect": "no_answer", "hangup": "no_answer"}
EXPECTED = "{id, type, date_unixtime, from, text}"


@dataclass(frozen=True)
class Chat:
    """What stands before a chat's messages: its type, its id and name, and the account's user id."""

    kind: str | None
    peer: str | None
    peer_id: str
    owner_id: str | None

    @classmethod
    def of(cls, head: str, owner_id: str | None) -> Chat:
        name, kind, number = (_last(head, field) for field in ("name", "type", "id"))
        return cls(kind, name, f"user{number}", owner_id)

    def by_owner(self, sender: str | None, sender_id: str | None, sides: Sides) -> bool | None:
        if self.owner_id is not None and sender_id is not None:
            return sender_id == self.owner_id
        told = sides.by_owner(sender)
        if told is None and self.kind == "personal_chat" and (sender or sender_id):
            return not (sender_id == self.peer_id or sender == self.peer)
        return told


def _last(head: str, field: str) -> str | None:
    found = re.findall(FIELD.format(field), head)
    try:
        return str(json.loads(found[-1])) if found else None
    except ValueError:
        return None


def recognises(source: Source) -> bool:
    head = source.head_text
    return head.lstrip().startswith("{") and bool(MESSAGES.search(head) and FINGERPRINT.search(head))


def read(source: Source, known: Known) -> Iterator[Item]:
    tally, sides = Tally(source), Sides.of(known, _senders(source) if known.owner_names else ())
    head, chat, owner_id = "", Chat.of("", None), None

    def made(found: Found) -> Contact | None:
        nonlocal head, chat, owner_id
        if found.head is not head:
            head = found.head
            owner_id = owner_id or _owner_id(head)
            chat = Chat.of(head, owner_id)
        return _contact(found.value or {}, chat, sides, tally)

    yield from each_message(source, objects(source, MESSAGES), made, tally, EXPECTED)


def _senders(source: Source) -> set[str]:
    return {str(found.value.get("from")) for found in objects(source, MESSAGES) if found.value}


def _owner_id(head: str) -> str | None:
    user = _last(head, "user_id") if '"personal_information"' in head else None
    return f"user{user}" if user else None


def _contact(raw: dict[str, Any], chat: Chat, sides: Sides, tally: Tally) -> Contact | None:
    if not raw:
        raise ValueError("{}")
    if chat.kind == "saved_messages":
        tally.add("own_notes")
        return None
    is_call = raw.get("action") == "phone_call"
    if raw.get("type") == "service" and not is_call:
        tally.add("system_lines")
        return None
    names = ("actor", "actor_id") if is_call else ("from", "from_id")
    sender, sender_id = (None if raw.get(name) is None else str(raw[name]) for name in names)
    text = None if is_call else plain(raw.get("text"))
    if text is None and not is_call:
        tally.add("media")
    contact = message(
        sides.known, chat.by_owner(sender, sender_id, sides), sender=sender, peer=chat.peer, text=text,
        channel="call" if is_call else "im",
    )  # fmt: skip
    if is_call:
        contact.talk_seconds = float(raw.get("duration_seconds") or 0)
        silent = UNANSWERED.get(str(raw.get("discard_reason")), "unknown")
        contact.outcome = "connected" if contact.talk_seconds > 0 else silent
    _set_time(contact, raw)
    return contact


def _set_time(contact: Contact, raw: dict[str, Any]) -> None:
    if (epoch := raw.get("date_unixtime")) is not None:
        contact.at, contact.zone_from = from_epoch(int(epoch)), "epoch"
    elif raw.get("date"):
        contact.local_time = datetime.fromisoformat(str(raw["date"])).replace(tzinfo=None)


def plain(text: Any) -> str | None:
    """Telegram's text, a string or a list of pieces, as one string; None if it is empty."""
    pieces = text if isinstance(text, list) else [text or ""]
    return "".join(str(piece.get("text", "")) if isinstance(piece, dict) else str(piece) for piece in pieces) or None


READER = Reader(
    "telegram", recognises, read, (".json",),
    example='{"name": "...", "type": "personal_chat", "id": 1, "messages": [{"date_unixtime": "177250", "text": ...',
)  # fmt: skip
