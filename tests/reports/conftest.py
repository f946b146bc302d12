"""The shipped cases as documents, checked once for all tests of this room."""

from __future__ import annotations

from functools import cache

import dunlint
from dunlint.reports import document
from dunlint.reports.document import Document
from dunlint.reports.privacy import masked
from tests.conftest import CASES


@cache
def shipped(case: str) -> Document:
    """The masked document of a shipped case."""
    return document.of_report(masked(dunlint.check(CASES / case)))
