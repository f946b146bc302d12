"""JUnit: what fails, what is skipped, what was not read; and XML that parses whatever a log holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from defusedxml import ElementTree

from dunlint.reports import as_junit
from tests.reports import made

GOLDEN = Path(__file__).parent / "golden"


def test_a_small_report_is_what_it_should_be_to_the_letter(tmp_path: Path) -> None:
    as_junit.write(made.SMALL, tmp_path / "a.xml", "en")
    assert (tmp_path / "a.xml").read_text(encoding="utf-8").strip() == (
        GOLDEN / "small.junit.xml"
    ).read_text(encoding="utf-8").strip()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_hostile_report_still_parses_and_counts_right(tmp_path: Path, lang: str) -> None:
    as_junit.write(made.hostile(), tmp_path / "a.xml", lang)
    root = ElementTree.parse(tmp_path / "a.xml").getroot()
    for name, tag in {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}.items():
        assert int(root.get(name)) == len(root.findall(f".//{tag}")) > 0
    assert {element.tag for element in root.iter()} == {
        "testsuites", "testsuite", "testcase", "failure", "error", "skipped"
    }  # fmt: skip
    assert made.FORMULA in root.find(".//failure").text
