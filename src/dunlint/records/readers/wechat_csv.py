"""WeChat chats as the WeChatMsg (留痕) tool writes them: CSV with `IsSender`, `CreateTime`, `StrContent`.

`CreateTime` is epoch seconds, so no zone is needed. `IsSender` 1 is the phone's owner. Only text messages (type 1)
and quoted replies (type 49) carry words; voice, pictures and calls are contacts without text; system lines are
left out with a note. Older files lack the last columns or carry one more than the header names: rows are read
by position.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from dunlint.errors import UnreadableFile
from dunlint.records.reader import Item, Known, Note, Reader
from dunlint.records.readers.csv_records import records
from dunlint.records.schema import Contact, Unreadable
from dunlint.records.source import Source

TEXT_TYPES = ("1", "49")
SYSTEM_TYPE = "10000"
VOIP_TYPE = "50"
NEEDED = ("Type", "IsSender", "CreateTime", "StrContent")


def recognises(source: Source) -> bool:
    first = source.head_text.split("\n", 1)[0]
    return all(name in first for name in NEEDED)


def read(source: Source, known: Known) -> Iterator[Item]:
    rows = records(source.lines())
    header = [name.lstrip("\ufeff").strip() for name in next(rows, (1, None))[1] or []]
    place = {name: index for index, name in enumerate(header)}
    if not place.keys() >= set(NEEDED):
        raise UnreadableFile("not_our_columns", where=f"{source.name}:1", found=", ".join(header)[:120])
    system = 0
    for line, row in rows:
        if row == []:
            continue
        try:
            if row is None:
                raise ValueError("unbalanced quotes")  # noqa: TRY301 - one place lists all broken rows
            kind = row[place["Type"]]
            if kind == SYSTEM_TYPE:
                system += 1
                continue
            yield _contact(row, place, kind, known, line)
        except (IndexError, ValueError, OverflowError, OSError) as problem:
            yield Unreadable(source.name, line, ", ".join(NEEDED), f"{type(problem).__name__}: {problem}")
    if system:
        yield Note("note.system_lines", {"file": source.name, "count": system})


def _contact(row: list[str], place: dict[str, int], kind: str, known: Known, line: int) -> Contact:
    sent_by_owner = row[place["IsSender"]].strip() == "1"
    at = datetime.fromtimestamp(int(row[place["CreateTime"]]), UTC)
    other = _other(row, place)
    return Contact(
        at=at,
        zone_from="epoch",
        channel="call" if kind == VOIP_TYPE else "im",
        direction="inbound" if sent_by_owner else "outbound",
        outcome="connected" if kind != VOIP_TYPE else "unknown",
        from_number=None if sent_by_owner else other,
        to_number=other if sent_by_owner else None,
        party=known.owner_party,
        text=row[place["StrContent"]] if kind in TEXT_TYPES else None,
        source_line=line,
    )


def _other(row: list[str], place: dict[str, int]) -> str | None:
    """Who the chat is with: `Remark` names the chat even where the owner sent the line."""
    for name in ("Remark", "NickName", "TalkerId"):
        if name in place and place[name] < len(row) and row[place[name]]:
            return row[place[name]]
    return None


READER = Reader("wechat_csv", recognises, read, (".csv",))
