"""`dunlint check --why-not CONTACT`: for a contact, every rule that was considered and what kept it from firing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from dunlint import i18n
from dunlint.commands.rules_explain import MARKS, row_of

if TYPE_CHECKING:
    from dunlint.engines.why import Why
    from dunlint.findings import Report


def tell(report: Report, contact: str, lang: str) -> None:
    """One line a rule: it fired, or the first condition that is false or unknown, with what was asked and found.

    Raises BadArgument if the report holds no such contact.
    """
    from dunlint.engines import why

    assert report.ground is not None and report.book is not None
    row = row_of(report.ground.contacts, contact)
    name = report.ground.contacts["contact_id"][row]
    fired = {finding.rule for finding in report.findings if finding.contact_id == name}
    click.echo(i18n.text("why_not.head", lang, contact=name, count=len(report.book.enabled)))
    for rule in report.book.enabled:
        if rule.id in fired:
            click.echo(f"  ! {rule.id} {i18n.text('why_not.fired', lang)}")
            continue
        for reason in list(reasons(why.explain(rule, report.book, report.evaluation(), row)))[:1]:
            found = f" ⇒ {reason.found}" if reason.found else ""
            click.echo(f"  {MARKS[reason.answer]} {rule.id}: {reason.name} {reason.asked}{found}")


def reasons(told: list[Why]) -> Iterator[Why]:
    """The conditions that kept a rule from firing: those not true (for `unless`: not false), false ones first."""
    wrong = [one for one in told if one.answer is not (one.name != "unless")]
    for one in sorted(wrong, key=lambda why: why.answer is None):
        inner = [inside for inside in one.inside if inside.answer is not True] if one.name != "unless" else []
        yield from sorted(inner, key=lambda why: why.answer is None) or [one]
