"""A real Chromium for the pages, and the pages themselves."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import dunlint
from dunlint.reports import formats
from dunlint.reports.audit_folder import read
from dunlint.reports.document import Document, of_report
from dunlint.reports.privacy import masked
from tests.conftest import CASES
from tests.reports import audit_folder

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip(f"no browser here: none of {', '.join(NAMES)} is on the PATH (scripts/install_chromium.sh)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Opened:
    """A page, and all that it complained of or asked the network for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Opened]]:
    pages = []

    def opened(path: Path, **options: Any) -> Opened:
        page = browser.new_page(**{"viewport": {"width": 1280, "height": 900}, **options})
        pages.append(page)
        seen = Opened(page)
        page.on("console", lambda message: seen.complaints.append(message.text))
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (seen.complaints.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: seen.requests.append(request.url))
        page.goto(path.as_uri())
        return seen

    yield opened
    for page in pages:
        page.close()


def seconds_of_work(browser: Browser, path: Path) -> float:
    """Seconds that the page's main thread works until its first picture stands: what an idle machine needs, whatever
    else this one is doing.
    """
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(path.as_uri())
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    measured = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    page.close()
    return float(measured["TaskDuration"])


@pytest.fixture(scope="session")
def case() -> Document:
    return of_report(masked(dunlint.check(CASES / "huabei-overdue", lang="zh")))


@pytest.fixture(scope="session")
def case_page(case: Document, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written("html", case, tmp_path_factory.mktemp("case") / "case.html")


@pytest.fixture(scope="session")
def audit_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = audit_folder.make(tmp_path_factory.mktemp("audit") / "out")
    target = folder.parent / "audit.html"
    formats.write_audit("html", read(folder), target, "en")
    return target


def written(name: str, document: Document, target: Path, lang: str = "en") -> Path:
    formats.write_case(name, document, target, lang)
    return target
