"""A pack -> a letter: its parts in order, every sentence from the catalogue or from the channel's own data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from dunlint import i18n
from dunlint.findings import missing_words
from dunlint.reports.complaint import telling
from dunlint.reports.complaint.channels import Need, Step
from dunlint.reports.complaint.pack import Allegation, Evidence, Pack, strong
from dunlint.reports.complaint.telling import numbers, said, say
from dunlint.reports.letter import parts
from dunlint.reports.letter.model import (
    Block,
    Break,
    Form,
    Heading,
    Items,
    Letter,
    Run,
    Table,
    items,
    paragraph,
    run,
    table,
)
from dunlint.reports.plain import one_line

Section = tuple[str, Callable[[Pack, str], Iterable[Block]]]


def letter(pack: Pack, lang: str, *, personal: bool) -> Letter:
    """The complaint, and on a page of its own what only its sender needs to know. `personal`: data are unmasked."""
    addressee = pack.chosen.channel.addressee.in_(lang)
    blocks: list[Block] = [] if personal else [paragraph(say("complaint.masked", lang), kind="caution")]
    blocks += [*_numbered(TO_SEND, pack, lang), paragraph(say("complaint.sign", lang), kind="sign"), Break()]
    blocks += [Heading(say("complaint.for_you", lang)), paragraph(say("complaint.for_you_head", lang), kind="caution")]
    blocks += _numbered(FOR_THE_SENDER, pack, lang, level=2)
    return Letter(say("complaint.title", lang), tuple(blocks), lang, say("complaint.to", lang, addressee=addressee))


def _numbered(sections: Iterable[Section], pack: Pack, lang: str, level: int = 1) -> list[Block]:
    """Sections that have something to say, under numbered headings."""
    blocks: list[Block] = []
    numerals = iter(say("complaint.numerals", lang).split())
    for name, section in sections:
        if made := list(section(pack, lang)):
            title = say(f"complaint.part.{name}", lang)
            blocks += [Heading(say("complaint.heading", lang, number=next(numerals), title=title), level), *made]
    return blocks


def _parties(pack: Pack, lang: str) -> Iterator[Block]:
    """Who complains of whom: blanks for what only the borrower knows, as the channel asks for it or as is usual."""
    asked = [need.label.in_(lang) for need in pack.chosen.channel.needs if need.by == "borrower"]
    yield Form(tuple((label, None) for label in asked or say("complaint.blanks", lang).split("|")))
    yield Form(tuple(telling.institution(pack, lang)))
    if caution := telling.competence(pack, lang):
        yield paragraph(caution, kind="caution")


def _facts(pack: Pack, lang: str) -> Iterator[Block]:
    yield paragraph(say("complaint.facts_head", lang, count=len(pack.facts)))
    yield Items(tuple(tuple(telling.fact(group, lang)) for group in pack.facts), numbered=True)


def _contacts(pack: Pack, lang: str) -> Iterator[Block]:
    zones = sorted({one.contact["zone"] for one in pack.evidence if one.contact.get("zone")})
    if zones:
        yield paragraph(say("complaint.clock", lang, zones=", ".join(map(one_line, zones))), kind="note")
    yield _rows(pack.evidence, lang)
    if lines := telling.ready_lines(pack, lang):
        caption = pack.chosen.channel.lines
        yield paragraph(caption.caption.in_(lang) if caption else "", kind="note")
        yield items(lines)


def _rows(evidence: Sequence[Evidence], lang: str) -> Table:
    """Contacts with their numbers, one a row."""
    names = ("evidence", "time", "channel", "number", "party", "outcome", "place")
    head = [say(f"complaint.column.{name}", lang) for name in names]
    zones = {one.contact.get("zone") for one in evidence}
    rows = [telling.row(one, lang, zone=len(zones) > 1) for one in evidence]
    return table(head, rows, (1.2, 2.2, 1.8, 2.8, 1.6, 2.2, 3.2), lang)


def _law(pack: Pack, lang: str) -> Iterator[Block]:
    return _groups(pack.allegations, "complaint.law_head", lang, claimed=True)


def _warnings(pack: Pack, lang: str) -> Iterator[Block]:
    return _groups(pack.warnings, "complaint.warnings_head", lang, claimed=False)


def _groups(groups: Sequence[Allegation], head: str, lang: str, *, claimed: bool) -> Iterator[Block]:
    if groups:
        yield paragraph(say(head, lang))
    for group in groups:
        yield from _allegation(group, lang, claimed=claimed)


def _allegation(group: Allegation, lang: str, *, claimed: bool) -> Iterator[Block]:
    """Which evidence, how the records read, and the clauses with what they say; weak clauses rest nothing."""
    finding = group.first
    title = run(finding.title(lang), "strong", lang=lang)
    yield paragraph(title, run(f"  {numbers(group.evidence, lang)}", "faint", lang=lang), kind="finding")
    yield paragraph(said(list(dict.fromkeys(one.message(lang) for one in group.findings)), lang))
    yield paragraph(say(f"complaint.may.{finding.verdict if claimed else 'warning'}", lang), kind="finding")
    named = [clause for clause in group.clauses if strong(clause) or not claimed]
    yield items([parts.clause_line(clause, lang) for clause in named])
    if weak := [clause for clause in group.clauses if clause not in named]:
        listed = "; ".join(f"{parts.clause_title(one, lang)} {parts.clause_standing(one, lang)}" for one in weak)
        yield paragraph(run(say("complaint.weak", lang, listed=listed), lang=lang), kind="note")


def _reviews(pack: Pack, lang: str) -> Iterator[Block]:
    """What the records do not carry: told apart, so that nobody is accused of it."""
    if pack.reviews:
        yield paragraph(say("complaint.reviews_head", lang))
        yield items([_review(group, lang) for group in pack.reviews])
    if pack.aside:
        yield paragraph(say("complaint.aside", lang), kind="note")
        yield _rows(pack.aside, lang)
    if pack.elsewhere:
        titles = dict.fromkeys(finding.title(lang) for finding in pack.elsewhere)
        listed = i18n.text("letter.comma", lang).join(titles)
        yield paragraph(run(say("complaint.elsewhere", lang, count=len(pack.elsewhere), titles=listed), lang=lang))


def _review(group: Allegation, lang: str) -> Sequence[Run]:
    finding = group.first
    missing = dict.fromkeys(name for one in group.findings for name in one.missing)
    place = run(f"  {numbers(group.evidence, lang)}", "faint", lang=lang)
    told = [run(finding.title(lang), "strong", lang=lang), place]
    if missing:
        what = missing_words(tuple(missing), lang)
        told.append(run("\n" + say("complaint.lacking", lang, what=what), lang=lang))
    return [*told, Run("\n"), said([finding.message(lang)], lang)]


def _requests(pack: Pack, lang: str) -> Iterator[Block]:
    if pack.requests:
        yield paragraph(say("complaint.requests_head", lang))
        yield items([request.text.in_(lang) for request in pack.requests], numbered=True)


def _annex(pack: Pack, lang: str) -> Iterator[Block]:
    """The files with their hashes and the evidence in each."""
    named = parts.files([one.contact for one in pack.evidence], ())
    inside = {
        file: numbers([one.number for one in pack.evidence if one.contact.get("source_file") == file], lang)
        for file in named
    }
    yield parts.annex(named, inside, lang)
    yield paragraph(say("complaint.annex_note", lang), kind="note")


def _channel(pack: Pack, lang: str) -> Iterator[Block]:
    """What this channel asks for and where it is, and how far that was seen."""
    channel = pack.chosen.channel
    rows = [("title", channel.title), ("for", channel.for_), ("competent", channel.competent),
            ("limits", channel.limits), ("note", channel.note)]  # fmt: skip
    yield Form(tuple((say(f"complaint.channel.{name}", lang), one.in_(lang)) for name, one in rows if one))
    if channel.needs:
        head = [say(f"complaint.needs.{name}", lang) for name in ("what", "where")]
        yield table(head, [_need(need, lang) for need in channel.needs], (2, 3), lang)
    grade = i18n.label("letter.evidence", channel.evidence, lang)
    yield paragraph(say("complaint.channel_seen", lang, seen=channel.seen.in_(lang), grade=grade), kind="note")


def _need(need: Need, lang: str) -> tuple[str, str]:
    return need.label.in_(lang), say(f"complaint.where.{need.by}", lang)


def _steps(pack: Pack, lang: str) -> Iterator[Block]:
    told: list[str] = [_step(step, pack, lang) for step in pack.chosen.file.steps if step in pack.steps]
    if pack.others:
        listed = i18n.text("letter.comma", lang).join(one.channel.title.in_(lang) for one in pack.others)
        told.append(say("complaint.other_channels", lang, listed=listed))
    yield items(told)


def _step(step: Step, pack: Pack, lang: str) -> str:
    text = step.text.in_(lang)
    if not step.source or not step.clause or not step.evidence:
        return text
    title = telling.source_title(pack.chosen.pack, step.source, lang)
    seen = i18n.label("letter.evidence", step.evidence, lang)
    return text + say("complaint.step_source", lang, title=title, clause=step.clause, seen=seen)


def _limits(pack: Pack, lang: str) -> Iterator[Block]:
    """What the program could not see: an honest pack says so."""
    about = pack.document.about
    told = [
        say("complaint.unread", lang, count=len(about.get("unreadable", ()))) if about.get("unreadable") else "",
        say("complaint.open", lang, count=len(about["not_checkable"])) if about.get("not_checkable") else "",
        *(one_line(note) for note in about.get("notes", ())),
        i18n.text("letter.no_advice", lang),
    ]
    yield items([run(one, lang=lang) for one in told if one])


TO_SEND: tuple[Section, ...] = (
    ("parties", _parties),
    ("facts", _facts),
    ("contacts", _contacts),
    ("law", _law),
    ("warnings", _warnings),
    ("requests", _requests),
    ("annex", _annex),
)
FOR_THE_SENDER: tuple[Section, ...] = (
    ("channel", _channel),
    ("reviews", _reviews),
    ("steps", _steps),
    ("limits", _limits),
)
