"""How far two readers agree with the labels of the test split, and with each other: what a tagger could reach.

    python scripts/agreement.py

Both labelled one message of every template of the test split by the names of the tags alone, without seeing labels or
each other (corpus/readings/{zh,en}.tsv: id, tags of the first, tags of the second). Prints micro F1.
"""

from __future__ import annotations

import csv
from pathlib import Path

from dunlint.language.labelled import read_messages
from dunlint.language.tagset import prohibited_tags

CORPUS = Path(__file__).parents[1] / "corpus"
Labels = dict[str, set[str]]


def f1(wanted: Labels, found: Labels) -> float:
    both = sum(len(tags & found[one]) for one, tags in wanted.items())
    return 2 * both / (sum(map(len, wanted.values())) + sum(len(found[one]) for one in wanted))


def main() -> None:
    tags = set(prohibited_tags())
    print("| | messages | first reader and labels | second and labels | first and second |")
    print("| --- | --- | --- | --- | --- |")
    for lang in ("zh", "en"):
        with (CORPUS / "readings" / f"{lang}.tsv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        first, second = ({row["id"]: set(row[name].split(",")) - {"-"} for row in rows} for name in ("first", "second"))
        messages = read_messages(str(CORPUS / "messages" / f"{lang}.jsonl"))
        labels = {one.id: set(one.labels) & tags for one in messages if one.id in first}
        figures = (f1(labels, first), f1(labels, second), f1(first, second))
        print(f"| {lang} | {len(labels)} | " + " | ".join(f"{one:.3f}" for one in figures) + " |")


if __name__ == "__main__":
    main()
