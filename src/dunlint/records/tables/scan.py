"""A table of any kind, in batches of our columns: what `dunlint audit` reads, and what the readers are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from dunlint.errors import InputError, UnreadableFile
from dunlint.records.reader import Known, Note
from dunlint.records.schema import Unreadable
from dunlint.records.source import Source
from dunlint.records.tables import columnar, database, delimited, json_lines, workbook
from dunlint.records.tables.mapping import Mapping
from dunlint.records.tables.sheet import ErrorCell, Sheet
from dunlint.records.tables.suggest import Proposal, suggest
from dunlint.records.tables.typed import Target, Told, typed

Sheets = Callable[[Source, frozenset[str]], list[Sheet]]
Rows = tuple[pl.DataFrame, list[Unreadable]]
MOST_VALUES = 10
MOST_ROWS = 20


def sheets_of(source: Source, wanted: frozenset[str] = frozenset()) -> list[Sheet]:
    """Every table in a file or database, by content. Raises UnreadableFile, InputError."""
    if isinstance(source, database.UrlSource):
        return database.postgres_sheets(source, wanted)
    kinds: tuple[tuple[Callable[[Source], bool], Sheets], ...] = (
        (columnar.recognises, columnar.sheets),
        (database.is_sqlite, database.sqlite_sheets),
        (workbook.recognises, workbook.sheets),
        (lambda source: source.head_text.lstrip("\ufeff \t\r\n").startswith("{"), json_lines.sheets),
    )
    sheets = next((sheets for recognises, sheets in kinds if recognises(source)), delimited.sheets)
    return sheets(source, wanted)


@dataclass
class Scan:
    """Iterates over one table of ours: (frame, unreadable records), a batch at a time; `notes` grow as it is read.

    frame: CONTACT_COLUMNS, ACCOUNT_COLUMNS or EVENT_COLUMNS in order, `at` in UTC, in the order of the file, ids
    and cases only where the table has them; `source_file` and `source_sha256` are filled for contacts.
    """

    source: Source
    sheet: Sheet
    mapping: Mapping
    zone: str | None = None
    why: str = "option"
    told: Told = field(default_factory=Told)
    notes: list[Note] = field(default_factory=list)

    @property
    def table(self) -> str:
        return self.mapping.table

    @property
    def place(self) -> str:
        return f"{self.source.name}[{self.sheet.name}]" if self._several else self.source.name

    @property
    def _several(self) -> bool:
        return bool(self.sheet.name) and self.sheet.name != self.table

    def __iter__(self) -> Iterator[Rows]:
        zone, why = (self.mapping.zone, "mapping") if self.mapping.zone else (self.zone, self.why)
        target = Target(self.mapping, zone, why, self.place, self.sheet.serial)
        for batch, unreadable in self.sheet.batches():
            frame, unfit = typed(batch, target, self.told)
            yield self._traced(frame), sorted(unreadable + unfit, key=lambda one: one.line or 0)
        self.notes += [*_notes(self.place, self.told), *_errors(self)]

    def _traced(self, frame: pl.DataFrame) -> pl.DataFrame:
        if self.table != "contacts":
            return frame
        fill = {"source_file": self.place, "source_sha256": self.source.sha256}
        return frame.with_columns(pl.col(name).fill_null(pl.lit(value)) for name, value in fill.items())


def scans(source: Source, mappings: Sequence[Mapping] = (), known: Known | None = None) -> list[Scan]:
    """The tables of ours in a file: by the mappings that fit, else guessed, and a note says what was taken for what.

    Sheets that are no table of ours give a note. Raises UnreadableFile if there is none at all.
    """
    known = known or Known()
    found: list[Scan] = []
    others: list[Sheet] = []
    wanted = frozenset(name for mapping in mappings for name in mapping.sources)
    sheets = sheets_of(source, wanted)
    for sheet in sheets:
        fitting = [mapping for mapping in mappings if mapping.fits(sheet.name, sheet.columns)]
        if fitting:
            found += [_mapped(source, sheet, mapping, known) for mapping in fitting]
        elif proposal := suggest(sheet, Path(source.name).stem):
            scan = Scan(source, sheet, proposal.mapping, known.zone, known.zone_from or "option")
            scan.notes += _told(scan, proposal)
            found.append(scan)
        else:
            others.append(sheet)
    if not found:
        header = ", ".join(sheets[0].columns) if sheets else ""
        raise UnreadableFile("not_our_columns", where=source.name, found=header[:120])
    for sheet in others:
        note = Note(
            "note.other_sheet", {"file": f"{source.name}[{sheet.name}]", "columns": ", ".join(sheet.columns)[:120]}
        )
        found[0].notes.append(note)
    return found


def scan(
    path: str | Path,
    mapping: Mapping | Sequence[Mapping] | None = None,
    table: str = "contacts",
    *,
    zone: str | None = None,
) -> Iterator[Rows]:
    """Batches (frame, unreadable records) of one table of ours in a file or database.

    path: CSV, TSV, JSON lines, XLSX, Parquet, SQLite, or `postgresql://…#table`. mapping: from `mapping.load` or
    `suggest`; by default the header is guessed (`scans` also gives the notes on that).
    frame: columns of `table` (CONTACT_COLUMNS, …) in that order; every row of the file is in a frame or among the
    unreadable. Raises InputError for a path that does not exist, UnreadableFile if the file holds no such table.
    """
    mappings = (mapping,) if isinstance(mapping, Mapping) else tuple(mapping or ())
    chosen = [one for one in scans(source_of(path), mappings, Known(zone)) if one.table == table]
    if not chosen:
        raise UnreadableFile("no_such_table", where=str(path), table=table)
    return (rows for one in chosen for rows in one)


def source_of(path: str | Path) -> Source:
    """The file or database behind a path or URL. Raises InputError if there is none."""
    if database.is_url(path):
        return database.of_url(str(path))
    if not Path(path).is_file():
        raise InputError("no_such_file", where=str(path))
    return Source(Path(path), str(path))


def _mapped(source: Source, sheet: Sheet, mapping: Mapping, known: Known) -> Scan:
    scan = Scan(source, sheet, mapping, known.zone, known.zone_from or "option")
    left = [name for name in sheet.columns if name not in mapping.sources and name not in mapping.ignore]
    if left:
        scan.notes.append(Note("note.unused_columns", {"file": scan.place, "columns": ", ".join(left)}))
    return scan


def _told(scan: Scan, proposal: Proposal) -> Iterator[Note]:
    """What was taken for what, what was left, and what should be asked."""
    if not proposal.ours:
        taken = "; ".join(
            f"{guess.target} ← {' + '.join(guess.column.sources) or repr(guess.column.value)}"
            + _values(guess.column.values)
            for guess in proposal.guesses
        )
        yield Note("note.guessed", {"file": scan.place, "taken": taken})
    left = [name for name, _, _ in proposal.unused]
    if left:
        yield Note("note.unused_columns", {"file": scan.place, "columns": ", ".join(left)})
    for question in dict.fromkeys(proposal.questions):
        yield Note(f"note.ask_{question}", {"file": scan.place})


def _values(values: dict[str, str]) -> str:
    shown = [f"{theirs}={ours}" for theirs, ours in values.items()][:MOST_VALUES]
    return f" ({', '.join(shown)}{', …' if len(values) > len(shown) else ''})" if shown else ""


def _errors(scan: Scan) -> Iterator[Note]:
    """Where a column that is used has cells in error."""
    cells: dict[str, list[ErrorCell]] = {}
    for cell in scan.sheet.errors():
        if cell.column in scan.mapping.sources:
            cells.setdefault(cell.column, []).append(cell)
    for column, found in cells.items():
        shown = ", ".join(f"{cell.line} ({cell.value})" for cell in found[:MOST_ROWS])
        rows = shown + (", …" if len(found) > MOST_ROWS else "")
        yield Note("note.error_cells", {"file": scan.place, "column": column, "count": len(found), "rows": rows})


def _notes(place: str, told: Told) -> Iterator[Note]:
    other: dict[str, Counter[str]] = {}
    for (kind, column, value), count in told.counts.items():
        if kind == "other_value":
            other.setdefault(column, Counter())[value] += count
        else:
            yield Note(f"note.{kind}", {"file": place, "column": column, "count": count})
    for column, values in other.items():
        shown = ", ".join(f"{value} ({count})" for value, count in values.most_common(MOST_VALUES))
        yield Note("note.other_value", {"file": place, "column": column, "count": values.total(), "values": shown})
