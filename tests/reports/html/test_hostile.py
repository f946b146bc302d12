"""What strangers wrote is shown and never obeyed: markup, turned text, a megabyte of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import dunlint
from dunlint.reports import formats
from dunlint.reports.audit_folder import read
from dunlint.reports.document import of_report
from tests.conftest import sms, sms_backup
from tests.reports import audit_folder
from tests.reports.html.conftest import Opened, written

MARKUP = (
    "</script><img src=x onerror=\"alert('out')\"></template><svg onload=alert(1)>"
    "'\"><a href=javascript:alert(1)>{{ 7*7 }}"
)
TURNED = "\u202eevil\u202c\u200b\u2066"
Open = Callable[..., Opened]


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    row = {
        "contact_id": MARKUP, "case_id": MARKUP, "at": "2026-03-02T10:00:00+08:00", "channel": "sms",
        "direction": "outbound", "agency": MARKUP, "creditor": TURNED, "party": "debtor",
        "text": f"你这个畜生，赶紧还款。{MARKUP}{TURNED}",
    }  # fmt: skip
    source = tmp_path / "</script><b>.jsonl".replace("/", "_")
    source.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    report = dunlint.check(source, rules=["cn"], lang="en")
    assert report.findings
    return written("html", of_report(report), tmp_path / "case.html")


def test_markup_in_a_message_is_text_on_the_page(open_page: Open, hostile: Path) -> None:
    seen = open_page(hostile)
    assert seen.complaints == []
    assert seen.page.locator(".entry img, .entry svg, main script, main a[href^=javascript]").count() == 0
    seen.page.evaluate("for (const one of document.querySelectorAll('.ref')) one.remove()")
    assert MARKUP in str(seen.page.locator(".entry .text").first.text_content())
    seen.page.fill("#search", "<img")
    seen.page.click('[data-switch="zh"]')
    assert seen.complaints == []


def test_characters_that_turn_or_hide_text_are_written_out(open_page: Open, hostile: Path) -> None:
    shown = open_page(hostile).page.locator(".entry .text").first.text_content()
    assert shown is not None
    assert "⟦U+202E⟧evil⟦U+202C⟧⟦U+200B⟧⟦U+2066⟧" in shown
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", hostile.read_text(encoding="utf-8"))


def test_a_megabyte_of_text_opens_and_what_is_cut_is_counted(open_page: Open, tmp_path: Path) -> None:
    path = tmp_path / "long.xml"
    path.write_text(sms_backup(sms("你这个畜生，还钱" + "很长" * 500_000)), encoding="utf-8")
    made = of_report(dunlint.check(path, rules=["cn"]))
    page = open_page(written("html", made, tmp_path / "long.html")).page
    assert (tmp_path / "long.html").stat().st_size < 1_000_000
    left = len(made.contacts[0]["text"]) - 20_000
    assert f"{left:,} more characters" in page.locator(".cut").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("mark").first.text_content()


def test_an_audit_with_hostile_names_and_words_is_only_text(open_page: Open, tmp_path: Path) -> None:
    folder = audit_folder.make(
        tmp_path / "out", findings=30, contacts=60, agency=MARKUP + TURNED, text=MARKUP + TURNED
    )  # fmt: skip
    formats.write_audit("html", read(folder), tmp_path / "audit.html", "zh")
    seen = open_page(tmp_path / "audit.html")
    page = seen.page
    page.locator("#h-ranking ~ .scroll .go").first.click()
    assert page.locator("#matching").inner_text().startswith("符合条件 30 项")
    page.locator("#evidence-table tbody .go").first.click()
    page.locator("#evidence-table tbody tr:not(.row-more):has(.words bdi:not(:empty)) .go").first.click()
    page.click('[data-switch="en"]')
    assert page.locator("main img, main script, main a[href^=javascript], table svg").count() == 0
    assert seen.complaints == []
    assert [url for url in seen.requests if url != (tmp_path / "audit.html").as_uri()] == []


def test_only_the_page_s_own_script_and_style_may_run(open_page: Open, case_page: Path) -> None:
    text = case_page.read_text(encoding="utf-8")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    assert policy is not None
    assert "default-src &#39;none&#39;" in policy[1]
    assert "unsafe" not in policy[1]
    assert not re.search(r"<[^>]+ (?:on\w+|style)=", text.split("</head>")[1].split("<script")[0])
    page = open_page(case_page).page
    page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "window.out = 1";
        document.body.append(script);
    }""")
    assert page.evaluate("window.out") is None
