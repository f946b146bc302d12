"""SARIF 2.1.0, checked by models made from the standard's own schema, and by what the schema cannot say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Schema

from dunlint.reports import as_sarif
from dunlint.reports.document import Document
from tests.reports import made
from tests.reports.conftest import shipped

GOLDEN = Path(__file__).parent / "golden"


def written(tmp_path: Path, doc: Document, lang: str = "en") -> Any:
    as_sarif.write(doc, tmp_path / "a.sarif", lang)
    text = (tmp_path / "a.sarif").read_text(encoding="utf-8")
    Schema.model_validate_json(text)
    return json.loads(text)["runs"][0]


def test_a_small_report_is_what_it_should_be(tmp_path: Path) -> None:
    as_sarif.write(made.SMALL, tmp_path / "a.sarif", "en")
    wanted = json.loads((GOLDEN / "small.sarif").read_text(encoding="utf-8"))
    assert json.loads((tmp_path / "a.sarif").read_text(encoding="utf-8")) == wanted


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("case", ["huabei-overdue", "us-card-voicemails-texts"])
def test_shipped_cases_keep_the_schema(tmp_path: Path, case: str, lang: str) -> None:
    doc = shipped(case)
    run = written(tmp_path, doc, lang)
    assert len(run["results"]) == len(doc.findings) > 0
    for result, finding in zip(run["results"], doc.findings, strict=True):
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == finding.rule
        assert result["partialFingerprints"] == {"dunlint/v1": finding.fingerprint}
        assert (result["kind"] == "fail") != (result["level"] == "none")
    prints = [result["partialFingerprints"]["dunlint/v1"] for result in run["results"]]
    assert len(set(prints)) == len(prints)


def test_a_hostile_report_keeps_the_schema_and_links_nowhere(tmp_path: Path) -> None:
    run = written(tmp_path, made.hostile())
    texts = [result["message"]["text"] for result in run["results"]]
    texts += [note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"]]
    assert not [text for text in texts if "](" in text]
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.isascii()
    assert " " not in uri
    assert run["results"][1]["suppressions"][0]["kind"] == "external"


def test_absolute_and_relative_files_become_addresses() -> None:
    assert as_sarif.uri("日志/a b.xml") == "%E6%97%A5%E5%BF%97/a%20b.xml"
    assert as_sarif.uri(str(Path("/x/a.xml"))).startswith("file:///")
