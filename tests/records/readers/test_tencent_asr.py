"""腾讯云 file transcription: details, or the lines of a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.records.readers.calls import example, read, times, turns, value


def test_details_are_turns() -> None:
    records = example("tencent_asr.json")
    assert turns(records)[0] == ("speaker 0", "您好，请问是本人吗？")
    assert times(records)[0] == (0.02, 2.38)


@pytest.mark.parametrize("detail", [None, [], "missing"])
def test_without_details_the_lines_of_the_result_say_the_same(detail: object, tmp_path: Path) -> None:
    document = value("tencent_asr.json")
    data = document["Response"]["Data"]
    del data["ResultDetail"]
    if detail != "missing":
        data["ResultDetail"] = detail
    records = read(tmp_path, "a.json", document)
    assert turns(records) == turns(example("tencent_asr.json"))
    assert times(records) == times(example("tencent_asr.json"))


def test_minutes_count_and_a_line_may_lack_its_speaker(tmp_path: Path) -> None:
    data = {"TaskId": 1, "Status": 2, "Result": "[1:02.500,1:04.000]  您好\nno times here\n"}
    records = read(tmp_path, "a.json", {"Data": data})
    assert (turns(records), times(records)) == ([("unknown", "您好")], [(62.5, 64.0)])
    assert [lost.found for lost in records.unreadable] == ["no times here"]


def test_a_task_that_failed_has_no_turns(tmp_path: Path) -> None:
    data = {"TaskId": 1, "Status": 3, "Result": "", "ResultDetail": None}
    records = read(tmp_path, "a.json", {"Response": {"Data": data}})
    assert [(lost.expected, lost.found) for lost in records.unreadable] == [("turns", "0")]
