"""What all chat readers share: who sent a message, to which side, and how messages are cut out of a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from dunlint.records.reader import Item, Known, Note
from dunlint.records.readers.json_records import Found
from dunlint.records.schema import Contact, Unreadable
from dunlint.records.source import Source

MOST_NAMES = 5
MALFORMED = (ValueError, TypeError, KeyError, OverflowError, AttributeError)  # of an object that is not one
INVISIBLE = "\ufeff\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Header = TypeVar("Header")


def from_epoch(seconds: float) -> datetime:
    """The instant so many seconds after 1970. Raises OverflowError or ValueError for one outside the calendar."""
    return EPOCH + timedelta(seconds=seconds)


@dataclass(frozen=True)
class Sides:
    """Who of a chat is the export's owner, as far as options and case file say.

    An owner named for the whole case or on the command line may go by another name in this chat; so nobody else is
    taken for the other side unless the owner's name occurs in it. An owner named for this very file is believed.
    """

    known: Known
    owner_is_here: bool
    peer: str | None = None

    @classmethod
    def of(cls, known: Known, authors: Iterable[str]) -> Sides:
        """From all who wrote; `peer` is the one other person if there is just one."""
        names = set(authors)
        others = names - known.owner_names
        return cls(
            known,
            bool(names & known.owner_names or known.about_file.get("owner")),
            others.pop() if len(others) == 1 else None,
        )

    def by_owner(self, sender: str | None) -> bool | None:
        """Whether the owner sent it; None where nothing says so."""
        if sender is None:
            return None
        if sender in self.known.owner_names:
            return True
        return False if self.owner_is_here or sender in self.known.collector_names else None


def each_message(
    source: Source, listed: Iterable[Found], make: Callable[[Found], Contact | None], tally: Tally, expected: str
) -> Iterator[Item]:
    """The contacts that `make` takes from the objects of a list, each with its line; what it cannot read is listed,
    what it passes over (None) is in the tally, whose notes come last.
    """
    for found in listed:
        try:
            contact = make(found)
        except MALFORMED as problem:
            yield Unreadable(source.name, found.line, expected, f"{type(problem).__name__}: {problem}")
            continue
        if contact is not None:
            contact.source_line = found.line
            yield tally.seen(contact)
    yield from tally.notes()


def message(
    known: Known,
    by_owner: bool | None,
    *,
    sender: str | None = None,
    peer: str | None = None,
    at: datetime | None = None,
    local_time: datetime | None = None,
    text: str | None = None,
    channel: str = "im",
    outcome: str = "connected",
    line: int | None = None,
) -> Contact:
    """One chat message or call. `peer` is who the chat is with; what the owner did not send, the sender sent."""
    return Contact(
        at=at,
        local_time=local_time,
        zone_from="epoch" if at else None,
        channel=channel,
        direction=None if by_owner is None else "inbound" if by_owner else "outbound",
        outcome=outcome,
        from_number=None if by_owner else sender or peer,
        to_number=peer if by_owner else None,
        party=known.owner_party,
        text=text or None,
        source_line=line,
    )


class Tally:
    """Counts what a reader leaves out or leaves open, and tells it in notes at the end of the file."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._counts: Counter[str] = Counter()
        self._unknown: Counter[str] = Counter()

    def add(self, key: str) -> None:
        """One more for `note.KEY`."""
        self._counts[key] += 1

    def seen(self, contact: Contact) -> Contact:
        """The contact; its sender is remembered if the direction is open."""
        if contact.direction is None:
            self._unknown[contact.from_number or "?"] += 1
        return contact

    def notes(self) -> Iterator[Note]:
        about = {"file": self._source.name, "short": self._source.path.name}
        for key, count in sorted(self._counts.items()):
            yield Note(f"note.{key}", {**about, "count": count})
        if self._unknown:
            names = ", ".join(_hidden(name) for name, _ in self._unknown.most_common(MOST_NAMES))
            yield Note("note.owner_unknown", {**about, "count": self._unknown.total(), "names": names})


def _hidden(name: str) -> str:
    """Enough of a name to know one's own, not enough to learn another's."""
    return name[:1] + "*" * min(len(name) - 1, 3) + (name[-1:] if len(name) > 4 else "")


def blocks(
    lines: Iterable[str], header: Callable[[str], Header | None]
) -> Iterator[tuple[int, Header | None, list[str]]]:
    """(line, what `header` made of it, the lines that follow it) for each message; what stands before the first has
    no header.
    """
    start, found, body = 1, None, []
    for number, line in enumerate(lines, 1):
        here = header(line)
        if here is None:
            body.append(line.rstrip("\n"))
            continue
        if found is not None or any(body):
            yield start, found, body
        start, found, body = number, here, []
    if found is not None or any(body):
        yield start, found, body


def bare(line: str) -> str:
    """A line without the invisible marks around it and with every kind of space as a space."""
    return line.replace("\u202f", " ").replace("\u2009", " ").replace("\xa0", " ").strip(INVISIBLE + " \t\r\n")
