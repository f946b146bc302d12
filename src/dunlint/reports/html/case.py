"""The report of a case: every contact in order, guilty words marked, the rule beside them and its law under it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dunlint import i18n
from dunlint.findings import Clause, Finding, Quote, missing_words
from dunlint.reports.document import Document
from dunlint.reports.html.marks import Marked, marked
from dunlint.reports.html.page import render
from dunlint.reports.html.timeline import timeline
from dunlint.reports.html.words import Both, words
from dunlint.rulebook.models import SEVERITIES

MOST_CONTACTS = 1_000  # more would not open at once; the JSON has them all
WEIGHTS = ("law", "regulation", "standard", "advisory")


@dataclass(frozen=True, slots=True)
class Law:
    """What findings rest on, told once on the page: clauses by binding weight, gravest first."""

    number: int
    title: Both
    groups: tuple[tuple[str, tuple[Clause, ...]], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A finding as it stands beside its contact."""

    number: int
    finding: Finding
    title: Both
    message: Both
    law: Law
    missing: Both | None


@dataclass(frozen=True, slots=True)
class Said:
    """One utterance, or the text of a message: who, seconds from the start (None where unknown), the words."""

    speaker: str | None
    start: float | None
    words: Marked


@dataclass(frozen=True, slots=True)
class Entry:
    """A contact as it is shown. others: findings of other contacts that rest on this one too."""

    anchor: str
    contact: Mapping[str, Any]
    said: tuple[Said, ...]
    cards: tuple[Card, ...]
    others: tuple[Card, ...]

    @property
    def local(self) -> str | None:
        return self.contact.get("local")

    @property
    def channel(self) -> str | None:
        return self.contact.get("channel")

    @property
    def worst(self) -> str | None:
        """The severity of its gravest finding."""
        return max((card.finding.severity for card in self.cards), key=SEVERITIES.index, default=None)

    @property
    def only_review(self) -> bool:
        return bool(self.cards) and all(card.finding.verdict == "review" for card in self.cards)


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened in the case, recorded or heard in a contact."""

    event: Mapping[str, Any]
    anchor: str | None

    @property
    def local(self) -> str | None:
        return self.event.get("local")


@dataclass(frozen=True)
class View:
    """What the page shows. days: local date -> entries and moments in order of time."""

    cards: tuple[Card, ...]
    suppressed: tuple[Card, ...]
    entries: tuple[Entry, ...]
    moments: tuple[Moment, ...]
    homeless: tuple[Card, ...]
    laws: tuple[Law, ...]
    left_out: int
    days: Mapping[str, tuple[Entry | Moment, ...]] = field(default_factory=dict)


def write(document: Document, target: Path, lang: str) -> None:
    """Write the page of a document, opening in `lang`."""
    view = make_view(document)
    about = document.about
    grave = {card.number: card.finding.severity for card in view.cards}
    days = sorted(row["local"][:10] for row in document.contacts if row.get("local"))
    text = render(
        "case.html", lang, ("report.js", "case.js"),
        heading=words("case_heading"),
        view=view,
        total=len(document.findings),
        about=about,
        accounts=document.accounts,
        cases=sorted({row["case_id"] for row in document.contacts if row.get("case_id")}),
        first=days[0] if days else None,
        last=days[-1] if days else None,
        verdicts=Counter(finding.verdict for finding in document.findings),
        verdict_order=i18n.VERDICT_ORDER,
        severities=SEVERITIES[::-1],
        present=set(grave.values()),
        rule_titles=sorted({(card.finding.rule, card.title) for card in view.cards}),
        anchors={entry.contact["contact_id"]: entry.anchor for entry in view.entries},
        drawing=timeline(view.entries, view.moments, about.get("quiet_hours")),
        day_table=day_table(view),
        lacking=lacking(about.get("not_checkable", ())),
        missing=missing,
        worst=lambda numbers: max((grave[number] for number in numbers), key=SEVERITIES.index),
        names=lambda entry: Both(*("; ".join(card.title.in_(one) for card in entry.cards) for one in Both._fields)),
        clocked=clocked,
    )  # fmt: skip
    target.write_text(text, encoding="utf-8")


def clocked(seconds: float) -> str:
    """Seconds from the start as minutes and seconds: 75.0 is 1:15."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def make_view(document: Document) -> View:
    laws = _laws((*document.findings, *document.suppressed))
    cards = tuple(_card(number, one, laws) for number, one in enumerate(document.findings, 1))
    own, others = defaultdict(list), defaultdict(list)
    for card in cards:
        own[card.finding.contact_id].append(card)
        for contact in set(card.finding.contacts) - {card.finding.contact_id}:
            others[contact].append(card)
    entries = tuple(
        _entry(number, row, own[row["contact_id"]], others[row["contact_id"]])
        for number, row in enumerate(_kept(document.contacts, own), 1)
    )
    anchors = {entry.contact["contact_id"]: entry.anchor for entry in entries}
    moments = tuple(Moment(event, anchors.get(event.get("contact_id"))) for event in document.events)
    known = {row["contact_id"] for row in document.contacts}
    homeless = tuple(card for card in cards if card.finding.contact_id not in known)[:MOST_CONTACTS]
    return View(
        cards=tuple(one for one in cards if one.finding.contact_id in anchors or one in homeless),
        suppressed=tuple(_card(number, one, laws) for number, one in enumerate(document.suppressed, len(cards) + 1)),
        entries=entries,
        moments=moments,
        homeless=homeless,
        laws=tuple(laws.values()),
        left_out=len(document.contacts) - len(entries),
        days=_days(entries, moments),
    )


def _kept(contacts: Sequence[Mapping[str, Any]], own: Mapping[str, Sequence[Card]]) -> list[Mapping[str, Any]]:
    """All contacts, or where they are too many, those with the gravest findings, in their order."""
    first = {contact: cards[0].number for contact, cards in own.items() if cards}
    needed = sorted(range(len(contacts)), key=lambda place: first.get(contacts[place]["contact_id"], len(first) + 1e9))
    return [contacts[place] for place in sorted(needed[:MOST_CONTACTS])]


def _laws(findings: Iterable[Finding]) -> dict[tuple[Clause, ...], Law]:
    laws: dict[tuple[Clause, ...], Law] = {}
    for one in findings:
        if one.clauses not in laws:
            by_weight = {weight: tuple(c for c in one.clauses if c.weight == weight) for weight in WEIGHTS}
            groups = tuple((weight, clauses) for weight, clauses in by_weight.items() if clauses)
            laws[one.clauses] = Law(len(laws) + 1, Both(one.title_zh, one.title_en), groups)
    return laws


def _card(number: int, finding: Finding, laws: Mapping[tuple[Clause, ...], Law]) -> Card:
    return Card(
        number,
        finding,
        Both(finding.title_zh, finding.title_en),
        Both(finding.message_zh, finding.message_en),
        laws[finding.clauses],
        missing(finding.missing) if finding.missing else None,
    )


def missing(names: Sequence[str]) -> Both:
    """What the records lack, in words."""
    return Both(*(missing_words(tuple(names), lang) for lang in Both._fields))


def _entry(number: int, contact: Mapping[str, Any], own: Sequence[Card], others: Sequence[Card]) -> Entry:
    quotes: dict[int, list[tuple[int, Quote]]] = defaultdict(list)
    for card in own:
        for quote in card.finding.quotes:
            quotes[quote.turn].append((card.number, quote))
    if contact.get("turns"):
        said = tuple(
            Said(turn["speaker"], turn.get("start"), marked(turn["text"], quotes[place]))
            for place, turn in enumerate(contact["turns"])
        )
    else:
        said = (Said(None, None, marked(contact["text"], quotes[0])),) if contact.get("text") else ()
    return Entry(f"contact-{number}", contact, said, tuple(own), tuple(others))


def _days(entries: Iterable[Entry], moments: Iterable[Moment]) -> dict[str, tuple[Entry | Moment, ...]]:
    """Local date ("" where unknown) -> what happened then, in order of the local clock."""
    days: dict[str, list[Entry | Moment]] = defaultdict(list)
    both: list[Entry | Moment] = [*entries, *moments]
    for one in both:
        days[(one.local or "")[:10]].append(one)
    return {day: tuple(sorted(days[day], key=lambda one: one.local or "")) for day in sorted(days, key=_undated_last)}


def _undated_last(day: str) -> tuple[bool, str]:
    return not day, day


def day_table(view: View) -> list[tuple[str, int, int, int]]:
    """(day, contacts, those with talk or words, findings): what the timeline draws, as numbers."""
    rows = []
    for day, all_of_it in view.days.items():
        entries = [one for one in all_of_it if isinstance(one, Entry)]
        if entries:
            reached = sum(bool(one.said) or bool(one.contact.get("talk_seconds")) for one in entries)
            rows.append((day, len(entries), reached, sum(len(one.cards) for one in entries)))
    return rows


def lacking(items: Iterable[Mapping[str, Any]]) -> list[tuple[Both, int, int]]:
    """(what the records lack, rules that need it, most contacts one of them leaves open), most rules first."""
    rules: dict[str, set[str]] = defaultdict(set)
    contacts: dict[str, int] = defaultdict(int)
    for item in items:
        for name in item["missing"]:
            rules[name].add(item["rule"])
            contacts[name] = max(contacts[name], item["contacts"])
    ordered = sorted(rules, key=lambda name: (-len(rules[name]), name))
    return [(missing([name]), len(rules[name]), contacts[name]) for name in ordered]
