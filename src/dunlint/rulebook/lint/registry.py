"""The register of checks. A check is a small function that takes a folder of rules and yields mistakes.

    @check("DL020", "dangling-source")
    @each_rule
    def dangling_source(rule: Written[Rule], folder: Folder) -> Iterator[Mistake]:
        ...

Its sentence stands in the catalogue under `lint.DL020`. Numbers go by topic and are never given twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Literal

from dunlint.rulebook.lint.folder import Folder, Written
from dunlint.rulebook.lint.problem import Mistake
from dunlint.rulebook.models import Rule

Severity = Literal["error", "warning"]
Find = Callable[[Folder], Iterable[Mistake]]
FindInRule = Callable[[Written[Rule], Folder], Iterable[Mistake]]


@dataclass(frozen=True)
class Check:
    """One check: its code and name, how bad it is, what finds it, and whether `--fix` can mend it."""

    code: str
    name: str
    severity: Severity
    find: Find
    fixable: bool = False


CHECKS: dict[str, Check] = {}


def check(code: str, name: str, severity: Severity = "error", *, fixable: bool = False) -> Callable[[Find], Find]:
    """Register a function as a check. Raises ValueError if the code is taken."""

    def register(find: Find) -> Find:
        if code in CHECKS:
            raise ValueError(code)
        CHECKS[code] = Check(code, name, severity, find, fixable)
        return find

    return register


def each_rule(find: FindInRule) -> Find:
    """A check of one rule, made into a check of all rules of a folder."""

    @wraps(find)
    def find_in_all(folder: Folder) -> Iterator[Mistake]:
        for rule in folder.rules:
            yield from find(rule, folder)

    return find_in_all
