"""DL070–DL074: the register of sources, and how rules use it."""

from __future__ import annotations

from collections.abc import Iterator

from dunlint.rulebook.lint.folder import Folder, Written
from dunlint.rulebook.lint.problem import Mistake
from dunlint.rulebook.lint.registry import check, each_rule
from dunlint.rulebook.models import Rule


@check("DL070", "unused-source", "warning")
def unused_source(folder: Folder) -> Iterator[Mistake]:
    """A source on which no rule rests."""
    used = folder.used("source")
    for source in folder.sources:
        if source.model.id not in used:
            yield source.mistake("id", id=source.model.id)


@check("DL071", "undated-source", "warning")
def undated_source(folder: Folder) -> Iterator[Mistake]:
    """A source without a first day in force on which a rule that is on depends."""
    for source in folder.sources:
        rules = [one.model.id for one in folder.rules if _depends_undated(one.model, source.model.id)]
        if source.model.from_ is None and rules:
            yield source.mistake("id", id=source.model.id, rule=rules[0])


@check("DL072", "dates-outside-source")
@each_rule
def dates_outside_source(rule: Written[Rule], folder: Folder) -> Iterator[Mistake]:
    """An authority said to bind before its source did, or after."""
    for number, authority in enumerate(rule.model.authority):
        source = folder.source_by_id.get(authority.source)
        if source is None:
            continue
        if authority.from_ and source.from_ and authority.from_ < source.from_:
            yield rule.mistake("authority", number, "from", source=source.id, day=source.from_)
        if authority.until and source.until and authority.until > source.until:
            yield rule.mistake("authority", number, "until", source=source.id, day=source.until)


@check("DL073", "duplicate-authority", "warning")
@each_rule
def duplicate_authority(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """One clause of one source named twice for the same people and time."""
    seen: list[object] = []
    for number, authority in enumerate(rule.model.authority):
        same = authority.model_copy(update={"says": None})
        if same in seen:
            yield rule.mistake("authority", number, source=authority.source)
        seen.append(same)


@check("DL074", "unused-parameter", "warning")
def unused_parameter(folder: Folder) -> Iterator[Mistake]:
    """A parameter with which no rule compares."""
    used = folder.used("parameter")
    for name, parameter in folder.parameters.items():
        if name not in used:
            yield parameter.mistake(key=True, name=name)


def _depends_undated(rule: Rule, source: str) -> bool:
    return rule.enabled and any(one.source == source and one.from_ is None for one in rule.authority)
