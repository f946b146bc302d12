"""Any export -> one table of contacts, accounts and events: in memory (`load`) or on disk (`spill`)."""

from dunlint.records.load import load, spill
from dunlint.records.schema import Records, Spilled, Unreadable

__all__ = ["Records", "Spilled", "Unreadable", "load", "spill"]
