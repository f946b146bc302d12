"""Write docs/language-evaluation.md: how well tags are found in the test split, by phrases, by the model, by both.

python scripts/language_evaluation.py [DATE]
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

from dunlint.language import evaluate as measure
from dunlint.language.analyse import tag_texts
from dunlint.language.labelled import Message, read_messages
from dunlint.language.model import trained
from dunlint.language.tagset import prohibited_tags

ROOT = Path(__file__).parents[1]
PARTS = ("phrases", "model", "both")
NAMES = {"phrases": "词句与语境 phrases and context", "model": "只用模型 model only", "both": "两者 both (as shipped)"}
SPLITS = {"test": "测试集 test", "unseen": "作者从未见过 unseen authors"}
HEAD = """# 识别效果 · How well tags are found

{day} 的数字，由 `python scripts/language_evaluation.py` 生成。只计违规标签。
测试集与训练集没有共同的模板；词句只看过 train 和 dev。unseen 的作者没有一条在训练集里，词句也没有照着写过。
方括号是 95 % 区间，按消息计；同一模板的消息相近，真实的不确定性更大。
错例：`dunlint evaluate corpus/messages/zh.jsonl --split test --mistakes`。

Numbers of {day}, written by `python scripts/language_evaluation.py`. Prohibited tags only.
The test split shares no template with train; phrases were written looking at train and dev only. Nothing by the authors
of `unseen` is in train, and no phrase was written from it.
Brackets are 95 % intervals over messages; those of one template are alike, so the true uncertainty is greater.
The mistakes: `dunlint evaluate corpus/messages/en.jsonl --split test --mistakes`.
"""


def main() -> int:
    day = sys.argv[1] if len(sys.argv) > 1 else date.today().isoformat()
    text = HEAD.format(day=day) + "".join(section(lang) for lang in ("zh", "en"))
    (ROOT / "docs" / "language-evaluation.md").write_text(text, encoding="utf-8", newline="\n")
    return 0


def section(lang: str) -> str:
    """The tables of one language."""
    everything = read_messages(str(ROOT / "corpus/messages" / f"{lang}.jsonl"))
    tables = []
    for split, title in SPLITS.items():
        messages = [one for one in everything if one.group["split"] == split]
        scores = {part: measure.evaluate(messages, found) for part, found in found_by(lang, messages).items()}
        tables.append(f"\n## {lang}, {title}: {len(messages)} 条 messages\n\n{summary(scores)}\n{by_tag(scores)}")
        tables += [f"\n{by_kind(scores)}"] if split == "test" else []
    return "".join(tables)


def found_by(lang: str, messages: list[Message]) -> dict[str, list[frozenset[str]]]:
    """What each part finds on its own, and what both find."""
    said = [(m.text, m.speaker, m.party) for m in messages]
    model = trained(lang)
    if model is None:
        raise SystemExit(f"no model for {lang}: run dunlint train")
    alone = [frozenset(tag for tag, p in row.items() if p >= model.thresholds.alone) for row in model.chances(said)]
    return {
        "phrases": [measure.meant(tags) for tags in tag_texts(said, model=False)],
        "model": alone,
        "both": [measure.meant(tags) for tags in tag_texts(said)],
    }


def summary(scores: dict[str, Any]) -> str:
    lines = [
        "| | precision | recall | F1 micro | F1 macro | 误报 false positives |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for part in PARTS:
        micro, macro = scores[part]["prohibited"]["micro"], scores[part]["prohibited"]["macro"]
        cells = [*(rate(micro, name) for name in ("precision", "recall", "f1")), rate(macro, "f1")]
        cells.append(rate(scores[part], "false_positive_rate"))
        lines.append(f"| {NAMES[part]} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def by_kind(scores: dict[str, Any]) -> str:
    lines = [
        "| kind (both) | messages | precision | recall | F1 | false positives |",
        "| --- | ---: | --- | --- | --- | --- |",
    ]
    for kind, row in scores["both"]["groups"]["kind"].items():
        cells = [rate(row, name) for name in ("precision", "recall", "f1", "false_positive_rate")]
        lines.append(f"| {kind} | {row['messages']} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def by_tag(scores: dict[str, Any]) -> str:
    lines = ["| tag | labels | phrases F1 | model F1 | both F1 | both precision | both recall |",
             "| --- | ---: | --- | --- | --- | --- | --- |"]  # fmt: skip
    for tag in prohibited_tags():
        rows = {part: scores[part]["tags"][tag] for part in PARTS}
        cells = [
            *(rate(rows[part], "f1") for part in PARTS),
            rate(rows["both"], "precision"),
            rate(rows["both"], "recall"),
        ]
        lines.append(f"| {tag} | {rows['both']['labels']} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def rate(row: dict[str, Any], name: str) -> str:
    value, interval = row[name], row[f"{name}_interval"]
    if value is None:
        return "–"
    return f"{value:.3f}" + (f" [{interval[0]:.2f}–{interval[1]:.2f}]" if interval else "")


if __name__ == "__main__":
    sys.exit(main())
