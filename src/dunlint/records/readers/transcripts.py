"""Transcripts of calls, whoever made them: a vendor says where its turns stand, here they become one contact a call.

A vendor's reader is a short file with a `Vendor`; the rest is the same for all: what can't be read is listed with its
line, broken times cost the time and not the words, turns are put in order, and notes say what the transcript does
not tell (who speaks, words that were masked). Speakers keep the vendor's label, so that `case.yaml` can name them
(`files: {FILE: {speakers: {LABEL: collector}}}`); labels that say a role are in `rules/language/speakers.yaml`.
No recording id is taken from a transcript: it names the transcript, not what the agency keeps.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from dunlint.errors import InputError
from dunlint.records.reader import Item, Known, Reader
from dunlint.records.readers.conversation import LONGEST_CALL, UNKNOWN, UNSAFE, Heard
from dunlint.records.readers.json_text import Document, Path, documents
from dunlint.records.schema import Contact, Turn, Unreadable
from dunlint.records.source import Source

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_EPOCH = 1_000_000_000.0  # seconds, 2001: a smaller number counts from the start of the call
LONGEST_LABEL = 60  # characters of a speaker that is no text
BAD_RECORD = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True)
class Said:
    """One utterance as the vendor has it: a label or None, times in the vendor's unit or None, the words."""

    speaker: Any
    start: Any
    end: Any
    text: Any


@dataclass(frozen=True, slots=True)
class About:
    """What a document tells of its call: columns of the contact, and the time (in the vendor's unit) that is zero."""

    columns: Mapping[str, Any] = field(default_factory=dict)
    zero: float = 0.0


@dataclass(frozen=True)
class Vendor:
    """How one vendor writes a transcript.

    fits: whether a JSON document is one (it must not raise). turns: the records of the turns, each with its path.
    said: what a record says, given its document; None if it is no speech. It and `turns` may raise BAD_RECORD.
    """

    name: str
    fits: Callable[[Any], bool]
    turns: Callable[[Any], Iterable[tuple[Path, Any]]]
    said: Callable[[Any, Any], Said | None]
    about: Callable[[Any], About] = lambda _: About()
    per_second: float = 1000.0
    documents: Callable[[Source], Iterator[Document]] = documents


def reader(vendor: Vendor, recognises: Callable[[Source], bool] | None = None) -> Reader:
    """The reader of a vendor's files: one contact a document."""
    extensions = (".json",)
    return Reader(
        vendor.name,
        recognises or (lambda source: recognised(vendor, source)),
        lambda source, known: read(vendor, source, known),
        extensions,
    )


def recognised(vendor: Vendor, source: Source) -> bool:
    head = source.json_head
    return vendor.fits(head) or (isinstance(head, list) and any(map(vendor.fits, head[:20])))


def read(vendor: Vendor, source: Source, known: Known) -> Iterator[Item]:
    """Contacts, what could not be read, then the notes on the file. Raises InputError where `case.yaml` gives one time
    to a file of several calls.
    """
    heard = Heard(source.name, source.path.name, known)
    calls = 0
    for document in vendor.documents(source):
        for line, reason in document.broken:
            yield Unreadable(source.name, line, "JSON", reason)
        if not vendor.fits(document.value):
            if not document.broken:
                yield Unreadable(source.name, document.line, vendor.name, shown(document.value))
            continue
        for item in _call(vendor, document, heard, source):
            if isinstance(item, Contact):
                calls += 1
                if calls > 1 and item.at is None and "at" in known.about_file:
                    raise InputError("one_time_many_calls", where=f"{source.name}:{document.line}")
            yield item
    yield from heard.notes()


def _call(vendor: Vendor, document: Document, heard: Heard, source: Source) -> Iterator[Item]:
    line = document.line
    try:
        about = vendor.about(document.value)
    except BAD_RECORD as problem:
        yield Unreadable(source.name, line, "at", told(problem))
        about = About()
    turns: list[Turn] = []
    try:
        for path, record in vendor.turns(document.value):
            if record is None and document.broken:
                continue  # cut out, and listed above
            try:
                said = vendor.said(record, document.value)
                turn, lost = (None, "") if said is None else _turn(said, vendor.per_second, about.zero)
            except BAD_RECORD as problem:
                yield Unreadable(source.name, document.line_of(path), place(path), told(problem, record))
                continue
            if lost:
                yield Unreadable(source.name, document.line_of(path), f"{place(path)}: time", lost)
            if turn is None:
                heard.silent += said is None
            elif turn.text:
                if source.encoding == "unknown" and "\ufffd" in turn.text:
                    yield Unreadable(source.name, document.line_of(path), "UTF-8, GB18030", turn.text[:60])
                turns.append(turn)
    except BAD_RECORD as problem:
        yield Unreadable(source.name, line, vendor.name, told(problem))
    if not turns:
        yield Unreadable(source.name, line, "turns", "0")
        return
    yield heard.contact(turns, line, about.columns)


def _turn(said: Said, per_second: float, zero: float) -> tuple[Turn, str]:
    """The turn, and what of its times is no time."""
    lost = []
    times: list[float | None] = []
    for value in (said.start, said.end):
        try:
            times.append(seconds(value, per_second, zero))
        except (TypeError, ValueError, OverflowError):
            times.append(None)
            lost.append(shown(value))
    start, end = times
    if start is not None and end is not None and end < start:
        lost.append(f"{shown(said.start)} > {shown(said.end)}")
        end = None
    return Turn(label(said.speaker), start, end, words(said.text)), ", ".join(lost)


def seconds(value: Any, per_second: float, zero: float = 0.0) -> float | None:
    """A vendor's time (number or text) in seconds after `zero`; None for None. Raises ValueError for no time."""
    if value is None:
        return None
    if isinstance(value, bool):
        raise TypeError(value)
    after = (float(value) - zero) / per_second
    if not 0 <= after <= LONGEST_CALL:
        raise ValueError(value)
    return after


def moment_of(value: Any, per_second: float) -> datetime:
    """The instant of an epoch number. Raises ValueError for one before 2001 or out of range."""
    after = float(value) / per_second
    if not after >= FIRST_EPOCH:
        raise ValueError(value)
    return EPOCH + timedelta(seconds=after)


def label(value: Any) -> str:
    """A speaker's label as text, whatever stands in its place: the words are not lost for it."""
    if value is None or value == "":
        return UNKNOWN
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)[:LONGEST_LABEL]
    return UNSAFE.sub("\ufffd", text)


def words(value: Any) -> str:
    """The text of a turn. Raises ValueError if it is no text; what no table can hold becomes U+FFFD."""
    if not isinstance(value, str):
        raise TypeError(f"text: {shown(value)}")
    return UNSAFE.sub("\ufffd", value).strip()


def listed(value: Any, *path: str | int) -> Iterator[tuple[Path, Any]]:
    """The elements of the list at a path, each with its own. Raises ValueError if there is none."""
    found = under(value, *path)
    if not isinstance(found, list):
        raise TypeError(f"{place(path)}: {shown(found)}")
    return (((*path, number), element) for number, element in enumerate(found))


def under(value: Any, *path: str | int) -> Any:
    """What stands at a path of keys and positions; None where there is nothing."""
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def has(value: Any, *keys: str) -> bool:
    """Whether it is an object with these keys."""
    return isinstance(value, dict) and all(key in value for key in keys)


def numbered(kind: str, value: Any) -> str | None:
    """A label for a speaker or a channel that has only a number, such as "speaker 1"; None for None."""
    return None if value is None or value == "" else f"{kind} {value}"


def place(path: Iterable[str | int]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".") or "."


def told(problem: BaseException, record: Any = None) -> str:
    """What was found instead, short."""
    if isinstance(problem, KeyError):
        return f"{problem.args[0]}: –"
    if isinstance(problem, AttributeError):
        return shown(record)
    return " ".join(str(problem).split())[:120] or type(problem).__name__


def shown(value: Any) -> str:
    return (repr(value) if not isinstance(value, (dict, list)) else type(value).__name__)[:60]
