"""`dunlint formats` names every format that is read, in both languages, with an example."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from dunlint import i18n
from dunlint.commands import cli
from dunlint.records.reader import readers


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_every_format_has_a_label_in_both_languages(lang: str) -> None:
    shown = CliRunner().invoke(cli, ["formats", "--lang", lang]).output
    for name in readers():
        assert f"format.{name}" in i18n.catalogue(lang)
        assert any(
            line.startswith(f"{name} ") and i18n.label("format", name, lang) in line for line in shown.split("\n")
        )


def test_the_example_of_a_text_format_is_shown_below_it() -> None:
    lines = CliRunner().invoke(cli, ["formats"]).output.split("\n")
    place = next(number for number, line in enumerate(lines) if line.startswith("signal "))
    assert lines[place + 1] == "    [2026-03-13, 09:02] Name: ..."


def test_check_takes_the_owner_of_a_chat(tmp_path: Path) -> None:
    chat = tmp_path / "chat.txt"
    chat.write_text(
        "[2026-03-13, 23:10] Agent: 逾期未还，请今天还款\n[2026-03-13, 23:11] Robin: 好\n", encoding="utf-8"
    )
    arguments = ["check", str(chat), "--rules", "cn", "--output", "json"]
    asked = CliRunner().invoke(cli, arguments, standalone_mode=False)
    told = CliRunner().invoke(cli, [*arguments, "--owner", "Robin"], standalone_mode=False)
    assert "--owner" in asked.output
    assert "cn-quiet-hours" in told.output.split('"not_checkable"')[0]
