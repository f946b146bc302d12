"""The notation of wordings, by what its patterns match."""

from __future__ import annotations

import re

import pytest

from dunlint.errors import RuleError
from dunlint.language.template import compile_template, held_by, source_of

CLASSES = {"gang": ["collectors", "agents"], "boss": ["老板", "领导"]}


def matches(template: str, text: str, lang: str = "en") -> bool:
    return re.search(source_of(template, lang, CLASSES, "t.yaml:1"), text) is not None


def test_a_class_alone_stands_for_its_words_and_not_for_its_name() -> None:
    assert matches("<gang>", "then the agents called")
    assert not matches("<gang>", "then <gang> called")
    assert set(held_by("<gang>", "en", CLASSES, {}, "t.yaml:1")) == {"collectors", "agents"}


def test_an_unknown_class_is_an_error_wherever_it_stands() -> None:
    for template in ("<nobody>", "{<nobody>|collectors} called"):
        with pytest.raises(RuleError):
            source_of(template, "en", CLASSES, "t.yaml:1")


def test_a_regular_expression_may_be_one_of_several() -> None:
    template = r"每 {几|/\d+|半/} 分钟"
    assert all(matches(template, text, "zh") for text in ("每几分钟", "每15分钟", "每半分钟"))
    assert not matches(template, "每一分钟", "zh")


def test_a_group_with_a_regular_expression_is_no_anchor() -> None:
    phrase = compile_template(r"{<boss>|/\d+号/} ~4 会知道", "zh", CLASSES, "t.yaml:1")
    assert phrase.anchors({}) == ("会知道",)
    with pytest.raises(RuleError):
        compile_template(r"!{<boss>|/\d+号/} ~4 会知道", "zh", CLASSES, "t.yaml:1")
