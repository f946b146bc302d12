"""CSV and its kind: any delimiter and encoding, broken records one by one, wide tables refused, memory in blocks."""

from __future__ import annotations

from pathlib import Path

import pytest

from dunlint.errors import UnreadableFile
from dunlint.records import load
from dunlint.records.tables import delimited

HEADER = "at,channel,direction,text\n"
ROW = "2026-03-02T10:00:00Z,sms,outbound,"


def write(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "table.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def texts(path: Path) -> list[str]:
    return load([path]).contacts.sort("source_line")["text"].to_list()


def lines_unread(path: Path) -> list[int | None]:
    return [one.line for one in load([path]).unreadable]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "\x01", "^", "~"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_any_delimiter_in_any_encoding(tmp_path: Path, delimiter: str, encoding: str) -> None:
    text = (HEADER + ROW + "您的借呗已逾期\n").replace(",", delimiter)
    assert texts(write(tmp_path, text.encode(encoding))) == ["您的借呗已逾期"]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_any_line_ending(tmp_path: Path, ending: str) -> None:
    assert texts(write(tmp_path, (HEADER + ROW + "a\n" + ROW + "b\n").replace("\n", ending))) == ["a", "b"]


def test_quotes_delimiters_and_lines_inside_a_cell(tmp_path: Path) -> None:
    text = HEADER + ROW + '"he said ""pay"", then\nleft"\n' + ROW + "after\n"
    assert texts(write(tmp_path, text)) == ['he said "pay", then\nleft', "after"]
    assert load([tmp_path / "table.csv"]).contacts["source_line"].to_list() == [2, 4]


def test_a_quote_inside_an_unquoted_cell_is_a_quote(tmp_path: Path) -> None:
    assert texts(write(tmp_path, HEADER + ROW + 'say "please" now\n')) == ['say "please" now']


def test_an_unclosed_quote_costs_its_line_and_nothing_below(tmp_path: Path) -> None:
    good = "".join(f"{ROW}{number}\n" for number in range(5))
    path = write(tmp_path, HEADER + ROW + '"never closed\n' + good + ROW + '"closed"\n')
    assert texts(path) == ["0", "1", "2", "3", "4", "closed"]
    assert lines_unread(path) == [2]


def test_two_stray_quotes_do_not_swallow_what_lies_between(tmp_path: Path) -> None:
    good = "".join(f"{ROW}{number}\n" for number in range(5))
    path = write(tmp_path, HEADER + ROW + '"stray\n' + good + ROW + '5" screen\n' + good)
    assert texts(path)[:5] == ["0", "1", "2", "3", "4"]
    assert len(texts(path)) + len(lines_unread(path)) == 12


def test_rows_with_other_columns_are_listed_with_their_number(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "a,b\n" + ROW + "x\n" + ROW + "y,z\n\n")
    assert texts(path) == ["x"]
    assert [(one.line, one.found) for one in load([path]).unreadable] == [(2, "2 columns"), (4, "5 columns")]


def test_records_are_whole_across_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "FIRST_BLOCK", 1)
    monkeypatch.setattr(delimited, "BLOCK_CHARACTERS", 1)
    monkeypatch.setattr("dunlint.records.source.CHUNK_BYTES", 37)
    body = "".join(f'{ROW}"first {number},\nsecond"\n{ROW}plain {number}\n' for number in range(15))
    path = write(tmp_path, HEADER + body + ROW + '"open\n')
    records = load([path])
    found = records.contacts.sort("source_line")
    assert found["text"].to_list() == [
        text for number in range(15) for text in (f"first {number},\nsecond", f"plain {number}")
    ]
    assert found["source_line"].to_list() == [line for number in range(15) for line in (2 + 3 * number, 4 + 3 * number)]
    assert [one.line for one in records.unreadable] == [47]


def test_a_title_above_the_header_is_passed_over(tmp_path: Path) -> None:
    path = write(tmp_path, "某公司短信记录,,\n,,\n发送时间,工号,短信内容\n2026-03-02T10:00:00Z,1,请还款\n")
    assert texts(path) == ["请还款"]
    assert load([path]).contacts["source_line"].to_list() == [4]


def test_excels_own_line_that_names_the_delimiter(tmp_path: Path) -> None:
    assert texts(write(tmp_path, "sep=;\n" + (HEADER + ROW + "x\n").replace(",", ";"))) == ["x"]


def test_columns_with_the_same_or_no_name(tmp_path: Path) -> None:
    records = load([write(tmp_path, "at,channel,text,text,\n2026-03-02T10:00:00Z,sms,one,two,\n")], lang="en")
    assert records.contacts["text"].to_list() == ["one"]
    assert any("text (4)" in note and "column 5" in note for note in records.notes)


@pytest.mark.parametrize("columns", [3_000, 100_000])
def test_a_very_wide_table_is_refused(tmp_path: Path, columns: int) -> None:
    with pytest.raises(UnreadableFile) as caught:
        load([write(tmp_path, HEADER.strip() + ",x" * columns + "\n")])
    assert caught.value.code == "too_many_columns"


def test_a_row_in_another_encoding_is_read_and_the_others_too(tmp_path: Path) -> None:
    path = write(tmp_path, (HEADER + ROW + "请还款\n").encode() + (ROW + "您已逾期\n").encode("gb18030"))
    assert texts(path) == ["请还款", "您已逾期"]


def test_bytes_in_no_encoding_are_kept_and_told(tmp_path: Path) -> None:
    path = write(tmp_path, (HEADER + ROW).encode() + b"pay\xff now\n" + (ROW + "您已逾期\n").encode())
    assert texts(path) == ["pay\ufffd now", "您已逾期"]
    assert any("U+FFFD" in note for note in load([path], lang="en").notes)


def test_numbers_that_a_spreadsheet_shortened_are_lost_and_told(tmp_path: Path) -> None:
    records = load([write(tmp_path, "at,channel,to_number\n2026-03-02T10:00:00Z,sms,1.38E+10\n")], lang="en")
    assert records.contacts["to_number"].to_list() == [None]
    assert any("1.38E+10" in note for note in records.notes)
