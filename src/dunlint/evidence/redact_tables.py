"""Tables: cell by cell, by what its column is. A column that no reader uses is taken out.

What a column is comes from our own names, from a mapping, from a guess (`records.tables`), or from the format. Rows
that have another number of cells than the header stay so, without their content.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from dunlint.errors import UnreadableFile
from dunlint.evidence.pseudonyms import Pseudonyms
from dunlint.evidence.values import CLOSED, CODES, COLUMNS, GONE, NUMBERS, account, kept, value_of
from dunlint.records.reader import Known
from dunlint.records.readers import asterisk, call_list, twilio_messages, wechat_csv
from dunlint.records.readers.csv_records import records
from dunlint.records.readers.rows import item, table_of
from dunlint.records.readers.tables import IMPORTED, UNREADABLE_COLUMNS
from dunlint.records.source import Source
from dunlint.records.tables import delimited
from dunlint.records.tables.scan import scans

SHORT_EXTENSION = re.compile(r"[0-9]{1,4}")
TYPED = (pl.Float64, pl.Int64, pl.Boolean, pl.Date, pl.Datetime("us", "UTC"), pl.Datetime("us"))
MADE_OF_THE_FILE = ("source_sha256",)

Mask = Callable[[str, Pseudonyms], str]


def gone(value: str, _who: Pseudonyms) -> str:
    return value and GONE


def text(value: str, who: Pseudonyms) -> str:
    return who.text(value)


def name(value: str, who: Pseudonyms) -> str:
    return account(value, who)


def number(value: str, who: Pseudonyms) -> str:
    """A number with what spreadsheets and providers put around it."""
    bare = call_list._cell(value)
    scheme = next((chat for chat in twilio_messages.CHATS if bare.startswith(chat)), "")
    return scheme + who.number(bare.removeprefix(scheme)) if bare else value


def extension(value: str, who: Pseudonyms) -> str:
    """A number that may be one inside the house, which says nothing of a person."""
    return value if SHORT_EXTENSION.fullmatch(value) else who.number(value)


def code(kind: str) -> Mask:
    return lambda value, who: who.named(kind, value)


def of_column(table: str, column: str) -> Mask:
    """How a cell is masked that becomes this column of ours."""
    if column in NUMBERS:
        return number
    if column in CODES:
        return code(CODES[column])
    if column in CLOSED or COLUMNS[table].get(column) in TYPED:
        return kept
    return lambda value, who: str(value_of(column, value, who))


CALL_LIST: Mapping[str, Mask] = dict.fromkeys(
    ("at", "date", "clock", "kind", "seconds", "minutes"), kept
) | dict.fromkeys(("from_number", "to_number", "other_number"), number)
ASTERISK: Mapping[str, Mask] = dict.fromkeys(
    ("dcontext", "lastapp", "start", "answer", "end", "duration", "billsec", "disposition", "amaflags"), kept
) | {"src": extension, "dst": extension, "uniqueid": code("RECORD")}
TWILIO: Mapping[str, Mask] = {
    "From": number, "To": number, "Body": text, "Status": kept, "SentDate": kept, "Direction": kept,
    "Sid": code("RECORD"),
}  # fmt: skip
CHATLOG: Mapping[str, Mask] = {"Time": kept, "Content": text} | dict.fromkeys(
    ("SenderName", "Sender", "TalkerName", "Talker"), name
)


WECHAT: Mapping[str, Mask] = dict.fromkeys(
    ("localId", "Type", "SubType", "IsSender", "CreateTime", "Status", "StrTime"), kept
) | dict.fromkeys(("Remark", "NickName", "TalkerId", "Sender"), name) | {"StrContent": text}


def own_row(table: str, values: Mapping[str, Any], who: Pseudonyms, known: Known) -> dict[str, Any] | None:
    """A row in our own names redacted; None for one that could not be read."""
    try:
        item(table, values, 0, known)
    except ValueError:
        return None
    columns = COLUMNS[table]
    told = {}
    for key, value in values.items():
        if key not in columns or key in MADE_OF_THE_FILE:
            told[key] = value if value in (None, "") else GONE
        elif key in CLOSED or columns[key] in TYPED:
            told[key] = value
        else:
            told[key] = value_of(key, value, who)
    return told


def csv_table(source: Source, who: Pseudonyms, known: Known) -> str:
    """A table in our own names, or in those that a mapping or a guess explains."""
    shape = delimited.shape_of(source, _wanted(known))
    if shape.columns == UNREADABLE_COLUMNS:
        masks: Sequence[Mask] = [text, kept, text, gone]
        return _csv(source.text(), shape.delimiter, shape.header_line, _by_place(masks, len(masks)), who)
    table = table_of(shape.columns)
    if table and not _mapped(known, shape.columns):

        def told(row: list[str]) -> list[str] | None:
            if len(row) != len(shape.columns):
                return None
            values = own_row(table, dict(zip(shape.columns, row, strict=True)), who, known)
            return None if values is None else [str(one) for one in values.values()]

        return _csv(source.text(), shape.delimiter, shape.header_line, lambda row, _who: told(row), who)
    columns = _masks(source, known)
    masks = [columns.get(one, gone) for one in shape.columns]
    return _csv(source.text(), shape.delimiter, shape.header_line, _by_place(masks, len(masks)), who, _wanted(known))


def _wanted(known: Known) -> frozenset[str]:
    return frozenset(one for mapping in known.mappings for one in mapping.sources)


def _mapped(known: Known, columns: Iterable[str]) -> bool:
    return any(mapping.sources and mapping.sources <= set(columns) for mapping in known.mappings)


def _masks(source: Source, known: Known) -> dict[str, Mask]:
    """Their column -> how its cells are masked; the first table of ours that uses a column decides."""
    found: dict[str, Mask] = {}
    try:
        for scan in scans(source, known.mappings, known):
            for column, made in scan.mapping.columns.items():
                for theirs in made.sources:
                    found.setdefault(theirs, of_column(scan.table, column))
    except UnreadableFile:  # no table of ours: nothing of it is used
        return {}
    return found


def _by_place(masks: Sequence[Mask], fewest: int) -> Callable[[list[str], Pseudonyms], list[str] | None]:
    """Cells by their places; what stands behind the columns is taken out."""

    def told(row: list[str], who: Pseudonyms) -> list[str] | None:
        if not fewest <= len(row):
            return None
        return [mask(cell, who) if cell else cell for mask, cell in zip(_padded(masks, len(row)), row, strict=True)]

    return told


def _padded(masks: Sequence[Mask], length: int) -> list[Mask]:
    return [*masks[:length], *[gone] * (length - len(masks))]


def asterisk_cdr(source: Source, who: Pseudonyms, _known: Known) -> str:
    masks = [ASTERISK.get(one, gone) for one in asterisk.COLUMNS]
    return _csv(source.text(), ",", 0, _by_place(masks, 0), who)


def calls(source: Source, who: Pseudonyms, _known: Known) -> str:
    line, delimiter, columns = call_list._header(source) or (0, ",", [])
    return _csv(source.text(), delimiter, line, _by_place([CALL_LIST.get(one, gone) for one in columns], 0), who)


def by_header(masks: Mapping[str, Mask]) -> Callable[[Source, Pseudonyms, Known], str]:
    """A format whose header is its first line, in names that never change."""

    def rewrite(source: Source, who: Pseudonyms, _known: Known) -> str:
        first = next(records(iter(source.text().splitlines(keepends=True)[:1])), (1, None))[1] or []
        names = [one.lstrip("\ufeff").strip().strip('"') for one in first]
        return _csv(source.text(), ",", 1, _by_place([masks.get(one, gone) for one in names], 0), who)

    return rewrite


def wechat_table(source: Source, who: Pseudonyms, known: Known) -> str:
    if not wechat_csv.HEADLESS.match(source.head_text):
        return by_header(WECHAT)(source, who, known)
    return _csv(source.text(), ",", 0, _by_place([WECHAT.get(one, gone) for one in wechat_csv.COLUMNS], 0), who)


def _csv(
    whole: str, delimiter: str, header_line: int, told: Callable[[list[str], Pseudonyms], list[str] | None],
    who: Pseudonyms, used: Iterable[str] = (),
) -> str:  # fmt: skip
    """Row by row, as many lines as before: the header, whose `used` names stay whatever they hold; nothing above it."""
    used = frozenset(used)
    end = "\r\n" if "\r\n" in whole[:65536] else "\n"
    plain = whole.replace("\r\n", "\n").replace("\r", "\n")
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    for line, row in records(iter(io.StringIO(plain)), delimiter):
        if not row:
            out.write("\n" if row == [] else f"{GONE}\n")
        elif line == header_line:
            writer.writerow([one if one.strip() in used else who.text(one) for one in row])
        elif line < header_line:
            writer.writerow([one and GONE for one in row] if not row[0].startswith("sep=") else row)
        else:
            cells = told(row, who)
            writer.writerow([one and GONE for one in row] if cells is None else cells)
            out.write("\n" * (sum(one.count("\n") for one in row) - sum(one.count("\n") for one in cells or [])))
    return out.getvalue().replace("\n", end)


def jsonl(source: Source, who: Pseudonyms, known: Known) -> str:
    """One object a line, in our own names or in those that a mapping or a guess explains."""
    masks: dict[str, Mask] | None = None
    out = []
    for line in re.split(r"(\r\n|\r|\n)", source.text()):
        values = _object(line)
        if not isinstance(values, dict):
            out.append(line if not line.strip() else GONE)
            continue
        table = table_of(values)
        if table and not _mapped(known, values):
            told = own_row(table, values, who, known)
        else:
            masks = _masks(source, known) if masks is None else masks
            told = {key: _masked_value(value, masks.get(key, gone), who) for key, value in values.items()}
        out.append(GONE if told is None else json.dumps(told, ensure_ascii=line.isascii()))
    return "".join(out)


def _object(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _masked_value(value: Any, mask: Mask, who: Pseudonyms) -> Any:
    """A value of somebody else's JSON; a number stays one where it says no more than a count or a time."""
    if value is None or isinstance(value, bool) or value == "":
        return value
    if isinstance(value, list | dict):
        return mask(json.dumps(value, ensure_ascii=False), who)
    told = mask(str(value), who)
    return value if told == str(value) else told


def parquet(source: Source, who: Pseudonyms, known: Known) -> bytes:
    """A Parquet file column by column, with what `dunlint import` keeps beside the columns."""
    frame = pl.read_parquet(source.path)
    masks = _masks(source, known)
    made = pl.DataFrame([_column(column, masks, who) for column in frame])
    told = json.loads(pl.read_parquet_metadata(source.path).get(IMPORTED, "null"))
    metadata = {IMPORTED: json.dumps(_imported(told, who), ensure_ascii=False)} if isinstance(told, dict) else None
    stream = io.BytesIO()
    made.write_parquet(stream, metadata=metadata)
    return stream.getvalue()


def _column(column: pl.Series, masks: Mapping[str, Mask], who: Pseudonyms) -> pl.Series:
    mask = gone if column.name in MADE_OF_THE_FILE else masks.get(column.name)
    if column.dtype == pl.Boolean or (mask is kept and column.dtype != pl.String):
        return column
    if column.dtype.is_nested():
        values = [value_of(column.name, one, who) if mask else None for one in column.to_list()]
        return pl.Series(column.name, values, dtype=column.dtype)
    if column.dtype != pl.String and mask is None:
        return pl.Series(column.name, [None] * len(column), dtype=column.dtype)
    known = {one: (mask or gone)(str(one), who) for one in column.unique(maintain_order=True) if one not in (None, "")}
    return pl.Series(column.name, [known.get(one, one) for one in column.to_list()], dtype=pl.String)


def _imported(told: Mapping[str, Any], who: Pseudonyms) -> dict[str, Any]:
    events = [[who.named("CASE", str(case)), kind] for case, kind in told.get("kept_events", ())]
    return {**told, "kept_events": sorted(events), "notes": []}

