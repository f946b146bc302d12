"""WeChat chats as JSON: the list that chatlog writes, and the export of WeFlow and echotrace.

chatlog: `time` with an offset, `isSelf`; WeFlow: `createTime` in epoch seconds (some tools write milliseconds),
`isSend`, which may be null: then the account that sent it decides, because in a private chat the session's `wxid` is
the other person. WeFlow's `localType` is unreliable, so its `type` in words decides what a message is
(`words/wechat.yaml`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

from dunlint.records.reader import Item, Known, Reader
from dunlint.records.readers.chats import Sides, Tally, each_message, from_epoch, message
from dunlint.records.readers.json_records import START, objects
from dunlint.records.readers.words import words
from dunlint.records.schema import Contact
from dunlint.records.source import Source

LIST = re.compile(START + r'\ufeff?\s*\[|"(?:messages|items)"\s*:\s*\[')
CHATLOG = re.compile(r'"talker"\s*:.{0,400}"isSelf"\s*:', re.DOTALL)
WEFLOW = re.compile(r'"createTime"\s*:.{0,400}"(?:isSend|senderUsername)"\s*:', re.DOTALL)
WXID = re.compile(r'"wxid"\s*:\s*("(?:[^"\\]|\\.)*")')
KIND = re.compile(r'"type"\s*:\s*("(?:[^"\\]|\\.)*")')
NAMES = tuple(re.compile(rf'"{key}"\s*:\s*("(?:[^"\\]|\\.)+")') for key in ("displayName", "remark", "nickname"))
MILLISECONDS = 10**11  # epoch seconds reach this in the year 5138
CHATLOG_KINDS = {1: "text", 49: "text", 50: "call", 10000: "system"}
EXPECTED = "{createTime | time, isSend | isSelf, type, content}"


def recognises(source: Source) -> bool:
    head = source.head_text
    return bool(LIST.search(START + head) and (CHATLOG.search(head) or WEFLOW.search(head)))


def read(source: Source, known: Known) -> Iterator[Item]:
    tally, sides = Tally(source), Sides.of(known, _senders(source) if known.owner_names else ())
    yield from each_message(
        source, objects(source, LIST), lambda one: _contact(one.value or {}, one.head, sides, tally), tally, EXPECTED
    )


def _senders(source: Source) -> Iterator[str]:
    for found in objects(source, LIST):
        if found.value:
            yield str(found.value.get("senderName") or found.value.get("senderDisplayName"))


def _contact(raw: dict[str, Any], head: str, sides: Sides, tally: Tally) -> Contact | None:
    is_chatlog = "isSelf" in raw
    kind = CHATLOG_KINDS.get(int(raw.get("type") or 0), "media") if is_chatlog else _kind(str(raw.get("type")))
    if kind == "system":
        tally.add("system_lines")
        return None
    make = _from_chatlog(raw, sides) if is_chatlog else _from_weflow(raw, head, sides)
    content = str(raw.get("content") or "")
    if kind == "call":
        missed = any(word in content for word in words("wechat")["missed"])
        return make(channel="call", outcome="no_answer" if missed else "unknown")
    if kind != "text" or not content:
        tally.add("media")
        return make()
    return make(text=content)


def _kind(told: str) -> str:
    return next((kind for kind in ("text", "system", "call") if told in words("wechat")[kind]), "media")


def _from_chatlog(raw: dict[str, Any], sides: Sides) -> partial[Contact]:
    at = datetime.fromisoformat(str(raw["time"]))
    own = raw["isSelf"] if isinstance(raw["isSelf"], bool) else sides.by_owner(raw.get("senderName"))
    sender = _text(raw.get("senderName")) or _text(raw.get("sender"))
    peer = _text(raw.get("talkerName")) or _text(raw.get("talker"))
    if at.tzinfo is None:
        return partial(message, sides.known, own, sender=sender, peer=peer, local_time=at)
    return partial(_with_offset, sides, own, sender=sender, peer=peer, at=at.astimezone(UTC))


def _with_offset(sides: Sides, own: bool | None, **told: Any) -> Contact:
    contact = message(sides.known, own, **told)
    contact.zone_from = "offset"
    return contact


def _from_weflow(raw: dict[str, Any], head: str, sides: Sides) -> partial[Contact]:
    stamp = int(raw["createTime"])
    at = from_epoch(stamp / 1000 if stamp >= MILLISECONDS else stamp)
    peer_id, name, private = _session(head)
    sender = _text(raw.get("senderDisplayName")) or _text(raw.get("senderUsername"))
    own: bool | None
    if raw.get("isSend") in (0, 1):
        own = bool(raw["isSend"])
    elif private and peer_id and raw.get("senderUsername"):
        own = raw["senderUsername"] != peer_id
    else:
        own = sides.by_owner(sender)
    return partial(message, sides.known, own, sender=sender, peer=name or peer_id, at=at)


def _session(head: str) -> tuple[str | None, str | None, bool]:
    """(account of the other side, name of the chat, whether it is private), from what stands before the messages."""
    name = next(filter(None, (_first(pattern, head) for pattern in NAMES)), None)
    return _first(WXID, head), name, _first(KIND, head) in words("wechat")["private"]


def _first(pattern: re.Pattern[str], head: str) -> str | None:
    found = pattern.search(head)
    try:
        return str(json.loads(found[1])) if found else None
    except ValueError:
        return None


def _text(value: Any) -> str | None:
    return str(value) if value else None


READER = Reader(
    "wechat_json", recognises, read, (".json",),
    example='[{"time": "2026-03-03T09:06:40+08:00", "talker": "wxid_...", "isSelf": false, "type": 1, "content": ""}]',
)  # fmt: skip
