"""DL060–DL065: how sure the law behind a rule is, and whether the verdict says no more than that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dunlint.rulebook.lint.files import File
from dunlint.rulebook.lint.folder import Folder, Written
from dunlint.rulebook.lint.problem import Mistake
from dunlint.rulebook.lint.registry import check, each_rule
from dunlint.rulebook.lint.validation import is_off_without_reason
from dunlint.rulebook.models import Rule

WEAK = ("D", "NOT_SEEN")


@check("DL060", "missing-evidence")
def missing_evidence(folder: Folder) -> Iterable[Mistake]:
    """A source without an evidence grade."""
    return folder.faults("missing_evidence")


@check("DL061", "weak-evidence-enabled")
@each_rule
def weak_evidence_enabled(rule: Written[Rule], folder: Folder) -> Iterator[Mistake]:
    """A rule that is on and rests on grade D or on a text that was not found."""
    for number, authority in enumerate(rule.model.authority):
        source = folder.source_by_id.get(authority.source)
        grade = authority.evidence or (source.evidence if source else None)
        if rule.model.enabled and grade in WEAK:
            yield rule.mistake("authority", number, id=rule.model.id, grade=grade)


@check("DL062", "off-without-reason")
def off_without_reason(folder: Folder) -> Iterator[Mistake]:
    """A rule that is off and does not say why."""
    for file in folder.files:
        if file.kind == "rules":
            yield from _without_reason(file)


@check("DL063", "clause-not-seen", "warning")
@each_rule
def clause_not_seen(rule: Written[Rule], folder: Folder) -> Iterator[Mistake]:
    """A clause number of a text that was not found: a number that was not seen is not written."""
    for number, authority in enumerate(rule.model.authority):
        source = folder.source_by_id.get(authority.source)
        grade = authority.evidence or (source.evidence if source else None)
        if authority.clause and grade == "NOT_SEEN":
            yield rule.mistake("authority", number, "clause", clause=authority.clause)


@check("DL064", "violation-of-advice")
@each_rule
def violation_of_advice(rule: Written[Rule], folder: Folder) -> Iterator[Mistake]:
    """A violation that rests on advice alone."""
    sources = folder.source_by_id
    weights = {
        one.weight or (sources[one.source].weight if one.source in sources else "law") for one in rule.model.authority
    }
    if rule.model.verdict == "violation" and weights == {"advisory"}:
        yield rule.mistake("verdict", id=rule.model.id)


@check("DL065", "mere-info-violation", "warning")
@each_rule
def mere_info_violation(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """A violation of the lowest severity: one of the two is not meant."""
    if rule.model.verdict == "violation" and rule.model.severity == "info":
        yield rule.mistake("severity", id=rule.model.id)


def _without_reason(file: File) -> Iterator[Mistake]:
    for trail, raw in file.items():
        if is_off_without_reason(raw):
            yield file.mistake((*trail, "enabled"), key=True, id=raw.get("id", "?"))
