"""The report as people read it on a terminal or in a pipe: findings by severity, then totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from dunlint import i18n
from dunlint.findings import Clause, Finding, Quote, Report, missing_words
from dunlint.rulebook.models import SEVERITIES

COLOURS = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan", "info": "dim"}
MOST_QUOTES = 3


def write(report: Report, console: Console, lang: str, *, quiet: bool = False) -> None:
    """Print a report. `quiet` leaves only the totals."""
    if not quiet:
        _head(report, console, lang)
        for severity in reversed(SEVERITIES):
            _group(severity, [f for f in report.findings if f.severity == severity], console, lang)
        _around(report, console, lang)
    _totals(report, console, lang)


def _head(report: Report, console: Console, lang: str) -> None:
    values = {
        "rules": ", ".join(report.rules),
        "why": report.rules_from,
        "count": report.rule_count,
        "engine": report.engine,
    }
    console.print(Text(i18n.text("report.head", lang, **values), style="dim"))
    for note in report.notes:
        console.print(Text(f"· {note}", style="dim"))


def _group(severity: str, findings: list[Finding], console: Console, lang: str) -> None:
    if not findings:
        return
    label = i18n.label("severity", severity, lang)
    console.print()
    console.print(Text(i18n.text("report.group", lang, severity=label, count=len(findings)), style=COLOURS[severity]))
    for finding in findings:
        console.print(_headline(finding, lang, COLOURS[severity]))
        for line in _details(finding, lang):
            console.print(Padding(line, (0, 0, 0, 4), expand=False))


def _headline(finding: Finding, lang: str, colour: str) -> Text:
    line = Text("  ")
    line.append(f"[{i18n.label('verdict', finding.verdict, lang)}] ", style=colour)
    line.append(_when(finding, lang), style="bold")
    line.append(f" · {i18n.label('channel', finding.channel, lang)} · ")
    line.append(finding.title(lang), style="bold")
    line.append(f" ({finding.rule})", style="dim")
    return line


def _when(finding: Finding, lang: str) -> str:
    if finding.local is None:
        return i18n.text("report.no_time", lang)
    return f"{finding.local[:10]} {finding.local[11:19]} {finding.zone or ''}".strip()


def _details(finding: Finding, lang: str) -> Iterable[Text]:
    for quote in finding.quotes[:MOST_QUOTES]:
        yield marked(quote, lang)
    yield Text(finding.message(lang))
    for clause in finding.clauses:
        yield _law(clause, lang)
    if finding.missing:
        yield Text(i18n.text("report.missing", lang, what=missing_words(finding.missing, lang)), style="yellow")
    if len(finding.contacts) > 1:
        yield Text(i18n.text("report.related", lang, count=len(finding.contacts)), style="dim")
    yield Text(f"{finding.source_file}:{finding.source_line or '?'}  {finding.contact_id}", style="dim")


def marked(quote: Quote, lang: str) -> Text:
    """The quote in its context, the guilty words between 【】 or [[ ]] and in bold."""
    left, right = ("【", "】") if lang == "zh" else ("[[", "]]")
    open_, close = ("“", "”")
    place = quote.context.find(quote.text)
    before, after = quote.context[: max(place, 0)], quote.context[max(place, 0) + len(quote.text) :]
    speaker = i18n.label("speaker", quote.speaker, lang)
    text = Text(f"{speaker}: {open_}" if quote.turn else open_)
    text.append(_one_line(before))
    text.append(f"{left}{_one_line(quote.text)}{right}", style="bold underline")
    text.append(_one_line(after) + close)
    return text


def _one_line(text: str) -> str:
    """White space folded and control characters shown, so that a message can't move the reader's cursor."""
    return "".join(char if char.isprintable() else " " for char in text)


def _law(clause: Clause, lang: str) -> Text:
    title = clause.title_zh if lang == "zh" else clause.title_en
    says = clause.says_zh if lang == "zh" else clause.says_en
    weight = i18n.label("weight", clause.weight, lang)
    clause_words = clause.clause or i18n.text("report.clause_not_seen", lang)
    values = {"weight": weight, "title": title, "clause": clause_words, "evidence": clause.evidence}
    line = Text(i18n.text("report.law", lang, **values), style="blue")
    if not clause.sure:
        line.append(f" {i18n.text('report.scope_unknown', lang)}", style="yellow")
    if says:
        line.append(f" {says}", style="default")
    return line


def _around(report: Report, console: Console, lang: str) -> None:
    if report.not_checkable:
        console.print()
        console.print(Text(i18n.text("report.not_checkable", lang, count=len(report.not_checkable)), style="bold"))
        for field, (rules, contacts) in _by_field(report).items():
            values = {"what": missing_words((field,), lang), "contacts": contacts, "rules": len(rules)}
            console.print(Padding(Text(i18n.text("report.open_rules", lang, **values)), (0, 0, 0, 2), expand=False))
    if report.unreadable:
        console.print()
        console.print(Text(i18n.text("report.unreadable", lang, count=len(report.unreadable)), style="bold yellow"))
        for record in report.unreadable:
            place = f"{record.file}:{record.line}" if record.line else record.file
            values = {"place": place, "expected": record.expected, "found": record.found or "–"}
            console.print(Text("  " + i18n.text("report.unreadable_line", lang, **values)))


def _by_field(report: Report) -> dict[str, tuple[set[str], int]]:
    """What the records lack -> the rules that would need it, and for how many contacts; most rules first."""
    fields: dict[str, tuple[set[str], int]] = {}
    for item in report.not_checkable:
        for name in item.missing:
            rules, contacts = fields.get(name, (set(), 0))
            fields[name] = (rules | {item.rule}, max(contacts, item.contacts))
    return dict(sorted(fields.items(), key=lambda pair: (-len(pair[1][0]), pair[0])))


def _totals(report: Report, console: Console, lang: str) -> None:
    by_verdict = Counter(finding.verdict for finding in report.findings)
    parts = [
        f"{i18n.label('verdict', name, lang)} {by_verdict[name]}" for name in i18n.VERDICT_ORDER if by_verdict[name]
    ]
    values = {
        "checked": report.checked,
        "findings": len(report.findings),
        "parts": ("、" if lang == "zh" else ", ").join(parts) or i18n.text("report.nothing", lang),
        "unreadable": len(report.unreadable),
        "suppressed": len(report.suppressed),
        "known": report.known,
    }
    console.print()
    console.print(Text(i18n.text("report.totals", lang, **values), style="bold"))
