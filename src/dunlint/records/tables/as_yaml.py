"""A proposal as the YAML that a person looks at, corrects, saves and uses with `--mapping`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from dunlint import i18n
from dunlint.records.tables.mapping import Column
from dunlint.records.tables.suggest import Guess, Proposal

WIDE = 60
QUESTIONS = {  # what to write for what cannot be known
    "date_order": ('at: {from: "…", format: "%d/%m/%Y %H:%M"}',),
    "channel": ("channel: {value: sms}",),
    "side": ("seen_from: debtor", 'direction: {from: "…", values: {"…": outbound, "…": inbound}}'),
}


def as_yaml(file: str, proposals: Sequence[Proposal], zone: str | None, lang: str) -> str:
    """One mapping, or a list of them where there are several tables; every guess with its reason and an example."""
    lines = [f"# {i18n.text('suggest.head', lang, file=file)}"]
    for proposal in proposals:
        body = list(_mapping(proposal, zone, lang))
        if len(proposals) > 1:
            body = [f"- {body[0]}", *(f"  {line}" for line in body[1:])]
        lines += body
    return "\n".join(lines) + "\n"


def _mapping(proposal: Proposal, zone: str | None, lang: str) -> Iterator[str]:
    mapping = proposal.mapping
    yield f"table: {mapping.table}"
    if mapping.sheet:
        yield f"sheet: {_quoted(mapping.sheet)}"
    if mapping.table != "accounts":
        yield _with_comment(f"zone: {zone}" if zone else "# zone: Asia/Shanghai", i18n.text("suggest.zone", lang))
    if mapping.table == "contacts":
        yield _with_comment(f"seen_from: {mapping.seen_from}", i18n.text("suggest.side", lang))
    yield "columns:"
    for guess in proposal.guesses:
        yield _with_comment(f"  {guess.target}: {_column(guess.column)}", _reason(guess, lang))
    for question in dict.fromkeys(proposal.questions):
        yield f"  # {i18n.text(f'suggest.ask_{question}', lang)}"
        yield from (f"  #   {line}" for line in QUESTIONS[question])
    if proposal.unused:
        yield f"# {i18n.text('suggest.unused', lang)}"
        yield "ignore:"
        for name, why, example in proposal.unused:
            told = [i18n.label("suggest.left", why, lang), _example(example, lang)]
            yield _with_comment(f"  - {_quoted(name)}", "; ".join(filter(None, told)))


def _column(column: Column) -> str:
    if column.value is not None:
        return f"{{value: {column.value}}}"
    named = [_quoted(name) for name in column.sources]
    source = named[0] if len(named) == 1 else f"[{', '.join(named)}]"
    parts = [f"from: {source}"]
    if column.format:
        parts.append(f"format: {_quoted(column.format)}")
    if column.unit:
        parts.append(f"unit: {column.unit}")
    if column.values:
        parts.append("values: {" + ", ".join(f"{_quoted(a)}: {_quoted(b)}" for a, b in column.values.items()) + "}")
    return source if len(parts) == 1 and len(named) == 1 else "{" + ", ".join(parts) + "}"


def _reason(guess: Guess, lang: str) -> str:
    told = [i18n.label("suggest.certainty", guess.certainty, lang), i18n.label("suggest.why", guess.why, lang)]
    told.append(_example(guess.example, lang))
    if guess.misfits:
        told.append(i18n.text("suggest.misfits", lang, values=", ".join(guess.misfits[:10])))
    return "; ".join(filter(None, told))


def _example(example: str, lang: str) -> str:
    return i18n.text("suggest.example", lang, value=example) if example else ""


def _with_comment(line: str, comment: str) -> str:
    return f"{line}{' ' * max(2, WIDE - cell_len(line))}# {comment}" if comment else line


def _quoted(text: str) -> str:
    """Plain where YAML takes it as that very text, else in double quotes."""
    plain = re.fullmatch(r"[^\W\d][\w ()/]*", text) and text.lower() not in (
        "true",
        "false",
        "null",
        "yes",
        "no",
        "on",
        "off",
    )
    return text if plain and not text.endswith(" ") else json.dumps(text, ensure_ascii=False)
