"""Where a complaint can go, what can be asked for and what comes next, as data of a jurisdiction
(`rules/<pack>/complaints.yaml`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Literal

from pydantic import Field

from dunlint.errors import BadArgument
from dunlint.facts.conditions import Model
from dunlint.reports.document import Document
from dunlint.resources import rules_root
from dunlint.rulebook.load import COMPLAINTS_FILE, checked, shipped
from dunlint.rulebook.models import Bilingual, Evidence, Identifier
from dunlint.yaml_places import read

Where = Literal["borrower", "institution", "facts", "contacts", "law", "requests", "annex"]


class Condition(Model):
    """When a request or a step belongs into a pack: every key that is given must hold.

    rules: a finding of a rule that fits one of these patterns; events: an event of one of these kinds is on record;
    product, lender: one account is of both.
    """

    rules: list[str] | None = None
    events: list[str] | None = None
    product: list[str] | None = None
    lender: list[str] | None = None
    unless: Condition | None = None


class Need(Model):
    """One thing a channel asks for: left open for the borrower, or the part of the pack that holds it."""

    by: Where
    label: Bilingual


class Lines(Model):
    """Ready lines for a channel that takes them: one for each contact of these kinds."""

    channels: list[str]
    template: str
    caption: Bilingual


class Channel(Model):
    """One place to complain. `lender` and `rules` say whose and which conduct is its matter; without them, any."""

    id: Identifier
    title: Bilingual
    addressee: Bilingual
    for_: Bilingual = Field(alias="for")
    competent: Bilingual
    lender: list[str] | None = None
    rules: list[str] | None = None
    evidence: Evidence
    seen: Bilingual
    limits: Bilingual | None = None
    note: Bilingual | None = None
    needs: list[Need] = []
    lines: Lines | None = None
    requests: list[str] = []


class Request(Model):
    id: Identifier
    when: Condition | None = None
    text: Bilingual


class Step(Model):
    """What the borrower can do next; with the clause it rests on, if one was seen."""

    when: Condition | None = None
    text: Bilingual
    source: Identifier | None = None
    clause: str | None = None
    evidence: Evidence | None = None


class Complaints(Model):
    channels: list[Channel]
    requests: list[Request]
    steps: list[Step]


@dataclass(frozen=True)
class Chosen:
    """A channel with the file of its jurisdiction."""

    pack: str
    channel: Channel
    file: Complaints


@cache
def of_pack(pack: str) -> Complaints | None:
    """The complaints file of a shipped jurisdiction. Raises RuleError for a mistake in it."""
    path = rules_root() / pack / COMPLAINTS_FILE
    if not path.is_file():
        return None
    document = read(path, f"{pack}/{COMPLAINTS_FILE}")
    return checked(document, (), document.data, Complaints)


def every() -> Mapping[str, Chosen]:
    """All channels by id."""
    files = {pack: of_pack(pack) for pack in shipped()}
    return {
        channel.id: Chosen(pack, channel, file) for pack, file in files.items() if file for channel in file.channels
    }


def choose(name: str, document: Document) -> Chosen:
    """The channel of that id. Raises BadArgument if there is none or it is of another jurisdiction."""
    known = every()
    if name not in known:
        raise BadArgument("unknown_channel", name=name, known=", ".join(known))
    chosen = known[name]
    rules = document.about.get("rules", ())
    if not any(rule == chosen.pack or rule.startswith(f"{chosen.pack}-") for rule in rules):
        fitting = ", ".join(one for one, other in known.items() if other.pack in rules) or "–"
        raise BadArgument("channel_elsewhere", name=name, pack=chosen.pack, rules=", ".join(rules), known=fitting)
    return chosen


def fits(rule: str, patterns: Iterable[str] | None) -> bool:
    """Whether a rule is of a channel's matter or a condition's patterns; no patterns take every rule."""
    return patterns is None or any(fnmatchcase(rule, pattern) for pattern in patterns)


def holds(when: Condition | None, document: Document) -> bool:
    """Whether a condition holds for a case."""
    if when is None:
        return True
    if when.unless is not None and holds(when.unless, document):
        return False
    if when.rules is not None and not any(fits(finding.rule, when.rules) for finding in document.findings):
        return False
    if when.events is not None and not any(event.get("kind") in when.events for event in document.events):
        return False
    wanted = {"product": when.product, "lender_type": when.lender}
    asked = {name: values for name, values in wanted.items() if values is not None}
    return not asked or any(_is(account, asked) for account in document.accounts)


def _is(account: Mapping[str, Any], asked: Mapping[str, list[str]]) -> bool:
    return all(account.get(name) in values for name, values in asked.items())
