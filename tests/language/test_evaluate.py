"""Scores are what a person with a pencil gets, and bad input is named with its line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dunlint.commands.evaluate import evaluate as command
from dunlint.errors import BadArgument, InputError, UnreadableFile
from dunlint.language import evaluate as measure
from dunlint.language.labelled import Message, read_messages
from dunlint.language.tagger import Tag


def message(name: str, labels: str = "", **group: str) -> Message:
    return Message(name, f"text {name}", "collector", "debtor", frozenset(labels.split()), group)


MESSAGES = [
    message("1", "insult threat_visit", kind="plain"),
    message("2", "insult", kind="plain"),
    message("3", "insult identity", kind="evasion"),
    message("4", kind="plain"),
    message("5", "identity", kind="plain"),
]
FOUND = [frozenset(one.split()) for one in ("insult", "insult deception", "", "insult cease_request", "identity")]
# by hand:    right wrong missed
# insult          2     1      1      precision 2/3, recall 2/3, F1 2/3
# threat_visit    0     0      1      0, 0, 0
# deception       0     1      0      0, 0, 0
# identity        1     0      1      1, 1/2, 2/3 (a label that is not prohibited)
# all             3     2      3      precision 3/5, recall 3/6, F1 6/11
# prohibited      2     2      2      precision 2/4, recall 2/4, F1 1/2


@pytest.fixture
def scores() -> dict[str, Any]:
    return measure.evaluate(MESSAGES, FOUND)


def test_scores_by_tag(scores: dict[str, Any]) -> None:
    rows = {tag: [row["precision"], row["recall"], row["f1"]] for tag, row in scores["tags"].items()}
    assert rows["insult"] == [0.6667, 0.6667, 0.6667]
    assert rows["threat_visit"] == rows["deception"] == [0, 0, 0]
    assert rows["identity"] == [1, 0.5, 0.6667]
    assert rows["impersonation"] == [None, None, None]
    assert "cease_request" not in rows  # found, but no label of the file


def test_micro_puts_all_labels_in_one_pot(scores: dict[str, Any]) -> None:
    assert [scores["micro"][name] for name in ("precision", "recall", "f1")] == [0.6, 0.5, 0.5455]
    assert [scores["prohibited"]["micro"][name] for name in ("precision", "recall", "f1")] == [0.5, 0.5, 0.5]


def test_macro_is_the_mean_over_tags_that_occur(scores: dict[str, Any]) -> None:
    assert scores["macro"]["precision"] == pytest.approx((2 / 3 + 0 + 0 + 1) / 4, abs=1e-4)
    assert scores["macro"]["recall"] == pytest.approx((2 / 3 + 0 + 0 + 1 / 2) / 4, abs=1e-4)
    assert scores["macro"]["f1"] == pytest.approx((2 / 3 + 0 + 0 + 2 / 3) / 4, abs=1e-4)


def test_false_positives_are_lawful_messages_with_a_prohibited_tag(scores: dict[str, Any]) -> None:
    assert scores["false_positive_rate"] == 0.5  # of 4 and 5, message 4


def test_wilson_interval() -> None:
    # 2 of 4 with z = 1.96: (0.5 + 0.4802) / 1.9604 ± 1.96 * sqrt(0.25/4 + 3.8415/64) / 1.9604
    assert measure.wilson(2, 4) == pytest.approx([0.15, 0.85], abs=5e-4)
    assert measure.wilson(0, 10) == pytest.approx([0, 0.2775], abs=5e-4)
    assert measure.wilson(0, 0) is None


def test_intervals_hold_their_value_and_do_not_change(scores: dict[str, Any]) -> None:
    again = measure.evaluate(MESSAGES, FOUND)
    assert again == scores
    for block in (scores["micro"], scores["macro"], scores["tags"]["insult"]):
        for name in ("precision", "recall", "f1"):
            low, high = block[f"{name}_interval"]
            assert 0 <= low <= block[name] <= high <= 1


def test_groups(scores: dict[str, Any]) -> None:
    kinds = scores["groups"]["kind"]
    assert kinds["evasion"]["recall"] == 0
    assert kinds["evasion"]["false_positive_rate"] is None
    assert kinds["plain"]["messages"] == 4
    assert kinds["plain"]["recall"] == 0.6667


def test_only_performed_and_reported_tags_count() -> None:
    kinds = ("performed", "reported", "negated", "questioned", "quoted")
    tags = [Tag(f"tag_{kind}", kind, 0, 1, "p") for kind in kinds]
    assert measure.meant(tags) == {"tag_performed", "tag_reported"}


def test_mistakes_name_what_was_missed_and_what_was_wrong() -> None:
    assert measure.mistakes(MESSAGES, FOUND) == [
        {"id": "1", "text": "text 1", "missed": ["threat_visit"], "wrong": []},
        {"id": "2", "text": "text 2", "missed": [], "wrong": ["deception"]},
        {"id": "3", "text": "text 3", "missed": ["identity", "insult"], "wrong": []},
        {"id": "4", "text": "text 4", "missed": [], "wrong": ["insult"]},
    ]


ROW = {"id": "a", "lang": "en", "channel": "sms", "recipient": "debtor", "speaker": "collector", "labels": ["insult"]}
ROW |= {"text": "You deadbeat, pay your debt."}


def written(folder: Path, *rows: object) -> str:
    path = folder / "messages.jsonl"
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return str(path)


def test_party_may_be_called_recipient(tmp_path: Path) -> None:
    named = {**ROW, "party": "workplace"}
    del named["recipient"]
    assert [m.party for m in read_messages(written(tmp_path, ROW, named))] == ["debtor", "workplace"]


def test_an_odd_line_end_inside_a_message_is_no_line_end(tmp_path: Path) -> None:
    path = written(tmp_path, json.dumps({**ROW, "text": "one\u2028two"}, ensure_ascii=False))
    assert [m.text for m in read_messages(path)] == ["one\u2028two"]


@pytest.mark.parametrize(
    "bad",
    ["{", "[]", {**ROW, "text": None}, {**ROW, "labels": "insult"}, {**ROW, "labels": [1]}, {**ROW, "speaker": 3}],
)
def test_bad_rows_are_named_with_file_and_line(tmp_path: Path, bad: object) -> None:
    path = written(tmp_path, ROW, "", bad)
    with pytest.raises(InputError) as caught:
        read_messages(path)
    assert caught.value.where == f"{path}:3"


def test_an_empty_or_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile):
        read_messages(written(tmp_path))
    with pytest.raises(UnreadableFile):
        read_messages(str(tmp_path / "none.jsonl"))


def test_the_command_prints_json_and_lists_mistakes(tmp_path: Path) -> None:
    path = written(tmp_path, ROW, {**ROW, "id": "b", "text": "Have a nice day."})
    result = CliRunner().invoke(command, [path, "--output", "json", "--mistakes", "--no-model"], catch_exceptions=False)
    scores = json.loads(result.output)
    assert {"micro", "macro", "tags", "false_positive_rate", "mistakes"} <= set(scores)
    assert [one["id"] for one in scores["mistakes"]][-1] == "b"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_prints_tables_in_both_languages(tmp_path: Path, lang: str) -> None:
    path = written(tmp_path, {**ROW, "kind": "plain"})
    result = CliRunner().invoke(command, [path, "--lang", lang, "--mistakes"], catch_exceptions=False)
    assert result.exit_code == 0
    assert {"zh": "辱骂", "en": "insult"}[lang] in result.output


def test_a_split_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, {**ROW, "split": "dev"})
    with pytest.raises(BadArgument):
        CliRunner().invoke(command, [path, "--split", "test"], catch_exceptions=False)
