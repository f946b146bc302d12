"""Files, folders or standard input -> `Records`: read, complete with what is known, merge, order."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dunlint import i18n
from dunlint.errors import InputError, UnreadableFile
from dunlint.records.calls import merge_calls
from dunlint.records.case_file import CaseFile
from dunlint.records.case_file import load as load_case
from dunlint.records.columns import ContactTable, event_table, finished, table
from dunlint.records.reader import Known, Note, Row, choose
from dunlint.records.schema import ACCOUNT_COLUMNS, CONTACT_FIELDS, Contact, Records, Unreadable
from dunlint.records.source import Source
from dunlint.records.zones import instant, zone_named

CASE_FILE = "case.yaml"
NOT_LOGS = {CASE_FILE, "expected.yaml"}

Progress = Callable[[str], None]


@dataclass
class Gathered:
    """What the readers have yielded so far."""

    contacts: ContactTable = field(default_factory=ContactTable)
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
    owner: Sequence[str] = (),
    lang: str | None = None,
    progress: Progress | None = None,
) -> Records:
    """Read everything under `paths` ("-" is standard input).

    zone: IANA zone of times that name none. owner: names, numbers or addresses of the person whose exports these are.

    A folder with `case.yaml` is one case; other files are one case each unless their rows name a case.
    Files that no reader knows are listed as unreadable beside those that could be read.
    Raises UnreadableFile if nothing at all could be read, InputError for a wrong case file.
    """
    gathered = Gathered()
    asked = Known(zone_named(zone).key if zone else None, zone_from="option" if zone else None,
                  owner_names=frozenset(owner))  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="dunlint-") as scratch:
        for path in paths:
            for source, case in _sources(path, Path(scratch)):
                if progress:
                    progress(source.name)
                _read_one(source, case, format_in, asked, gathered, lang)
    if not gathered.read_files:
        raise gathered.failed[0] if gathered.failed else InputError("no_files", where=", ".join(map(str, paths)))
    return _records(gathered, lang)


def _sources(path: str | Path, scratch: Path) -> Iterator[tuple[Source, CaseFile]]:
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
            if file.is_file() and not file.name.startswith(".") and file.name not in NOT_LOGS:
                yield Source(file, str(file)), case
        return
    if not path.exists():
        raise InputError("no_such_file", where=str(path))
    yield Source(path, str(path)), CaseFile()


def _read_one(
    source: Source, case: CaseFile, format_in: str | None, asked: Known, gathered: Gathered, lang: str | None
) -> None:
    known = case.known(source.path.name, asked)
    case_id = case.case_id or source.path.stem
    before = len(gathered.contacts)
    garbled = 0
    try:
        reader = choose(source, format_in)
        for found in reader.read(source, known):
            if isinstance(found, Contact):
                gathered.contacts.add(_completed(found, source, case, known, case_id))
                garbled += source.encoding == "unknown" and "\ufffd" in (found.text or "")
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
    if garbled:
        gathered.notes.append(i18n.text("note.bytes_lost", lang, file=source.name, count=garbled))
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
    _placed_in_time(contact, known)
    contact.case_id = contact.case_id or case_id
    contact.source_file = source.name
    contact.source_sha256 = source.sha256
    return contact


def _placed_in_time(contact: Contact, known: Known) -> None:
    """A wall-clock time becomes an instant where the record, the case or an option names a zone."""
    if contact.local_time is not None and contact.at is None:
        contact.zone_from = "column" if contact.zone else known.zone_from or "unknown"
    contact.zone = contact.zone or known.zone
    if contact.local_time is not None and contact.at is None and contact.zone:
        contact.at = instant(contact.local_time, contact.zone)


def _renamed(turn: Any, speakers: dict[str, str]) -> Any:
    return type(turn)(speakers.get(turn.speaker, turn.speaker), turn.start, turn.end, turn.text)


def _records(gathered: Gathered, lang: str | None) -> Records:
    contacts, merges = merge_calls(gathered.contacts.frame(), lang)
    gathered.contacts = ContactTable()  # the pieces are not needed any more
    return Records(
        contacts=finished(contacts),
        accounts=table(gathered.accounts, ACCOUNT_COLUMNS),
        events=event_table(gathered.events),
        unreadable=tuple(gathered.unreadable),
        notes=tuple(gathered.notes + merges),
        kept_events=frozenset(gathered.kept),
        jurisdictions=tuple(gathered.rules),
    )
