"""Asterisk call records: `Master.csv`, no header, 16 to 18 columns, times of the server's clock (`--zone` says which).

A record does not say who called whom. `case.yaml` can, by the dial plan's context or by the extension that called:
`files: {Master.csv: {directions: {from-internal: outbound, from-trunk: inbound}}}`; `direction` does it for the whole
file. FAILED and CONGESTION do not say why, so that they count as neither busy nor out of service.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dunlint.records.reader import Item, Known, Note, Reader
from dunlint.records.readers.call_records import OnceEach, local_moment, talk_seconds, zone_note
from dunlint.records.readers.csv_records import records
from dunlint.records.schema import Contact, Unreadable
from dunlint.records.source import Source

COLUMNS = ("accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start",
           "answer", "end", "duration", "billsec", "disposition", "amaflags", "uniqueid", "userfield")  # fmt: skip
FEWEST = COLUMNS.index("amaflags") + 1
OUTCOMES = {"ANSWERED": "connected", "NO ANSWER": "no_answer", "BUSY": "busy", "FAILED": "unknown",
            "CONGESTION": "unknown"}  # fmt: skip
FLAGS = {"DOCUMENTATION", "BILLING", "OMIT", "IGNORE", "DEFAULT", "Unknown"}
MAILBOX = {"voicemail", "voicemailmain"}
STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
MOST_CONTEXTS = 6


def recognises(source: Source) -> bool:
    lines = iter(source.head_text.split("\n")[:5])
    return any(row is not None and _is_record(row) for _, row in records(f"{line}\n" for line in lines))


def _is_record(row: list[str]) -> bool:
    cell = dict(zip(COLUMNS, row, strict=False))
    return (
        FEWEST <= len(row) <= len(COLUMNS)
        and cell["disposition"] in OUTCOMES
        and cell["amaflags"] in FLAGS
        and bool(STAMP.fullmatch(cell["start"]))
    )


def read(source: Source, known: Known) -> Iterator[Item]:
    """Contacts in file order, rows of the same call (same id, numbers and start) once; then notes."""
    once = OnceEach()
    unclear: dict[str, int] = {}
    for line, row in records(source.lines()):
        if row == []:
            continue
        try:
            cell = _cells(row)
            call = _call(cell, known, line)
        except (ValueError, OverflowError) as problem:
            yield Unreadable(source.name, line, ", ".join(COLUMNS), str(problem)[:120])
            continue
        if call.direction is None and "direction" not in known.about_file:
            unclear[cell["dcontext"]] = unclear.get(cell["dcontext"], 0) + 1
        key = (cell["uniqueid"] or str(line), cell["src"], cell["dst"], cell["start"])
        yield from once.add(key, call)
    yield from once.rest()
    yield from zone_note(source.name, known)
    if once.twice:
        yield Note("note.rows_twice", {"file": source.name, "count": once.twice})
    if unclear:
        contexts = ", ".join(f"{name}: …" for name in list(unclear)[:MOST_CONTEXTS])
        hint = f"files: {{{source.path.name}: {{directions: {{{contexts}}}}}}}"
        yield Note("note.direction_unknown", {"file": source.name, "count": sum(unclear.values()), "hint": hint})


def _cells(row: list[str] | None) -> dict[str, str]:
    if row is None:
        raise ValueError("unbalanced quotes")
    if not FEWEST <= len(row) <= len(COLUMNS):
        raise ValueError(f"{len(row)} columns")
    return dict.fromkeys(COLUMNS, "") | dict(zip(COLUMNS, row, strict=False))


def _call(cell: dict[str, str], known: Known, line: int) -> Contact:
    outcome = OUTCOMES.get(cell["disposition"])
    if outcome is None:
        raise ValueError(f"disposition: {cell['disposition']!r}")
    at, zone_from = local_moment(cell["start"], known)
    directions = known.about_file.get("directions") or {}
    return Contact(
        at=at,
        zone_from=zone_from,
        channel="call",
        direction=directions.get(cell["dcontext"]) or directions.get(cell["src"]),
        outcome="voicemail" if cell["lastapp"].lower() in MAILBOX and outcome == "connected" else outcome,
        talk_seconds=talk_seconds(cell["billsec"] or "0"),
        from_number=cell["src"] or None,
        to_number=cell["dst"] or None,
        party=known.owner_party,
        source_line=line,
    )


READER = Reader("asterisk", recognises, read, (".csv",))
