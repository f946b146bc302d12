"""Obligations of a jurisdiction and what becomes of each: a rule, covered by a rule, a checklist item, or off
with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import model_validator

from dunlint.facts.conditions import Model
from dunlint.resources import rules_root
from dunlint.rulebook.load import Rulebook, load, models
from dunlint.rulebook.models import TOPICS, Bilingual, Rule
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


GRADES = ("A", "B", "C", "D", "M", "NOT_SEEN")


@dataclass(frozen=True, slots=True)
class Cell:
    """The rules of one pack on one topic: how many are on and off, the best and worst grade of those that are on,
    and how many of them say more than `review`.
    """

    on: int
    off: int
    grades: tuple[str, ...]
    firm: int


@dataclass(frozen=True, slots=True)
class Row:
    """One pack: its title, the regions where it holds, and a cell for each topic of TOPICS."""

    pack: str
    title: Bilingual
    regions: tuple[str, ...]
    cells: Mapping[str, Cell]


def grid(packs: Sequence[str]) -> list[Row]:
    """Jurisdiction by topic: what there is of rules, and on what evidence. Raises RuleError, BadArgument."""
    rows = []
    for name in packs:
        book = load([name])
        cells = {topic: _cell(book, [rule for rule in book.rules if rule.topic == topic]) for topic in TOPICS}
        pack = book.packs[0]
        rows.append(Row(name, pack.title, tuple(pack.regions), cells))
    return rows


def _cell(book: Rulebook, rules: list[Rule]) -> Cell:
    on = [rule for rule in rules if rule.enabled]
    best = sorted({grade(rule, book) for rule in on}, key=GRADES.index)
    grades = (best[0], best[-1]) if len(best) > 1 else tuple(best)
    return Cell(len(on), len(rules) - len(on), grades, sum(rule.verdict != "review" for rule in on))


def grade(rule: Rule, book: Rulebook) -> str:
    """The best evidence grade among what a rule rests on."""
    return min((one.evidence or book.sources[one.source].evidence for one in rule.authority), key=GRADES.index)


def shown(cell: Cell) -> str:
    """A cell in a few characters: `3 B`, `4 A–C`, `2 B +1` (one more is off), `–` for nothing."""
    text = f"{cell.on} {'–'.join(cell.grades)}" if cell.on else "–"
    return f"{text} +{cell.off}" if cell.off else text


def countries(rows: Iterable[Row]) -> dict[str, str]:
    """Country -> "both", "hours", "frequency" or "other": whether rules on hours and on frequency say more than
    `review` there, in the country as a whole or a part of it.
    """
    firm: dict[str, set[str]] = {}
    for row in rows:
        if any(cell.on for cell in row.cells.values()):
            for region in (one for one in row.regions if not one.startswith("!")):
                known = firm.setdefault(region.split("-")[0], set())
                known |= {topic for topic in ("hours", "frequency") if row.cells[topic].firm}
    return {
        country: "both" if len(known) == 2 else next(iter(known), "other") for country, known in sorted(firm.items())
    }


def world_page(rows: Sequence[Row], lang: str, words: Mapping[str, str], topics: Mapping[str, str]) -> str:
    """docs/coverage.md: the table of jurisdictions and topics as Markdown, under the map."""
    heading = " | ".join([words["jurisdiction"], words["regions"], *(topics[topic] for topic in TOPICS)])
    lines = [f"# {words['world_title']}", "", words["world_note"], "", f"![{words['map']}](coverage-map.svg)", ""]
    lines += [words["map_note"], "", f"| {heading} |", "| --- " * (len(TOPICS) + 2) + "|"]
    for row in rows:
        cells = " | ".join(shown(row.cells[topic]) for topic in TOPICS)
        lines.append(f"| {row.title.in_(lang)} (`{row.pack}`) | {', '.join(row.regions)} | {cells} |")
    return "\n".join(lines) + "\n"
