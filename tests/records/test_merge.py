"""One case from several files: copies become one, with the reason; what one file says twice stays twice."""

from __future__ import annotations

import time
from pathlib import Path

import polars as pl
import pytest

from dunlint.records import load
from dunlint.records.columns import contact_table
from dunlint.records.merge import merge, number
from dunlint.records.schema import Contact
from tests.conftest import epoch_ms, sms, sms_backup

SMS = "at,channel,direction,to_number,agency,text\n"
CALLS = "at,channel,direction,from_number,to_number,outcome,talk_seconds,agent\n"


def case_of(tmp_path: Path, **files: str):
    (tmp_path / "case.yaml").write_text("case_id: k\nzone: Asia/Shanghai\n", encoding="utf-8")
    for name, text in files.items():
        (tmp_path / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return load([tmp_path], lang="en")


def test_the_same_message_in_a_phone_and_in_a_table_is_one_contact_with_both_their_knowledge(tmp_path: Path) -> None:
    phone = sms_backup(sms("请尽快还款", "2026-03-02T22:04:37"))
    table = SMS + "2026-03-02 22:04,sms,outbound,13800000003,甲公司,请尽快 还款\n"
    records = case_of(tmp_path, phone_xml=phone, table_csv=table)
    row = records.contacts.row(0, named=True)
    assert len(records.contacts) == 1
    assert (row["from_number"], row["to_number"], row["agency"]) == ("106900000001", "13800000003", "甲公司")
    (reason,) = [note for note in records.notes if "same message" in note]
    assert "phone.xml:3" in reason
    assert "table.csv:2" in reason
    assert "37 s" in reason


def test_a_burst_in_one_file_stays_a_burst(tmp_path: Path) -> None:
    burst = sms_backup(*[sms("还款", f"2026-03-02T10:00:{second:02d}") for second in (0, 0, 5)])
    assert len(case_of(tmp_path, a_xml=burst).contacts) == 3
    two = SMS + "2026-03-02 10:00:01,sms,outbound,,,还款\n2026-03-02 10:00:05,sms,outbound,,,还款\n"
    assert len(case_of(tmp_path, a_xml=burst, b_csv=two).contacts) == 3


@pytest.mark.parametrize(
    "row",
    [
        "2026-03-02 22:06:00,sms,outbound,13800000003,,请尽快还款",
        "2026-03-02 22:04:00,sms,inbound,13800000003,,请尽快还款",
        "2026-03-02 22:04:00,im,outbound,13800000003,,请尽快还款",
        "2026-03-02 22:04:00,sms,outbound,13800000003,,请尽快还款！",
    ],
    ids=["later", "other direction", "other channel", "other words"],
)
def test_what_differs_is_not_merged(tmp_path: Path, row: str) -> None:
    phone = sms_backup(sms("请尽快还款", "2026-03-02T22:04:37"))
    assert len(case_of(tmp_path, phone_xml=phone, table_csv=SMS + row + "\n").contacts) == 2


def test_messages_to_two_numbers_of_the_debtor_are_two(tmp_path: Path) -> None:
    one = SMS + "2026-03-02 22:04:00,sms,outbound,13800000003,,x\n"
    other = SMS + "2026-03-02 22:04:00,sms,outbound,13800000004,,x\n"
    assert len(case_of(tmp_path, a_csv=one, b_csv=other).contacts) == 2


def test_the_same_message_in_two_cases_is_two(tmp_path: Path) -> None:
    header = "case_id," + SMS
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text(
            header + f"{name},2026-03-02T10:00:00Z,sms,outbound,,,x\n", encoding="utf-8"
        )
    assert len(load([tmp_path]).contacts) == 2


def phone_call(at: str, seconds: int, caller: str = "021-60000031") -> str:
    return f'<calls>\n<call number="{caller}" duration="{seconds}" date="{epoch_ms(at)}" type="1" />\n</calls>\n'


@pytest.mark.parametrize(
    ("table", "left"),
    [
        ("2026-03-02 10:00:00,call,outbound,02160000031,,connected,58,7", 1),
        ("2026-03-02 10:00:00,call,outbound,,13800000003,connected,57,7", 1),
        ("2026-03-02 10:00:00,call,outbound,02160000032,,connected,57,7", 2),
        ("2026-03-02 10:00:00,call,outbound,02160000031,,no_answer,,7", 2),
        ("2026-03-02 10:00:00,call,outbound,02160000031,,connected,90,7", 2),
        ("2026-03-02 10:00:00,call,outbound,,13800000003,connected,,7", 2),
        ("2026-03-02 10:03:00,call,outbound,02160000031,,connected,57,7", 2),
    ],
    ids=["number", "talk time", "other number", "other outcome", "other talk time", "nothing in common", "later"],
)
def test_the_same_call_in_two_logs(tmp_path: Path, table: str, left: int) -> None:
    records = case_of(tmp_path, calls_xml=phone_call("2026-03-02T10:00:41", 57), table_csv=CALLS + table + "\n")
    assert len(records.contacts) == left
    assert sum("same call" in note for note in records.notes) == 2 - left
    if left == 1:
        assert records.contacts["agent"].to_list() == ["7"]


def test_files_about_one_number_are_one_case_and_it_is_told(tmp_path: Path) -> None:
    for name, at, to in (("a", "10", "138 0000 0003"), ("b", "11", "+8613800000003"), ("c", "12", "13800000004")):
        row = f"2026-03-02T{at}:00:00Z,sms,outbound,debtor,{to},x\n"
        (tmp_path / f"{name}.csv").write_text("at,channel,direction,party,to_number,text\n" + row, encoding="utf-8")
    records = load([tmp_path], lang="en")
    assert records.contacts.sort("at")["case_id"].to_list() == ["a", "a", "c"]
    assert any("same debtor" in note for note in records.notes)


def test_two_creditors_of_one_debtor_stay_two_cases(tmp_path: Path) -> None:
    for name, creditor in (("a", "甲银行"), ("b", "乙银行")):
        row = f"2026-03-02T10:00:00Z,sms,outbound,debtor,13800000003,{creditor},x\n"
        header = "at,channel,direction,party,to_number,creditor,text\n"
        (tmp_path / f"{name}.csv").write_text(header + row, encoding="utf-8")
    assert set(load([tmp_path]).contacts["case_id"]) == {"a", "b"}


def test_case_makes_all_files_one_case(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("case_id," + SMS + "Z9,2026-03-02T10:00:00Z,sms,outbound,,,x\n", encoding="utf-8")
    (tmp_path / "b.xml").write_text(sms_backup(sms("y")), encoding="utf-8")
    apart = load([tmp_path], lang="en")
    assert any("--case" in note for note in apart.notes)
    records = load([tmp_path], case="one", lang="en")
    assert set(records.contacts["case_id"]) == {"one"}
    assert not any("--case" in note for note in records.notes)


def test_a_table_beside_a_case_file_that_names_one_case_is_that_case(tmp_path: Path) -> None:
    records = case_of(tmp_path, t_csv="case_id," + SMS + "Z9,2026-03-02T10:00:00Z,sms,outbound,,,x\n")
    assert records.contacts["case_id"].to_list() == ["k"]
    assert any("Z9" in note for note in records.notes)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("021-6000 0031", "+86 21 6000 0031"),
        ("+86 138-0000-0003", "13800000003"),
        ("+1 (202) 555-0101", "2025550101"),
        ("1-202-555-0101", "2025550101"),
        ("008613800000003", "138 0000 0003"),
        ("+44 7700 900123", "07700 900123"),
        ("95500", "95500"),
        ("小李", "小李"),
    ],
)
def test_numbers_are_compared_without_their_dress(one: str, other: str) -> None:
    assert number(one) == number(other)
    assert number(one) != number(other + "9")


def many(file: str, count: int, first: int) -> list[Contact]:
    from datetime import UTC, datetime, timedelta

    start = datetime(2026, 3, 2, tzinfo=UTC)
    return [
        Contact(
            at=start + timedelta(seconds=first + 7 * step), channel="sms", direction="outbound", text="还款",
            case_id="k", source_file=file, source_line=step,
        )
        for step in range(count)
    ]  # fmt: skip


def test_merging_costs_no_more_than_the_number_of_contacts() -> None:
    def spent(count: int) -> float:
        table = contact_table(many("a", count, 0) + many("b", count, 3))
        start = time.process_time()
        merged, reasons = merge(table.lazy(), "en")
        assert len(merged.collect()) == count
        assert len(reasons) == 21
        return time.process_time() - start

    small, large = min(spent(1_000) for _ in range(3)), min(spent(8_000) for _ in range(3))
    assert large < 8 * small * 4
    assert isinstance(contact_table([]), pl.DataFrame)
