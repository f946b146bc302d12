"""DL050–DL058: what people read, in both languages, and the blanks in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from string import Formatter
from typing import Any

from dunlint.facts.conditions import Block
from dunlint.rulebook.lint.folder import Folder, Written
from dunlint.rulebook.lint.problem import Mistake, nearest
from dunlint.rulebook.lint.registry import check, each_rule
from dunlint.rulebook.lint.walk import many, telling_blocks
from dunlint.rulebook.models import Bilingual, Rule
from dunlint.yaml_places import Trail

BLANKS = ("channel", "party", "local_time", "local_date", "count", "limit", "quote", "agency", "event", "event_date")
CHINESE = re.compile(r"[\u3400-\u9fff]")


@check("DL050", "missing-translation")
def missing_translation(folder: Folder) -> Iterator[Mistake]:
    """A text that one language lacks."""
    for one, path, text in _texts(folder):
        for lang in ("zh", "en"):
            if not getattr(text, lang).strip():
                yield one.mistake(*path, lang, lang=lang)


@check("DL051", "same-in-both", "warning")
def same_in_both(folder: Folder) -> Iterator[Mistake]:
    """A text that is the same in both languages."""
    for one, path, text in _texts(folder):
        if text.zh.strip() and text.zh.strip() == text.en.strip():
            yield one.mistake(*path)


@check("DL052", "zh-without-chinese", "warning")
def zh_without_chinese(folder: Folder) -> Iterator[Mistake]:
    """A Chinese text without a Chinese character."""
    for one, path, text in _texts(folder):
        if text.zh.strip() and text.zh.strip() != text.en.strip() and not CHINESE.search(text.zh):
            yield one.mistake(*path, "zh")


@check("DL053", "en-with-chinese", "warning")
def en_with_chinese(folder: Folder) -> Iterator[Mistake]:
    """An English text with Chinese characters."""
    for one, path, text in _texts(folder):
        found = CHINESE.search(text.en)
        if found and text.zh.strip() != text.en.strip():
            yield one.mistake(*path, "en", found=found.group())


@check("DL054", "unknown-blank")
@each_rule
def unknown_blank(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """A blank of a message that nothing fills, or a brace that opens none."""
    for lang in ("zh", "en"):
        text = getattr(rule.model.message, lang)
        names = blanks(text)
        wrong = ["{", "}"] if names is None else [name for name in names if name not in BLANKS]
        if wrong:
            known = ", ".join(BLANKS)
            yield rule.mistake("message", lang, name=wrong[0], known=known, nearest=nearest(wrong[0], BLANKS))


@check("DL055", "blanks-differ")
@each_rule
def blanks_differ(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """A message that tells in one language what it does not in the other."""
    chinese, english = (set(blanks(getattr(rule.model.message, lang)) or ()) for lang in ("zh", "en"))
    if chinese != english:
        yield rule.mistake("message", names=", ".join(sorted(chinese ^ english)))


@check("DL056", "number-without-count")
@each_rule
def number_without_count(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """A message that gives a number of contacts when the rule counts none."""
    if not any(block.count for block in telling_blocks(rule.model.when)):
        yield from _needless(rule, ("count", "limit"))


@check("DL057", "quote-without-words")
@each_rule
def quote_without_words(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """A message that quotes when the rule looks for no words."""
    said = [one for block in telling_blocks(rule.model.when) for one in many(block.says)]
    if all(one.absent for one in said):
        yield from _needless(rule, ("quote",))


@check("DL058", "event-without-event")
@each_rule
def event_without_event(rule: Written[Rule], _folder: Folder) -> Iterator[Mistake]:
    """A message that names an event when the rule asks for none."""
    if not any(_tells_event(block) for block in telling_blocks(rule.model.when)):
        yield from _needless(rule, ("event", "event_date"))


def blanks(text: str) -> list[str] | None:
    """Names of the blanks in a message, in order; None if its braces do not match."""
    try:
        return [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        return None


def _needless(rule: Written[Rule], names: Iterable[str]) -> Iterator[Mistake]:
    for lang in ("zh", "en"):
        used = [name for name in blanks(getattr(rule.model.message, lang)) or () if name in names]
        if used:
            yield rule.mistake("message", lang, blank=f"{{{used[0]}}}")


def _tells_event(block: Block) -> bool:
    steps = block.sequence or []
    return any(not event.absent for event in many(block.event)) or any(step.event for step in steps[-2:-1])


def _texts(folder: Folder) -> Iterator[tuple[Written[Any], Trail, Bilingual]]:
    for written in folder.written.values():
        for one in written:
            yield from ((one, path, text) for path, text in one.texts())
