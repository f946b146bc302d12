"""ZIPs from strangers: mixed formats inside are read, tricks are refused with a message that says what to do."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest

from dunlint.errors import UnreadableFile
from dunlint.records import archive, load
from tests.conftest import sms, sms_backup

CSV = "at,channel,direction,text\n2026-03-03T10:00:00Z,sms,outbound,from the table\n"


def packed(path: Path, **files: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return path


def refused(path: Path) -> str:
    with pytest.raises(UnreadableFile) as caught:
        load([path])
    return caught.value.code


def test_mixed_formats_in_a_zip_are_read_with_their_places(tmp_path: Path) -> None:
    path = packed(
        tmp_path / "a.zip",
        **{"phone/sms.xml": sms_backup(sms("请还款")), "table.csv": CSV, "readme.txt": "hello", "__MACOSX/x.csv": CSV},
    )
    records = load([path])
    assert sorted(records.contacts["text"]) == ["from the table", "请还款"]
    assert set(records.contacts["source_file"]) == {f"{path}/phone/sms.xml", f"{path}/table.csv"}
    assert [one.file for one in records.unreadable] == [f"{path}/readme.txt"]


def test_a_case_file_in_the_only_folder_of_a_zip_makes_it_one_case(tmp_path: Path) -> None:
    case = "case_id: k\nzone: Asia/Shanghai\n"
    path = packed(
        tmp_path / "a.zip", **{"mine/case.yaml": case, "mine/sms.xml": sms_backup(sms("x")), "mine/t.csv": CSV}
    )
    assert load([path]).contacts["case_id"].to_list() == ["k", "k"]


def test_a_zip_in_a_folder_belongs_to_the_folders_case(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text("case_id: k\n", encoding="utf-8")
    packed(tmp_path / "a.zip", **{"t.csv": CSV})
    assert load([tmp_path]).contacts["case_id"].to_list() == ["k"]


def test_a_zip_comes_through_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed(tmp_path / "a.zip", **{"t.csv": CSV}).read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert load(["-"]).contacts["source_file"].to_list() == ["-/t.csv"]


@pytest.mark.parametrize("name", ["../out.csv", "/etc/out.csv", "a/../../out.csv", "C:\\out.csv"])
def test_a_path_that_leads_outside_is_refused_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    assert refused(packed(inside / "a.zip", **{name: CSV})) == "zip_leads_outside"
    assert not list(tmp_path.glob("*.csv"))


def test_a_link_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    link = zipfile.ZipInfo("t.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(link, "/etc/passwd")
    assert refused(path) == "zip_leads_outside"


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    assert refused(packed(tmp_path / "a.zip", **{"t.csv": bytes(archive.SMALL + 1)})) == "zip_too_big"


def test_too_many_files_and_too_many_bytes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = packed(tmp_path / "a.zip", **{f"{number}.csv": CSV for number in range(3)})
    monkeypatch.setattr(archive, "MOST_FILES", 2)
    assert refused(path) == "zip_too_big"
    monkeypatch.setattr(archive, "MOST_FILES", 3)
    assert len(load([path]).contacts) == 3
    monkeypatch.setattr(archive, "MOST_BYTES", 100)
    assert refused(path) == "zip_too_big"


def test_a_password_is_told_with_what_to_do(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", **{"t.csv": CSV})
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    path.write_bytes(data)
    with pytest.raises(UnreadableFile) as caught:
        load([path])
    assert caught.value.code == "zip_encrypted"
    assert "Unpack" in caught.value.message("en")
    assert "解压" in caught.value.message("zh")


def test_a_zip_in_a_zip_is_listed_and_the_rest_is_read(tmp_path: Path) -> None:
    inner = packed(tmp_path / "inner.zip", **{"t.csv": CSV})
    outer = packed(tmp_path / "outer.zip", **{"inner.zip": inner.read_bytes(), "t.csv": CSV})
    records = load([outer])
    assert len(records.contacts) == 1
    assert [one.file for one in records.unreadable] == [f"{outer}/inner.zip"]


def test_a_damaged_file_in_a_zip_is_listed_and_the_rest_is_read(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", **{"bad.csv": CSV * 50, "good.csv": CSV})
    data = bytearray(path.read_bytes())
    data[60:70] = bytes(10)
    path.write_bytes(data)
    records = load([path])
    assert set(records.contacts["source_file"]) == {f"{path}/good.csv"}
    assert [one.file for one in records.unreadable] == [f"{path}/bad.csv"]


@pytest.mark.parametrize("content", [b"PK\x03\x04" + bytes(50), b"PK\x05\x06" + bytes(18)])
def test_a_truncated_and_an_empty_zip_are_errors(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    with pytest.raises(Exception) as caught:
        load([path])
    assert getattr(caught.value, "code", None) in ("broken_format", "no_files")


def test_names_in_gbk_are_shown_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    member = zipfile.ZipInfo("x" * 8 + ".csv")
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(member, CSV)
    path.write_bytes(path.read_bytes().replace(b"x" * 8, "短信记录".encode("gbk")))
    assert load([path]).contacts["source_file"].to_list() == [f"{path}/短信记录.csv"]
