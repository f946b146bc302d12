"""Any export -> one table of contacts, accounts and events (`load`)."""

from dunlint.records.load import load
from dunlint.records.schema import Records, Unreadable

__all__ = ["Records", "Unreadable", "load"]
