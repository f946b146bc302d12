"""The page of a case in a real browser: found, filtered, opened, switched, printed, on a phone, by a screen reader."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dunlint.reports.document import Document
from tests.reports.html.conftest import Opened, seconds_of_work, written

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Open = Callable[..., Opened]


def visible(page: Page, selector: str) -> int:
    return page.locator(f"{selector}:visible").count()


def test_every_contact_and_finding_is_there_and_nothing_is_asked_of_the_network(
    open_page: Open, case: Document, case_page: Path
) -> None:
    seen = open_page(case_page)
    assert visible(seen.page, ".entry") == len(case.contacts)
    assert visible(seen.page, ".findings tbody tr") == visible(seen.page, ".beside .card") == len(case.findings)
    assert seen.complaints == []
    assert [url for url in seen.requests if url != case_page.as_uri()] == []


def test_the_language_switch_changes_every_word_of_ours_and_none_of_theirs(open_page: Open, case_page: Path) -> None:
    page = open_page(case_page).page
    theirs = page.locator(".entry .text").all_text_contents()
    for lang, html, title, heading in (("zh", "zh-Hans", "催收沟通检查报告", "时间线"),
                                       ("en", "en", "Report on collection contacts", "Timeline")):  # fmt: skip
        page.click(f'[data-switch="{lang}"]')
        assert page.locator("html").get_attribute("lang") == html
        assert page.title() == title
        assert page.locator("#h-timeline").inner_text() == heading
        assert page.locator(f'[data-switch="{lang}"]').get_attribute("aria-pressed") == "true"
        assert page.locator(".filters").get_attribute("aria-label") == {"zh": "筛选", "en": "Filter"}[lang]
        assert page.locator(".entry .text").all_text_contents() == theirs


def test_search_and_filters_leave_what_fits_and_say_how_much(open_page: Open, case: Document, case_page: Path) -> None:
    page = open_page(case_page).page
    severe = [one for one in case.findings if one.severity == "critical"]
    page.select_option('[data-filter="severity"]', "critical")
    assert visible(page, ".findings tbody tr") == len(severe)
    assert visible(page, ".entry") == len({one.contact_id for one in severe})
    assert str(len(severe)) in page.locator("#live").inner_text()
    page.click(".filters button[type=reset]")
    page.fill("#search", "冻结")
    held = [row for row in case.contacts if "冻结" in str(row.get("text", ""))]
    assert visible(page, ".entry") >= len(held) > 0
    assert all("冻结" in text for text in page.locator(".entry:visible").all_text_contents())
    page.fill("#search", "no such words anywhere")
    assert visible(page, ".entry") == visible(page, ".findings tbody tr") == 0
    assert page.locator("#no-match").is_visible()


def test_a_table_sorts_by_number_and_by_word_both_ways(open_page: Open, case_page: Path) -> None:
    page = open_page(case_page).page
    column = ".findings tbody td:first-child"
    order = ["critical", "high", "medium", "low", "info"]
    page.click('.findings th:nth-child(1) button')
    page.click('.findings th:nth-child(1) button')
    numbers = [int(text) for text in page.locator(column).all_text_contents()]
    assert numbers == sorted(numbers, reverse=True)
    assert page.locator(".findings th:nth-child(1)").get_attribute("aria-sort") == "descending"
    page.click('.findings th:nth-child(2) button')
    severities = [order.index(row) for row in page.locator(".findings tbody tr").evaluate_all(
        "rows => rows.map(row => row.dataset.severity)")]  # fmt: skip
    assert severities == sorted(severities, reverse=True)


def test_the_law_of_a_finding_opens_with_weight_grade_and_clauses_not_seen(open_page: Open, case_page: Path) -> None:
    page = open_page(case_page).page
    card = page.locator(".card", has=page.locator("code", has_text=re.compile("^cn-quiet-hours$"))).first
    card.locator("summary").click()
    told = card.inner_text()
    assert "GB/T 45251-2025" in told
    assert "5.3" in told
    assert "clause number not seen" in told
    assert "evidence B" in told
    assert "they are not law" in told
    assert card.locator("section.w-standard").count() == 1
    assert card.locator("section.w-law").count() == 0


def test_guilty_words_are_marked_and_lead_to_the_finding(open_page: Open, case: Document, case_page: Path) -> None:
    page = open_page(case_page).page
    quotes = {quote.text for one in case.findings for quote in one.quotes if quote.by != "keywords"}
    marked = "".join(page.locator("mark").all_text_contents())
    assert all(quote in marked for quote in quotes if len(quote) < 12)
    reference = page.locator(".ref").first
    reference.click()
    assert page.locator(f"{reference.get_attribute('href')}:target").is_visible()


def test_the_timeline_shades_the_quiet_hours_of_the_rule_and_its_marks_lead_to_contacts(
    open_page: Open, case: Document, case_page: Path
) -> None:
    page = open_page(case_page).page
    assert page.locator(".timeline rect.band").count() == 2
    assert "22:00–08:00" in page.locator(".key").inner_text()
    assert page.locator(".dot").count() == len(case.contacts)
    dot = page.locator("a.dot").first
    dot.focus()
    page.keyboard.press("Enter")
    assert page.locator(f"{dot.get_attribute('href')}:target").is_visible()


def test_the_page_fits_a_phone(open_page: Open, case_page: Path) -> None:
    page = open_page(case_page, viewport={"width": 375, "height": 812}).page
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    assert page.locator(".beside").first.bounding_box()["width"] < 375  # type: ignore[index]


def test_print_leaves_out_controls_and_shows_all_contacts(open_page: Open, case: Document, case_page: Path) -> None:
    page = open_page(case_page).page
    page.emulate_media(media="print")
    assert visible(page, ".filters") == visible(page, ".switch") == 0
    assert visible(page, ".entry") == len(case.contacts)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    assert page.pdf().startswith(b"%PDF")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_screen_reader_finds_names_roles_and_contrast(open_page: Open, case_page: Path, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(case_page, color_scheme=scheme).page
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_five_thousand_findings_open_in_two_seconds_and_what_is_left_out_is_said(
    browser: Browser, open_page: Open, case: Document, tmp_path: Path
) -> None:
    page = written("html", many(case, 5_000), tmp_path / "many.html")
    assert 0.05 < seconds_of_work(browser, page) < 2
    seen = open_page(page)
    notice = seen.page.locator(".conversation .notice").inner_text()
    kept = seen.page.locator(".entry").count()
    assert f"{5_000 - kept:,} more contacts" in notice
    assert f"{5_000 - seen.page.locator('.beside .card').count():,} findings" in notice
    seen.page.fill("#search", "冻结")
    assert 0 < visible(seen.page, ".entry") < kept


def many(document: Document, count: int) -> Document:
    """The same findings again and again, each on a contact of its own."""
    contacts, findings = [], []
    rows = {row["contact_id"]: row for row in document.contacts}
    for number in range(count):
        one = document.findings[number % len(document.findings)]
        name = f"c-{number}"
        contacts.append({**rows[one.contact_id], "contact_id": name})
        findings.append(replace(one, contact_id=name, contacts=(name,), fingerprint=f"{number:024x}"))
    return replace(document, contacts=tuple(contacts), findings=tuple(findings), events=())
