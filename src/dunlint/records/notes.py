"""What the readers told, for people: the same said of very many files is said of the first ones and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field

from dunlint import i18n
from dunlint.records.reader import Note

MOST_FILES = 10  # that are named with the same note
OF_A_FILE = ("file", "short", "count", "other", "named")  # what differs from file to file in notes that say the same


@dataclass
class Notes:
    """Collects notes in `lang`; memory holds MOST_FILES texts of each kind, however many files there are."""

    lang: str | None
    _texts: dict[Hashable, list[str]] = field(default_factory=dict)
    _more: Counter[Hashable] = field(default_factory=Counter)

    def add(self, note: Note) -> None:
        of_many = "file" in note.values
        rest = {name: value for name, value in note.values.items() if not (of_many and name in OF_A_FILE)}
        kind = note.key, str(rest)
        texts = self._texts.setdefault(kind, [])
        if of_many and len(texts) == MOST_FILES:
            self._more[kind] += 1
        else:
            texts.append(i18n.text(note.key, self.lang, **note.values))

    def add_text(self, text: str) -> None:
        """A note that was told before, when the records were imported."""
        self._texts.setdefault(text, [text])

    def told(self) -> tuple[str, ...]:
        """All of them, by kind in the order of their first."""
        lines: list[str] = []
        for kind, texts in self._texts.items():
            lines += texts
            if more := self._more[kind]:
                lines.append(i18n.text("note.more_files", self.lang, count=more))
        return tuple(lines)
