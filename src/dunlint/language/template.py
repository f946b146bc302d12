"""Phrase templates, the small notation in which wordings are written, and their compilation.

    {发给|告诉} ~8 <family>      one of several words; then at most 8 characters; then a word of the class `family`
    !通讯录                      an anchor: the pattern is looked for only where this occurs
    {先|赶快}? 还               optional; elements in a row follow each other directly (English: neighbouring words)
    /\\d+天/                      a regular expression; it may be one of several too: {几|/\\d+/}

A gap `~` never crosses the end of a sentence. In English `~3` counts words, in Chinese characters.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from dunlint.errors import RuleError
from dunlint.language.patterns import too_free

ELEMENT = re.compile(
    r"(?P<anchor>!)?(?:\{(?P<group>[^{}]*)\}|/(?P<regex>(?:\\/|[^/])+)/|~(?P<gap>\d*)|(?P<word>[^\s{}~/]+))(?P<optional>\?)?"
)
ALTERNATIVE = re.compile(r"(?:^|\|)(\s*/(?:\\/|[^/])+/\s*(?=\||$)|[^|]*)")
NOTATION = re.compile(r"[\s!{}<~/?]")
DEFAULT_GAP = {"zh": 6, "en": 3}
SENTENCE_END = {"zh": "。！？!?；;\n", "en": ".!?;\n"}


@dataclass(frozen=True)
class Regex:
    """A regular expression that is compiled when it is first needed: most wordings are never woken."""

    source: str

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.source)


@dataclass(frozen=True)
class Phrase:
    """A compiled template: a pattern, and its required elements.

    `required` holds, for each element that a match must contain, its words and whether the author marked it as
    the anchor.
    """

    pattern: Regex
    required: tuple[tuple[bool, tuple[str, ...]], ...]

    def anchors(self, common: Mapping[str, float]) -> tuple[str, ...]:
        """The words to look for: those of the element that is rarest in ordinary messages, so that few texts wake it.

        `common` gives the share of messages that hold a word, for the words that are not rare; the author's
        mark halves the cost of an element.
        """
        return min(self.required, key=lambda one: _cost(one[1], common) * (0.5 if one[0] else 1.0))[1]

    def besides(self, common: Mapping[str, float]) -> tuple[tuple[str, ...], ...]:
        """What a match must hold besides its anchor: of each further element the words of which one is there.

        Words that most messages hold rule nothing out and are left out.
        """
        anchors = self.anchors(common)
        others = dict.fromkeys(words for _, words in self.required if words is not anchors and all(words))
        return tuple(solid(words) for words in others if _cost(words, common) <= COMMONEST)


def compile_template(template: str, lang: str, classes: Mapping[str, list[str]], where: str) -> Phrase:
    """Compile one template. Raises RuleError (with `where`) for bad notation, an unknown class or a missing
    anchor.
    """
    pieces: list[str] = []
    candidates: list[tuple[bool, list[str]]] = []
    place, joined = 0, False
    for match in ELEMENT.finditer(template):
        if template[place : match.start()].strip():
            raise RuleError("template", where=where, template=template, reason=template[place : match.start()])
        place = match.end()
        if match["gap"] is not None:
            pieces.append(_gap(int(match["gap"] or DEFAULT_GAP[lang]), lang))
            joined = True
            continue
        text, words = _element(match, lang, classes, where)
        if lang == "en" and pieces and not joined:
            text = rf"(?:[\s,'-]+{text})?" if match["optional"] else rf"[\s,'-]+{text}"
        elif match["optional"]:
            text = f"(?:{text})?"
        pieces.append(text)
        joined = False
        if words and not match["optional"]:
            candidates.append((bool(match["anchor"]), words))
    if template[place:].strip():
        raise RuleError("template", where=where, template=template, reason=template[place:])
    pattern = Regex("".join(pieces))
    if not candidates:
        raise RuleError("template_anchor", where=where, template=template)
    return Phrase(pattern, tuple((marked, tuple(words)) for marked, words in candidates))


def source_of(template: str, lang: str, classes: Mapping[str, list[str]], where: str) -> str:
    """The regular expression of a template; most are single words, which need no parsing. Raises as
    `compile_template` does.
    """
    if NOTATION.search(template):
        return compile_template(template, lang, classes, where).pattern.source
    return _either((template,), lang)


def held_by(
    template: str, lang: str, classes: Mapping[str, list[str]], common: Mapping[str, float], where: str
) -> tuple[str, ...]:
    """Words of which every match of `source_of` holds one."""
    if NOTATION.search(template):
        return solid(compile_template(template, lang, classes, where).anchors(common))
    return (template,)


def solid(words: tuple[str, ...]) -> tuple[str, ...]:
    """The longest part of every word: the spaces between parts may be any white space in a text."""
    return tuple(dict.fromkeys(max(word.split(), key=len) for word in words))


def _element(match: re.Match[str], lang: str, classes: Mapping[str, list[str]], where: str) -> tuple[str, list[str]]:
    if match["regex"] is not None:
        return _regex(match["regex"], where), []
    words: list[str] = []
    patterns: list[str] = []
    for name in _alternatives(match["group"]) if match["group"] is not None else [match["word"]]:
        if name.startswith("<") and name.endswith(">"):
            if name[1:-1] not in classes:
                raise RuleError("template_class", where=where, name=name)
            words += classes[name[1:-1]]
        elif len(name) > 2 and name.startswith("/") and name.endswith("/"):
            patterns.append(_regex(name[1:-1], where))
        else:
            words.append(name)
    if not patterns:
        return _either(tuple(words), lang), words
    if match["anchor"]:
        raise RuleError("template", where=where, template=match[0][:80], reason="! /…/")
    return f"(?:{'|'.join([*([_either(tuple(words), lang)] if words else []), *patterns])})", []


def _alternatives(group: str) -> list[str]:
    """What stands between the bars of {…|…}; a bar inside /…/ is the regular expression's own."""
    return [one.strip() for one in ALTERNATIVE.findall(group)]


def _regex(source: str, where: str) -> str:
    """What an author wrote between slashes, as one piece of a pattern. Raises RuleError."""
    if reason := too_free(source) or _mistake(source):
        raise RuleError("template", where=where, template=source[:80], reason=reason)
    return f"(?:{source})"


@cache
def _mistake(regex: str) -> str:
    """What is wrong with what an author wrote as a regular expression; it is one piece of a pattern among others, so
    it can name no group of its own.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what Python may read otherwise one day, nobody shall rely on
            return "(?P" if re.compile(regex).groupindex else ""
    except (re.error, OverflowError, Warning) as problem:
        return str(problem)


@cache
def _either(words: tuple[str, ...], lang: str) -> str:
    """One of several words, the longest first; the classes come again and again."""
    text = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))
    return rf"\b(?:{text})\b" if lang == "en" else f"(?:{text})"


def _gap(size: int, lang: str) -> str:
    inside = f"[^{re.escape(SENTENCE_END[lang])}]"
    return f"{inside}{{0,{size}}}?" if lang == "zh" else rf"{inside}{{0,{size * 8 + 2}}}?"


RARE = {1: 0.02, 2: 0.004, 3: 0.001}
RAREST = 0.0003
COMMONEST = 0.5


def _cost(words: tuple[str, ...], common: Mapping[str, float]) -> float:
    """How often one of the words is met: by count where it was counted, by length elsewhere."""
    return sum(common.get(word, RARE.get(len(word), RAREST)) for word in words)
