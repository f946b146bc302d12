"""The page of an audit in a real browser: numbers lead to evidence, tables sort, charts stand beside tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from dunlint.reports import formats
from dunlint.reports.audit_folder import read
from tests.reports import audit_folder
from tests.reports.html.conftest import Opened, seconds_of_work

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Open = Callable[..., Opened]


def findings(page: Path) -> pl.DataFrame:
    return pl.read_parquet(page.parent / "out" / "findings.parquet")


def listed(page: Page) -> int:
    """How many findings the page says match."""
    return int(page.locator("#matching").inner_text().split()[0])


def test_the_page_opens_without_a_complaint_and_without_the_network(open_page: Open, audit_page: Path) -> None:
    seen = open_page(audit_page)
    assert listed(seen.page) == len(findings(audit_page))
    assert seen.page.locator("#evidence-table tbody tr").count() == min(100, len(findings(audit_page)))
    assert seen.complaints == []
    assert [url for url in seen.requests if url != audit_page.as_uri()] == []


def test_every_chart_is_an_image_with_a_name_and_a_table_beside_it(open_page: Open, audit_page: Path) -> None:
    page = open_page(audit_page).page
    charts = page.locator("figure.chart svg:visible")
    assert charts.count() == 5
    for chart in charts.all():
        assert chart.get_attribute("role") == "img"
        assert chart.locator("title").first.text_content()
        assert chart.locator("xpath=ancestor::section").locator("table").count() > 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_charts_and_words_speak_the_language_chosen(open_page: Open, audit_page: Path, lang: str) -> None:
    page = open_page(audit_page).page
    page.click(f'[data-switch="{lang}"]')
    drawn = " ".join(page.locator("figure.chart svg:visible").all_text_contents())
    assert ("周一" in drawn) == (lang == "zh")
    assert ("Mon" in drawn) == (lang == "en")
    assert {"zh": "辱骂", "en": "Insult"}[lang] in page.locator("#evidence-table").inner_text()


def test_filters_and_search_find_what_the_table_holds(open_page: Open, audit_page: Path) -> None:
    page, held = open_page(audit_page).page, findings(audit_page)
    page.select_option('[data-filter="severity"]', "high")
    page.select_option('[data-filter="channel"]', "sms")
    assert listed(page) == len(held.filter(severity="high", channel="sms")) > 0
    page.click(".filters button[type=reset]")
    page.fill("#search", held["contact_id"][0])
    assert listed(page) == len(held.filter(contact_id=held["contact_id"][0]))


def test_a_number_leads_to_its_evidence(open_page: Open, audit_page: Path) -> None:
    page, held = open_page(audit_page).page, findings(audit_page)
    page.get_by_role("button", name="Blue Lantern", exact=True).click()
    assert listed(page) == len(held.filter(agency="Blue Lantern")) > 0
    row = page.locator("#h-matrix ~ .scroll tbody tr").first
    cell, rule = row.locator("td .go").first, row.locator("code").inner_text()
    count = int(cell.inner_text())
    cell.click()
    assert listed(page) == count == held.filter(rule=rule).group_by("channel").len()["len"].max()
    assert page.evaluate("document.activeElement.id") == "evidence"


def test_a_finding_opens_with_its_words_law_and_place(open_page: Open, audit_page: Path) -> None:
    page = open_page(audit_page).page
    row = page.locator("#evidence-table tbody tr", has=page.locator("td.words", has_text="pay now or else")).first
    row.locator(".go").click()
    opened = page.locator(".row-more")
    assert opened.locator("mark").inner_text() == "pay now or else"
    told = opened.inner_text()
    assert "records/calls.csv:" in told
    assert "clause number not seen" in told
    assert "may not apply" in told
    weights = opened.locator("section").evaluate_all("parts => parts.map(part => part.className)")
    assert weights == ["w-law", "w-standard", "w-advisory"]
    row.locator(".go").click()
    assert page.locator(".row-more").count() == 0


def test_rankings_sort_by_share_and_the_evidence_by_time(open_page: Open, audit_page: Path) -> None:
    page = open_page(audit_page).page
    page.locator("#h-ranking ~ .scroll").first.get_by_role("button", name="Share").click()
    shares = page.locator("#h-ranking ~ .scroll").first.locator("tbody td:nth-child(4)").all_text_contents()
    numbers = [float(share.rstrip("%")) for share in shares]
    assert numbers == sorted(numbers)
    assert len(numbers) == len(audit_folder.AGENCIES)
    page.click('#evidence-table th[data-sort="when"] button')
    times = page.locator("#evidence-table td.when").all_text_contents()
    assert times == sorted(times)


def test_the_page_fits_a_phone(open_page: Open, audit_page: Path) -> None:
    page = open_page(audit_page, viewport={"width": 375, "height": 812}).page
    assert page.evaluate("document.documentElement.scrollWidth") == 375


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_screen_reader_finds_names_roles_and_contrast(open_page: Open, audit_page: Path, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(audit_page, color_scheme=scheme).page
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    page.locator("#evidence-table tbody .go").first.click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_print_shows_charts_and_no_controls(open_page: Open, audit_page: Path) -> None:
    page = open_page(audit_page).page
    page.emulate_media(media="print")
    assert page.locator(".filters").is_hidden()
    assert page.locator("figure.chart svg:visible").count() == 5


def test_five_thousand_findings_open_in_two_seconds_and_more_are_counted(
    browser: Browser, open_page: Open, tmp_path: Path
) -> None:
    folder = audit_folder.make(tmp_path / "out", findings=5_200, contacts=500)
    formats.write_audit("html", read(folder), tmp_path / "audit.html", "en")
    assert 0.05 < seconds_of_work(browser, tmp_path / "audit.html") < 2
    seen = open_page(tmp_path / "audit.html")
    assert listed(seen.page) == 5_000
    assert "200 more are left out" in seen.page.locator("#evidence .notice").inner_text()
    assert "findings.parquet" in seen.page.locator("#evidence .notice").inner_text()
