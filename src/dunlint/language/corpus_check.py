"""What a corpus must be: known tags, exact offsets, no leak between splits, enough of everything.

The build and a test use it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from dunlint.language.corpus import ATTRIBUTIONS, KNOWN, MEANT, is_lawful
from dunlint.language.corpus_splits import DRAWN, SPLITS, Row, alike, shingled
from dunlint.language.tagset import prohibited_tags, tag_list

FIELDS = ("id", "lang", "channel", "party", "speaker", "text", "spans", "labels", "kind", "template", "source", "split")
MESSAGES = {"zh": 3000, "en": 2000}
PER_TAG = 100
PER_KIND = {"evasion": 300, "context": 300}


def problems(rows: Sequence[Row], lang: str) -> list[str]:
    """Everything wrong with the messages of one language, a line each; empty when the corpus is sound."""
    found = [f"{row.get('id')}: {fault}" for row in rows for fault in _row_faults(row, lang)]
    return found or [*_leaks(rows), *_counts(rows, lang)]


def _row_faults(row: Row, lang: str) -> Iterator[str]:
    if tuple(row) != FIELDS:
        yield f"fields {', '.join(row)}"
        return
    for name, known in (*KNOWN, ("lang", (lang,)), ("split", SPLITS)):
        if row[name] not in known:
            yield f"unknown {name} {row[name]}"
    labels = {span["tag"] for span in row["spans"] if span["attribution"] in MEANT}
    if set(row["labels"]) != labels:
        yield "labels differ from spans"
    for span in row["spans"]:
        yield from _span_faults(row["text"], span)


def _span_faults(text: str, span: Row) -> Iterator[str]:
    if span["tag"] not in tag_list() or span["attribution"] not in ATTRIBUTIONS:
        yield f"unknown tag {span['tag']}:{span['attribution']}"
    words = text[span["start"] : span["end"]] if 0 <= span["start"] < span["end"] <= len(text) else ""
    if not words or words != words.strip():
        yield f"offsets {span['start']}-{span['end']}"


def _leaks(rows: Sequence[Row]) -> Iterator[str]:
    split: dict[str, str] = {}
    texts: set[str] = set()
    for row in rows:
        if split.setdefault(row["template"], row["split"]) != row["split"]:
            yield f"{row['id']}: template in two splits"
        if row["text"] in texts:
            yield f"{row['id']}: duplicate text"
        texts.add(row["text"])
    for first, second in alike(shingled(rows), split):
        yield f"{first}: near-duplicate of {second} in another split"


def _counts(rows: Sequence[Row], lang: str) -> Iterator[str]:
    if len(rows) < MESSAGES[lang]:
        yield f"{lang}: {len(rows)} messages, {MESSAGES[lang]} wanted"
    tags = Counter(tag for row in rows for tag in row["labels"])
    counts = tags + Counter(row["kind"] for row in rows)
    wanted = dict.fromkeys(prohibited_tags(), PER_TAG) | PER_KIND
    for name, least in wanted.items():
        if counts[name] < least:
            yield f"{lang}: {counts[name]} {name}, {least} wanted"
    lawful = sum(is_lawful(row) for row in rows)
    if lawful * 2 < len(rows):
        yield f"{lang}: {lawful} of {len(rows)} lawful, half wanted"
    for name in DRAWN:
        inside = {tag for row in rows if row["split"] == name for tag in row["labels"]}
        yield from (f"{lang}: no {tag} in {name}" for tag in tags if tag not in inside)
