"""A list of calls as CSV with a header: a carrier's 详单 and its like, known by their column names.

The names and values are data (`words/call_list.yaml`); a table with a column that is not there is left to the reader of
tables, so that nothing of it is lost. The list is taken to be that of the debtor's phone unless `case.yaml` names
another owner, and a note says so. Times are local: they need `--zone` or the case's zone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from dunlint.records.reader import Item, Known, Note, Reader
from dunlint.records.readers.call_records import local_moment, talk_seconds, zone_note
from dunlint.records.readers.csv_records import records
from dunlint.records.schema import Contact, Unreadable
from dunlint.records.source import Source

DELIMITERS = ",\t;"
MOST_LINES_BEFORE = 20
MOST_COLUMNS = 60
MEANING = {  # of a kind of call, seen from the phone's owner -> direction, outcome where nobody talked
    "called": ("outbound", "no_answer"),
    "calling": ("inbound", "no_answer"),
    "missed": ("outbound", "no_answer"),
    "rejected": ("outbound", "rejected"),
}
CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d+)")


def recognises(source: Source) -> bool:
    return _header(source) is not None


def _header(source: Source) -> tuple[int, str, list[str]] | None:
    """(its line, the delimiter, what each column is) of the first line that is a header of a call list."""
    for number, line in enumerate(source.head_text.replace("\r", "\n").split("\n")[:MOST_LINES_BEFORE], 1):
        delimiter = max(DELIMITERS, key=line.count)
        names = line.split(delimiter)
        columns = [column_names().get(_plain(name), "") for name in names[:MOST_COLUMNS]]
        if len(names) <= MOST_COLUMNS and all(columns) and _is_call_list(columns):
            return number, delimiter, columns
    return None


def _is_call_list(columns: list[str]) -> bool:
    has = set(columns)
    used = [column for column in columns if column != "unused"]
    return (
        len(used) == len(has - {"unused"})
        and ("at" in has or {"date", "clock"} <= has)
        and bool(has & {"seconds", "minutes"})
        and ("other_number" in has or {"from_number", "to_number"} <= has)
    )


def read(source: Source, known: Known) -> Iterator[Item]:
    """Contacts in file order, then notes."""
    found = _header(source)
    if found is None:
        yield Unreadable(source.name, 1, "words/call_list.yaml", source.head_text.split("\n", 1)[0][:120])
        return
    first, delimiter, columns = found
    unclear = 0
    for line, row in records(source.lines(), delimiter):
        if line <= first or row == []:
            continue
        try:
            if row is None or len(row) != len(columns):
                raise ValueError(f"{len(row)} columns" if row is not None else "unbalanced quotes")  # noqa: TRY301
            call = _call(dict(zip(columns, map(_cell, row), strict=True)), known, line)
        except (ValueError, OverflowError) as problem:
            yield Unreadable(source.name, line, ", ".join(dict.fromkeys(columns)), str(problem)[:120])
            continue
        unclear += call.direction is None and "direction" not in known.about_file
        yield call
    yield from zone_note(source.name, known)
    if "owner_party" not in known.about_file:
        yield Note("note.phone_of_debtor", {"file": source.name, "key": source.path.name})
    if unclear:
        hint = f'files: {{{source.path.name}: {{owner_number: "…"}}}}'
        yield Note("note.direction_unknown", {"file": source.name, "count": unclear, "hint": hint})


def _call(cell: Mapping[str, str], known: Known, line: int) -> Contact:
    at, zone_from = local_moment(cell["at"] if "at" in cell else f"{cell['date']} {cell['clock']}", known)
    seconds = _duration(cell["seconds"], 1) if "seconds" in cell else _duration(cell["minutes"], 60)
    direction, silent = MEANING.get(_kinds().get(_plain(cell.get("kind", "")), ""), (None, "no_answer"))
    other = cell.get("other_number") or None
    call = Contact(
        at=at,
        zone_from=zone_from,
        channel="call",
        direction=direction or _by_number(cell, known),
        outcome="connected" if seconds > 0 else silent,
        talk_seconds=seconds,
        from_number=cell.get("from_number") or None,
        to_number=cell.get("to_number") or None,
        party=known.owner_party,
        source_line=line,
    )
    if call.direction == "inbound":
        call.to_number = call.to_number or other
    elif call.direction == "outbound":
        call.from_number = call.from_number or other
    return call


def _by_number(cell: Mapping[str, str], known: Known) -> str | None:
    owner = str(known.about_file.get("owner_number") or "")
    if owner and owner in (cell.get("from_number"), cell.get("to_number")):
        return "inbound" if owner == cell.get("from_number") else "outbound"
    return None


def _duration(value: str, unit: int) -> float:
    """Seconds from "95", "00:01:35", "1分35秒" or "1m 35s". Raises ValueError for anything else."""
    plain = _plain(value)
    if found := CLOCK.fullmatch(plain):
        return talk_seconds(str(int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3])))
    factors = {word: int(factor) for factor, words in _data()["units"].items() for word in words}
    part = rf"(\d+)\s*({'|'.join(map(re.escape, sorted(factors, key=len, reverse=True)))})\s*"
    if re.fullmatch(f"(?:{part})+", plain):
        return talk_seconds(str(sum(int(count) * factors[word] for count, word in re.findall(part, plain))))
    return talk_seconds(plain) * unit


def _cell(value: str) -> str:
    """A cell without what spreadsheets put around numbers."""
    return value.replace("\0", "").strip().removeprefix("=").strip("\"'\t ")


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", _cell(text.lstrip("\ufeff"))).lower().split())


@cache
def _data() -> Any:
    return yaml.safe_load((Path(__file__).parent / "words" / "call_list.yaml").read_text(encoding="utf-8"))


@cache
def column_names() -> Mapping[str, str]:
    """Header name -> what the column is."""
    return {_plain(name): column for column, names in _data()["columns"].items() for name in names}


@cache
def _kinds() -> Mapping[str, str]:
    return {_plain(word): kind for kind, words in _data()["kinds"].items() for word in words}


READER = Reader("call_list", recognises, read, (".csv",))
