"""Firings -> findings: the words, numbers, clauses and sentences that carry each one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from dunlint import i18n
from dunlint.engines.protocol import Fired
from dunlint.facts.conditions import Block, Count, Event, Says, Step
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
AT_ONCE = 4_096  # rows turned into Python's own values together
MOST_RELATED = 200  # ids told of the contacts a count rests on, the latest ones; the count itself is in the facts
MODEL = "model"  # what only the trained model proposes is for a person to judge
TOLD = ("case_id", "contact_id", "at", "local", "zone", "channel", "party", "agency",
        "source_file", "source_line", "source_sha256")  # fmt: skip

Facts = dict[str, Any]
Found = tuple[Facts, list[str]]


def findings_of(
    fired: Fired, rule: Rule, book: Rulebook, evaluation: Evaluation, texts: Texts, lacks: Iterator[tuple[str, ...]]
) -> Iterator[tuple[int, Finding]]:
    """(row, finding) for each firing of a rule, in order. What they rest on is looked up at once, for all rows
    together; the findings, which are far larger, are made as they are asked for.

    lacks: for each firing that is not sure, what the records lack.
    """
    clauses = _clauses(rule, book, evaluation, fired.rows)
    quotes = _quotes(rule, evaluation.ground, fired.rows, texts)
    grounds = _grounds(rule, evaluation, fired.rows)
    return _made(rule, fired, evaluation.ground, clauses, quotes, grounds, lacks)


def _made(
    rule: Rule,
    fired: Fired,
    ground: Ground,
    clauses: Iterator[tuple[Clause, ...]],
    quotes: Iterator[tuple[Quote, ...]],
    grounds: list[Iterator[Found]],
    lacks: Iterator[tuple[str, ...]],
) -> Iterator[tuple[int, Finding]]:
    contacts = rows_of(ground.contacts.select(TOLD), fired.rows)
    for row, sure, contact, bound, said in zip(_each(fired.rows), fired.sure, contacts, clauses, quotes, strict=True):
        facts: Facts = {}
        related: list[str] = []
        for found in grounds:
            own, ids = next(found)
            facts |= own
            related += ids
        missing = () if sure else next(lacks)
        yield row, _finding(rule, contact, bound, said, facts, related, sure=bool(sure), missing=missing)


def _finding(
    rule: Rule, contact: Mapping[str, Any], clauses: tuple[Clause, ...], quotes: tuple[Quote, ...], facts: Facts,
    related: list[str], *, sure: bool, missing: tuple[str, ...],
) -> Finding:  # fmt: skip
    guessed = bool(quotes) and all(quote.by == MODEL for quote in quotes)
    others = dict.fromkeys(name for name in related if name != contact["contact_id"])
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
        clauses=clauses,
        quotes=quotes,
        contacts=(*others, contact["contact_id"]),
        facts=facts,
        missing=(*missing, "wording") if guessed else missing,
        source_file=contact["source_file"],
        source_line=contact["source_line"],
        source_sha256=contact["source_sha256"],
        fingerprint=fingerprint(rule.id, contact["contact_id"], quotes),
    )


def rows_of(frame: pl.DataFrame, rows: Rows) -> Iterator[dict[str, Any]]:
    """These rows as mappings, taken out of the frame some at a time."""
    for start in range(0, len(rows), AT_ONCE):
        yield from frame[rows[start : start + AT_ONCE]].iter_rows(named=True)


def _each(numbers: npt.NDArray[Any]) -> Iterator[Any]:
    """The numbers as Python's own, some at a time."""
    for start in range(0, len(numbers), AT_ONCE):
        yield from numbers[start : start + AT_ONCE].tolist()


class Texts:
    """The words of the turns, looked up when something is quoted."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground

    @cached_property
    def _places(self) -> tuple[npt.NDArray[np.int64], int]:
        """(row and turn of every turn as one number, rising; how many turns fit between two rows)."""
        row, turn = (self.ground.turns[name].to_numpy().astype(np.int64) for name in ("row", "turn"))
        width = int(turn.max(initial=0)) + 1
        return row * width + turn, width

    def _text(self, row: int, turn: int) -> str:
        keys, width = self._places
        place = int(np.searchsorted(keys, row * width + turn, side="right")) - 1
        known = turn < width and place >= 0 and keys[place] == row * width + turn
        return str(self.ground.turns["text"][place]) if known else ""

    def quote(self, condition: Says, row: int, turn: int, start: int, end: int, quote: str, by: str) -> Quote:
        """The words with what stands around them."""
        text = self._text(row, turn)
        low, high = max(0, start - CONTEXT), min(len(text), end + CONTEXT)
        context = ("…" if low else "") + text[low:high] + ("…" if high < len(text) else "")
        tag = condition.tag if isinstance(condition.tag, str) else "|".join(condition.tag or ("keywords",))
        return Quote(quote, start, end, turn, condition.speaker, tag, context, by)


def _grounds(rule: Rule, evaluation: Evaluation, rows: Rows) -> list[Iterator[Found]]:
    """For each condition that looks at others, row by row: computed numbers, and ids of the contacts they rest on."""
    found = [_counted(block, count, evaluation, rows) for block, count in counts_in(rule.when)]
    found += [_anchors(steps, evaluation, rows) for steps in sequences_in(rule.when)]
    return found + [_events(condition, evaluation.ground, rows) for condition in events_in(rule.when)]


def _counted(block: Block, count: Count, evaluation: Evaluation, rows: Rows) -> Iterator[Found]:
    least, most = evaluation.count_bounds(count, block, rows)
    windows = evaluation.in_window(count, block, rows, MOST_RELATED)
    told = {"limit": count.more_than if count.more_than is not None else count.at_least,
            "window": count.within.model_dump(exclude_none=True)}  # fmt: skip
    ids = evaluation.ground.contacts["contact_id"]
    return (
        ({"count": low if low == high else f"{low}–{high}", **told}, ids.gather(inside).to_list())
        for low, high, inside in zip(_each(least), _each(most), windows, strict=True)
    )


def _anchors(steps: list[Step], evaluation: Evaluation, rows: Rows) -> Iterator[Found]:
    past, found = evaluation.chain_before(steps, rows)
    index = np.full(len(found), -1, np.int64)
    index[found >= 0] = past.index[found[found >= 0]]
    if past.table == "events":
        return _told_events(index, evaluation.ground)
    ids = evaluation.ground.contacts["contact_id"]
    return (({}, [ids[one]] if one >= 0 else []) for one in _each(index))


def _events(condition: Event, ground: Ground, rows: Rows) -> Iterator[Found]:
    return _told_events(events_found(ground, condition, rows), ground)


def _told_events(index: npt.NDArray[np.int64], ground: Ground) -> Iterator[Found]:
    """For each number of an event, or -1 for none, what is told of it."""

    def told(number: int) -> Facts:
        event = ground.events.row(number, named=True)
        at = event["local"] or event["at"]
        return {"kind": event["kind"], "at": at.isoformat() if at else None, "id": event["event_id"],
                "origin": event["origin"], "contact_id": event["contact_id"]}  # fmt: skip

    return (({"event": told(one)} if one >= 0 else {}, []) for one in _each(index))


def _clauses(rule: Rule, book: Rulebook, evaluation: Evaluation, rows: Rows) -> Iterator[tuple[Clause, ...]]:
    """The authorities that bind each contact; those that may bind it are marked as unsure."""
    blocks = [binding(authority, book.sources[authority.source]) for authority in rule.authority]
    columns = [constant(TRUE, len(rows)) if block is None else evaluation.at(block, rows) for block in blocks]

    @cache
    def told(answers: tuple[int, ...]) -> tuple[Clause, ...]:
        bound = zip(rule.authority, answers, strict=True)
        return tuple(_clause(one, book, sure=bool(answer == TRUE)) for one, answer in bound if answer != FALSE)

    return (told(answers) for answers in zip(*map(_each, columns), strict=True))


def _quotes(rule: Rule, ground: Ground, rows: Rows, texts: Texts) -> Iterator[tuple[Quote, ...]]:
    """For each row the words that the rule's conditions found."""
    conditions = [condition for condition in said_in(rule.when) if not condition.absent]
    said = [spoken(ground, one, one.speaker).sort("row", maintain_order=True) for one in conditions]
    bounds = [[frame["row"].to_numpy().searchsorted(rows, side) for side in ("left", "right")] for frame in said]
    places = [zip(_each(low), _each(high), strict=True) for low, high in bounds]
    for _ in range(len(rows)):
        found: dict[Quote, None] = {}
        for condition, frame, place in zip(conditions, said, places, strict=True):
            low, high = next(place)
            for row, turn, start, end, quote, by in frame[low:high].iter_rows():
                found[texts.quote(condition, row, turn, start, end, quote, by)] = None
        yield tuple(found)


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
