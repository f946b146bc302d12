"""How fast text is tagged, side by side with the rivals, in one process and one run.

    python benchmarks/language.py [--messages 100000] [--presidio]

100,000 distinct short Chinese messages, 15 % with something in them: the lawful and unlawful messages of
corpus/messages (test split), made distinct by a running number. `--presidio` needs `pip install
presidio-analyzer`; it runs on 2,000 messages and its rate counts. Prints a Markdown table; dated results are
in docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import ahocorasick_rs

from dunlint.language import analyse
from dunlint.language.tagger import tagger
from dunlint.language.tagset import prohibited_tags

ROOT = Path(__file__).parents[1]
ROUNDS = 5
SHARE = 0.15


def messages(count: int, seed: int = 1) -> list[str]:
    """Distinct short messages, SHARE of them with a prohibited label."""
    rows = [json.loads(line) for line in (ROOT / "corpus/messages/zh.jsonl").read_text(encoding="utf-8").splitlines()]
    short = [row for row in rows if len(row["text"]) <= 60]
    guilty = [row["text"] for row in short if set(row["labels"]) & set(prohibited_tags())]
    plain = [row["text"] for row in short if row["kind"] == "plain" and not row["labels"]]
    random = Random(seed)
    return [f"{random.choice(guilty if random.random() < SHARE else plain)}{number}" for number in range(count)]


def timed(work: Callable[[list[str]], Any], texts: list[str], rounds: int = ROUNDS) -> float:
    """Median messages a second."""
    spent = []
    for _ in range(rounds):
        start = time.perf_counter()
        work(texts)
        spent.append(time.perf_counter() - start)
    return len(texts) / statistics.median(spent)


def bare_scan(texts: list[str]) -> int:
    words = tagger("zh")
    automaton = ahocorasick_rs.AhoCorasick(words.literals, store_patterns=False)
    return sum(len(automaton.find_matches_as_indexes(text, overlapping=True)) for text in texts)


def phrases(texts: list[str]) -> int:
    find = tagger("zh").tags
    return sum(len(find(text, "collector", "debtor")) for text in texts)


def whole(texts: list[str]) -> int:
    return sum(map(len, analyse.tag_texts([(text, "collector", "debtor") for text in texts])))


def presidio(texts: list[str]) -> int:
    """Presidio's AnalyzerEngine with the same literals, one pattern recognizer a tag, on a blank Chinese pipeline."""
    import re

    from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    class Blank(SpacyNlpEngine):
        def __init__(self) -> None:
            import spacy

            super().__init__()
            self.nlp = {"zh": spacy.blank("zh")}

    by_tag: dict[str, list[str]] = {}
    for pattern in tagger("zh").words.patterns:
        by_tag.setdefault(pattern.tag, []).extend(pattern.anchors)
    registry = RecognizerRegistry(supported_languages=["zh"])
    for tag, words in by_tag.items():
        regex = "|".join(re.escape(word) for word in dict.fromkeys(words))
        registry.add_recognizer(PatternRecognizer(tag, patterns=[Pattern(tag, regex, 0.5)], supported_language="zh"))
    engine = AnalyzerEngine(registry=registry, nlp_engine=Blank(), supported_languages=["zh"])
    return sum(len(engine.analyze(text, language="zh")) for text in texts)


def rows(asked: argparse.Namespace) -> Iterator[tuple[str, int, float]]:
    texts = messages(asked.messages)
    phrases(texts[:100])
    whole(texts[:100])
    yield "bare scan of the same literals", len(texts), timed(bare_scan, texts)
    yield "phrases and context (`--no-model`)", len(texts), timed(phrases, texts)
    yield "with the model on every text", len(texts), timed(whole, texts, 3)
    if asked.presidio:
        yield "Presidio, same literals", 2_000, timed(presidio, texts[:2_000], 1)
    filled = messages(5_000, seed=2) * (asked.messages * 10 // 5_000)
    yield "repeats: 5,000 texts many times", len(filled), timed(repeats, filled, 1)


def repeats(texts: list[str]) -> int:
    """What repeats is analysed once, through the table as `check` does it."""
    import polars as pl

    from dunlint.records.schema import CONTACT_COLUMNS

    frame = pl.DataFrame(
        {"contact_id": [str(n) for n in range(len(texts))], "text": texts},
    ).with_columns(
        pl.lit("outbound").alias("direction"), pl.lit("debtor").alias("party"), pl.lit("agency").alias("role")
    )
    frame = frame.with_columns(pl.lit(None, CONTACT_COLUMNS["turns"]).alias("turns"))
    return len(analyse.analyse(frame).tags)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--presidio", action="store_true")
    asked = parser.parse_args()
    print(f"{platform.machine()}, Python {platform.python_version()}, median of up to {ROUNDS}\n")
    print("| what | messages | messages a second | peak MB |\n| --- | --- | --- | --- |")
    for name, count, rate in rows(asked):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"| {name} | {count:,} | {rate:,.0f} | {peak:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
