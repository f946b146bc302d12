"""Whole cases: what a person reasoned from the law is what the program finds, no more and no less."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import dunlint
from tests.conftest import CASES

WITH_EXPECTED = sorted(path.parent for path in CASES.glob("*/expected.yaml"))


def found_in(case: Path, **options: str) -> set[tuple[str, int, str, str]]:
    report = dunlint.check(case, **options)
    assert not report.unreadable
    return {(Path(f.source_file).name, f.source_line or 0, f.rule, f.verdict) for f in report.findings}


def expected_in(case: Path) -> set[tuple[str, int, str, str]]:
    rows = yaml.safe_load((case / "expected.yaml").read_text(encoding="utf-8")) or []
    return {(row["file"], row["line"], row["rule"], row["verdict"]) for row in rows}


@pytest.mark.parametrize("case", WITH_EXPECTED, ids=lambda path: path.name)
def test_a_case_gives_exactly_the_findings_reasoned_from_the_law(case: Path) -> None:
    assert found_in(case) == expected_in(case)


@pytest.mark.parametrize("case", WITH_EXPECTED, ids=lambda path: path.name)
def test_the_other_engine_agrees_on_every_case(case: Path) -> None:
    assert found_in(case, engine="clips") == expected_in(case)


def test_the_first_case_holds_what_its_story_tells() -> None:
    report = dunlint.check(CASES / "huabei-overdue", rules=["cn"])
    assert report.contacts is not None
    channels = set(report.contacts["channel"])
    assert {"sms", "call", "im"} <= channels
    assert any("分期" in (text or "") for text in report.contacts["text"])
    assert any(turns is not None for turns in report.contacts["turns"])
