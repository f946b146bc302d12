"""Counts in how many ordinary messages each word of the lexicon occurs, and writes those that are not rare.

    python scripts/build_common.py        rewrites rules/language/{zh,en}/common.yaml

The tagger anchors a pattern on its rarest element; these counts (train split of corpus/messages, lawful
messages, share of messages that hold the word, at least 0.2 %) say which element that is. They change speed,
never findings.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import ahocorasick_rs

from dunlint.language import lexicon, template

ROOT = Path(__file__).parents[1]
LEAST = 0.002


def words_of(lang: str) -> list[str]:
    """Every literal of every required element of the language."""
    seen: set[str] = set()
    compile_template = template.compile_template

    def watched(*arguments: object) -> template.Phrase:
        phrase = compile_template(*arguments)  # type: ignore[arg-type]
        seen.update(word for _, words in phrase.required for word in words)
        return phrase

    lexicon.compile_template = watched  # type: ignore[assignment]
    lexicon.load(lexicon.language_root() / lang, lang)
    return sorted(seen)


def messages(lang: str) -> list[str]:
    rows = map(json.loads, (ROOT / "corpus" / "messages" / f"{lang}.jsonl").read_text(encoding="utf-8").splitlines())
    normalise = lexicon.lexicon(lang).normalise
    return [normalise(row["text"]).text for row in rows if row["split"] == "train"]


def main() -> None:
    for lang in ("zh", "en"):
        words, texts = words_of(lang), messages(lang)
        automaton = ahocorasick_rs.AhoCorasick(words)
        counted: Counter[str] = Counter()
        for text in texts:
            counted.update({words[hit[0]] for hit in automaton.find_matches_as_indexes(text, overlapping=True)})
        rows = [(word, count / len(texts)) for word, count in sorted(counted.items()) if count >= LEAST * len(texts)]
        head = "# Share of messages that hold a word, for choosing anchors. Written by scripts/build_common.py.\n"
        body = "".join(f"{json.dumps(word, ensure_ascii=False)}: {share:.4f}\n" for word, share in rows)
        path = ROOT / "rules" / "language" / lang / "common.yaml"
        path.write_text(head + body, encoding="utf-8")
        print(path, len(rows))


if __name__ == "__main__":
    main()
