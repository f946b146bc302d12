"""The corpus as shipped is sound, and its builder does what its notation says."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dunlint.errors import InputError
from dunlint.language.corpus import Template, expand, fill, parse
from dunlint.language.corpus_check import problems
from dunlint.language.corpus_splits import alike, shingled, shingles, split_templates

ROOT = Path(__file__).parents[2]
SLOTS: dict[str, Any] = {
    "name": {"values": ["Ann"]},
    "amount": {"values": ["5"], "sign": "$", "signed_before": r"[$£]$", "signed_after": r" rupees"},
}


def shipped(lang: str) -> list[dict[str, Any]]:
    text = (ROOT / "corpus" / "messages" / f"{lang}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


def template(text: str) -> Template:
    return Template("t1", "en", "sms", "debtor", "collector", "plain", parse(text, "t.tsv:1"), "composed", "t.tsv:1")


def messages(text: str) -> list[dict[str, Any]]:
    return expand(template(text), SLOTS)


def quotes(row: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(s["tag"], s["attribution"], row["text"][s["start"] : s["end"]]) for s in row["spans"]}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_shipped_corpus_is_sound(lang: str) -> None:
    assert problems(shipped(lang), lang) == []


def test_building_again_gives_the_shipped_messages_whatever_the_hash_seed(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, 'scripts'); import build_corpus as b; from pathlib import Path\n"
        "b.write = lambda lang, rows: Path(sys.argv[1], lang).write_text(b.json.dumps(rows))\n"
        "b.write_counts = lambda corpus: None; b.build()"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=True, env={"PYTHONHASHSEED": "7"})
    assert json.loads((tmp_path / "zh").read_text()) == shipped("zh")
    assert json.loads((tmp_path / "en").read_text()) == shipped("en")


def test_spans_nest_and_share_words_and_keep_their_attribution() -> None:
    [row] = messages("[[threat_exposure|tell all, [[insult+deception:quoted|you rat]]]]!")
    assert quotes(row) == {
        ("threat_exposure", "performed", "tell all, you rat"),
        ("insult", "quoted", "you rat"),
        ("deception", "quoted", "you rat"),
    }
    assert row["labels"] == ["threat_exposure"]


def test_variants_hold_spans_and_spans_hold_variants() -> None:
    rows = messages("{[[insult|rat]]|ok, [[threat_visit|we {come|{will |}visit}]]}")
    assert {row["text"] for row in rows} <= {"rat", "ok, we come", "ok, we will visit", "ok, we visit"}
    assert len(rows) == 3
    spans = {words for row in rows for _, _, words in quotes(row)}
    assert spans <= {"rat", "we come", "we will visit", "we visit"}


def test_an_empty_variant_leaves_no_double_space() -> None:
    assert {row["text"] for row in messages("{|please} pay {now|} today")} <= {
        "pay today", "pay now today", "please pay today", "please pay now today",
    }  # fmt: skip


def test_reported_words_are_labels_and_negated_ones_are_not() -> None:
    [row] = messages("[[insult:reported|called a rat]], [[threat_visit:negated|no visit]]")
    assert row["labels"] == ["insult"]


@pytest.mark.parametrize(
    ("before", "after", "value"), [("owe ", ".", "$5"), ("owe $", "", "5"), ("owe ", " rupees", "5")]
)
def test_an_amount_takes_a_sign_unless_it_has_one(before: str, after: str, value: str) -> None:
    assert fill("amount", SLOTS, random.Random(1), (before, after), "t.tsv:1") == value


@pytest.mark.parametrize(
    "text",
    ["[[nonsense|x]]", "[[insult:maybe|x]]", "[[insult|x", "{a|b", "a}", "x]]", "<nothing>", "[[insult|{|}]]"],
)
def test_bad_notation_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(InputError) as caught:
        messages(text)
    assert caught.value.where == "t.tsv:1"


def row(name: str, text: str, split: str = "train", **more: Any) -> dict[str, Any]:
    base = {"id": f"{name}-1", "lang": "en", "channel": "sms", "party": "debtor", "speaker": "collector", "text": text}
    rest = {"spans": [], "labels": [], "kind": "plain", "template": name, "source": "composed", "split": split}
    return base | rest | more


def test_near_duplicates_across_splits_are_refused() -> None:
    text = "your account is thirty days past due, please call the office"
    rows = [row("a", text), row("b", f"{text}.", "test"), row("c", "a wholly different sentence about lunch", "test")]
    assert alike(shingled(rows), {"a": "train", "b": "test", "c": "test"}) == [("b", "a")]
    assert "b: near-duplicate of a in another split" in problems(rows, "en")
    assert "b: near-duplicate of a in another split" not in problems([rows[0], rows[1] | {"split": "train"}], "en")


def test_every_pair_that_is_alike_across_splits_is_found_once() -> None:
    words = random.Random(5)
    base = [words.choice("abcdefgh") for _ in range(60)]
    rows = []
    for number in range(120):
        text = base.copy()
        for _ in range(words.randrange(4)):
            text[words.randrange(len(text))] = words.choice("abcdefgh")
        rows.append(row(f"t{number:03}", "".join(text[: words.randrange(20, 61)])))
    sets = [(one["template"], shingles(one["text"])) for one in rows]
    wanted = {(a, b) for n, (b, later) in enumerate(sets) for a, first in sets[:n]
              if len(first & later) >= 0.8 * len(first | later)}  # fmt: skip

    split = {row["template"]: ("train", "train", "dev", "test")[number % 4] for number, row in enumerate(rows)}
    found = [frozenset(pair) for pair in alike(shingled(rows), split)]
    across = {frozenset(pair) for pair in wanted if split[pair[0]] != split[pair[1]]}
    assert len(found) == len(across) > 20
    assert set(found) == across


def test_near_duplicates_follow_the_first_into_its_split() -> None:
    rows = [row(f"t{n}", f"the very same sentence for everybody, number {n}") for n in range(9)]
    assert len(set(split_templates(rows, {}).values())) == 1


def test_every_tag_reaches_every_split() -> None:
    words = random.Random(3)
    rows = [row(f"x{n}", " ".join(str(words.random()) for _ in range(4)), labels=["insult"]) for n in range(12)]
    assert set(split_templates(rows, {}).values()) == {"train", "dev", "test"}


def test_templates_of_a_given_split_move_no_other() -> None:
    words = random.Random(3)
    rows = [row(f"x{n}", " ".join(str(words.random()) for _ in range(4)), labels=["insult"]) for n in range(12)]
    more = [row(f"h{number}", str(words.random()), labels=["insult"]) for number in range(300)]
    before, after = split_templates(rows, {}), split_templates([*rows, *more], {r["template"]: "unseen" for r in more})
    assert {one: after[one] for one in before} == before
    assert {after[row["template"]] for row in more} == {"unseen"}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"spans": [{"start": 0, "end": 99, "tag": "insult", "attribution": "quoted"}]}, "offsets 0-99"),
        ({"spans": [{"start": 0, "end": 2, "tag": "rude", "attribution": "quoted"}]}, "unknown tag rude:quoted"),
        ({"labels": ["insult"]}, "labels differ from spans"),
        ({"split": "spare"}, "unknown split spare"),
        ({"channel": "fax"}, "unknown channel fax"),
    ],
)
def test_a_faulty_message_is_named(change: dict[str, Any], fault: str) -> None:
    assert problems([row("a", "hello there") | change], "en") == [f"a-1: {fault}"]
