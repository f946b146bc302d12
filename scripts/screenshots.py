"""Pictures of the HTML reports for docs/: python scripts/screenshots.py [FOLDER]

Makes the reports of the shipped case and of a small made-up audit, opens them in Chromium and keeps one picture of each
in each language (FOLDER is docs by default). `--all` adds dark, phone and print, for looking at.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.reports import audit_folder  # noqa: E402

import dunlint  # noqa: E402
from dunlint.reports import formats  # noqa: E402
from dunlint.reports.document import of_report  # noqa: E402
from dunlint.reports.privacy import masked  # noqa: E402

WIDE, PHONE = {"width": 1180, "height": 1500}, {"width": 375, "height": 812}


def main(arguments: list[str]) -> None:
    target = Path(next((one for one in arguments if not one.startswith("-")), ROOT / "docs"))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        program = shutil.which("chromium")
        if program is None:
            sys.exit("no chromium on the PATH: scripts/install_chromium.sh")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for name, page in pages(Path(folder)).items():
            for lang in ("zh", "en"):
                shoot(browser, page, target / f"report-{name}-{lang}.png", lang)
                if "--all" in arguments:
                    shoot(browser, page, target / f"more-{name}-{lang}-dark.png", lang, color_scheme="dark")
                    shoot(browser, page, target / f"more-{name}-{lang}-phone.png", lang, viewport=PHONE)
                    shoot(browser, page, target / f"more-{name}-{lang}-print.png", lang, media="print")


def pages(folder: Path) -> dict[str, Path]:
    report = masked(dunlint.check("corpus/cases/huabei-overdue", rules=["cn"], lang="zh"))
    formats.write_case("html", of_report(report), folder / "case.html", "zh")
    made = audit_folder.make(folder / "out", findings=300, contacts=3_000)
    formats.write_audit("html", made, folder / "audit.html", "zh")
    return {"case": folder / "case.html", "audit": folder / "audit.html"}


def shoot(
    browser: Browser, path: Path, target: Path, lang: str, *, media: str | None = None, **options: object
) -> None:
    page = browser.new_page(**{"viewport": WIDE, "color_scheme": "light", **options})  # type: ignore[arg-type]
    page.goto(path.as_uri())
    page.click(f'[data-switch="{lang}"]')
    if media:
        page.emulate_media(media="print")
    if path.stem == "case" and not media:
        page.evaluate(SHORT)
    page.screenshot(path=target)
    page.close()


SHORT = """() => {
    // one screen: the timeline, then the first contact with several findings instead of the whole table
    document.querySelector("section[aria-labelledby=h-findings]").hidden = true;
    document.querySelector("details.numbers").hidden = true;
    for (const day of document.querySelectorAll(".day")) day.hidden = !day.querySelector("#finding-2");
    document.querySelector("#finding-2 details").open = true;
}"""


if __name__ == "__main__":
    main(sys.argv[1:])
