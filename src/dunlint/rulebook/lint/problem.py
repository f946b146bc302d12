"""What a check finds, and how it is told: a mistake has a place, a problem is a mistake with its check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from dunlint import i18n

if TYPE_CHECKING:
    from dunlint.rulebook.lint.registry import Check


@dataclass(frozen=True)
class Phrase:
    """A piece of a message that reads differently in each language: a key of the catalogue and its blanks."""

    key: str
    values: Mapping[str, Any]

    def in_(self, lang: str | None) -> str:
        return i18n.text(self.key, lang, **self.values)


def nearest(name: Any, known: Iterable[str]) -> Phrase | str:
    """ "Did you mean …?", or nothing if no known name is near."""
    near = get_close_matches(str(name), list(known), n=1)
    return Phrase("lint.nearest", {"name": near[0]}) if near else ""


@dataclass(frozen=True)
class Mistake:
    """Something wrong at a place; `values` fill the blanks of the message."""

    path: str
    line: int
    column: int
    excerpt: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """A mistake and the check that found it."""

    check: Check
    mistake: Mistake

    @property
    def where(self) -> str:
        """`path:line:column`."""
        return f"{self.mistake.path}:{self.mistake.line}:{self.mistake.column}"

    @property
    def order(self) -> tuple[str, int, int, str]:
        return self.mistake.path, self.mistake.line, self.mistake.column, self.check.code

    def message(self, lang: str | None = None) -> str:
        """The sentence of the catalogue under `lint.CODE`, its blanks filled."""
        values = {k: v.in_(lang) if isinstance(v, Phrase) else v for k, v in self.mistake.values.items()}
        return i18n.text(f"lint.{self.check.code}", lang, **values).rstrip()

    def as_mapping(self, lang: str | None = None) -> dict[str, Any]:
        """Plain data for JSON."""
        check, mistake = self.check, self.mistake
        return {"code": check.code, "name": check.name, "severity": check.severity, "fixable": check.fixable,
                "path": mistake.path, "line": mistake.line, "column": mistake.column,
                "message": self.message(lang), "excerpt": mistake.excerpt}  # fmt: skip
