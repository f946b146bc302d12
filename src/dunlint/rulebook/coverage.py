"""Obligations of a jurisdiction and what becomes of each: a rule, covered by a rule, a checklist item, or off
with a reason.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import model_validator

from dunlint.facts.conditions import Model
from dunlint.resources import rules_root
from dunlint.rulebook.load import Rulebook, models
from dunlint.rulebook.models import Bilingual
from dunlint.yaml_places import read

OBLIGATIONS_FILE = "obligations.yaml"


class Obligation(Model):
    """One obligation of the law notes: `rule` and `covered` name rules, `checklist` says what data it would
    need, `off` why.
    """

    id: str
    key: str
    title: Bilingual
    state: Literal["rule", "covered", "checklist", "off"]
    rules: list[str] = []
    needs: Bilingual | None = None
    reason: Bilingual | None = None

    @model_validator(mode="after")
    def _state_is_backed(self) -> Obligation:
        backed = {"rule": self.rules, "covered": self.rules, "checklist": self.needs, "off": self.reason}
        if not backed[self.state]:
            raise ValueError(f"state {self.state} needs rules, needs or reason")
        return self


def obligations(pack: str) -> list[Obligation]:
    """The obligations of a shipped pack, or none. Raises RuleError."""
    path = rules_root() / pack / OBLIGATIONS_FILE
    return models(read(path, f"{pack}/{OBLIGATIONS_FILE}"), Obligation) if path.is_file() else []


def page(pack: str, book: Rulebook, lang: str, words: dict[str, str]) -> str:
    """A Markdown table of all obligations; `words` are the page's title, note, headings and names of the states."""
    rows = obligations(pack)
    counted = {state: sum(row.state == state for row in rows) for state in ("rule", "covered", "checklist", "off")}
    total = " · ".join(f"{words[state]} {number}" for state, number in counted.items())
    heading = " | ".join(words[name] for name in ("id", "obligation", "state", "how"))
    lines = [f"# {words['title']}", "", words["note"], "", total, "", f"| {heading} |", "| --- | --- | --- | --- |"]
    for row in rows:
        off = {rule.id for rule in book.rules if not rule.enabled}
        names = ", ".join(f"`{name}`" + (f" ({words['disabled']})" if name in off else "") for name in row.rules)
        how = names or (row.needs or row.reason or row.title).in_(lang)
        lines.append(f"| {row.id} | {row.title.in_(lang)} | {words[row.state]} | {how} |")
    return "\n".join(lines) + "\n"


def page_path(root: Path, pack: str, lang: str) -> Path:
    """docs/coverage-cn.md, and docs/coverage-cn.zh-CN.md."""
    return root / "docs" / f"coverage-{pack}{'.zh-CN' if lang == 'zh' else ''}.md"
