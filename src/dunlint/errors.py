"""Everything Dunlint raises on purpose.

    DunlintError
    ├── InputError            a file or an argument cannot be used (exit code 3)
    │   ├── UnreadableFile    nothing in the file could be read
    │   ├── BadArgument       an option or parameter makes no sense
    │   └── OutputError       a result cannot be written
    ├── RuleError             a rule, parameter or wording file is wrong (exit code 2)
    └── EngineError           a rule engine failed while deciding (exit code 2)
        └── EngineDisagreement  two engines gave different findings

Each error names what happened, where, and the next step. The sentences live in the
message catalogue (`dunlint/i18n/*.yaml`, keys `error.CODE.what` and `error.CODE.next`), so that
every error exists in Chinese and in English.
"""

from __future__ import annotations

from typing import Any

from dunlint import i18n


class DunlintError(Exception):
    """Base of all; `code` is a key of the catalogue, `values` fill its blanks, `where` is `path:line:column`."""

    exit_code = 3

    def __init__(self, code: str, *, where: str = "", **values: Any) -> None:
        self.code = code
        self.where = where
        self.values = values
        super().__init__(self.message())

    def message(self, lang: str | None = None) -> str:
        """The error in one line: where, what, what to do. `lang` is "zh" or "en" (default: the locale's)."""
        what = i18n.text(f"error.{self.code}.what", lang, **self.values)
        advice = i18n.text(f"error.{self.code}.next", lang, **self.values)
        place = f"{self.where}: " if self.where else ""
        return f"{place}{what} {advice}"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.code, self.where, self.values)


def _rebuild(kind: type[DunlintError], code: str, where: str, values: dict[str, Any]) -> DunlintError:
    return kind(code, where=where, **values)


class InputError(DunlintError):
    """A file or an argument cannot be used."""

    exit_code = 3


class UnreadableFile(InputError):
    """Nothing in the file could be read."""


class BadArgument(InputError):
    """An option or a parameter makes no sense."""


class OutputError(InputError):
    """A result cannot be written."""


class RuleError(DunlintError):
    """A rule, parameter or wording file is wrong."""

    exit_code = 2


class EngineError(DunlintError):
    """A rule engine failed while deciding."""

    exit_code = 2


class EngineDisagreement(EngineError):
    """Two engines gave different findings for the same facts."""
