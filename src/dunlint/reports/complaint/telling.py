"""How single things are told in a complaint: a fact, a contact's row, the institution, evidence numbers.

A fact says what the records hold and no more; the words in it are the log's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from dunlint import i18n
from dunlint.findings import Quote
from dunlint.reports.complaint.pack import Evidence, Pack
from dunlint.reports.letter import parts
from dunlint.reports.letter.model import Run, fit, run
from dunlint.reports.plain import cut, one_line
from dunlint.resources import rules_root
from dunlint.rulebook.load import SOURCES_FILE, models
from dunlint.rulebook.models import Source
from dunlint.yaml_places import read

MOST_NAMES = 6
MOST_MESSAGES = 3
CALLS = ("call", "ai_call", "voicemail")
LONGEST_LINE = 200


def say(key: str, lang: str, /, **values: Any) -> str:
    return i18n.text(key, lang, **values)


def said(messages: Sequence[str], lang: str) -> Run:
    """What the program makes of contacts, told as a reading of the records."""
    told = list(messages[:MOST_MESSAGES])
    if len(messages) > MOST_MESSAGES:
        told.append(say("complaint.more_alike", lang, count=len(messages) - MOST_MESSAGES))
    return run("\n".join(say("complaint.reading", lang, message=fit(one, lang)) for one in told), lang=lang)


def numbers(evidence: Sequence[int], lang: str) -> str:
    """`E-1, E-3 to E-5`: runs of numbers told as such."""
    runs: list[list[int]] = []
    for number in evidence:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return say("letter.comma", lang).join(_span(first, last, lang) for first, last in runs)


def _span(first: int, last: int, lang: str) -> str:
    ends = [say("complaint.evidence", lang, number=number) for number in (first, last)]
    if first == last:
        return ends[0]
    key = "complaint.span" if last - first > 1 else "letter.comma"
    return say(key, lang, first=ends[0], last=ends[1]) if last - first > 1 else say(key, lang).join(ends)


def fact(group: Sequence[Evidence], lang: str) -> Iterator[Run]:
    """One fact: when, from whom, how, to whom, with what result; then the words."""
    first = group[0].contact
    key = "inbound" if first.get("direction") == "inbound" else str(first.get("channel"))
    values = {
        "sender": sender(first, lang),
        "party": i18n.label("party", first.get("party"), lang),
        "outcome": outcome(first, lang, length=len(group) == 1),
        "channel": i18n.label("channel", first.get("channel"), lang),
        "evidence": numbers([one.number for one in group], lang),
    }
    if len(group) > 1:
        clocks = [(one.contact.get("local") or "")[11:16] for one in group]
        times = say("letter.comma", lang).join(clocks)
        told = say("complaint.fact.several", lang, day=(first.get("local") or "")[:10], times=times, count=len(group),
                   **values)  # fmt: skip
    else:
        when = parts.when(first.get("local"), first.get("zone"), lang)
        told = say(f"complaint.fact.{key}", lang, when=when, **values)
    yield run(told, lang=lang)
    yield from words(group[0], lang)


def words(evidence: Evidence, lang: str) -> Iterator[Run]:
    """What was written or said with the guilty words marked; without any, what was written."""
    by_turn: dict[int, list[Quote]] = {}
    for one in evidence.quotes:
        by_turn.setdefault(one.turn, []).append(one)
    if not by_turn and evidence.contact.get("text"):
        text = cut(one_line(evidence.contact["text"]), 2 * parts.AROUND, "…")
        yield run(f"\n“{text}”", lang=lang)
    for turn, quotes in sorted(by_turn.items()):
        original = _original(evidence.contact, turn)
        if all(original[one.start : one.end] == one.text for one in quotes):
            yield Run("\n" + parts.opening(quotes[0], lang))
            yield from parts.marked(original, [(one.start, one.end) for one in quotes], lang)
            yield Run("”")
        else:
            for runs in parts.quoted(quotes, lang):
                yield from (Run("\n"), *runs)


def _original(contact: Mapping[str, Any], turn: int) -> str:
    """The text of a contact, or of one of its turns."""
    turns = contact.get("turns") or ()
    if turns:
        return str(turns[turn]["text"]) if turn < len(turns) else ""
    return contact.get("text") or ""


def sender(contact: Mapping[str, Any], lang: str) -> str:
    """The number or account shown, and who is behind it as far as the records say."""
    number = contact.get("from_number")
    shown = one_line(number) if number else say("complaint.no_number", lang)
    behind = contact.get("agency") or contact.get("creditor")
    return say("complaint.behind", lang, number=shown, name=one_line(behind)) if behind else shown


def outcome(contact: Mapping[str, Any], lang: str, *, length: bool = True) -> str:
    """`connected, 0 min 41 s` for a call; nothing for what was written."""
    if contact.get("channel") not in CALLS:
        return ""
    told = i18n.label("complaint.outcome", contact.get("outcome") or "unknown", lang)
    seconds = contact.get("talk_seconds") if length else None
    if not seconds:
        return told
    lasted = say("complaint.length", lang, minutes=int(seconds) // 60, seconds=int(seconds) % 60)
    return say("letter.comma", lang).join((told, lasted))


def row(evidence: Evidence, lang: str, *, zone: bool) -> tuple[str, ...]:
    """The contact's row in the table; its zone where the table has more than one."""
    contact = evidence.contact
    local = contact.get("local")
    zoned = f"\n{one_line(contact.get('zone') or '?')}" if zone else ""
    place = f"{one_line(contact.get('source_file') or '')}:{contact.get('source_line') or '?'}"
    direction = "↑ " if contact.get("direction") == "inbound" else ""
    return (
        say("complaint.evidence", lang, number=evidence.number),
        (f"{local[:10]}\n{local[11:19]}" if local else say("report.no_time", lang)) + zoned,
        direction + i18n.label("channel", contact.get("channel"), lang),
        one_line(contact.get("from_number") or "–"),
        i18n.label("party", contact.get("party"), lang),
        outcome(contact, lang) or "–",
        place.rsplit("/", 1)[-1] + (f"\n{contact['sealed']}" if contact.get("sealed") else ""),
    )


def institution(pack: Pack, lang: str) -> Iterator[tuple[str, str | None]]:
    """The lender, the agencies and the loan as the records have them; open where they say nothing."""
    contacts = [one.contact for one in pack.evidence]
    accounts = pack.document.accounts
    lenders = _names([*(account.get("lender") for account in accounts), *(row.get("creditor") for row in contacts)])
    yield say("complaint.lender", lang), lenders or None
    agencies = _names(row.get("agency") for row in contacts)
    if agencies:
        yield say("complaint.agency", lang), agencies
    for account in accounts:
        yield say("complaint.account", lang), _account(account, lang) or None
    yield say("complaint.contract", lang), None


def _names(found: Iterable[str | None]) -> str:
    names = list(dict.fromkeys(one_line(name) for name in found if name))
    return "\n".join(names[:MOST_NAMES]) + (" …" if len(names) > MOST_NAMES else "")


def _account(account: Mapping[str, Any], lang: str) -> str:
    """Product, sums and days of one account, as far as they are known."""
    told = [i18n.label("complaint.product", account["product"], lang)] if account.get("product") else []
    for name in ("principal", "balance"):
        if account.get(name) is not None:
            values = {"sum": f"{account[name]:,.2f}", "currency": one_line(account.get("currency") or "")}
            told.append(say(f"complaint.{name}", lang, **values).strip())
    if account.get("overdue_since"):
        told.append(say("complaint.overdue", lang, day=account["overdue_since"]))
    return say("letter.comma", lang).join(map(one_line, told))


def competence(pack: Pack, lang: str) -> str | None:
    """A warning if the lender is not of the kind that this channel is for."""
    channel = pack.chosen.channel
    kinds = {account["lender_type"] for account in pack.document.accounts if account.get("lender_type")}
    if not channel.lender or not kinds or kinds & set(channel.lender):
        return None
    told = say("letter.comma", lang).join(i18n.label("complaint.lender_type", kind, lang) for kind in sorted(kinds))
    return say("complaint.not_competent", lang, kinds=one_line(told), channel_for=channel.for_.in_(lang))


def ready_lines(pack: Pack, lang: str) -> list[Run]:
    """Lines in the form a channel takes."""
    lines = pack.chosen.channel.lines
    if lines is None:
        return []
    return [
        run(
            lines.template.format(
                number=one_line(one.contact.get("from_number") or "?"),
                words=cut(one_line(one.contact.get("text") or ""), LONGEST_LINE, "…"),
            ),
            lang=lang,
        )
        for one in pack.evidence
        if one.contact.get("channel") in lines.channels and one.contact.get("text")
    ]


def source_title(pack: str, source: str, lang: str) -> str:
    """The title of a source in a jurisdiction's register."""
    document = read(rules_root() / pack / SOURCES_FILE, f"{pack}/{SOURCES_FILE}")
    return next(one.title.in_(lang) for one in models(document, Source) if one.id == source)
