"""Files, folders or standard input -> `Records`: read, complete with what is known, merge, order."""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from dunlint import i18n
from dunlint.errors import InputError, UnreadableFile
from dunlint.records.case_file import CaseFile
from dunlint.records.case_file import load as load_case
from dunlint.records.reader import Known, Note, Row, choose
from dunlint.records.schema import (
    ACCOUNT_COLUMNS,
    CONTACT_COLUMNS,
    CONTACT_FIELDS,
    EVENT_COLUMNS,
    Contact,
    Records,
    Unreadable,
)
from dunlint.records.source import Source

CASE_FILE = "case.yaml"
NOT_LOGS = {CASE_FILE, "expected.yaml"}
SAME_CALL = timedelta(seconds=120)
HALF_PAIR = re.compile(r"[\ud800-\udfff]")

Progress = Callable[[str], None]


@dataclass
class Gathered:
    """What the readers have yielded so far."""

    contacts: list[Contact] = field(default_factory=list)
    accounts: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    kept: set[tuple[str, str]] = field(default_factory=set)
    rules: list[str] = field(default_factory=list)
    failed: list[UnreadableFile] = field(default_factory=list)
    cases: set[str] = field(default_factory=set)
    read_files: int = 0


def load(
    paths: Sequence[str | Path],
    *,
    format_in: str | None = None,
    zone: str | None = None,
    lang: str | None = None,
    progress: Progress | None = None,
) -> Records:
    """Read everything under `paths` ("-" is standard input).

    A folder with `case.yaml` is one case; other files are one case each unless their rows name a case.
    Files that no reader knows are listed as unreadable beside those that could be read.
    Raises UnreadableFile if nothing at all could be read, InputError for a wrong case file.
    """
    gathered = Gathered()
    with tempfile.TemporaryDirectory(prefix="dunlint-") as scratch:
        for path in paths:
            for source, case in _sources(path, Path(scratch), gathered, lang):
                if progress:
                    progress(source.name)
                _read_one(source, case, format_in, zone, gathered, lang)
    if not gathered.read_files:
        raise gathered.failed[0] if gathered.failed else InputError("no_files", where=", ".join(map(str, paths)))
    return _records(gathered, lang)


def inside(file: Path, folder: Path) -> bool:
    """Whether a file of a folder lies in it: a link may lead out."""
    return file.resolve().is_relative_to(folder.resolve())


def _sources(
    path: str | Path, scratch: Path, gathered: Gathered, lang: str | None
) -> Iterator[tuple[Source, CaseFile]]:
    if str(path) == "-":
        copy = scratch / "stdin"
        with copy.open("wb") as stream:
            shutil.copyfileobj(sys.stdin.buffer, stream)
        yield Source(copy, "-"), CaseFile()
        return
    path = Path(path)
    if path.is_dir():
        case_path = path / CASE_FILE
        case = load_case(case_path) if case_path.is_file() else CaseFile()
        for file in sorted(path.rglob("*")):
            if not file.is_file() or file.name.startswith(".") or file.name in NOT_LOGS:
                continue
            if inside(file, path):
                yield Source(file, str(file)), case
            else:
                expected = i18n.text("note.link_out_of_folder", lang)
                gathered.unreadable.append(Unreadable(str(file), None, expected, str(file.resolve())))
        return
    if not path.exists():
        raise InputError("no_such_file", where=str(path))
    yield Source(path, str(path)), CaseFile()


def _read_one(
    source: Source, case: CaseFile, format_in: str | None, zone: str | None, gathered: Gathered, lang: str | None
) -> None:
    known = case.known(source.path.name, zone)
    case_id = case.case_id or source.path.stem
    before = len(gathered.contacts)
    try:
        reader = choose(source, format_in)
        for found in reader.read(source, known):
            if isinstance(found, Contact):
                gathered.contacts.append(_completed(found, source, case, known, case_id))
            elif isinstance(found, Row):
                values = {"case_id": case_id, **found.values}
                (gathered.accounts if found.table == "accounts" else gathered.events).append(values)
            elif isinstance(found, Note):
                gathered.notes.append(i18n.text(found.key, lang, **found.values))
            else:
                gathered.unreadable.append(found)
    except UnreadableFile as problem:
        gathered.failed.append(problem)
        gathered.unreadable.append(Unreadable(source.name, None, problem.message(lang)))
        if len(gathered.contacts) == before:
            return
    gathered.read_files += 1
    _add_case(case, case_id, gathered)


def _add_case(case: CaseFile, case_id: str, gathered: Gathered) -> None:
    if not case.case_id or case_id in gathered.cases:
        return
    gathered.cases.add(case_id)
    gathered.accounts += [{"case_id": case_id, **row.values} for row in case.accounts]
    gathered.events += [{"case_id": case_id, **row.values} for row in case.events]
    gathered.kept |= {(case_id, kind) for kind in case.keeps}
    gathered.rules += [name for name in case.rules if name not in gathered.rules]


def _completed(contact: Contact, source: Source, case: CaseFile, known: Known, case_id: str) -> Contact:
    """The contact with what the case file knows of its file and of its number."""
    for name, value in known.about_file.items():
        if name == "speakers":
            contact.turns = tuple(_renamed(turn, value) for turn in contact.turns)
        elif name == "owner_number":
            side = "to_number" if contact.direction == "outbound" else "from_number"
            setattr(contact, side, getattr(contact, side) or value)
        elif name in CONTACT_FIELDS and getattr(contact, name) is None:
            setattr(contact, name, value)
            if name == "at":
                contact.zone_from = "case"
    number = contact.from_number if contact.direction == "outbound" else contact.to_number
    for name, value in case.people.get(number or "", {}).items():
        if getattr(contact, name) is None or name == "party":
            setattr(contact, name, value)
    contact.zone = contact.zone or known.zone
    contact.case_id = contact.case_id or case_id
    contact.source_file = source.name
    contact.source_sha256 = source.sha256
    return contact


def _renamed(turn: Any, speakers: dict[str, str]) -> Any:
    return type(turn)(speakers.get(turn.speaker, turn.speaker), turn.start, turn.end, turn.text)


def _records(gathered: Gathered, lang: str | None) -> Records:
    contacts, merges = merge_calls(gathered.contacts, lang)
    return Records(
        contacts=contact_table(contacts),
        accounts=_table(gathered.accounts, ACCOUNT_COLUMNS),
        events=event_table(gathered.events),
        unreadable=tuple(
            Unreadable(whole(one.file), one.line, one.expected, whole(one.found)) for one in gathered.unreadable
        ),
        notes=tuple(gathered.notes + merges),
        kept_events=frozenset(gathered.kept),
        jurisdictions=tuple(gathered.rules),
    )


def merge_calls(contacts: list[Contact], lang: str | None = None) -> tuple[list[Contact], list[str]]:
    """A transcript and the call-log line of the same call become one contact; the reason for each merge is told."""
    by_case: dict[str | None, list[Contact]] = {}
    for contact in contacts:
        if contact.channel in ("call", "ai_call") and contact.at and not contact.turns and not contact.text:
            by_case.setdefault(contact.case_id, []).append(contact)
    gone: set[int] = set()
    reasons = []
    for transcript in contacts:
        if not transcript.turns or transcript.at is None:
            continue
        logged = _same_call(transcript, by_case.get(transcript.case_id, []), gone)
        if logged is None:
            continue
        for name in CONTACT_FIELDS:
            if getattr(transcript, name) in (None, ()) or name in ("at", "talk_seconds", "outcome"):
                setattr(transcript, name, getattr(logged, name))
        gone.add(id(logged))
        place = f"{logged.source_file}:{logged.source_line}"
        reasons.append(i18n.text("note.merged_call", lang, file=transcript.source_file, other=place))
    return [contact for contact in contacts if id(contact) not in gone], reasons


def _same_call(transcript: Contact, logged: Iterable[Contact], gone: set[int]) -> Contact | None:
    number = _number(transcript)
    at = transcript.at
    assert at is not None
    near = [
        (abs(call.at - at), order, call)
        for order, call in enumerate(logged)
        if call.at and abs(call.at - at) <= SAME_CALL and id(call) not in gone
        and transcript.direction in (None, call.direction) and number in (None, _number(call))
    ]  # fmt: skip
    return min(near)[2] if near else None


def _number(contact: Contact) -> str | None:
    return contact.from_number if contact.direction == "outbound" else contact.to_number


def contact_table(contacts: list[Contact]) -> pl.DataFrame:
    """CONTACT_COLUMNS in order of time within each case; contacts without an id get one from their content."""
    contacts = sorted(contacts, key=lambda c: (c.case_id or "", c.at is None, c.at or datetime.min))
    seen: Counter[str] = Counter()
    for contact in contacts:
        contact.contact_id = contact.contact_id or _content_id(contact, seen)
    columns = {name: [getattr(c, name) for c in contacts] for name in CONTACT_COLUMNS if name != "turns"}
    columns["turns"] = [
        [{"speaker": t.speaker, "start": t.start, "end": t.end, "text": t.text} for t in c.turns] or None
        for c in contacts
    ]
    return _frame({name: columns[name] for name in CONTACT_COLUMNS}, CONTACT_COLUMNS)


def _content_id(contact: Contact, seen: Counter[str]) -> str:
    """The same whichever file or order the contact came in; equal contacts are told apart by their number."""
    words = contact.text or "\n".join(turn.text for turn in contact.turns)
    parts = (
        contact.case_id,
        contact.at,
        contact.channel,
        contact.direction,
        contact.from_number,
        contact.to_number,
        words,
    )
    digest = hashlib.blake2b("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    seen[digest] += 1
    return f"c-{digest}" if seen[digest] == 1 else f"c-{digest}-{seen[digest]}"


def event_table(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """EVENT_COLUMNS in order of time; ids are made where missing, the origin is `record` unless said."""
    for number, row in enumerate(rows, 1):
        row.setdefault("event_id", f"e-{number}")
        row.setdefault("origin", "record")
    return _table(rows, EVENT_COLUMNS).sort("case_id", "at", maintain_order=True)


def _table(rows: list[dict[str, Any]], columns: dict[str, Any]) -> pl.DataFrame:
    return _frame({name: [row.get(name) for row in rows] for name in columns}, columns)


def _frame(values: dict[str, list[Any]], columns: dict[str, Any]) -> pl.DataFrame:
    """The table. Half a surrogate pair, which JSON and file names can hold and UTF-8 cannot, becomes U+FFFD."""
    try:
        return pl.DataFrame(values, schema=columns, strict=False)
    except UnicodeEncodeError:
        return pl.DataFrame({name: whole(column) for name, column in values.items()}, schema=columns, strict=False)


def whole(value: Any) -> Any:
    """The same value, half surrogate pairs in any text of it replaced."""
    if isinstance(value, str):
        return HALF_PAIR.sub("\ufffd", value)
    if isinstance(value, list):
        return [whole(one) for one in value]
    return {key: whole(one) for key, one in value.items()} if isinstance(value, dict) else value
