"""How fast text is tagged, side by side with the rivals, in one process and one run, in CPU seconds.

    python benchmarks/language.py [--messages 20000] [--only NAME ...] [--rounds 5]

Distinct short Chinese messages, 15 % with something in them: the lawful and unlawful messages of corpus/messages,
made distinct by a running number. Rivals: a bare ahocorasick_rs scan of the anchors and innocent phrases; Presidio's
AnalyzerEngine with pattern recognizers over the same anchors (needs `pip install presidio-analyzer`; 1,000 messages,
its rate counts); spaCy's own text categorizer, bag of words, untrained (its speed does not depend on its weights).
The parts of one round run one after the other; the median of the rounds counts. `--only memory` tags 1,000,000
distinct messages through tables of 50,000. Prints Markdown tables; dated results are in docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import resource
import statistics
import time
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import ahocorasick_rs
import polars as pl

from dunlint.language import analyse
from dunlint.language.tagger import tagger
from dunlint.language.tagset import prohibited_tags
from dunlint.records.schema import CONTACT_COLUMNS

ROOT = Path(__file__).parents[1]
SHARE = 0.15
TEMPLATES = 5_000
TURNS, SPOKEN = 600, 14_000  # turns and characters of an hour on the telephone
PIECE = 50_000
Work = Callable[[list[str]], Any]


@cache
def corpus() -> tuple[list[str], list[str]]:
    """Short messages with a prohibited label, and plain ones without any."""
    rows = [json.loads(line) for line in (ROOT / "corpus/messages/zh.jsonl").read_text(encoding="utf-8").splitlines()]
    short = [row for row in rows if len(row["text"]) <= 60]
    guilty = [row["text"] for row in short if set(row["labels"]) & set(prohibited_tags())]
    return guilty, [row["text"] for row in short if row["kind"] == "plain" and not row["labels"]]


def messages(count: int, seed: int = 1, first: int = 0) -> list[str]:
    """Distinct short messages, SHARE of them with a prohibited label."""
    guilty, plain = corpus()
    random = Random(seed)
    return [f"{random.choice(guilty if random.random() < SHARE else plain)}{first + n}" for n in range(count)]


@cache
def bare() -> ahocorasick_rs.AhoCorasick:
    words = tagger("zh").words
    literals = {anchor.lower() for pattern in words.patterns for anchor in pattern.anchors} | set(words.innocent)
    return ahocorasick_rs.AhoCorasick(sorted(literals), store_patterns=False)


def bare_scan(texts: list[str]) -> int:
    find = bare().find_matches_as_indexes
    return sum(len(find(text, overlapping=True)) for text in texts)


def phrases(texts: list[str]) -> int:
    return sum(map(len, analyse.tag_texts([(text, "collector", "debtor") for text in texts], model=False)))


def whole(texts: list[str]) -> int:
    pieces = (texts[start : start + analyse.AT_ONCE] for start in range(0, len(texts), analyse.AT_ONCE))
    return sum(sum(map(len, analyse.tag_texts([(text, "collector", "debtor") for text in one]))) for one in pieces)


@cache
def presidio_engine() -> Any:
    """Presidio with the same anchors, one pattern recognizer a tag, on a blank Chinese pipeline."""
    import spacy
    from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    class Blank(SpacyNlpEngine):
        def __init__(self) -> None:
            super().__init__()
            self.nlp = {"zh": spacy.blank("zh")}

    by_tag: dict[str, list[str]] = {}
    for pattern in tagger("zh").words.patterns:
        by_tag.setdefault(pattern.tag, []).extend(pattern.anchors)
    registry = RecognizerRegistry(supported_languages=["zh"])
    for tag, words in by_tag.items():
        regex = "|".join(re.escape(word) for word in dict.fromkeys(words))
        registry.add_recognizer(PatternRecognizer(tag, patterns=[Pattern(tag, regex, 0.5)], supported_language="zh"))
    return AnalyzerEngine(registry=registry, nlp_engine=Blank(), supported_languages=["zh"])


def presidio(texts: list[str]) -> int:
    return sum(len(presidio_engine().analyze(text, language="zh")) for text in texts)


@cache
def categorizer() -> Any:
    """spaCy's bag-of-words categorizer with as many labels as there are prohibited tags."""
    import spacy
    from spacy.training import Example

    nlp = spacy.blank("zh")
    model = {"@architectures": "spacy.TextCatBOW.v3", "exclusive_classes": False, "ngram_size": 1,
             "no_output_layer": False, "length": 262_144}  # fmt: skip
    pipe = nlp.add_pipe("textcat_multilabel", config={"model": model})
    cats = dict.fromkeys(prohibited_tags(), 0.0)
    for tag in cats:
        pipe.add_label(tag)  # type: ignore[attr-defined]
    nlp.initialize(lambda: [Example.from_dict(nlp.make_doc(text), {"cats": cats}) for text in messages(20)])
    return nlp


def spacy_textcat(texts: list[str]) -> int:
    return sum(len(doc.cats) for doc in categorizer().pipe(texts, batch_size=1_000))


def table(texts: list[str]) -> pl.DataFrame:
    frame = pl.DataFrame({"contact_id": [str(n) for n in range(len(texts))], "text": texts})
    return frame.with_columns(
        pl.lit("outbound").alias("direction"), pl.lit("debtor").alias("party"), pl.lit("agency").alias("role"),
        pl.lit(None, CONTACT_COLUMNS["turns"]).alias("turns"),
    )  # fmt: skip


def repeats(texts: list[str]) -> int:
    """What repeats is analysed once, through the table as `check` does it."""
    return len(analyse.analyse(table(texts)).tags)


def transcript(texts: list[str]) -> int:
    """One call of an hour, collector and debtor in turn, through the table."""
    turns = [
        {"speaker": ("collector", "debtor")[n % 2], "start": n * 6.0, "end": n * 6.0 + 5, "text": text}
        for n, text in enumerate(texts)
    ]
    call = table([""]).with_columns(pl.Series("turns", [turns], CONTACT_COLUMNS["turns"]))
    return len(analyse.analyse(call).tags)


def spoken() -> list[str]:
    return [text[: SPOKEN // TURNS + 2] for text in messages(TURNS, seed=3)]


def medians(works: list[tuple[str, Work, list[str]]], rounds: int) -> Iterable[tuple[str, int, float]]:
    """(what, messages, median CPU seconds); every round runs everything, so that other work on the machine hits all."""
    spent: dict[str, list[float]] = {name: [] for name, _, _ in works}
    for _, work, texts in works:
        work(texts[:200])
    for _ in range(rounds):
        for name, work, texts in works:
            start = time.process_time()
            work(texts)
            spent[name].append(time.process_time() - start)
    return [(name, len(texts), statistics.median(spent[name])) for name, _, texts in works]


def works(count: int) -> dict[str, tuple[str, Work, list[str]]]:
    texts, call = messages(count), spoken()
    hour = f"a call of an hour, {TURNS} turns, {sum(map(len, call)):,} characters"
    return {
        "bare": ("bare scan of the same anchors", bare_scan, texts),
        "phrases": ("phrases and context (`--no-model`)", phrases, texts),
        "presidio": ("Presidio, same anchors", presidio, texts[:1_000]),
        "model": ("with the model on every text", whole, texts),
        "textcat": ("spaCy `textcat_multilabel`, bag of words, alone", spacy_textcat, texts),
        "repeats": ("5,000 texts many times, through the table", repeats, messages(TEMPLATES, 2) * (count // 500)),
        "transcript": (hour, transcript, call),
    }


def memory(count: int) -> None:
    """Peak memory while distinct messages pass through tables, with the model."""
    print("\n| distinct messages | peak MB |\n| --- | --- |")
    for first in range(0, count, PIECE):
        repeats(messages(PIECE, seed=first + 5, first=first))
        if (first + PIECE) * 4 % count == 0:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"| {first + PIECE:,} | {peak:,.0f} |", flush=True)


def main() -> None:
    names = ("bare", "phrases", "presidio", "model", "textcat", "repeats", "transcript", "memory")
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", type=int, default=1_000_000, help="messages of `--only memory`")
    parser.add_argument("--only", nargs="*", choices=names, default=[name for name in names if name != "memory"])
    asked = parser.parse_args()
    print(f"{platform.machine()}, Python {platform.python_version()}, CPU seconds, median of {asked.rounds}\n")
    chosen = [work for name, work in works(asked.messages).items() if name in asked.only]
    if chosen:
        print("| what | messages | CPU seconds | messages a second |\n| --- | --- | --- | --- |")
    for what, count, seconds in medians(chosen, asked.rounds):
        print(f"| {what} | {count:,} | {seconds:,.3f} | {count / seconds:,.0f} |", flush=True)
    if "memory" in asked.only:
        memory(asked.memory)


if __name__ == "__main__":
    main()
