"""SMS Backup & Restore: texts, MMS and calls of an Android phone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dunlint.errors import UnreadableFile
from dunlint.records import load
from tests.conftest import epoch_ms, sms, sms_backup


def read(tmp_path: Path, text: str, encoding: str = "utf-8"):
    path = tmp_path / "backup.xml"
    path.write_bytes(text.encode(encoding))
    return load([path])


def test_a_received_text_is_an_outbound_contact_at_its_epoch(tmp_path: Path) -> None:
    records = read(tmp_path, sms_backup(sms("您的账单已逾期", "2026-03-02T22:04:00")))
    row = records.contacts.row(0, named=True)
    assert row["direction"] == "outbound"
    assert row["at"] == datetime(2026, 3, 2, 14, 4, tzinfo=UTC)
    assert row["from_number"] == "106900000001"
    assert row["text"] == "您的账单已逾期"


def test_a_sent_text_is_inbound_and_a_draft_is_only_noted(tmp_path: Path) -> None:
    records = read(tmp_path, sms_backup(sms("请发分期方案", kind=2), sms("草稿", kind=3)))
    assert records.contacts["direction"].to_list() == ["inbound"]
    assert any("1" in note for note in records.notes)


def test_emoji_written_as_two_surrogate_references_are_joined(tmp_path: Path) -> None:
    records = read(tmp_path, sms_backup(sms("客服 &#55357;&#56834;")))
    assert records.contacts["text"][0] == "客服 😂"


def test_a_lone_surrogate_reference_becomes_the_replacement_character(tmp_path: Path) -> None:
    records = read(tmp_path, sms_backup(sms("坏&#55357;字")))
    assert records.contacts["text"][0] == "坏\ufffd字"


def test_the_text_parts_of_an_mms_are_read(tmp_path: Path) -> None:
    mms = (
        f'<mms date="{epoch_ms("2026-03-02T10:00:00")}" msg_box="1" address="x"><parts>'
        '<part ct="application/smil" text="&lt;smil/&gt;"/><part ct="text/plain" text="律师函见附件"/></parts>'
        '<addrs><addr address="10690" type="137"/></addrs></mms>'
    )
    row = read(tmp_path, sms_backup(mms)).contacts.row(0, named=True)
    assert (row["text"], row["from_number"]) == ("律师函见附件", "10690")


@pytest.mark.parametrize(
    ("kind", "duration", "direction", "outcome", "channel"),
    [
        (1, 95, "outbound", "connected", "call"),
        (1, 0, "outbound", "no_answer", "call"),
        (2, 31, "inbound", "connected", "call"),
        (3, 0, "outbound", "no_answer", "call"),
        (4, 12, "outbound", "voicemail", "voicemail"),
        (5, 0, "outbound", "rejected", "call"),
    ],
)
def test_call_types_mean_direction_and_outcome(
    tmp_path: Path, kind: int, duration: int, direction: str, outcome: str, channel: str
) -> None:
    call = f'<call number="021" duration="{duration}" date="{epoch_ms("2026-03-02T10:00:00")}" type="{kind}" />'
    path = tmp_path / "calls.xml"
    path.write_text(f'<calls count="1">\n{call}\n</calls>', encoding="utf-8")
    row = load([path]).contacts.row(0, named=True)
    assert (row["direction"], row["outcome"], row["channel"]) == (direction, outcome, channel)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_the_encoding_is_found_whatever_the_header_says(tmp_path: Path, encoding: str) -> None:
    records = read(tmp_path, sms_backup(sms("您的借呗已逾期，请还款")), encoding)
    assert records.contacts["text"].to_list() == ["您的借呗已逾期，请还款"]


def test_a_broken_record_costs_only_itself_and_is_listed_with_its_line(tmp_path: Path) -> None:
    broken = '<sms address="1" date="oops" type="1" body="x" />'
    records = read(tmp_path, sms_backup(sms("第一条"), broken, sms("第三条")))
    assert records.contacts["text"].to_list() == ["第一条", "第三条"]
    assert [(u.file.endswith("backup.xml"), u.line) for u in records.unreadable] == [(True, 4)]


def test_a_truncated_file_gives_what_came_before(tmp_path: Path) -> None:
    text = sms_backup(sms("第一条"), sms("第二条", "2026-03-02T11:00:00"))
    records = read(tmp_path, text[: text.index("第二条") + 1])
    assert records.contacts["text"].to_list() == ["第一条"]
    assert len(records.unreadable) == 1


def test_entity_definitions_are_refused(tmp_path: Path) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "xx">]>' + sms_backup(sms("&a;")).split("\n", 1)[1]
    with pytest.raises(UnreadableFile) as caught:
        read(tmp_path, bomb)
    assert caught.value.code == "xml_entities"


def test_dates_out_of_range_are_listed_not_fatal(tmp_path: Path) -> None:
    records = read(tmp_path, sms_backup(sms("好"), '<sms address="1" date="292000000000000000" type="1" body="x" />'))
    assert len(records.contacts) == 1
    assert len(records.unreadable) == 1


def test_a_group_mms_names_its_sender_and_a_sent_one_its_receivers(root: Path) -> None:
    records = load([root / "corpus" / "exports" / "sms_backup.xml"])
    rows = records.contacts.sort("source_line").select("direction", "from_number", "to_number", "text").rows()
    assert rows[-2:] == [("outbound", "106980000000", None, "律师函见附件"), ("inbound", None, "106980000000", "收到")]


def test_a_withheld_number_is_no_number(root: Path) -> None:
    calls = load([root / "corpus" / "exports" / "sms_backup_calls.xml"]).contacts.sort("source_line")
    assert calls["from_number"].to_list()[-2:] == [None, None]


def test_pictures_are_dropped_while_reading_and_words_that_look_like_one_are_kept(tmp_path: Path) -> None:
    picture = "A" * 3_000_000
    parts = (
        f"<part ct='image/png' data=\"{picture}\" /><part ct='text/plain' text='he wrote data=\"QUFB\" to me' />"
        f'<part ct="image/png" data="{picture}" text="null" />'
    )
    mms = f'<mms date="{epoch_ms("2026-03-02T10:00:00")}" msg_box="1" address="1"><parts>{parts}</parts></mms>'
    records = read(tmp_path, sms_backup(*[mms] * 3, sms("后面还有一条")))
    assert records.contacts["text"].to_list() == ['he wrote data="QUFB" to me'] * 3 + ["后面还有一条"]
    assert records.contacts["source_line"].to_list() == [3, 4, 5, 6]


def test_the_lines_stay_true_where_a_picture_spans_several(tmp_path: Path) -> None:
    parts = '<parts><part ct="x" data="AA\nBB\nCC"/></parts>'
    mms = f'<mms date="{epoch_ms("2026-03-02T09:00:00")}" msg_box="1">{parts}</mms>'
    assert read(tmp_path, sms_backup(mms, sms("x"))).contacts["source_line"].to_list() == [3, 6]
