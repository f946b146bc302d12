"""The generated pages are up to date, complete in both languages, and their examples are rules."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from dunlint import i18n
from dunlint.rulebook.lint import checks
from dunlint.rulebook.lint.validation import keys_of
from dunlint.rulebook.reference import ORDER, examples, models_by_name, page, page_path, parsed
from tests.conftest import ROOT

SECTION = re.compile(r"^## (\w+)$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
FENCE = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
CELL = re.compile(r"^\| `\w+` \|.*\| `([^|]+)` \|$", re.MULTILINE)


def sections(lang: str) -> dict[str, str]:
    return dict(SECTION.findall(page_path(ROOT, lang).read_text(encoding="utf-8")))


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_the_reference_of_the_rule_language_is_up_to_date(lang: str) -> None:
    stale = page_path(ROOT, lang).read_text(encoding="utf-8") != page(lang)
    assert not stale, "run python scripts/build_docs.py"


def test_the_script_says_that_the_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/build_docs.py", "--check"], cwd=ROOT, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_every_model_has_a_section() -> None:
    assert set(models_by_name()) == set(ORDER) - {"Match"}


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_every_key_has_a_meaning_and_every_meaning_a_key(lang: str) -> None:
    wanted = {f"key.{name}.{key}" for name, model in models_by_name().items() for key in keys_of(model)}
    wanted |= {f"key.{name}.about" for name in ORDER}
    known = {key for key in i18n.catalogue(lang) if key.startswith("key.")}
    assert wanted - known == set()
    assert known - wanted == set()


def test_every_key_has_an_example_that_uses_it() -> None:
    for name, model in models_by_name().items():
        assert set(examples()[name]) == {"about", *keys_of(model)}, name
        for key in keys_of(model):
            assert re.search(rf'"?\b{key}"?:', examples()[name][key]), f"{name}.{key}"


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_every_example_on_the_page_is_a_rule_or_a_part_of_one(lang: str) -> None:
    found = sections(lang)
    assert set(ORDER) <= set(found)
    for name in ORDER:
        given = [*FENCE.findall(found[name]), *CELL.findall(found[name])]
        expected = 1 + (len(keys_of(models_by_name()[name])) if name in models_by_name() else 0)
        assert len(given) == expected, name
        for text in given:
            assert parsed(name, text)


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_every_check_is_on_the_page(lang: str) -> None:
    text = page_path(ROOT, lang).read_text(encoding="utf-8")
    assert [check.code for check in checks() if f"| {check.code} | {check.name} |" not in text] == []


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_every_link_inside_the_page_leads_somewhere(lang: str) -> None:
    text = page_path(ROOT, lang).read_text(encoding="utf-8")
    anchors = {name.lower() for name in sections(lang)} | set(re.findall(r'<a id="(\w+)">', text))
    assert set(re.findall(r"\]\(#(\w+)\)", text)) - anchors == set()
