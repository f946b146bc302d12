"""What a reader is, and how the right one is found.

A reader is one file in `readers/`, registered under the entry-point group `dunlint.readers`, so that others can add
theirs. It looks at a file's head (`recognises`) and yields contacts, accounts, events and unreadable records
in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from dunlint.errors import BadArgument, UnreadableFile
from dunlint.records.schema import Contact, Unreadable
from dunlint.records.source import Source

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the accounts or events table, column name -> value."""

    table: str
    values: Mapping[str, Any]
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader assumed or left out, for the user to know: a key of the catalogue and its values."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """Many rows at once: a frame in the columns of `table`; `mapped`: by a mapping of the user's."""

    table: str
    frame: pl.DataFrame
    mapped: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """What an imported table remembers of its case files: kinds of event the records would show, rule packs."""

    events: frozenset[tuple[str, str]] = frozenset()
    rules: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


Item = Contact | Row | Table | Kept | Unreadable | Note


@dataclass(frozen=True)
class Known:
    """What is known beside the file itself (from case.yaml or options); every field may be empty.

    zone: IANA name for times that name none, and where it is from ("case" or "option"); owner_names: names, numbers
    and addresses of the person whose export it is; collector_names: those of the collecting side.
    """

    zone: str | None = None
    owner_party: str = "debtor"
    about_file: Mapping[str, Any] = field(default_factory=dict)
    zone_from: str | None = None
    owner_names: frozenset[str] = frozenset()
    collector_names: frozenset[str] = frozenset()
    mappings: tuple[Any, ...] = ()  # of `records.tables.mapping`


@dataclass(frozen=True)
class Reader:
    """One format: `name`, a test on the head, and the reading itself.

    `recognises` says no to what it does not know and never raises; `breadth` orders the tests: 0 for a format that
    nothing else can be, more for one that would also take the files of others; `example` is a line or two of it.
    """

    name: str
    recognises: Callable[[Source], bool]
    read: Callable[[Source, Known], Iterator[Item]]
    extensions: tuple[str, ...] = ()
    breadth: int = 0
    example: str = ""


@cache
def readers() -> dict[str, Reader]:
    """Format name -> reader, in a fixed order: the narrow formats before the wide ones."""
    found: dict[str, Reader] = {point.name: point.load() for point in entry_points(group="dunlint.readers")}
    return {name: found[name] for name in sorted(found, key=lambda name: (found[name].breadth, name))}


def choose(source: Source, forced: str | None = None) -> Reader:
    """The reader for a file. Raises UnreadableFile if none fits, BadArgument if `forced` is unknown."""
    if forced and forced not in readers():
        raise BadArgument("unknown_format", name=forced, known=", ".join(readers()))
    if not source.head.strip():
        raise UnreadableFile("empty_file", where=source.name)
    if forced:
        return readers()[forced]
    for reader in readers().values():
        if reader.recognises(source):
            return reader
    raise UnreadableFile("not_a_log", where=f"{source.name}:1", known=", ".join(readers()))
