"""Formats are named once, their writers exist, and a report is whole or not there."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path

import pytest

from dunlint.commands import outputs, report
from dunlint.errors import BadArgument, InputError
from dunlint.findings import Quote
from dunlint.reports import audit_folder, formats
from dunlint.reports.document import Document
from dunlint.reports.privacy import masked_audit
from tests.reports import made, made_audit


def test_the_command_offers_the_formats_there_are() -> None:
    assert tuple(formats.FORMATS) == report.FORMATS


@pytest.mark.parametrize("one", formats.FORMATS.values(), ids=lambda one: one.name)
def test_every_writer_named_can_be_imported(one: formats.Format) -> None:
    for place in (one.case, one.audit):
        module, _, function = place.partition(":")
        assert callable(getattr(importlib.import_module(module), function))


def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_document: Document, target: Path, _lang: str) -> None:
        target.write_text("half")
        raise ValueError

    monkeypatch.setattr("dunlint.reports.html.case.write", broken)
    target = tmp_path / "report.html"
    target.write_text("old")
    with pytest.raises(ValueError):
        formats.write_case("html", Document(()), target, "en")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert target.read_text() == "old"


def test_a_place_that_cannot_be_written_is_said_with_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing.*report\.html.*-o"):
        formats.write_case("html", Document(()), tmp_path / "missing" / "report.html", "en")


@pytest.mark.parametrize("name", formats.FORMATS)
def test_every_format_has_a_report_of_an_audit_that_keeps_personal_data_back(tmp_path: Path, name: str) -> None:
    quote = Quote("13912345678", 2, 13, 0, "collector", "privacy_disclosure", "王某13912345678，快还钱", "")
    told = made_audit.write(tmp_path / "out", (replace(made.SMALL.findings[1], quotes=(quote,)),))
    for audit, seen in ((audit_folder.read(told), True), (masked_audit(audit_folder.read(told)), False)):
        target = tmp_path / f"report{formats.FORMATS[name].suffix}"
        formats.write_audit(name, audit, target, "zh")
        if formats.FORMATS[name].text and name != "md":
            assert ("13912345678" in target.read_text("utf-8")) is seen
        assert target.stat().st_size > 100


def test_outputs_are_read_as_one_thing_to_print_and_files_to_write(tmp_path: Path) -> None:
    file = str(tmp_path / "r.html")
    assert outputs.wanted(()) == outputs.Wanted("text", ())
    assert outputs.wanted(("json", f"html={file}")) == outputs.Wanted("json", (("html", file),))
    assert outputs.wanted((f"html={file}",)).printed == "text"
    assert outputs.wanted(("md=-",)).printed is None


@pytest.mark.parametrize("asked", [("yaml",), ("html",), ("text=x.txt",), ("json", "text"), ("json", "md=-")])
def test_outputs_that_make_no_sense_are_refused(asked: tuple[str, ...]) -> None:
    with pytest.raises(BadArgument):
        outputs.wanted(asked)


def test_a_folder_that_is_not_there_is_refused_before_anything_is_checked(tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match="missing"):
        outputs.wanted((f"html={tmp_path / 'missing' / 'r.html'}",))
