"""Pieces that every letter about findings is made of: when, quotes with the guilty words marked, clauses, files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dunlint import i18n
from dunlint.findings import Clause, Finding, Quote
from dunlint.reports.letter.model import Run, Table, run, table
from dunlint.reports.plain import one_line

AROUND = 220  # characters shown on either side of guilty words


def when(local: str | None, zone: str | None, lang: str) -> str:
    """`2026-03-02 22:04:00 (Asia/Shanghai)`, or that the time is unknown."""
    if not local:
        return i18n.text("report.no_time", lang)
    return i18n.text("letter.when", lang, day=local[:10], clock=local[11:19], zone=zone or "?")


def quoted(quotes: Iterable[Quote], lang: str) -> Iterator[tuple[Run, ...]]:
    """Each context once, all its guilty words marked; who speaks in front where turns are known."""
    contexts: dict[tuple[int, str], list[Quote]] = {}
    for one in quotes:
        contexts.setdefault((one.turn, one.context), []).append(one)
    for (_, context), ones in contexts.items():
        found = [(context.find(one.text), context.find(one.text) + len(one.text)) for one in ones]
        yield (Run(opening(ones[0], lang)), *marked(context, found, lang), Run("”"))


def opening(quote: Quote, lang: str) -> str:
    """The opening mark, with who speaks before it where turns are known."""
    speaker = i18n.text("letter.speaker", lang, name=i18n.label("speaker", quote.speaker, lang)) if quote.turn else ""
    return f"{speaker}“"


def marked(context: str, guilty: Iterable[tuple[int, int]], lang: str) -> Iterator[Run]:
    """The context, what is guilty in it (from, to) marked, long stretches of the rest left out."""
    whole = (0, len(context))
    places = list(_joined(place for place in guilty if place != whole and place[0] >= 0))
    at = 0
    for number, (start, end) in enumerate(places):
        yield run(_shortened(context[at:start], left=number > 0), lang=lang)
        yield run(one_line(context[start:end]), "mark", lang=lang)
        at = end
    yield run(_shortened(context[at:], left=bool(places), right=False), lang=lang)


def _joined(places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The places in order, those that touch or overlap as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return iter(joined)


def _shortened(text: str, *, left: bool, right: bool = True) -> str:
    """White space folded; only what stands near guilty words is kept."""
    limit = AROUND * (left + right or 2)
    if len(text) <= limit:
        return _folded(text)
    head = text[:AROUND] if left or not right else ""
    return _folded(f"{head} … {text[-AROUND:] if right else ''}")


def _folded(text: str) -> str:
    """As `one_line`, with the space at either end kept."""
    inner = one_line(text)
    return f"{' ' if text[:1].isspace() else ''}{inner}{' ' if text[-1:].isspace() and inner else ''}"


def clause_title(clause: Clause, lang: str) -> str:
    """Its title and clause number as far as it was seen; titles of Chinese law stand in their brackets."""
    title = clause.title_zh if lang == "zh" else clause.title_en
    number = clause.clause or i18n.text("report.clause_not_seen", lang)
    return i18n.text("letter.clause", lang, title=title, clause=number)


def clause_says(clause: Clause, lang: str) -> str | None:
    return clause.says_zh if lang == "zh" else clause.says_en


def clause_standing(clause: Clause, lang: str) -> str:
    """How binding it is and how much of it was seen."""
    weight = i18n.label("weight", clause.weight, lang)
    seen = i18n.label("letter.evidence", clause.evidence, lang)
    standing = i18n.text("letter.standing", lang, weight=weight, seen=seen)
    return standing if clause.sure else f"{standing} {i18n.text('report.scope_unknown', lang)}"


def clause_line(clause: Clause, lang: str) -> tuple[Run, ...]:
    """Title and number, what it says, and its standing in small."""
    says = clause_says(clause, lang)
    title = run(clause_title(clause, lang), lang=lang)
    told = run(i18n.text("letter.says", lang, says=says), lang=lang) if says else Run("")
    return title, told, run(f" {clause_standing(clause, lang)}", "faint", lang=lang)


def files(contacts: Iterable[Mapping[str, Any]], findings: Iterable[Finding]) -> dict[str, str]:
    """Every source file that contacts or findings lead to, with its SHA-256, by name."""
    found = {row["source_file"]: row.get("source_sha256") or "" for row in contacts if row.get("source_file")}
    found |= {one.source_file: one.source_sha256 for one in findings if one.source_file}
    return dict(sorted(found.items()))


def annex(named: Mapping[str, str], evidence: Mapping[str, str], lang: str) -> Table:
    """The list of files with hashes, and, where evidence is numbered, which pieces lie in each."""
    widths = {"number": 1, "file": 4, "evidence": 3, "hash": 5}
    if not evidence:
        del widths["evidence"]
    rows = [
        {"number": number, "file": one_line(file), "evidence": evidence.get(file), "hash": _in_halves(sha)}
        for number, (file, sha) in enumerate(named.items(), 1)
    ]
    head = [i18n.text(f"letter.annex.{name}", lang) for name in widths]
    return table(head, [[row[name] for name in widths] for row in rows], list(widths.values()), lang)


def _in_halves(sha: str) -> str:
    """A hash in two lines, which a column of a page holds."""
    return f"{sha[: len(sha) // 2]}\n{sha[len(sha) // 2 :]}" if sha else ""
