"""Build corpus/messages/{zh,en}.jsonl from corpus/templates/; `--check` only checks what is there.

    python scripts/build_corpus.py [--check]

The same templates give the same bytes. Exit code 1 and a line for each fault when the corpus is not sound.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from dunlint.errors import DunlintError
from dunlint.language.corpus import MESSAGES, WHOLE, Template, expand, is_lawful, read_templates
from dunlint.language.corpus_check import problems
from dunlint.language.corpus_splits import split_templates
from dunlint.language.tagset import prohibited_tags, tag_list
from dunlint.yaml_places import read

CORPUS = Path(__file__).parents[1] / "corpus"
LANGUAGES = ("zh", "en")
BEGIN, END = "<!-- counts: written by scripts/build_corpus.py -->", "<!-- end of counts -->"
SCARCE, OF_SCARCE = 120, 6  # templates of a prohibited tag with fewer messages than this give more of them


def main() -> int:
    try:
        corpus = load() if "--check" in sys.argv[1:] else build()
    except DunlintError as problem:
        sys.stderr.write(f"{problem}\n")
        return problem.exit_code
    faults = [fault for lang in LANGUAGES for fault in problems(corpus[lang], lang)]
    sys.stderr.write("".join(f"{fault}\n" for fault in faults))
    for lang in LANGUAGES:
        sys.stderr.write(f"{lang}: {len(corpus[lang])} messages\n")
    return 1 if faults else 0


def build() -> dict[str, list[dict[str, Any]]]:
    """Expand, split and write."""
    slots = read(CORPUS / "templates" / "slots.yaml", "corpus/templates/slots.yaml").data
    templates = read_templates(CORPUS / "templates")
    begins = {one.id: Path(one.where).name[:2] for one in templates}
    given = {template: WHOLE[begin] for template, begin in begins.items() if begin in WHOLE}
    corpus: dict[str, list[dict[str, Any]]] = {}
    for lang in LANGUAGES:
        rows = _messages([one for one in templates if one.lang == lang], slots[lang])
        split = split_templates(rows, given)
        corpus[lang] = [{**row, "split": split[row["template"]]} for row in rows]
        write(lang, corpus[lang])
    write_counts(corpus)
    return corpus


def _messages(templates: list[Template], slots: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages of one language, texts that occur before left out."""
    drafts = {one.id: expand(one, slots, OF_SCARCE) for one in templates}
    counts = Counter(tag for rows in drafts.values() for row in rows[:MESSAGES] for tag in row["labels"])
    scarce = {tag for tag in prohibited_tags() if counts[tag] < SCARCE}
    texts: dict[str, dict[str, Any]] = {}
    for rows in drafts.values():
        wanted = OF_SCARCE if any(scarce & set(row["labels"]) for row in rows) else MESSAGES
        for row in rows[:wanted]:
            texts.setdefault(row["text"], row)
    return list(texts.values())


def write(lang: str, rows: list[dict[str, Any]]) -> None:
    text = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    (CORPUS / "messages" / f"{lang}.jsonl").write_text(text, encoding="utf-8", newline="\n")


def write_counts(corpus: dict[str, list[dict[str, Any]]]) -> None:
    """The tables of the data card, between its marks."""
    card = CORPUS / "README.md"
    before, rest = card.read_text(encoding="utf-8").split(BEGIN)
    tables = "\n".join([_table(corpus, "split"), _table(corpus, "kind"), _table(corpus, "labels")])
    card.write_text(f"{before}{BEGIN}\n\n{tables}\n{END}{rest.split(END)[1]}", encoding="utf-8", newline="\n")


def _table(corpus: dict[str, list[dict[str, Any]]], field: str) -> str:
    """How many messages have each value of a field, by language."""
    counts = {lang: Counter(value for row in rows for value in _values(row, field)) for lang, rows in corpus.items()}
    names = tag_list() if field == "labels" else {name: None for lang in LANGUAGES for name in counts[lang]}
    lines = [f"| {name} | " + " | ".join(str(counts[lang][name]) for lang in LANGUAGES) + " |" for name in names]
    return "\n".join([f"| {field} | zh | en |", "| --- | ---: | ---: |", *lines, ""])


def _values(row: dict[str, Any], field: str) -> list[str]:
    if field == "split":
        return ["all 全部", "lawful 合法" if is_lawful(row) else "prohibited 违规", row[field]]
    return row[field] if isinstance(row[field], list) else [row[field]]


def load() -> dict[str, list[dict[str, Any]]]:
    paths = {lang: CORPUS / "messages" / f"{lang}.jsonl" for lang in LANGUAGES}
    return {lang: [json.loads(line) for line in _lines(path)] for lang, path in paths.items()}


def _lines(path: Path) -> list[str]:
    # not splitlines(): a message may hold characters that it takes for line ends
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line]


if __name__ == "__main__":
    sys.exit(main())
