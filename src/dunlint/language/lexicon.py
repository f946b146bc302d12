"""`rules/language/` -> compiled patterns, context cues and normalisation, one `Lexicon` a language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import ahocorasick_rs

from dunlint.errors import RuleError
from dunlint.language.normal import Normaliser
from dunlint.language.template import SENTENCE_END, Regex, compile_template, held_by, source_of
from dunlint.resources import rules_root
from dunlint.yaml_places import Document, read

LANGUAGES = ("zh", "en")
NOT_TAGS = {"common.yaml", "words.yaml", "senses.yaml", "context.yaml", "evasions.yaml", "characters.yaml"}
PATTERN_KEYS = {"id", "match", "to", "speaker", "unless", "needs", "attribution", "value", "tags"}
FILE_KEYS = {"tag", "patterns", "innocent", "speaker", "to"}
CUE_KEYS = {"id", "category", "direction", "reach", "words", "not", "stop", "speaker", "tags", "not_tags"}
CATEGORIES = ("performed", "reported", "negated", "questioned", "quoted", "lawful")
DIRECTIONS = ("before", "after", "sentence", "inside")


@dataclass(frozen=True)
class Pattern:
    """One wording: where it is anchored, what else a match holds (one of each row of words), what it must look like,
    and for whom it counts.
    """

    id: str
    tag: str
    regex: Regex
    anchors: tuple[str, ...]
    besides: tuple[tuple[str, ...], ...]
    speakers: frozenset[str]
    parties: frozenset[str]
    unless: Regex | None
    needs: Regex | None
    attribution: str | None
    value: str | None


@dataclass(frozen=True)
class Cue:
    """A context cue: its words turn a span on one side of them into `category`, up to `reach` characters away. What
    they match holds one of `held`.
    """

    id: str
    category: str
    direction: str
    reach: int
    regex: Regex
    held: frozenset[str]
    pseudo: Regex | None
    stop: Regex | None
    speakers: frozenset[str]
    tags: frozenset[str]
    not_tags: frozenset[str]


@dataclass(frozen=True)
class Lexicon:
    """Everything a language knows."""

    lang: str
    patterns: tuple[Pattern, ...]
    innocent: tuple[str, ...]
    cues: tuple[Cue, ...]
    defaults: Mapping[str, str]
    normalise: Normaliser
    sentence_end: str
    fitting: dict[tuple[str, str], list[tuple[int, Cue]]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def cue_words(self) -> tuple[ahocorasick_rs.AhoCorasick, list[int]]:
        """An automaton over the words that cues hold; for each word the cues, as bits by their place in `cues`."""
        marks: dict[str, int] = {}
        for place, cue in enumerate(self.cues):
            for word in cue.held:
                marks[word] = marks.get(word, 0) | 1 << place
        return ahocorasick_rs.AhoCorasick(list(marks), store_patterns=False), list(marks.values())


def language_root() -> Path:
    return rules_root() / "language"


@cache
def lexicon(lang: str) -> Lexicon:
    """The shipped lexicon of a language. Raises RuleError with the place of what is wrong in it."""
    from dunlint.language import compiled

    return compiled.load(language_root() / lang, lang)


def load(folder: Path, lang: str) -> Lexicon:
    """A lexicon from a folder of YAML. Raises RuleError."""
    classes = _mapping(folder / "words.yaml")
    common = _mapping(folder / "common.yaml")
    patterns: list[Pattern] = []
    innocent: list[str] = []
    written: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        if path.name not in NOT_TAGS:
            document = read(path, f"language/{lang}/{path.name}", keep=False)
            patterns += _patterns(document, lang, classes, common)
            innocent += document.data.get("innocent", [])
            written += [str(raw["match"]) for raw in document.data["patterns"]]
    _unique(patterns)
    context = read(folder / "context.yaml", f"language/{lang}/context.yaml", keep=False)
    cues = tuple(_cue(context, number, raw, classes, common) for number, raw in enumerate(context.data["cues"]))
    normaliser = Normaliser(
        {str(k): str(v) for k, v in _mapping(folder / "characters.yaml").items()},
        {str(k): str(v) for k, v in _disguises(folder / "evasions.yaml")},
        _vocabulary(classes, written) if lang == "en" else frozenset(),
    )
    return Lexicon(
        lang, tuple(patterns), tuple(innocent), cues, context.data["defaults"], normaliser, SENTENCE_END[lang]
    )


def _mapping(path: Path) -> dict[str, Any]:
    return read(path, f"language/{path.parent.name}/{path.name}", keep=False).data or {} if path.is_file() else {}


def _vocabulary(classes: Mapping[str, list[str]], written: list[str]) -> frozenset[str]:
    """The words of three letters and more that classes and patterns name."""
    texts = [*(" ".join(map(str, words)) for words in classes.values()), *written]
    return frozenset(word for text in texts for word in re.findall(r"[a-z]{3,}", text.lower()))


def _disguises(path: Path) -> Iterator[tuple[str, str]]:
    """`meant: [disguises]` turned round; a disguise that is the word itself is left out."""
    for meant, forms in _mapping(path).items():
        for form in forms:
            if str(form).lower() != str(meant):
                yield str(form).lower(), str(meant)


def _patterns(
    document: Document, lang: str, classes: Mapping[str, list[str]], common: Mapping[str, float]
) -> Iterator[Pattern]:
    data = document.data
    _known_keys(document, (), data, FILE_KEYS)
    for number, raw in enumerate(data["patterns"]):
        path: tuple[str | int, ...] = ("patterns", number)
        _known_keys(document, path, raw, PATTERN_KEYS)
        where = document.where(path)
        templates = raw["match"] if isinstance(raw["match"], list) else [raw["match"]]
        for part, template in enumerate(templates):
            phrase = compile_template(str(template), lang, classes, document.where((*path, "match", part)))
            for tag in raw.get("tags", [data["tag"]]):
                yield Pattern(
                    id=f"{raw['id']}" if len(templates) == 1 else f"{raw['id']}.{part + 1}",
                    tag=tag,
                    regex=phrase.pattern,
                    anchors=phrase.anchors(common),
                    besides=phrase.besides(common),
                    speakers=_names(raw.get("speaker", data.get("speaker"))),
                    parties=_names(raw.get("to", data.get("to"))),
                    unless=_words(raw.get("unless"), lang, classes, where),
                    needs=_words(raw.get("needs"), lang, classes, where),
                    attribution=raw.get("attribution"),
                    value=raw.get("value"),
                )


def _names(raw: Any) -> frozenset[str]:
    return frozenset([raw] if isinstance(raw, str) else raw or ())


def _words(raw: Any, lang: str, classes: Mapping[str, list[str]], where: str) -> Regex | None:
    """A list of words, classes or templates as one alternation."""
    if not raw:
        return None
    return Regex("|".join(source_of(one, lang, classes, where) for one in _listed(raw)))


def _listed(raw: Any) -> list[str]:
    return [raw] if isinstance(raw, str) else [str(one) for one in raw]


def _cue(
    document: Document, number: int, raw: dict[str, Any], classes: Mapping[str, list[str]], common: Mapping[str, float]
) -> Cue:
    path: tuple[str | int, ...] = ("cues", number)
    _known_keys(document, path, raw, CUE_KEYS)
    lang = document.path.split("/")[1]
    where = document.where(path)
    if raw["category"] not in CATEGORIES or raw["direction"] not in DIRECTIONS:
        raise RuleError("rule_value", where=where, key="category/direction", excerpt=document.excerpt(path),
                        reason=f"{', '.join(CATEGORIES)}; {', '.join(DIRECTIONS)}")  # fmt: skip
    words = _words(raw["words"], lang, classes, where)
    assert words is not None
    held = frozenset(word for one in _listed(raw["words"]) for word in held_by(one, lang, classes, common, where))
    return Cue(raw["id"], raw["category"], raw["direction"], raw.get("reach", 12), words, held,
               _words(raw.get("not"), lang, classes, where), _words(raw.get("stop"), lang, classes, where),
               _names(raw.get("speaker")), _names(raw.get("tags")), _names(raw.get("not_tags")))  # fmt: skip


def _known_keys(document: Document, path: tuple[str | int, ...], raw: Any, allowed: set[str]) -> None:
    for key in raw if isinstance(raw, dict) else ():
        if key not in allowed:
            raise RuleError("unknown_key", where=document.where((*path, key)), place=document.path, key=key,
                            known=", ".join(sorted(allowed)))  # fmt: skip


def _unique(patterns: list[Pattern]) -> None:
    seen: set[tuple[str, str]] = set()
    for pattern in patterns:
        if (pattern.id, pattern.tag) in seen:
            raise RuleError("duplicate_rule", where="rules/language", id=pattern.id, other=pattern.tag)
        seen.add((pattern.id, pattern.tag))
