"""Firings -> findings: the words, numbers, clauses and sentences that carry each one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import Any

import numpy as np
import polars as pl

from dunlint import i18n
from dunlint.engines.protocol import Firing
from dunlint.facts.conditions import Block, Count, Says, Step
from dunlint.facts.evaluate import Evaluation
from dunlint.facts.happenings import events_found
from dunlint.facts.kleene import FALSE, TRUE, Rows, constant
from dunlint.facts.speech import spoken
from dunlint.facts.table import Ground
from dunlint.findings import Clause, Finding, Quote, fingerprint
from dunlint.rulebook.load import Rulebook
from dunlint.rulebook.models import Authority, Bilingual, Rule
from dunlint.rulebook.program import binding

CONTEXT = 40
MOST_RELATED = 200  # ids told of the contacts a count rests on, the latest ones; the count itself is in the facts
MODEL = "model"  # what only the trained model proposes is for a person to judge
TOLD = ("case_id", "contact_id", "at", "local", "zone", "channel", "party", "agency",
        "source_file", "source_line", "source_sha256")  # fmt: skip

Facts = dict[str, Any]


def findings_of(
    firings: list[Firing],
    rules: tuple[Rule, ...],
    book: Rulebook,
    evaluation: Evaluation,
    missing: Mapping[tuple[int, int], tuple[str, ...]],
) -> Iterator[tuple[int, Finding]]:
    """(row, finding) for each firing, rule by rule. `missing` says, by (row, rule), what the records lack."""
    by_rule: dict[int, list[Firing]] = {}
    for firing in sorted(firings):
        by_rule.setdefault(firing.rule, []).append(firing)
    texts = Texts(evaluation.ground)
    for number, own in by_rule.items():
        evidence = Evidence(rules[number], book, evaluation, np.array([firing.row for firing in own]), texts)
        for place, firing in enumerate(own):
            lacks = missing.get((firing.row, number), ())
            yield firing.row, evidence.finding(place, sure=firing.sure, missing=lacks)


class Texts:
    """The words of the turns, by (row, turn), looked up the first time that something is quoted."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground

    @cached_property
    def by_turn(self) -> dict[tuple[int, int], str]:
        return {(row, turn): text for row, turn, text in self.ground.turns.select("row", "turn", "text").iter_rows()}

    def quote(self, condition: Says, row: int, turn: int, start: int, end: int, quote: str, by: str) -> Quote:
        """The words with what stands around them."""
        text = self.by_turn.get((row, turn), "")
        low, high = max(0, start - CONTEXT), min(len(text), end + CONTEXT)
        context = ("…" if low else "") + text[low:high] + ("…" if high < len(text) else "")
        tag = condition.tag if isinstance(condition.tag, str) else "|".join(condition.tag or ("keywords",))
        return Quote(quote, start, end, turn, condition.speaker, tag, context, by)


class Evidence:
    """What the findings of one rule rest on, looked up for all of its rows together; `rows` in order."""

    def __init__(self, rule: Rule, book: Rulebook, evaluation: Evaluation, rows: Rows, texts: Texts) -> None:
        self.rule, self.evaluation, self.rows = rule, evaluation, rows
        self.ids = evaluation.ground.contacts["contact_id"]
        self.contacts = evaluation.ground.contacts[rows].select(TOLD).rows(named=True)
        self.clauses = _clauses(rule, book, evaluation, rows)
        self.quotes = _quotes(rule, evaluation, rows, texts)
        self.facts: list[Facts] = [{} for _ in rows]
        self.related: list[list[str]] = [[] for _ in rows]
        self._look_up()

    def finding(self, place: int, *, sure: bool, missing: tuple[str, ...]) -> Finding:
        """The finding of the row at this place."""
        rule, contact, facts = self.rule, self.contacts[place], self.facts[place]
        quotes = tuple(self.quotes.get(int(self.rows[place]), ()))
        guessed = bool(quotes) and all(quote.by == MODEL for quote in quotes)
        related = dict.fromkeys(name for name in self.related[place] if name != contact["contact_id"])
        return Finding(
            rule=rule.id,
            title_zh=rule.title.zh,
            title_en=rule.title.en,
            verdict=rule.verdict if sure and not guessed else "review",
            severity=rule.severity,
            case_id=contact["case_id"],
            contact_id=contact["contact_id"],
            at=contact["at"],
            local=contact["local"].isoformat() if contact["local"] else None,
            zone=contact["zone"],
            channel=contact["channel"],
            party=contact["party"],
            message_zh=filled(rule.message, "zh", blanks(contact, facts, quotes, "zh")),
            message_en=filled(rule.message, "en", blanks(contact, facts, quotes, "en")),
            clauses=self.clauses[place],
            quotes=quotes,
            contacts=(*related, contact["contact_id"]),
            facts=facts,
            missing=(*missing, "wording") if guessed else missing,
            source_file=contact["source_file"],
            source_line=contact["source_line"],
            source_sha256=contact["source_sha256"],
            fingerprint=fingerprint(rule.id, contact["contact_id"], quotes),
        )

    def _look_up(self) -> None:
        """Computed numbers of the findings, and the ids of other contacts (or events) that they rest on."""
        for block, count in counts_in(self.rule.when):
            self._counts(block, count)
        for steps in sequences_in(self.rule.when):
            self._anchors(steps)
        for condition in events_in(self.rule.when):
            found = events_found(self.evaluation.ground, condition, self.rows)
            for place in np.flatnonzero(found >= 0):
                self.facts[place]["event"] = self._event(int(found[place]))

    def _counts(self, block: Block, count: Count) -> None:
        least, most = self.evaluation.count_bounds(count, block, self.rows)
        window = count.within.model_dump(exclude_none=True)
        limit = count.more_than if count.more_than is not None else count.at_least
        windows = self.evaluation.in_window(count, block, self.rows, MOST_RELATED)
        for place, (low, high, inside) in enumerate(zip(least.tolist(), most.tolist(), windows, strict=True)):
            self.facts[place] |= {"count": low if low == high else f"{low}–{high}", "limit": limit, "window": window}
            self.related[place] += self.ids.gather(inside).to_list()

    def _anchors(self, steps: list[Step]) -> None:
        past, found = self.evaluation.chain_before(steps, self.rows)
        for place in np.flatnonzero(found >= 0):
            index = int(past.index[found[place]])
            if past.table == "events":
                self.facts[place]["event"] = self._event(index)
            else:
                self.related[place].append(self.ids[index])

    def _event(self, index: int) -> Facts:
        event = self.evaluation.ground.events.row(index, named=True)
        at = event["local"] or event["at"]
        return {"kind": event["kind"], "at": at.isoformat() if at else None, "id": event["event_id"],
                "origin": event["origin"], "contact_id": event["contact_id"]}  # fmt: skip


def _clauses(rule: Rule, book: Rulebook, evaluation: Evaluation, rows: Rows) -> list[tuple[Clause, ...]]:
    """The authorities that bind each contact; those that may bind it are marked as unsure."""
    blocks = [binding(authority, book.sources[authority.source]) for authority in rule.authority]
    columns = [constant(TRUE, len(rows)) if block is None else evaluation.at(block, rows) for block in blocks]

    @cache
    def told(answers: tuple[int, ...]) -> tuple[Clause, ...]:
        bound = zip(rule.authority, answers, strict=True)
        return tuple(_clause(one, book, sure=bool(answer == TRUE)) for one, answer in bound if answer != FALSE)

    return [told(answers) for answers in zip(*(column.tolist() for column in columns), strict=True)]


def _quotes(rule: Rule, evaluation: Evaluation, rows: Rows, texts: Texts) -> dict[int, list[Quote]]:
    """Row -> the words that the rule's conditions found."""
    by_row: dict[int, list[Quote]] = {}
    for condition in said_in(rule.when):
        if condition.absent:
            continue
        said = spoken(evaluation.ground, condition, condition.speaker)
        for row, turn, start, end, quote, by in said.filter(pl.col("row").is_in(rows.tolist())).iter_rows():
            one = texts.quote(condition, row, turn, start, end, quote, by)
            if one not in by_row.setdefault(row, []):
                by_row[row].append(one)
    return by_row


def blanks(
    contact: Mapping[str, Any], facts: Mapping[str, Any], quotes: tuple[Quote, ...], lang: str
) -> dict[str, str]:
    """What the blanks of a rule's message stand for."""
    local, event = contact["local"], facts.get("event") or {}
    return {
        "channel": i18n.label("channel", contact["channel"], lang),
        "party": i18n.label("party", contact["party"], lang),
        "local_time": local.strftime("%H:%M") if local else "?",
        "local_date": local.strftime("%Y-%m-%d") if local else "?",
        "count": str(facts.get("count", "?")),
        "limit": str(facts.get("limit", "?")),
        "quote": quotes[0].text if quotes else "",
        "agency": contact["agency"] or "?",
        "event": i18n.label("event", event.get("kind"), lang) if event else "?",
        "event_date": str(event.get("at") or "?")[:10],
    }


def filled(message: Bilingual, lang: str, blanks: Mapping[str, str]) -> str:
    return message.in_(lang).format_map(blanks)


def _clause(authority: Authority, book: Rulebook, *, sure: bool) -> Clause:
    source = book.sources[authority.source]
    return Clause(
        source.id, source.title.zh, source.title.en, authority.clause,
        authority.weight or source.weight, authority.evidence or source.evidence,
        authority.says.zh if authority.says else None, authority.says.en if authority.says else None, sure,
    )  # fmt: skip


def blocks_in(block: Block) -> Iterator[Block]:
    """A block and every block nested in it where words and numbers can be found (negated ones left out)."""
    yield block
    for inner in (block.all or []) + (block.any or []) + (block.at_least.of if block.at_least else []):
        yield from blocks_in(inner)
    for step in block.sequence or []:
        if step.when:
            yield from blocks_in(step.when)


def said_in(block: Block) -> Iterator[Says]:
    for inner in blocks_in(block):
        yield from inner.says if isinstance(inner.says, list) else [inner.says] if inner.says else []


def counts_in(block: Block) -> Iterator[tuple[Block, Count]]:
    for inner in blocks_in(block):
        for count in inner.count if isinstance(inner.count, list) else [inner.count] if inner.count else []:
            yield inner, count


def sequences_in(block: Block) -> Iterator[list[Step]]:
    for inner in blocks_in(block):
        if inner.sequence:
            yield inner.sequence


def events_in(block: Block) -> Iterator[Any]:
    for inner in blocks_in(block):
        for event in inner.event if isinstance(inner.event, list) else [inner.event] if inner.event else []:
            if not event.absent:
                yield event
