"""DL080–DL085: conditions that do not do what they seem to. (DL082 was a check that the models do now.)"""

from __future__ import annotations

from collections.abc import Iterator

from dunlint.facts.conditions import AccountCondition, Block, Event
from dunlint.rulebook.lint.folder import Folder, Written
from dunlint.rulebook.lint.problem import Mistake
from dunlint.rulebook.lint.reach import excluded
from dunlint.rulebook.lint.registry import check, each_rule
from dunlint.rulebook.lint.walk import models_in
from dunlint.rulebook.models import Rule


@check("DL080", "overlapping-rules", "warning")
def overlapping_rules(folder: Folder) -> Iterator[Mistake]:
    """Two rules that are on ask for the same, for the same people at the same time: every finding comes twice."""
    seen: dict[str, list[Written[Rule]]] = {}
    for rule in folder.rules:
        if not rule.model.enabled:
            continue
        alike = seen.setdefault(_asked(rule.model), [])
        for other in alike:
            if _meet(rule.model, other.model, folder):
                yield rule.mistake("when", other=other.model.id)
        alike.append(rule)


@check("DL081", "absent-without-review", "warning")
@each_rule
def absent_without_review(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """An event must be absent, which most records cannot show, and the open cases are not put to review."""
    soft = rule.model.if_unknown
    for path, event in models_in(rule.model.when, Event, ("when",)):
        if event.absent and soft != "review" and (isinstance(soft, str) or path[1] not in soft):
            yield rule.mistake(*path, part=path[1])


@check("DL083", "window-on-first-step", "warning")
@each_rule
def window_on_first_step(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """The first step of a sequence has no step before it to be near to."""
    for path, block in rule.conditions(Block):
        first = block.sequence[0] if block.sequence else None
        for name in ("within", "later", "without", "same"):
            if first is not None and getattr(first, name):
                yield rule.mistake(*path, "sequence", 0, name, key=True, name=name)


@check("DL084", "count-of-nothing")
@each_rule
def count_of_nothing(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """A count that has neither `of` nor neighbours to say which contacts count."""
    for path, block in rule.conditions(Block):
        counts = block.count if isinstance(block.count, list) else [block.count] if block.count else []
        alone = block.contact is None and block.account is None and block.says is None
        if alone and any(count.of is None for count in counts):
            yield rule.mistake(*path, "count")


@check("DL085", "comparison-incomplete")
@each_rule
def comparison_incomplete(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """`number` and its limits go together; one without the other is not looked at."""
    for path, account in rule.conditions(AccountCondition):
        limited = bool(account.more_than or account.less_than)
        if bool(account.number) != limited:
            yield rule.mistake(*path)


def _asked(rule: Rule) -> str:
    kept = rule.model_copy(update={"authority": []}).model_dump_json(
        include={"when", "unless", "applies_to"}, exclude_defaults=True
    )
    return str(kept)


def _meet(rule: Rule, other: Rule, folder: Folder) -> bool:
    """Whether some contact can be bound by an authority of each."""
    for authority in rule.authority:
        source = folder.source_by_id.get(authority.source)
        for theirs in other.authority:
            second = folder.source_by_id.get(theirs.source)
            if source and second and excluded(rule, (authority, source), (theirs, second)) is None:
                return True
    return False
