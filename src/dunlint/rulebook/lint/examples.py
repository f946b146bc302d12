"""DL040–DL045: the tests inside rules, as far as they can be judged without running them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dunlint.rulebook.lint.folder import Folder, Written
from dunlint.rulebook.lint.problem import Mistake, nearest
from dunlint.rulebook.lint.registry import check, each_rule
from dunlint.rulebook.models import Rule

GIVEN = ("contact", "contacts", "account", "accounts", "events", "keeps")


@check("DL040", "no-positive-test")
@each_rule
def no_positive_test(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """A rule that is on and has no test that it finds anything."""
    if rule.model.enabled and all(test.expect == "none" for test in rule.model.tests):
        yield rule.mistake("tests", key=True, id=rule.model.id)


@check("DL041", "no-negative-test")
@each_rule
def no_negative_test(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """A rule that is on and has no test that it leaves anything alone."""
    if rule.model.enabled and all(test.expect != "none" for test in rule.model.tests):
        yield rule.mistake("tests", key=True, id=rule.model.id)


@check("DL042", "duplicate-test-name", "warning")
@each_rule
def duplicate_test_name(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """Two tests of one rule with one name."""
    seen: set[str] = set()
    for number, test in enumerate(rule.model.tests):
        if test.name in seen:
            yield rule.mistake("tests", number, "name", name=test.name)
        seen.add(test.name)


@check("DL043", "impossible-expectation")
@each_rule
def impossible_expectation(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """A test that expects a verdict other than the rule's own, review or none."""
    for number, test in enumerate(rule.model.tests):
        if test.expect not in (rule.model.verdict, "review", "none"):
            yield rule.mistake("tests", number, "expect", expect=test.expect, verdict=rule.model.verdict)


@check("DL044", "no-such-contact")
@each_rule
def no_such_contact(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """A test that expects a finding for a contact which it does not give."""
    for number, test in enumerate(rule.model.tests):
        count = contacts_given(test.given)
        wrong = [place for place in test.at or () if not 0 <= place < count]
        if wrong:
            yield rule.mistake("tests", number, "at", at=wrong[0], last=count - 1)


@check("DL045", "unknown-given")
@each_rule
def unknown_given(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """A test gives something that tests cannot give."""
    for number, test in enumerate(rule.model.tests):
        for key in test.given:
            if key not in GIVEN:
                hint = nearest(key, GIVEN)
                path = ("tests", number, "given", key)
                yield rule.mistake(*path, key=True, name=key, known=", ".join(GIVEN), nearest=hint)


def contacts_given(given: dict[str, Any]) -> int:
    """How many contacts a test gives, the repeated ones counted."""
    written = given.get("contacts") or [given.get("contact") or {}]
    repeats = (one.get("repeat", 1) if isinstance(one, dict) else 1 for one in written)
    return sum(count if isinstance(count, int) else 1 for count in repeats)
