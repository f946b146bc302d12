"""Dunlint: a compliance checker for debt-collection communications.

    import dunlint
    report = dunlint.check("corpus/cases/huabei-overdue", rules=["cn"])
    for finding in report.findings: ...
    report.frame                     # the same as a Polars frame

The names below are the public API; everything else may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dunlint.audit import check, check_records
    from dunlint.errors import (
        BadArgument,
        DunlintError,
        EngineDisagreement,
        EngineError,
        InputError,
        RuleError,
        UnreadableFile,
    )
    from dunlint.findings import Clause, Finding, NotCheckable, Quote, Report
    from dunlint.records import Records
    from dunlint.records.load import load as load_records
    from dunlint.rulebook.load import load as load_rules

_HOMES = {
    "check": "dunlint.audit",
    "check_records": "dunlint.audit",
    "load_records": "dunlint.records:load",
    "load_rules": "dunlint.rulebook.load:load",
    "Records": "dunlint.records",
    **dict.fromkeys(("Clause", "Finding", "NotCheckable", "Quote", "Report"), "dunlint.findings"),
    **dict.fromkeys(
        (
            "BadArgument",
            "DunlintError",
            "EngineDisagreement",
            "EngineError",
            "InputError",
            "RuleError",
            "UnreadableFile",
        ),
        "dunlint.errors",
    ),
}

__all__ = [
    "BadArgument",
    "Clause",
    "DunlintError",
    "EngineDisagreement",
    "EngineError",
    "Finding",
    "InputError",
    "NotCheckable",
    "Quote",
    "Records",
    "Report",
    "RuleError",
    "UnreadableFile",
    "check",
    "check_records",
    "load_records",
    "load_rules",
]


def __getattr__(name: str) -> Any:
    """Public names are imported on first use, so that `dunlint --help` stays quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'dunlint' has no attribute {name!r}")
    import importlib

    module, _, attribute = _HOMES[name].partition(":")
    return getattr(importlib.import_module(module), attribute or name)
