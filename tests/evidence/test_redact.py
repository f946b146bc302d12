"""Redacted copies: nothing that identifies a person is left, who is who stays, and so do the findings."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from dunlint import audit
from dunlint.commands import cli
from dunlint.errors import BadArgument, OutputError
from dunlint.evidence import pseudonyms
from dunlint.evidence.pseudonyms import Pseudonyms
from dunlint.evidence.redact import redact
from dunlint.language.personal_data import SHAPES, _worded
from dunlint.records import load
from tests.conftest import CASES, sms, sms_backup

MOBILE, LANDLINE, RESIDENT_ID, MAIL = "13912345678", "02161234567", "11010519491231002X", "wang.li@example.com"
CARD = "4111111111111111"
DISGUISED = ("139 1234 5678", "139-1234-5678", "１３９１２３４５６７８", "1 3 9 1 2 3 4 5 6 7 8", "+86 139.1234.5678",
             "139\u200b1234\u200b5678", "一三九一二三四五六七八", "①③⑨①②③④⑤⑥⑦⑧")  # fmt: skip


def squeezed(text: str) -> str:
    """As a patient reader would look at it: everything plain, Chinese numerals as digits, nothing between."""
    plain = unicodedata.normalize("NFKC", text)
    digits = (str(int(n)) if (n := unicodedata.numeric(char, -1)) in range(10) else char for char in plain)
    return re.sub(r"[\s.\-_·\u200b]", "", "".join(digits)).casefold()


def case(folder: Path) -> Path:
    folder.mkdir()
    (folder / "case.yaml").write_text(
        f'case_id: loan-20260001\npeople:\n  - {{numbers: ["{LANDLINE}"], role: agency, agent: 赵铁柱, name: 钱多多}}\n'
        f'files:\n  call.vtt: {{at: "2026-03-01T10:00:00+08:00", from_number: "{LANDLINE}"}}\n',
        "utf-8",
    )
    spoken = [f"王丽娟的电话{one}，请转告" for one in DISGUISED] + [
        f"身份证{RESIDENT_ID}，卡号4111 1111 1111 1111，{MAIL}", "王 丽 娟你好", "合同号2026030299887766",
        f"请回电{LANDLINE}",
    ]  # fmt: skip
    texts = [sms(text, f"2026-03-02T10:{n:02}:00", address=LANDLINE) for n, text in enumerate(spoken)]
    texts[0] = texts[0].replace("/>", 'contact_name="王丽娟" service_center="+8613800100500" note="secret"/>')
    texts.append(sms("&#49;&#51;&#57;12345678", "2026-03-02T11:00:00", address=MOBILE))
    texts.append(f'<sms address="{MOBILE}" date="never" type="1" body="王丽娟 {MOBILE}" />')
    (folder / "sms.xml").write_text(sms_backup(*texts).replace("<smses", f"<!-- {MOBILE} -->\n<smses"), "utf-8")
    (folder / "contacts.jsonl").write_text(
        json.dumps({"at": "2026-03-03T10:00:00+08:00", "channel": "call", "direction": "outbound", "to_number": MOBILE,
                    "party_name": "王丽娟", "agent": "赵铁柱", "debtor_address": "幸福路8号",
                    "text": "赵铁柱联系了王丽娟"},
                   ensure_ascii=False) + f"\n{{broken {MOBILE}\n", "utf-8")  # fmt: skip
    (folder / "table.csv").write_text(
        f"at,channel,direction,to_number,text,remark\n2026-03-04T10:00:00+08:00,sms,outbound,{MOBILE},"
        f'"您好，\n{MAIL}",王丽娟\n2026-03-04T10:01:00+08:00,telepathy,outbound,{MOBILE},王丽娟,\n"{MOBILE}\n',
        "utf-8",
    )
    (folder / "call.vtt").write_text(
        f"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v 赵铁柱>喂，{MOBILE}\n\n"
        "00:00:03.000 --> 00:00:04.000\n<v 客户>是我\n",
        "utf-8",
    )
    (folder / "notes.txt").write_text(f"王丽娟: 我的号码 {MOBILE}\n王丽娟: 邮箱 {MAIL}\n", "gb18030")
    return folder


SECRETS = (MOBILE, LANDLINE, RESIDENT_ID, CARD, MAIL, "王丽娟", "赵铁柱", "钱多多", "幸福路", "2026030299887766",
           "secret", "loan20260001", "13800100500")  # fmt: skip


def copies(out: Path) -> dict[str, str]:
    return {
        path.name: path.read_text("gb18030" if path.suffix == ".txt" else "utf-8")
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


def test_nothing_that_identifies_a_person_is_left_in_any_spelling(tmp_path: Path) -> None:
    original = case(tmp_path / "case")
    before = {path.name: path.read_bytes() for path in original.iterdir()}
    everything = squeezed("".join(data.decode("gb18030" if name.endswith(".txt") else "utf-8")
                                  for name, data in before.items()))  # fmt: skip
    redact((original,), tmp_path / "out")
    assert {path.name: path.read_bytes() for path in original.iterdir()} == before
    for name, text in copies(tmp_path / "out").items():
        for secret in SECRETS:
            assert squeezed(secret) in everything
            assert squeezed(secret) not in squeezed(text), f"{secret} in {name}"


def test_the_same_person_has_the_same_pseudonym_in_every_file(tmp_path: Path) -> None:
    redact((case(tmp_path / "case"),), tmp_path / "out")
    told = copies(tmp_path / "out")
    row = json.loads(told["contacts.jsonl"].split("\n")[0])
    assert row["party_name"] in told["sms.xml"]
    assert row["party_name"] in told["notes.txt"]
    assert row["text"] == f"{row['agent']}联系了{row['party_name']}"
    assert f"<v {row['agent']}>" in told["call.vtt"]
    number = row["to_number"]
    # eight disguises, the one in character references, an address, and twice in the record with a broken date
    assert told["sms.xml"].count(number) == 8 + 1 + 1 + 2
    assert number in told["table.csv"]
    about = yaml.safe_load(told["case.yaml"])
    assert about["people"][0]["numbers"] == [about["files"]["call.vtt"]["from_number"]]


def test_different_people_have_different_pseudonyms() -> None:
    who = Pseudonyms()
    assert who.number("13912345678") == who.number("+86 139 1234 5678") == "PHONE-1"
    assert who.number("13912345679") == "PHONE-2"
    assert who.named("PERSON", "Ann Lee") != who.named("PERSON", "Ann Leeds")
    assert who.text("Ann Lee, Ann Leeds, Joann Leeming") == "PERSON-1, PERSON-2, Joann Leeming"


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("借款人：王丽娟，请还款", "借款人：PERSON-1，请还款"),
        ("我叫车牌沪A12345那辆", "我叫车牌PLATE-1那辆"),
        ("微信号：abc_12345", "微信号：WECHAT-1"),
        ("QQ号：123456789", "QQ号：QQ-1"),
        ("住在幸福路88号", "住在PLACE-1"),
        ("工作单位：东海机械有限公司", "工作单位：EMPLOYER-1"),
        ("My name is Ann Lee.", "My name is PERSON-1."),
    ],
)
def test_what_the_words_beside_it_give_away_is_replaced_too(text: str, redacted: str) -> None:
    assert Pseudonyms().text(text) == redacted


def test_every_kind_of_personal_data_that_is_found_has_a_pseudonym() -> None:
    kinds = {shape.kind for shape in SHAPES} | {worded.kind for worded in _worded()}
    assert kinds | {"address", "employer", "name", "ssn", "phone"} <= {*pseudonyms.NUMBERS, *pseudonyms.WORDS}


@pytest.mark.parametrize(
    "text", ["您欠款23600.00元，逾期45天，日利率0.05%", "2026-03-02 10:00:00", "三十天内还清", "第1006条"]
)
def test_amounts_dates_and_counts_stay(text: str) -> None:
    assert Pseudonyms().text(text) == text


def test_what_could_not_be_read_still_cannot_at_the_same_line(tmp_path: Path) -> None:
    original = case(tmp_path / "case")
    redact((original,), tmp_path / "out")
    before, after = load([original]), load([tmp_path / "out"])
    places = [sorted((Path(one.file).name, one.line) for one in read.unreadable) for read in (before, after)]
    assert places[0] == places[1]
    assert len(places[0]) == 4 + 1  # notes.txt is no log, the other four are broken records
    lines = [sorted(zip(read.contacts["source_line"], read.contacts["at"], strict=True)) for read in (before, after)]
    assert lines[0] == lines[1]


@pytest.mark.parametrize("name", ["huabei-overdue", "us-card-voicemails-texts", "cn-voice-bot-two-agencies"])
def test_the_findings_of_the_copy_are_those_of_the_original(tmp_path: Path, name: str) -> None:
    redact((CASES / name,), tmp_path / "out")
    found = [
        sorted((finding.rule, Path(finding.source_file).name, finding.source_line) for finding in report.findings)
        for report in (audit.check(CASES / name), audit.check(tmp_path / "out"))
    ]
    assert found[0]
    assert found[0] == found[1]


def test_nothing_is_written_over(tmp_path: Path) -> None:
    original = case(tmp_path / "case")
    for out in (original, tmp_path / "case" / "sms.xml"):
        with pytest.raises(OutputError):
            redact((original,), out)


def test_a_format_that_cannot_be_redacted_is_refused_by_name_and_nothing_is_written(tmp_path: Path) -> None:
    original = case(tmp_path / "case")
    (original / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(BadArgument, match=r"photo\.jpg.*sms_backup"):
        redact((original,), tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["case"]


def test_the_command_says_what_it_cannot_find(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("李雷: 你好\n韩梅梅在吗\n", "utf-8")
    arguments = ["redact", str(tmp_path / "a.txt"), "-o", str(tmp_path / "out"), "--name", "韩梅梅", "--lang", "en"]
    result = CliRunner().invoke(cli, arguments, standalone_mode=False)
    assert result.return_value == 0
    assert "Read the copy before you publish it" in result.stderr
    assert "PERSON-1在吗" in (tmp_path / "out" / "a.txt").read_text("utf-8")
