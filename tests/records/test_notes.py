"""Notes of the readers: one by one, until very many files say the same."""

from __future__ import annotations

from pathlib import Path

from dunlint.records import load
from dunlint.records.notes import MOST_FILES, Notes
from dunlint.records.reader import Note


def test_the_same_note_of_very_many_files_names_the_first_and_counts_the_others() -> None:
    notes = Notes("en")
    for number in range(MOST_FILES + 7):
        notes.add(Note("note.deleted", {"file": f"{number}.txt", "count": number + 1}))
        notes.add(Note("note.no_zone", {"count": 3}))
    told = notes.told()
    assert told[0].startswith("0.txt: 1 messages were deleted")
    assert told[MOST_FILES] == "… the same is true of 7 more files."
    assert [note for note in told if "0.txt" in note or f"{MOST_FILES}.txt" in note] == [told[0]]


def test_notes_that_say_something_else_are_all_told() -> None:
    notes = Notes("en")
    for number in range(MOST_FILES + 2):
        notes.add(Note("note.unused_columns", {"file": "a.csv", "columns": f"column {number}"}))
    assert [f"column {MOST_FILES + 1}" in note for note in notes.told()][-1]
    assert len(notes.told()) == MOST_FILES + 2


def test_a_folder_of_many_tables_with_a_column_too_many_is_told_in_few_lines(tmp_path: Path) -> None:
    for number in range(MOST_FILES + 3):
        rows = f"at,channel,direction,text,weather\n2026-03-02T22:04:00+08:00,sms,outbound,您好 {number},晴\n"
        (tmp_path / f"{number:02}.csv").write_text(rows, encoding="utf-8")
    records = load([tmp_path], lang="zh")
    assert len(records.contacts) == MOST_FILES + 3
    assert sum("weather" in note for note in records.notes) == MOST_FILES
    assert "……还有 3 个文件也是这样。" in records.notes
