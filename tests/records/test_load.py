"""Files and folders: recognised by content, completed by case.yaml, merged, and nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from dunlint.errors import BadArgument, InputError, UnreadableFile
from dunlint.records import load
from tests.conftest import epoch_ms, sms, sms_backup

VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n<v 坐席>您好，请还款\n"
CASE = """
case_id: k
zone: Asia/Shanghai
people: [{numbers: ["021"], role: agency, agency: A}]
files:
  call.vtt: {at: "2026-03-02T10:00:05+08:00", direction: outbound, from_number: "021", speakers: {坐席: collector}}
"""


def test_an_empty_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "empty.xml"
    path.touch()
    with pytest.raises(UnreadableFile) as caught:
        load([path])
    assert caught.value.code == "empty_file"
    assert "empty.xml" in str(caught.value)


def test_a_file_that_is_no_log_is_refused_with_what_was_expected(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(bytes(range(256)) * 8)
    with pytest.raises(UnreadableFile) as caught:
        load([path])
    assert "sms_backup" in str(caught.value)


def test_a_missing_file_and_an_unknown_format_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        load([tmp_path / "nothing.xml"])
    path = tmp_path / "a.xml"
    path.write_text(sms_backup(sms("x")), encoding="utf-8")
    with pytest.raises(BadArgument):
        load([path], format_in="pigeon")


def test_a_bad_file_beside_a_good_one_is_listed(tmp_path: Path) -> None:
    (tmp_path / "good.xml").write_text(sms_backup(sms("请还款")), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("shopping list", encoding="utf-8")
    records = load([tmp_path])
    assert len(records.contacts) == 1
    assert [Path(record.file).name for record in records.unreadable] == ["notes.txt"]


def test_a_transcript_and_its_line_in_the_call_log_become_one_contact(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(CASE, encoding="utf-8")
    (tmp_path / "call.vtt").write_text(VTT, encoding="utf-8")
    call = f'<call number="021" duration="58" date="{epoch_ms("2026-03-02T10:00:00")}" type="1" />'
    (tmp_path / "calls.xml").write_text(f"<calls>\n{call}\n</calls>", encoding="utf-8")
    records = load([tmp_path])
    row = records.contacts.row(0, named=True)
    assert len(records.contacts) == 1
    assert row["talk_seconds"] == 58
    assert row["agency"] == "A"
    assert row["turns"][0]["speaker"] == "collector"
    assert len(records.notes) == 1


def test_equal_messages_stay_apart_and_ids_do_not_depend_on_file_order(tmp_path: Path) -> None:
    same = sms("请还款")
    path = tmp_path / "twice.xml"
    path.write_text(sms_backup(same, same, sms("谢谢", "2026-03-01T10:00:00")), encoding="utf-8")
    ids = load([path]).contacts["contact_id"].to_list()
    assert len(set(ids)) == 3
    path.write_text(sms_backup(sms("谢谢", "2026-03-01T10:00:00"), same, same), encoding="utf-8")
    assert load([path]).contacts["contact_id"].to_list() == ids


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("case_id: [", "broken_format"),
        ("colour: red", "unknown_key"),
        ("zone: Mars/Base", "unknown_zone"),
        ("files: {a.xml: {date_order: ydm}}", "bad_value"),
    ],
)
def test_a_wrong_case_file_is_an_error_with_its_place(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "a.xml").write_text(sms_backup(sms("x")), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load([tmp_path])
    assert caught.value.code == code


def test_a_broken_cue_is_listed_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "call.vtt"
    path.write_text(VTT + "\n00:00:04.000 -> 00:00:05.000\nlost\n\n00:00:06.0 --> oops\nalso lost\n", encoding="utf-8")
    records = load([path])
    assert records.contacts["turns"][0][0]["text"] == "您好，请还款"
    assert [record.line for record in records.unreadable] == [6, 9]


def test_lines_in_two_encodings_are_each_read_in_their_own(tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    rows = ["2026-03-02T10:00:00+08:00,sms,outbound,请还款\n", "2026-03-02T11:00:00+08:00,sms,outbound,请尽快\n"]
    header = "at,channel,direction,text\n"
    path.write_bytes(
        (header + rows[0]).encode() + rows[1].encode("gb18030") + b"2026-03-02T12:00:00Z,sms,outbound,\xff\n"
    )
    records = load([path])
    assert records.contacts["text"].to_list()[:2] == ["请还款", "请尽快"]
    assert any("U+FFFD" in note for note in records.notes)


def test_a_log_line_is_merged_once_and_with_the_closest_transcript(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(
        CASE.replace("speakers: {坐席: collector}}", "speakers: {坐席: collector}}\n")
        + '  late.vtt: {at: "2026-03-02T10:01:30+08:00", direction: outbound, from_number: "021"}\n',
        encoding="utf-8",
    )
    for name in ("call.vtt", "late.vtt"):
        (tmp_path / name).write_text(VTT, encoding="utf-8")
    calls = [
        f'<call number="{number}" duration="9" date="{epoch_ms(at)}" type="1" />'
        for number, at in (
            ("021", "2026-03-02T10:00:00"),
            ("022", "2026-03-02T10:01:30"),
            ("021", "2026-03-02T12:00:00"),
        )
    ]
    (tmp_path / "calls.xml").write_text("<calls>\n" + "\n".join(calls) + "\n</calls>", encoding="utf-8")
    records = load([tmp_path])
    assert len(records.notes) == 1
    assert "call.vtt" in records.notes[0]
    assert sorted(records.contacts["from_number"]) == ["021", "021", "021", "022"]
