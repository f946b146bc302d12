"""Message templates -> labelled messages. The notation of a template:

    [[tag|words]]  [[tag+tag:attribution|words]]   a span; spans nest
    {one|other}                                    variants, one of which is taken; they hold spans, slots and variants
    <name>                                         a slot, filled from corpus/templates/slots.yaml

Every choice is drawn from a generator seeded with the template's id, so the same templates give the same bytes.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from dunlint.errors import InputError
from dunlint.language.tagset import prohibited_tags, tag_list

SEED = 20261123
MESSAGES = 3
DRAWS = 40
COMPOSED = "composed"
WHOLE = {  # by how a file's name begins: what all of it is for
    "h_": "train",  # so that what is measured stays as it was
    "u_": "unseen",  # only to measure: nothing by its authors is in train, and no phrase was written from it
}
APART = "composed apart from the phrases"
SOURCES = {"_modelled": "modelled on reported conduct", "_apart": APART}  # by the end of the file's name
ATTRIBUTIONS = ("performed", "reported", "negated", "questioned", "quoted")
MEANT = ("performed", "reported")
CHANNELS = ("sms", "im", "call", "ai_call", "voicemail", "email", "letter", "visit", "post")
PARTIES = ("debtor", "third_party", "workplace", "guarantor", "spouse", "minor", "unknown")
SPEAKERS = ("collector", "debtor", "third_party", "other")
KINDS = ("plain", "evasion", "context", "lookalike", "asr", "dialect")
KNOWN = (("channel", CHANNELS), ("party", PARTIES), ("speaker", SPEAKERS), ("kind", KINDS))
MARK = re.compile(r"\[\[(?P<head>[^|\[\]]*)\||(?P<close>\]\])|(?P<open>\{)|(?P<shut>\})|(?P<bar>\|)|<(?P<slot>[a-z]+)>")


@dataclass(frozen=True)
class Template:
    """One line of a template file; `where` is `path:line`."""

    id: str
    lang: str
    channel: str
    party: str
    speaker: str
    kind: str
    body: Body
    source: str
    where: str


@dataclass(frozen=True)
class Body:
    """A row of parts: words, slots, variants and spans."""

    parts: tuple[str | Slot | Variants | Span, ...]


@dataclass(frozen=True)
class Slot:
    """A blank to fill."""

    name: str


@dataclass(frozen=True)
class Variants:
    """Bodies of which one is taken."""

    bodies: tuple[Body, ...]


@dataclass(frozen=True)
class Span:
    """Words that carry tags."""

    tags: tuple[str, ...]
    attribution: str
    body: Body


@dataclass
class _Draft:
    """A message being written: `shape` is its text with the slots unfilled."""

    text: str = ""
    shape: str = ""
    spans: list[dict[str, Any]] = field(default_factory=list)
    nothing: bool = True


def read_templates(root: Path) -> list[Template]:
    """Every template under `root`/{zh,en}/*.tsv, in order. Raises InputError with file and line."""
    paths = [path for lang in ("zh", "en") for path in sorted((root / lang).glob("*.tsv"))]
    templates = [template for path in paths for template in _file(path)]
    seen: dict[str, str] = {}
    for template in templates:
        if template.id in seen:
            raise _bad(template.where, f"{template.id}: {seen[template.id]}")
        seen[template.id] = template.where
    return templates


def _file(path: Path) -> Iterator[Template]:
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            yield _template(line, path, f"{path}:{number}")


def _template(line: str, path: Path, where: str) -> Template:
    cells = line.split("\t")
    if len(cells) != 6:
        raise _bad(where, f"{len(cells)} columns")
    for (name, known), value in zip(KNOWN, cells[1:5], strict=True):
        if value not in known:
            raise _bad(where, f"{name} {value}")
    name, channel, party, speaker, kind, text = cells
    source = next((source for end, source in SOURCES.items() if path.stem.endswith(end)), COMPOSED)
    return Template(name, path.parent.name, channel, party, speaker, kind, parse(text, where), source, where)


def parse(text: str, where: str) -> Body:
    """The parts of a template's text. Raises InputError for unknown tags and unbalanced brackets."""
    body, place, ended = _body(text, 0, "", where)
    if ended or place < len(text):
        raise _bad(where, text[place - 2 : place + 10])
    return body


def _body(text: str, place: int, inside: str, where: str) -> tuple[Body, int, str]:
    """Parts from `place` up to what ends the body we are `inside` ("span", "variants" or ""): body, place, end mark."""
    parts: list[str | Slot | Variants | Span] = []
    while match := MARK.search(text, place):
        parts += [text[place : match.start()]] if match.start() > place else []
        place = match.end()
        kind = match.lastgroup
        if (kind == "close" and inside == "span") or (kind in ("bar", "shut") and inside == "variants"):
            return Body(tuple(parts)), place, match[0]
        if kind == "head":
            part, place = _span(text, place, match["head"], where)
            parts.append(part)
        elif kind == "open":
            variants, place = _variants(text, place, where)
            parts.append(variants)
        elif kind == "slot":
            parts.append(Slot(match["slot"]))
        elif kind == "bar":
            parts.append("|")
        else:
            raise _bad(where, text[place - 8 : place])
    if inside:
        raise _bad(where, text[-10:])
    return Body((*parts, text[place:])) if text[place:] else Body(tuple(parts)), len(text), ""


def _span(text: str, place: int, head: str, where: str) -> tuple[Span, int]:
    names, _, attribution = head.partition(":")
    tags = tuple(names.split("+"))
    attribution = attribution or "performed"
    if attribution not in ATTRIBUTIONS or any(tag not in tag_list() for tag in tags):
        raise _bad(where, head)
    body, place, _ = _body(text, place, "span", where)
    return Span(tags, attribution, body), place


def _variants(text: str, place: int, where: str) -> tuple[Variants, int]:
    bodies: list[Body] = []
    ended = "|"
    while ended == "|":
        body, place, ended = _body(text, place, "variants", where)
        bodies.append(body)
    return Variants(tuple(bodies)), place


def expand(template: Template, slots: Mapping[str, Any], count: int = MESSAGES) -> list[dict[str, Any]]:
    """Up to `count` messages (corpus fields without `split`), different in wording before different in slots alone."""
    drafts = [_draw(template, slots, number) for number in range(DRAWS)]
    shapes = _distinct([(draft.shape, draft) for draft in drafts])
    texts = _distinct([(draft.text, draft) for draft in [*shapes, *drafts]])
    return [_row(template, draft, number) for number, draft in enumerate(texts[:count], 1)]


def _distinct(drafts: Sequence[tuple[str, _Draft]]) -> list[_Draft]:
    seen: dict[str, _Draft] = {}
    for key, draft in drafts:
        seen.setdefault(key, draft)
    return list(seen.values())


def _draw(template: Template, slots: Mapping[str, Any], number: int) -> _Draft:
    # a string seeds the generator through SHA-512, whatever PYTHONHASHSEED says
    chance = random.Random(f"{SEED}:{template.id}:{number}")
    draft = _Draft()
    _write(template.body, draft, chance, slots, template)
    draft.text, draft.shape = draft.text.rstrip(), draft.shape.rstrip()
    draft.spans.sort(key=lambda span: (span["start"], -span["end"], span["tag"]))
    return draft


def _write(body: Body, draft: _Draft, chance: random.Random, slots: Mapping[str, Any], template: Template) -> None:
    for part, following in zip_longest(body.parts, body.parts[1:]):
        if isinstance(part, str):
            _append(draft, part, part)
        elif isinstance(part, Slot):
            after = following if isinstance(following, str) else ""
            value = fill(part.name, slots, chance, (draft.text, after), template.where)
            _append(draft, value, f"<{part.name}>")
        elif isinstance(part, Variants):
            size = len(draft.text)
            _write(chance.choice(part.bodies), draft, chance, slots, template)
            draft.nothing = len(draft.text) == size
        else:
            _write_span(part, draft, chance, slots, template)


def _append(draft: _Draft, text: str, shape: str) -> None:
    # an empty variant would leave two spaces, or one at the start
    if draft.nothing and (not draft.text or draft.text[-1] == " "):
        text, shape = text.lstrip(" "), shape.lstrip(" ")
    draft.text += text
    draft.shape += shape
    draft.nothing = False


def _write_span(span: Span, draft: _Draft, chance: random.Random, slots: Mapping[str, Any], template: Template) -> None:
    start = len(draft.text)
    _write(span.body, draft, chance, slots, template)
    while start < len(draft.text) and draft.text[start] == " ":
        start += 1
    end = len(draft.text.rstrip())
    if end <= start:
        raise _bad(template.where, "+".join(span.tags))
    draft.spans += [{"start": start, "end": end, "tag": tag, "attribution": span.attribution} for tag in span.tags]


def fill(name: str, slots: Mapping[str, Any], chance: random.Random, around: tuple[str, str], where: str) -> str:
    """A value for a slot, with the slot's `sign` and `unit` unless the words around it bring their own (slots.yaml)."""
    if name not in slots:
        raise _bad(where, f"<{name}>")
    slot = slots[name]
    value = str(chance.choice(slot["values"]))
    own = re.search(slot["signed_before"], around[0]) if "signed_before" in slot else None
    own = own or (re.match(slot["signed_after"], around[1]) if "signed_after" in slot else None)
    return value if own else f"{slot.get('sign', '')}{value}{slot.get('unit', '')}"


def _row(template: Template, draft: _Draft, number: int) -> dict[str, Any]:
    labels = {span["tag"] for span in draft.spans if span["attribution"] in MEANT}
    return {
        "id": f"{template.id}-{number}", "lang": template.lang, "channel": template.channel, "party": template.party,
        "speaker": template.speaker, "text": draft.text, "spans": draft.spans,
        "labels": [tag for tag in tag_list() if tag in labels], "kind": template.kind, "template": template.id,
        "source": template.source,
    }  # fmt: skip


def is_lawful(row: Mapping[str, Any]) -> bool:
    """Whether a message carries no prohibited label."""
    return not set(row["labels"]) & set(prohibited_tags())


def share(text: str) -> float:
    """A fixed number in [0, 1) for a text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big") / 2**48


def _bad(where: str, reason: str) -> InputError:
    return InputError("corpus_template", where=where, reason=reason)
