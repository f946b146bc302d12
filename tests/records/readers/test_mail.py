"""Mail: words from any encoding and from HTML, without what is quoted, and who wrote to whom."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from dunlint.records.readers.quoting import new_part
from tests.records.readers.conftest import Read, columns

HEAD = "From: Collections <collections@example.com>\nTo: Robin <robin@example.org>\nSubject: Re: x\n"
DATE = "Date: Tue, 03 Mar 2026 22:40:00 +0800\n"


def test_html_in_gb2312_is_read_as_gb18030_with_its_split_subject(export: Read) -> None:
    records = export("mail_html.eml", owner=["Robin@example.org"])
    row = records.contacts.row(0, named=True)
    assert row["text"] == "最后通牒：镕\n林女士：\n\n今晚我们直接上门找你，准备好钱。\n\n朱镕"
    assert (row["at"], row["zone_from"]) == (datetime(2026, 3, 3, 14, 40, tzinfo=UTC), "offset")
    assert (row["direction"], row["from_number"], row["to_number"]) == (
        "outbound", "collections@example.com", "robin@example.org",
    )  # fmt: skip
    notes = " ".join(records.notes)
    assert "1 attachments were not read: letter.pdf" in notes
    assert "quoted in 1 mails" in notes


def test_a_mailbox_knows_its_owner_from_where_mails_were_delivered(export: Read) -> None:
    records = export("mailbox.mbox")
    assert columns(records, "source_line", "direction", "text") == [
        (1, "outbound", "Your account\nYou owe $420 and we are coming to your house tonight. Café Row 5.\n"
                        "From now on expect us daily."),
        (15, "inbound", "From now on write to my lawyer."),
        (29, "outbound", "Understood."),
    ]  # fmt: skip


def test_a_mail_without_a_date_has_the_time_of_the_last_server(export: Read) -> None:
    records = export("mailbox.mbox")
    assert records.contacts["at"][-1] == datetime(2026, 3, 4, 15, tzinfo=UTC)
    assert any("last server" in note for note in records.notes)


def test_a_date_without_a_zone_is_wall_clock_time(written: Read) -> None:
    mail = HEAD + "Date: Tue, 03 Mar 2026 22:40:00 -0000\n\nPay"
    assert columns(written("a.eml", mail), "at", "local_time") == [(None, datetime(2026, 3, 3, 22, 40))]


@pytest.mark.parametrize("charset", ["gb2312", "gbk", "gb18030", "big5", "utf-8", "x-nothing", ""])
def test_words_are_decoded_whatever_the_charset_is_called(written: Read, charset: str) -> None:
    words = "今晚上門"
    encoding = charset if charset in ("big5", "utf-8") else "gb18030"
    body = base64.encodebytes(words.encode(encoding)).decode()
    kind = f'Content-Type: text/plain; charset="{charset}"\nContent-Transfer-Encoding: base64\n\n'
    assert columns(written("a.eml", HEAD + DATE + kind + body), "text") == [(words,)]


def test_of_alternatives_the_plain_one_is_taken_unless_it_is_empty(written: Read) -> None:
    def mail(plain: str) -> str:
        return (
            HEAD + DATE + 'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain\n\n'
            f"{plain}\n--b\nContent-Type: text/html\n\n<p>from <b>html</b></p>\n--b--\n"
        )

    assert columns(written("a.eml", mail("from plain")), "text") == [("from plain",)]
    assert columns(written("a.eml", mail("")), "text") == [("from html",)]


def test_hidden_words_and_styles_of_a_page_are_not_words(written: Read) -> None:
    page = '<style>p{}</style><p>Pay</p><p style="display:none">secret</p><script>alert(1)</script>'
    assert columns(written("a.eml", HEAD + DATE + "Content-Type: text/html\n\n" + page), "text") == [("Pay",)]


@pytest.mark.parametrize(
    ("mail", "new"),
    [
        ("New.\n\nOn Mon, Mar 2, 2026 at 10:00 AM A <a@example.com> wrote:\n> old\n> old", "New."),
        ("New.\n\nOn Mon, Mar 2, 2026 at 10:00 AM A\n<a@example.com> wrote:\n\n> old\n\nBelow.", "New.\n\n\n\nBelow."),
        ("好的。\n\n在 2026年3月3日，10:00，催收 <a@example.com> 写道：\n今晚上门", "好的。"),
        ("好的。\n催收 <a@example.com> 于2026年3月3日周二 10:00写道：\n\n> 今晚上门", "好的。"),
        ("好\n\n------------------ 原始邮件 ------------------\n发件人: x\n\n今晚上门", "好"),
        ("New\n\nFrom: A\nSent: Monday\nTo: B\nSubject: S\n\nold", "New"),
        ("新\n\n寄件者: A\n寄件日期: 2026年3月3日\n\n舊", "新"),
        ("We heard from: many\nOn the day he wrote:\nkept", "We heard from: many\nOn the day he wrote:\nkept"),
        ("> old first\nMy answer", "My answer"),
    ],
)
def test_only_the_new_part_of_a_mail_counts(mail: str, new: str) -> None:
    assert new_part(mail).text == new


def test_a_body_of_headings_that_never_end_is_cut_at_once() -> None:
    assert new_part("On x y " * 50_000 + "\n" + "On 1 \n" * 20_000).was_cut is False


def test_from_inside_a_mail_begins_no_new_one(written: Read) -> None:
    box = "From a Tue Mar  3 22:40:00 2026\n" + HEAD + DATE + "\nline\nFrom here 2026 on\n>From there\n"
    assert columns(written("a.mbox", box), "text") == [("line\nFrom here 2026 on\nFrom there",)]


def test_a_mail_without_any_header_of_a_mail_is_listed(written: Read) -> None:
    box = "From a Tue Mar  3 22:40:00 2026\n" + HEAD + DATE + "\nok\n\nFrom b Tue Mar  3 22:40:00 2026\nX-A: 1\n\nno\n"
    records = written("a.mbox", box)
    assert len(records.contacts) == 1
    assert [record.line for record in records.unreadable] == [9]


@pytest.mark.parametrize("mail", [
    "From: " + '"' * 3_000 + "<(" * 3_000 + "\nDate: x\n\nx",
    "From: a@b.c\n" + "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(3_000)),
])  # fmt: skip
def test_a_mail_nested_too_deeply_is_listed(written: Read, mail: str) -> None:
    box = "From a Tue Mar  3 22:40:00 2026\n" + mail + "\n\nFrom a Tue Mar  3 22:40:00 2026\n" + HEAD + DATE + "\nok"
    records = written("a.mbox", box)
    assert columns(records, "text") == [("ok",)]
    assert [record.line for record in records.unreadable] == [1]


def test_a_page_that_cannot_be_parsed_is_named_as_not_read(written: Read) -> None:
    records = written("a.eml", HEAD + DATE + "Content-Type: text/html\n\n" + "<div>" * 5_000 + "Pay")
    assert columns(records, "text") == [(None,)]
    assert any("text/html" in note for note in records.notes)
