"""Files, folders or standard input -> `Records`: read, complete with what is known, merge, order.

`load` holds the contacts in memory; `spill` does the same in a folder, for records of any size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from dunlint.errors import InputError, UnreadableFile
from dunlint.records import on_disk
from dunlint.records.case_file import CaseFile
from dunlint.records.cases import completed, linked
from dunlint.records.columns import ContactTable, event_table, finished, stored, table
from dunlint.records.inputs import mappings_in, sources
from dunlint.records.merge import merge
from dunlint.records.notes import Notes
from dunlint.records.reader import Item, Kept, Known, Note, Reader, Row, Table, choose
from dunlint.records.readers import tables as table_readers
from dunlint.records.schema import (
    ACCOUNT_COLUMNS,
    CONTACT_COLUMNS,
    CONTACT_FIELDS,
    Contact,
    Records,
    Spilled,
    Unreadable,
)
from dunlint.records.source import Source
from dunlint.records.tables.mapping import load as load_mapping
from dunlint.records.zones import instant, zone_named
from dunlint.writing import scratch

MOST_NAMED = 10

Progress = Callable[[str], None]


@dataclass
class Gathered:
    """What the readers have yielded so far."""

    notes: Notes
    contacts: ContactTable = field(default_factory=ContactTable)
    accounts: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    kept: set[tuple[str, str]] = field(default_factory=set)
    rules: list[str] = field(default_factory=list)
    failed: list[UnreadableFile] = field(default_factory=list)
    cases: set[str] = field(default_factory=set)
    folder_case: dict[str, str] = field(default_factory=dict)  # file -> case of the case.yaml beside it
    made_case: dict[str, str] = field(default_factory=dict)  # file -> case made of its name
    read_files: int = 0
    mapped: bool = False


def load(
    paths: Sequence[str | Path],
    *,
    format_in: str | None = None,
    zone: str | None = None,
    owner: Sequence[str] = (),
    mapping: str | Path | None = None,
    case: str | None = None,
    lang: str | None = None,
    progress: Progress | None = None,
) -> Records:
    """Read everything under `paths`: files, folders, ZIPs, database URLs; "-" is standard input.

    zone: IANA zone of times that name none. owner: names, numbers or addresses of the person whose exports these are.
    A folder or ZIP with `case.yaml` is one case; other files are one case each unless their rows name a case, or the
    debtor's number in them is the same. `case` says that all of them are one. `mapping`: a file that says what the
    columns of a table mean (`mapping.yaml` of a folder is used by itself).
    Files that no reader knows are listed as unreadable beside those that could be read.
    Raises UnreadableFile if nothing at all could be read, InputError for a wrong case file or mapping.
    """
    with scratch() as place:
        gathered = _gather(paths, Gathered(Notes(lang)), place, format_in, zone, owner, mapping, lang, progress)
    contacts, records, _ = _records(gathered, case, lang)
    return replace(records, contacts=finished(contacts.collect()))


def spill(
    paths: Sequence[str | Path],
    folder: Path,
    *,
    format_in: str | None = None,
    zone: str | None = None,
    mapping: str | Path | None = None,
    case: str | None = None,
    lang: str | None = None,
    progress: Progress | None = None,
) -> Spilled:
    """As `load`, the contacts written into `folder`, which exists: memory holds a few keys of each, not its columns.

    Copies of one contact in several files are compared in memory, and accounts and events are held there.
    """
    with scratch(folder) as unpacked, scratch(folder) as pieces:
        gathered = Gathered(Notes(lang), ContactTable(pieces))
        _gather(paths, gathered, unpacked, format_in, zone, (), mapping, lang, progress)
        large = gathered.contacts.on_disk
        contacts, records, merged = _records(gathered, case, lang)
        if large:
            written = on_disk.finished(on_disk.written(contacts, pieces) if merged else contacts, pieces)
            files = tuple(path.replace(folder / path.name) for path in written)
        else:
            files = (folder / "spilled-000000.parquet",)
            stored(finished(contacts.collect()), files[0])
    return Spilled(files, records)


def _gather(
    paths: Sequence[str | Path],
    gathered: Gathered,
    unpacked: Path,
    format_in: str | None,
    zone: str | None,
    owner: Sequence[str],
    mapping: str | Path | None,
    lang: str | None,
    progress: Progress | None,
) -> Gathered:
    """Everything that the readers find under `paths`; ZIPs are unpacked into `unpacked`."""
    asked = Known(zone_named(zone).key if zone else None, zone_from="option" if zone else None,
                  owner_names=frozenset(owner))  # fmt: skip
    given = load_mapping(Path(mapping)) if mapping else ()
    for path in paths:
        own = mappings_in(path)
        mappings = (*given, *(load_mapping(own) if own else ()))
        for found in sources(path, unpacked):
            if isinstance(found, UnreadableFile):
                _list_failed(found, gathered, lang)
                continue
            source, case_file = found
            if progress:
                progress(source.name)
            _read_one(source, case_file, format_in, replace(asked, mappings=mappings), gathered, lang)
    if given and not gathered.mapped:
        missing = ", ".join(sorted({name for one in given for name in one.sources}))
        raise InputError("mapping_unused", where=str(mapping), missing=missing)
    if not gathered.read_files:
        raise gathered.failed[0] if gathered.failed else InputError("no_files", where=", ".join(map(str, paths)))
    return gathered


def _list_failed(problem: UnreadableFile, gathered: Gathered, lang: str | None) -> None:
    gathered.failed.append(problem)
    gathered.unreadable.append(Unreadable(problem.where, None, problem.message(lang)))


def _read_one(
    source: Source, case: CaseFile, format_in: str | None, asked: Known, gathered: Gathered, lang: str | None
) -> None:
    known = replace(case.known(source.path.name, asked), mappings=asked.mappings)
    case_id = case.case_id or source.path.stem
    before = len(gathered.contacts)
    garbled = 0
    try:
        for found in _reader(source, format_in, known).read(source, known):
            _take(found, source, case, known, case_id, gathered, lang)
            garbled += _lost_bytes(found, source)
    except UnreadableFile as problem:
        gathered.failed.append(problem)
        gathered.unreadable.append(Unreadable(source.name, None, problem.message(lang)))
        if len(gathered.contacts) == before:
            return
    if garbled:
        gathered.notes.add(Note("note.bytes_lost", {"file": source.name, "count": garbled}))
    gathered.read_files += 1
    _add_case(case, case_id, gathered)


def _reader(source: Source, format_in: str | None, known: Known) -> Reader:
    return (None if format_in else table_readers.mapped(source, known)) or choose(source, format_in)


def _take(
    found: Item, source: Source, case: CaseFile, known: Known, case_id: str, gathered: Gathered, lang: str | None
) -> None:
    """One item of a reader, completed and put where it belongs."""
    gathered.mapped |= isinstance(found, Table) and found.mapped
    if isinstance(found, Contact):
        _note_case(source.name, case, case_id, found.case_id is None, gathered)
        gathered.contacts.add(_completed(found, source, case, known, case_id))
    elif isinstance(found, Table) and found.table == "contacts":
        for file in found.frame["source_file"].unique():
            _note_case(file, case, case_id, found.frame["case_id"].is_null().all(), gathered)
        gathered.contacts.add_frame(completed(found.frame, known, case.people, case_id))
    elif isinstance(found, (Table, Row)):
        rows = found.frame.rows(named=True) if isinstance(found, Table) else [dict(found.values)]
        filled = ({name: value for name, value in row.items() if value is not None} for row in rows)
        (gathered.accounts if found.table == "accounts" else gathered.events).extend(
            {"case_id": case_id, **row} for row in filled
        )
    elif isinstance(found, Kept):
        gathered.kept |= found.events
        gathered.rules += [name for name in found.rules if name not in gathered.rules]
        for note in found.notes:
            gathered.notes.add_text(note)
    elif isinstance(found, Note):
        gathered.notes.add(found)
    else:
        gathered.unreadable.append(found)


def _note_case(file: str, case: CaseFile, case_id: str, unnamed: bool, gathered: Gathered) -> None:
    if case.case_id:
        gathered.folder_case[file] = case_id
    elif unnamed:
        gathered.made_case[file] = case_id


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


def _lost_bytes(found: Item, source: Source) -> int:
    """Contacts that hold bytes in no known encoding."""
    if source.encoding != "unknown":
        return 0
    if isinstance(found, Table) and found.table == "contacts":
        return int(found.frame["text"].str.contains("\ufffd", literal=True).sum())
    return isinstance(found, Contact) and "\ufffd" in (found.text or "")


def _records(gathered: Gathered, case: str | None, lang: str | None) -> tuple[pl.LazyFrame, Records, bool]:
    """(CONTACT_COLUMNS, each contact in its case and once, in no order and without ids; everything else; whether copies
    were merged).
    """
    contacts = gathered.contacts.lazy()
    gathered.contacts = ContactTable()  # the pieces are not needed any more
    renamed, told = _cases(contacts, gathered, case)
    for note in told:
        gathered.notes.add(note)
    if renamed:
        contacts = contacts.with_columns(pl.col("case_id").replace(renamed))
    for row in (*gathered.accounts, *gathered.events):
        row["case_id"] = renamed.get(row["case_id"], row["case_id"])
    contacts, merges = merge(contacts, lang)
    records = Records(
        contacts=pl.DataFrame(schema=CONTACT_COLUMNS),
        accounts=table(gathered.accounts, ACCOUNT_COLUMNS),
        events=event_table(gathered.events),
        unreadable=tuple(gathered.unreadable),
        notes=(*gathered.notes.told(), *merges),
        kept_events=frozenset((renamed.get(name, name), kind) for name, kind in gathered.kept),
        jurisdictions=tuple(gathered.rules),
    )
    return contacts, records, bool(merges)


def _cases(contacts: pl.LazyFrame, gathered: Gathered, case: str | None) -> tuple[dict[str, str], list[Note]]:
    """(case id -> the case id it belongs to, reasons): all are `case`; a table beside a case.yaml whose rows name one
    case is that case; files about the same debtor's number are one.
    """
    files = contacts.select("source_file", "case_id").unique().collect(engine="streaming")
    if case:
        names = {*files["case_id"], *(row["case_id"] for row in (*gathered.accounts, *gathered.events))}
        return dict.fromkeys([*names, *(name for name, _ in gathered.kept)], case), []
    renamed, told = linked(contacts, gathered.made_case)
    told += _apart(files["case_id"], renamed, gathered)
    named = dict(files.group_by("source_file").agg(pl.col("case_id")).iter_rows())
    for file, folder in gathered.folder_case.items():
        if len(cases := named.get(file, ())) == 1 and cases[0] != folder:
            renamed[cases[0]] = folder
            told.append(Note("note.case_of_folder", {"file": file, "named": cases[0], "case": folder}))
    return renamed, told


def _apart(named: pl.Series, renamed: dict[str, str], gathered: Gathered) -> list[Note]:
    """Files that are cases of their own only because nothing says otherwise: how to say so."""
    cases = named.replace(renamed).unique()
    made = sorted({renamed.get(name, name) for name in gathered.made_case.values()} & set(cases))
    if not made or len(cases) == 1:
        return []
    shown = ", ".join(made[:MOST_NAMED]) + (" …" if len(made) > MOST_NAMED else "")
    return [Note("note.cases_apart", {"count": len(cases), "made": shown})]
