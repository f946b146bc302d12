"""Compiled wordings as lists and texts and back, so that they can be kept: compiling them takes half a second."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from dunlint import yaml_places
from dunlint.kept import code_of, kept
from dunlint.language import lexicon as wordings
from dunlint.language import normal, patterns, template
from dunlint.language.lexicon import Cue, Lexicon, Pattern
from dunlint.language.normal import Normaliser
from dunlint.language.template import Regex

COMPILERS = tuple(str(module.__file__) for module in (wordings, normal, template, patterns, yaml_places))


def load(folder: Path, lang: str) -> Lexicon:
    """The lexicon of a folder of shipped YAML, as it was kept or compiled anew. Raises RuleError."""
    files = [file.read_bytes() for file in sorted(folder.glob("*.yaml"))]
    return kept(
        folder, [*files, *map(code_of, (*COMPILERS, __file__))], lambda: wordings.load(folder, lang), bare, back
    )


def bare(lexicon: Lexicon) -> dict[str, Any]:
    """Lists and texts; sets in order, so that the same YAML gives the same bytes."""
    normalise = lexicon.normalise
    return {
        "lang": lexicon.lang,
        "patterns": [_row(pattern) for pattern in lexicon.patterns],
        "innocent": lexicon.innocent,
        "cues": [_row(cue) for cue in lexicon.cues],
        "defaults": lexicon.defaults,
        "normalise": [normalise.characters, normalise.words, sorted(normalise.known)],
        "disguises": normalise.disguises,
        "sentence_end": lexicon.sentence_end,
    }


def back(kept: dict[str, Any]) -> Lexicon:
    """The lexicon of which `bare` made this."""
    characters, words, known = kept["normalise"]
    normalise = Normaliser(characters, words, frozenset(known))
    vars(normalise)["disguises"] = kept["disguises"]  # where a cached property keeps what it found
    return Lexicon(
        kept["lang"],
        tuple(_pattern(*row) for row in kept["patterns"]),
        tuple(kept["innocent"]),
        tuple(_cue(*row) for row in kept["cues"]),
        kept["defaults"],
        normalise,
        kept["sentence_end"],
    )


def _row(one: Pattern | Cue) -> list[Any]:
    values = (getattr(one, field.name) for field in fields(one))
    return [_plain(value) for value in values]


def _plain(value: Any) -> Any:
    if isinstance(value, Regex):
        return value.source
    return sorted(value) if isinstance(value, frozenset) else value


def _pattern(id_: str, tag: str, regex: str, anchors: list[str], besides: list[list[str]], speakers: list[str],
             parties: list[str], unless: str | None, needs: str | None, *rest: str | None) -> Pattern:  # fmt: skip
    return Pattern(id_, tag, Regex(regex), tuple(anchors), tuple(map(tuple, besides)), frozenset(speakers),
                   frozenset(parties), _regex(unless), _regex(needs), *rest)  # fmt: skip


def _cue(id_: str, category: str, direction: str, reach: int, regex: str, held: list[str], pseudo: str | None,
         stop: str | None, *sets: list[str]) -> Cue:  # fmt: skip
    return Cue(id_, category, direction, reach, Regex(regex), frozenset(held), _regex(pseudo), _regex(stop),
               *map(frozenset, sets))  # fmt: skip


def _regex(source: str | None) -> Regex | None:
    return None if source is None else Regex(source)
