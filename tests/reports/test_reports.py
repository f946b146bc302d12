"""Reports: what people read, what programs read, and nothing of a person's data in either."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

import dunlint
from dunlint.language.personal_data import find, mask
from dunlint.reports import as_json, text
from dunlint.reports.privacy import masked
from tests.conftest import CASES, sms, sms_backup


@pytest.fixture(scope="module")
def report() -> dunlint.Report:
    return dunlint.check(CASES / "huabei-overdue")


def printed(report: dunlint.Report, lang: str, **options: bool) -> str:
    stream = io.StringIO()
    text.write(report, Console(file=stream, width=100_000, highlight=False, markup=False), lang, **options)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("lang", "words"),
    [("zh", ("违规", "夜间催收", "标准/自律规范", "【")), ("en", ("violation", "quiet hours", "standard", "[["))],
)
def test_the_text_names_time_words_rule_clause_and_weight(
    report: dunlint.Report, lang: str, words: tuple[str, ...]
) -> None:
    out = printed(report, lang)
    assert all(word in out for word in words)
    assert "2026-02-03 22:04:00 Asia/Shanghai" in out
    assert "GB/T 45251-2025" in out
    assert f"{report.checked}" in out.splitlines()[-1]


def test_quiet_prints_totals_only(report: dunlint.Report) -> None:
    assert len(printed(report, "en", quiet=True).strip().splitlines()) == 1


def test_findings_come_by_severity(report: dunlint.Report) -> None:
    order = ["critical", "high", "medium", "low", "info"]
    certain = [order.index(f.severity) for f in report.findings if f.verdict != "review"]
    assert certain == sorted(certain)


def test_json_is_complete_and_json_lines_are_one_finding_each(report: dunlint.Report) -> None:
    data = json.loads(as_json.as_json(report))
    assert len(data["findings"]) == len(report.findings)
    assert data["checked"] == report.checked
    lines = [json.loads(line) for line in as_json.as_jsonl(report).splitlines()]
    assert [line["type"] for line in lines] == ["finding"] * len(report.findings) + ["summary"]


def test_the_frame_has_a_row_for_each_finding(report: dunlint.Report) -> None:
    assert report.frame["rule"].to_list() == [finding.rule for finding in report.findings]


def test_a_fingerprint_is_stable_between_runs(report: dunlint.Report) -> None:
    again = dunlint.check(CASES / "huabei-overdue")
    assert [f.fingerprint for f in again.findings] == [f.fingerprint for f in report.findings]
    assert len({f.fingerprint for f in report.findings}) == len(report.findings)


def test_quotes_lead_back_to_the_original_text(report: dunlint.Report) -> None:
    assert report.turns is not None
    texts = {(c, t): words for c, t, words in report.turns.select("contact_id", "turn", "text").iter_rows()}
    quotes = [(f.contact_id, quote) for f in report.findings for quote in f.quotes]
    assert quotes
    assert all(texts[contact, quote.turn][quote.start : quote.end] == quote.text for contact, quote in quotes)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("联系13812345678处理", "phone"),
        ("电话010-62345678", "phone"),
        ("身份证11010519491231002X核实", "resident_id"),
        ("卡号6222 0212 3456 7894", "card"),
        ("call (212) 555-0142 now", "phone"),
        ("SSN 123-45-6789", "ssn"),
        ("mail me@example.com", "email"),
    ],
)
def test_personal_data_is_found_and_masked_beside_any_script(words: str, kind: str) -> None:
    kinds = [one.kind for one in find(words)]
    assert kinds == ([kind] if kind != "card" or kinds else [])
    if kinds:
        assert mask(words) != words
        assert len(mask(words)) == len(words)


def test_numbers_that_fail_their_checksum_are_no_ids() -> None:
    assert find("编号110105194912310021") == []


def test_masked_findings_hold_no_number_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    body = "再不还款就打断你的腿，联系13812345678，身份证11010519491231002X"
    path.write_text(sms_backup(sms(body)), encoding="utf-8")
    report = dunlint.check(path, rules=["cn"])
    assert report.findings
    shown = as_json.as_json(masked(report)) + printed(masked(report), "zh")
    assert "13812345678" not in shown
    assert "11010519491231002X" not in shown



def test_the_name_that_a_chat_has_for_a_number_is_masked_on_the_debtors_side(tmp_path: Path) -> None:
    row = {"channel": "im", "party": "debtor", "at": "2026-03-02T10:00:00+08:00"}
    said = [
        {**row, "direction": "inbound", "from_number": "王丽娟", "to_number": "某某催收", "text": "我明天还"},
        {**row, "direction": "outbound", "from_number": "某某催收", "to_number": "王丽娟",
         "text": "王丽娟，再不还钱就打断你的腿"},
        {**row, "direction": "inbound", "from_number": "Ann", "to_number": "Co", "text": "Announcement from Ann"},
    ]  # fmt: skip
    path = tmp_path / "chat.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in said), encoding="utf-8")
    contacts = masked(dunlint.check(path, rules=["cn"])).contacts
    assert contacts is not None
    shown = contacts.select("from_number", "to_number", "text").rows()
    assert ("王**", "某某催收", "我明天还") in shown
    assert ("某某催收", "王**", "王**，再不还钱就打断你的腿") in shown
    assert ("A**", "Co", "Announcement from A**") in shown
