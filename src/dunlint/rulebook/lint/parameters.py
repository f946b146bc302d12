"""DL090–DL092: numbers that change by date."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from dunlint.rulebook.lint.folder import Folder
from dunlint.rulebook.lint.problem import Mistake
from dunlint.rulebook.lint.registry import check


@check("DL090", "unsorted-dates")
def unsorted_dates(folder: Folder) -> Iterator[Mistake]:
    """A parameter whose dates do not ascend, so that a missing one is not seen."""
    for parameter in folder.parameters.values():
        for earlier, later in pairwise(parameter.model.values):
            if later < earlier:
                yield parameter.mistake("values", later, key=True, day=later, after=earlier)


@check("DL091", "value-without-source")
def value_without_source(folder: Folder) -> Iterator[Mistake]:
    """A value that does not say where it is from."""
    for parameter in folder.parameters.values():
        for day, value in parameter.model.values.items():
            if not (value.source or "").strip():
                yield parameter.mistake("values", day, key=True, day=day)


@check("DL092", "parameter-without-value")
def parameter_without_value(folder: Folder) -> Iterator[Mistake]:
    """A parameter that has no value on any day."""
    for name, parameter in folder.parameters.items():
        if all(value.value is None for value in parameter.model.values.values()):
            yield parameter.mistake("values", name=name)
