"""Each export is taken by its own reader, whatever it is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from dunlint.errors import UnreadableFile
from dunlint.records.reader import choose, readers
from dunlint.records.source import Source
from tests.records.readers.samples import EXPORTS, exports, message_database
from tests.records.readers.test_call_formats import EXAMPLES as CALLS

TAKEN_BY = CALLS | {
    "agency-calls-zh.csv": "csv",
    "dialer-en.csv": "csv",
    "imessage.html": "imessage_html",
    "imessage.txt": "imessage_txt",
    "mail_html.eml": "eml",
    "mailbox.mbox": "mbox",
    "meta_message_1.json": "meta_json",
    "qq.txt": "qq",
    "signal.txt": "signal",
    "sms_backup.xml": "sms_backup",
    "sms_backup_calls.xml": "sms_backup",
    "telegram_account.json": "telegram",
    "telegram_chat.json": "telegram",
    "wechat_chatlog.csv": "wechat_chatlog_csv",
    "wechat_chatlog.json": "wechat_json",
    "wechat_memotrace.csv": "wechat_csv",
    "wechat_memotrace.html": "wechat_html",
    "wechat_memotrace_old.csv": "wechat_csv",
    "wechat_weflow.html": "wechat_html",
    "wechat_weflow.json": "wechat_json",
    "whatsapp_am_pm.txt": "whatsapp",
    "whatsapp_android.txt": "whatsapp",
    "whatsapp_iphone.txt": "whatsapp",
}


def test_every_export_is_in_the_table() -> None:
    assert {path.name for path in exports()} == set(TAKEN_BY)


@pytest.mark.parametrize(("name", "reader"), TAKEN_BY.items(), ids=TAKEN_BY)
def test_an_export_is_taken_by_its_reader(tmp_path: Path, name: str, reader: str) -> None:
    anonymous = tmp_path / "export"
    anonymous.write_bytes((EXPORTS / name).read_bytes())
    assert choose(Source(anonymous, "export")).name == reader


@pytest.mark.parametrize(("name", "reader"), TAKEN_BY.items(), ids=TAKEN_BY)
def test_no_other_narrow_reader_would_take_it(name: str, reader: str) -> None:
    source = Source(EXPORTS / name, name)
    same_breadth = [one for one in readers().values() if one.breadth <= readers()[reader].breadth]
    assert [one.name for one in same_breadth if one.recognises(source)] == [reader]


def test_a_message_database_is_told_from_its_tables(tmp_path: Path) -> None:
    assert choose(Source(message_database(tmp_path), "x")).name == "imessage_db"


@pytest.mark.parametrize(
    "content",
    [
        "shopping list",
        "<html><body>hello</body></html>",
        '{"a": 1}',
        "[1, 2]",
        "a;b\n1;2\n",
        "%PDF-1.7",
        "\0" * 99,
    ],
)
def test_what_is_no_log_is_refused_and_says_what_would_be(tmp_path: Path, content: str) -> None:
    path = tmp_path / "export"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UnreadableFile, match="sms_backup"):
        choose(Source(path, "export"))


FILES = [one for one in readers().values() if one.example and "://" not in one.example]


@pytest.mark.parametrize("reader", FILES, ids=lambda one: one.name)
def test_the_example_of_a_format_is_taken_by_its_reader(tmp_path: Path, reader) -> None:
    path = tmp_path / "export"
    path.write_text(reader.example + "\n", encoding="utf-8")
    assert reader.recognises(Source(path, "export"))
