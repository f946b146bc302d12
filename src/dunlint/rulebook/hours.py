"""The hours in which rules bar contact, read from the rules themselves."""

from __future__ import annotations

from collections import Counter

from dunlint.facts.conditions import ContactCondition
from dunlint.rulebook.load import Rulebook
from dunlint.rulebook.models import Rule


def quiet_hours(book: Rulebook) -> dict[str, str] | None:
    """{from, until, rule}: the local hours that most violation rules about hours bar, and the first such rule.

    None where no rule that is on bars hours of every day.
    """
    windows = [(window, rule) for rule in book.enabled if (window := _window(rule)) is not None]
    if not windows:
        return None
    (start, end), _ = Counter(window for window, _ in windows).most_common(1)[0]
    rule = next(rule for window, rule in windows if window == (start, end))
    return {"from": start, "until": end, "rule": rule.id}


def _window(rule: Rule) -> tuple[str, str] | None:
    contact = rule.when.contact
    barring = rule.topic == "hours" and rule.verdict == "violation"
    if not barring or contact is None or contact.local_time is None or _some_days_only(contact):
        return None
    return contact.local_time.from_, contact.local_time.until


def _some_days_only(contact: ContactCondition) -> bool:
    return any(part is not None for part in (contact.weekday, contact.holiday, contact.local_date))
