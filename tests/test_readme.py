"""README does what it says: its Python runs, its commands exist, both languages show the same ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from dunlint.commands import COMMANDS, cli
from tests.conftest import ROOT

READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)


def test_the_python_examples_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    examples = blocks(READMES[0], "python")
    assert examples
    for example in examples:
        exec(compile(example, "README.md", "exec"), {})
    assert "critical" in capsys.readouterr().out


def test_the_case_command_of_readme_gives_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    line = next(
        line for line in READMES[0].read_text(encoding="utf-8").splitlines() if line.startswith("python3 dev.py check")
    )
    result = CliRunner().invoke(cli, line.split()[2:], standalone_mode=False)
    assert result.return_value == 1


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_every_command_is_documented_in_both_readmes(readme: Path) -> None:
    text = readme.read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"dunlint {name}" not in text] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0
    assert len(result.output) > 60
