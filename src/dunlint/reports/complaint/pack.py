"""A document and a channel -> a pack: what happened, what it may break, what is asked for, what has to be filled in.

Facts and law are kept apart: `facts` say only what the records hold, `allegations` what that may break. What rests
on weak evidence or on advice only becomes a warning, and what is for review stays out of the allegations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dunlint.errors import BadArgument
from dunlint.findings import Clause, Finding, Quote
from dunlint.reports.complaint.channels import Chosen, Request, Step, every, fits, holds
from dunlint.reports.document import Document
from dunlint.rulebook.models import SEVERITIES

READ = ("A", "B")  # grades at which the original words were seen, in full or quoted
BINDING = ("law", "regulation", "standard")
ALLEGED = ("violation", "presumed_violation")


@dataclass(frozen=True)
class Evidence:
    """One contact of the records, numbered from 1 in order of time; quotes: guilty words in it."""

    number: int
    contact: Mapping[str, Any]
    quotes: tuple[Quote, ...]


@dataclass(frozen=True)
class Allegation:
    """What the findings of one rule come to; `evidence` are numbers, `clauses` the strongest first."""

    findings: tuple[Finding, ...]
    evidence: tuple[int, ...]
    clauses: tuple[Clause, ...]

    @property
    def first(self) -> Finding:
        return self.findings[0]


@dataclass(frozen=True)
class Pack:
    """evidence: what the complaint rests on; facts: the same in groups, one group a fact; aside: contacts that only
    findings for review rest on; elsewhere: findings that are not this channel's matter; others: channels whose
    matter they are or could be.
    """

    case_id: str
    chosen: Chosen
    document: Document
    evidence: tuple[Evidence, ...]
    facts: tuple[tuple[Evidence, ...], ...]
    aside: tuple[Evidence, ...]
    allegations: tuple[Allegation, ...]
    warnings: tuple[Allegation, ...]
    reviews: tuple[Allegation, ...]
    elsewhere: tuple[Finding, ...]
    requests: tuple[Request, ...]
    steps: tuple[Step, ...]
    others: tuple[Chosen, ...]


def build(document: Document, chosen: Chosen, case: str | None = None) -> Pack:
    """The pack of one case. Raises BadArgument if there are several cases and none was named, or no finding."""
    document = of_one_case(document, case)
    matter = [finding for finding in document.findings if fits(finding.rule, chosen.channel.rules)]
    if not matter:
        raise BadArgument("nothing_to_complain", name=chosen.channel.id, count=len(document.findings))
    told = [finding for finding in matter if finding.verdict != "review"]
    evidence = _numbered(told, document.contacts)
    aside = _numbered(matter, document.contacts, after=evidence)
    numbers = {one.contact["contact_id"]: one.number for one in (*evidence, *aside)}
    groups = [_allegation(ones, numbers) for ones in _by_rule(matter)]
    return Pack(
        case_id=document.findings[0].case_id,
        chosen=chosen,
        document=document,
        evidence=evidence,
        facts=_facts(evidence),
        aside=aside,
        allegations=tuple(group for group in groups if _alleged(group)),
        warnings=tuple(group for group in groups if group.first.verdict != "review" and not _alleged(group)),
        reviews=tuple(group for group in groups if group.first.verdict == "review"),
        elsewhere=tuple(finding for finding in document.findings if finding not in matter),
        requests=_requests(chosen, replace(document, findings=tuple(matter))),
        steps=tuple(step for step in chosen.file.steps if holds(step.when, document)),
        others=_others(chosen, document),
    )


def of_one_case(document: Document, case: str | None) -> Document:
    """What of the document is of one case. Raises BadArgument where it is not clear which."""
    cases = sorted({row["case_id"] for row in document.contacts} | {one.case_id for one in document.findings})
    if case is None and len(cases) > 1:
        raise BadArgument("which_case", known=", ".join(cases[:20]))
    name = case or (cases[0] if cases else "")
    if name not in cases:
        raise BadArgument("unknown_case", name=name, known=", ".join(cases[:20]))
    return replace(
        document,
        findings=tuple(finding for finding in document.findings if finding.case_id == name),
        contacts=_of_case(document.contacts, name),
        accounts=_of_case(document.accounts, name),
        events=_of_case(document.events, name),
    )


def _of_case(rows: Iterable[Mapping[str, Any]], case: str) -> tuple[Mapping[str, Any], ...]:
    return tuple(row for row in rows if row.get("case_id") in (case, None))


def _numbered(
    findings: Sequence[Finding], contacts: Iterable[Mapping[str, Any]], after: Sequence[Evidence] = ()
) -> tuple[Evidence, ...]:
    """Every contact the findings rest on, in order of time, numbered on from what is numbered already."""
    rows = {row["contact_id"]: row for row in contacts}
    known = {one.contact["contact_id"] for one in after}
    wanted: dict[str, Mapping[str, Any]] = {}
    quotes: dict[str, list[Quote]] = {}
    for finding in findings:
        for name in finding.contacts:
            wanted.setdefault(name, rows.get(name) or _bare(finding, name))
        quotes.setdefault(finding.contact_id, []).extend(finding.quotes)
    new = [row for name, row in wanted.items() if name not in known]
    ordered = sorted(new, key=lambda row: (row.get("at") or "", row["contact_id"]))
    return tuple(
        Evidence(number, row, tuple(quotes.get(row["contact_id"], ())))
        for number, row in enumerate(ordered, start=len(after) + 1)
    )


def _bare(finding: Finding, name: str) -> dict[str, Any]:
    """What a finding itself says of a contact that the document does not hold."""
    if name != finding.contact_id:
        return {"contact_id": name}
    at = finding.at.isoformat() if finding.at else None
    told = ("contact_id", "local", "zone", "channel", "party", "source_file", "source_line", "source_sha256")
    return {"at": at, **{key: getattr(finding, key) for key in told}}


def _by_rule(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings of one rule and verdict together; what is gravest first, then in order of time."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in sorted(findings, key=lambda one: one.local or ""):
        groups.setdefault((finding.rule, finding.verdict), []).append(finding)
    return sorted(groups.values(), key=lambda ones: -SEVERITIES.index(ones[0].severity))


def _allegation(findings: Sequence[Finding], numbers: Mapping[str, int]) -> Allegation:
    evidence = sorted({numbers[name] for finding in findings for name in finding.contacts})
    clauses = dict.fromkeys(clause for finding in findings for clause in finding.clauses)
    return Allegation(tuple(findings), tuple(evidence), tuple(sorted(clauses, key=_standing)))


def _standing(clause: Clause) -> tuple[bool, int]:
    """Clauses whose words were seen come first, the most binding of them at the head."""
    return not strong(clause), BINDING.index(clause.weight) if clause.weight in BINDING else len(BINDING)


def strong(clause: Clause) -> bool:
    """Binding, its words seen, and known to apply: enough to say that it may have been broken."""
    return clause.evidence in READ and clause.weight in BINDING and clause.sure


def _alleged(group: Allegation) -> bool:
    return group.first.verdict in ALLEGED and any(strong(clause) for clause in group.clauses)


def _facts(evidence: Sequence[Evidence]) -> tuple[tuple[Evidence, ...], ...]:
    """One fact for each contact; unanswered attempts of one day from one number are one fact."""
    groups: list[list[Evidence]] = []
    for one in evidence:
        if groups and _same(groups[-1][-1], one):
            groups[-1].append(one)
        else:
            groups.append([one])
    return tuple(map(tuple, groups))


def _same(first: Evidence, second: Evidence) -> bool:
    if first.quotes or second.quotes or any(one.contact.get("text") or one.contact.get("turns")
                                            for one in (first, second)):  # fmt: skip
        return False
    names = ("channel", "direction", "outcome", "from_number", "party")
    same_day = (first.contact.get("local") or "")[:10] == (second.contact.get("local") or "")[:10]
    return same_day and all(first.contact.get(name) == second.contact.get(name) for name in names)


def _requests(chosen: Chosen, document: Document) -> tuple[Request, ...]:
    """What the channel can be asked for, as far as the findings give reason to."""
    known = {request.id: request for request in chosen.file.requests}
    return tuple(known[name] for name in chosen.channel.requests if holds(known[name].when, document))


def _others(chosen: Chosen, document: Document) -> tuple[Chosen, ...]:
    """Other channels of the jurisdiction for which there is a finding and, as far as known, the right lender."""
    lenders = {account["lender_type"] for account in document.accounts if account.get("lender_type")}
    return tuple(
        other
        for other in every().values()
        if other.pack == chosen.pack
        and other.channel.id != chosen.channel.id
        and (not lenders or other.channel.lender is None or lenders & set(other.channel.lender))
        and any(fits(finding.rule, other.channel.rules) for finding in document.findings)
    )
