"""Firings -> findings: the words, numbers, clauses and sentences that carry each one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from dunlint import i18n
from dunlint.engines.protocol import Firing
from dunlint.facts.conditions import Block, Count, Says, Step
from dunlint.facts.evaluate import Evaluation
from dunlint.facts.happenings import events_found
from dunlint.facts.speech import spoken
from dunlint.facts.table import groups
from dunlint.findings import Clause, Finding, Quote, fingerprint
from dunlint.rulebook.load import Rulebook
from dunlint.rulebook.models import Authority, Bilingual, Rule
from dunlint.rulebook.program import binding

CONTEXT = 40
MODEL = "model"  # what only the trained model proposes is for a person to judge


def findings_of(
    firings: list[Firing],
    rules: tuple[Rule, ...],
    book: Rulebook,
    evaluation: Evaluation,
    missing: Mapping[tuple[int, int], tuple[str, ...]],
) -> Iterator[Finding]:
    """One finding for each firing, in the order given. `missing` says, by (row, rule), what the records lack."""
    evidence = Evidence(evaluation)
    for firing in firings:
        rule = rules[firing.rule]
        yield evidence.finding(rule, book, firing, missing.get((firing.row, firing.rule), ()))


class Evidence:
    """Looks up what findings rest on; what one rule needs for all of its findings is computed once."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        self.rows = evaluation.ground.contacts
        self._quotes: dict[str, dict[int, list[Quote]]] = {}
        self.ids = self.rows["contact_id"]
        self._once: dict[Any, Any] = {}
        self._texts: dict[tuple[int, int], str] | None = None

    def once(self, key: Any, make: Callable[[], Any]) -> Any:
        """What `make` gives, made once: a column is computed for a rule, not for each of its findings."""
        if key not in self._once:
            self._once[key] = make()
        return self._once[key]

    def finding(self, rule: Rule, book: Rulebook, firing: Firing, missing: tuple[str, ...]) -> Finding:
        row = self.rows.row(firing.row, named=True)
        quotes = tuple(self.quotes(rule).get(firing.row, ()))
        facts, related = self.facts(rule, firing.row)
        local = row["local"]
        guessed = bool(quotes) and all(quote.by == MODEL for quote in quotes)
        verdict = rule.verdict if firing.sure and not guessed else "review"
        missing = (*missing, "wording") if guessed else missing
        blanks = {"zh": self._blanks(row, facts, quotes, "zh"), "en": self._blanks(row, facts, quotes, "en")}
        return Finding(
            rule=rule.id,
            title_zh=rule.title.zh,
            title_en=rule.title.en,
            verdict=verdict,
            severity=rule.severity,
            case_id=row["case_id"],
            contact_id=row["contact_id"],
            at=row["at"],
            local=local.isoformat() if local else None,
            zone=row["zone"],
            channel=row["channel"],
            party=row["party"],
            message_zh=filled(rule.message, "zh", blanks["zh"]),
            message_en=filled(rule.message, "en", blanks["en"]),
            clauses=tuple(self.clauses(rule, book, firing.row)),
            quotes=quotes,
            contacts=(*(name for name in related if name != row["contact_id"]), row["contact_id"]),
            facts=facts,
            missing=missing,
            source_file=row["source_file"],
            source_line=row["source_line"],
            source_sha256=row["source_sha256"],
            fingerprint=fingerprint(rule.id, row["contact_id"], quotes),
        )

    def clauses(self, rule: Rule, book: Rulebook, row: int) -> Iterator[Clause]:
        """The authorities that bind this contact; those that may bind it are marked as unsure."""
        for authority in rule.authority:
            block = binding(authority, book.sources[authority.source])
            binds = True if block is None else self.evaluation.block(block)[row]
            if binds is not False:
                yield _clause(authority, book, sure=binds is True)

    def quotes(self, rule: Rule) -> dict[int, list[Quote]]:
        """Row -> the words that the rule's conditions found."""
        if rule.id not in self._quotes:
            by_row: dict[int, list[Quote]] = {}
            for condition in said_in(rule.when):
                if condition.absent:
                    continue
                for row, turn, start, end, quote, by in spoken(
                    self.evaluation.ground, condition, condition.speaker
                ).iter_rows():
                    one = self._quote(row, turn, start, end, quote, condition, by)
                    if one not in by_row.setdefault(row, []):
                        by_row[row].append(one)
            self._quotes[rule.id] = by_row
        return self._quotes[rule.id]

    def _quote(self, row: int, turn: int, start: int, end: int, quote: str, condition: Says, by: str) -> Quote:
        text = self._turn_text(row, turn)
        low, high = max(0, start - CONTEXT), min(len(text), end + CONTEXT)
        context = ("…" if low else "") + text[low:high] + ("…" if high < len(text) else "")
        tag = condition.tag if isinstance(condition.tag, str) else "|".join(condition.tag or ("keywords",))
        return Quote(quote, start, end, turn, condition.speaker, tag, context, by)

    def _turn_text(self, row: int, turn: int) -> str:
        if self._texts is None:
            turns = self.evaluation.ground.turns
            self._texts = {(r, t): text for r, t, text in turns.select("row", "turn", "text").iter_rows()}
        return self._texts.get((row, turn), "")

    def facts(self, rule: Rule, row: int) -> tuple[dict[str, Any], list[str]]:
        """Computed numbers of the finding, and the ids of other contacts (or events) that it rests on."""
        facts: dict[str, Any] = {}
        related: list[str] = []
        for block, count in counts_in(rule.when):
            least, most = self.once(("bounds", id(count)), partial(self.evaluation.count_bounds, count, block))
            counted = self.once(("counted", id(count)), partial(self.evaluation.counted, count, block))
            facts["count"] = int(least[row]) if least[row] == most[row] else f"{least[row]}–{most[row]}"
            facts["limit"] = count.more_than if count.more_than is not None else count.at_least
            facts["window"] = count.within.model_dump(exclude_none=True)
            related += self._same_window(count, counted, row)
        for steps in sequences_in(rule.when):
            related += self._anchor(steps, row, facts)
        for condition in events_in(rule.when):
            found = int(
                self.once(("event", id(condition)), partial(events_found, self.evaluation.ground, condition))[row]
            )
            if found >= 0:
                facts["event"] = self._event(found)
        return facts, list(dict.fromkeys(related))

    def _same_window(self, count: Count, counted: pl.Series, row: int) -> list[str]:
        key = self.once(("groups", tuple(count.per)), lambda: groups(self.rows, ["case", *count.per]))
        clock, span = self.evaluation.clock(count.within)
        now, first = clock[row], self.first_row_of_case(row)
        if now is None:
            return []
        mask = (key[first : row + 1] == key[row]) & counted[first : row + 1].fill_null(True).to_numpy()
        places = [first + int(place) for place in np.flatnonzero(mask)]
        return [self.ids[place] for place in places if clock[place] is not None and clock[place] > now - span]

    def first_row_of_case(self, row: int) -> int:
        """Rows of a case stand together: the first one, by binary search over the case starts."""
        starts = self.once(
            "starts", lambda: np.flatnonzero((self.rows["case"] != self.rows["case"].shift(1)).fill_null(True))
        )
        return int(starts[np.searchsorted(starts, row, side="right") - 1])

    def _anchor(self, steps: list[Step], row: int, facts: dict[str, Any]) -> list[str]:
        past, found = self.once(("chain", id(steps)), lambda: self.evaluation.chain_before(steps))
        if found[row] < 0:
            return []
        index = int(past.frame["index"][int(found[row])])
        if steps[-2].event is not None:
            facts["event"] = self._event(index)
            return []
        return [self.ids[index]]

    def _event(self, index: int) -> dict[str, Any]:
        event = self.evaluation.ground.events.row(index, named=True)
        at = event["local"] or event["at"]
        return {"kind": event["kind"], "at": at.isoformat() if at else None, "id": event["event_id"],
                "origin": event["origin"], "contact_id": event["contact_id"]}  # fmt: skip

    def _blanks(
        self, row: dict[str, Any], facts: Mapping[str, Any], quotes: tuple[Quote, ...], lang: str
    ) -> dict[str, str]:
        local = row["local"]
        event = facts.get("event") or {}
        return {
            "channel": i18n.label("channel", row["channel"], lang),
            "party": i18n.label("party", row["party"], lang),
            "local_time": local.strftime("%H:%M") if local else "?",
            "local_date": local.strftime("%Y-%m-%d") if local else "?",
            "count": str(facts.get("count", "?")),
            "limit": str(facts.get("limit", "?")),
            "quote": quotes[0].text if quotes else "",
            "agency": row["agency"] or "?",
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
