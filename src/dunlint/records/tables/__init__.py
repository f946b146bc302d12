"""Anybody's table -> ours, as columns: `scan` reads, `mapping` says what is what, `suggest` guesses it."""

from dunlint.records.tables.mapping import Mapping
from dunlint.records.tables.mapping import load as load_mapping
from dunlint.records.tables.scan import Scan, scan, scans
from dunlint.records.tables.suggest import suggest

__all__ = ["Mapping", "Scan", "load_mapping", "scan", "scans", "suggest"]
