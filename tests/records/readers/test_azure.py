"""Azure batch transcription: masked words, both casings, the older layout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.records.readers.calls import example, notes_with, read, row, times, turns, value


def pascal(node: Any) -> Any:
    if isinstance(node, dict):
        return {key[:1].upper() + key[1:]: pascal(inner) for key, inner in node.items()}
    return [pascal(inner) for inner in node] if isinstance(node, list) else node


def test_masked_words_are_read_from_the_lexical_form_and_the_others_as_shown() -> None:
    records = example("azure.json")
    assert turns(records)[0] == ("channel 0", "This is Robin from ABC Inc. about your past due balance of $200.")
    assert turns(records)[2] == ("channel 0", "pay today you lazy bum")
    assert notes_with(records, "masked") == []
    assert times(records)[0] == (0.5, 3.6)


def test_words_that_are_masked_everywhere_stay_masked_and_a_note_says_what_that_means(tmp_path: Path) -> None:
    document = value("azure.json")
    del document["recognizedPhrases"][2]["nBest"][0]["lexical"]
    records = read(tmp_path, "a.json", document)
    assert turns(records)[2][1] == "Pay today, you lazy ***."
    assert len(notes_with(records, "rules on insults cannot be checked")) == 1


def test_pascal_case_reads_the_same(tmp_path: Path) -> None:
    assert turns(read(tmp_path, "a.json", pascal(value("azure.json")))) == turns(example("azure.json"))


def test_the_older_layout_is_read_too() -> None:
    records = example("azure_older.json")
    assert turns(records) == [
        ("speaker 1", "Good morning, this is Robin from ABC Inc."),
        ("speaker 2", "Good morning."),
    ]
    assert times(records)[0] == (0.04, 3.37)


def test_what_was_not_recognised_is_counted_and_the_time_of_the_file_is_not_that_of_the_call() -> None:
    records = example("azure.json")
    assert len(notes_with(records, "1 records are no speech")) == 1
    assert row(records)["at"] is None


def test_an_offset_may_be_a_duration(tmp_path: Path) -> None:
    document = value("azure.json")
    for phrase in document["recognizedPhrases"]:
        phrase.pop("offsetInTicks", None)
        phrase["offset"] = "PT1M2.5S"
    assert times(read(tmp_path, "a.json", document))[0][0] == 62.5


def test_tags_around_abusive_words_are_taken_off(tmp_path: Path) -> None:
    document = value("azure.json")
    document["recognizedPhrases"][2]["nBest"][0]["display"] = "You lazy <profanity>bum</profanity>."
    assert turns(read(tmp_path, "a.json", document))[2][1] == "You lazy bum."


def test_one_channel_for_all_is_no_speaker(tmp_path: Path) -> None:
    document = value("azure.json")
    for phrase in document["recognizedPhrases"]:
        phrase["channel"] = 0
    assert {speaker for speaker, _ in turns(read(tmp_path, "a.json", document))} == {"unknown"}
