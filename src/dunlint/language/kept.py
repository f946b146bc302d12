"""Compiled wordings, kept beside their YAML as Python keeps .pyc files: compiling them takes half a second.

`rules/language/__pycache__/{lang}.json` holds the digest of the YAML and of the modules that compile it; where that does
not agree the wordings are compiled anew. As with .pyc files nothing is written where Python was told to write no bytecode
(PYTHONDONTWRITEBYTECODE) or where the folder cannot be written, and `sys.pycache_prefix` is not heeded.
"""

from __future__ import annotations

import hashlib
import json
import sys
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

from dunlint import yaml_places
from dunlint.errors import OutputError
from dunlint.language import lexicon as wordings
from dunlint.language import patterns, template
from dunlint.language.lexicon import Cue, Lexicon, Pattern
from dunlint.language.normal import Normaliser
from dunlint.language.template import Regex
from dunlint.writing import write_bytes

COMPILERS = (wordings, template, patterns, yaml_places)
FOLDER = "__pycache__"


def load(folder: Path, lang: str) -> Lexicon:
    """The lexicon of a folder of YAML, as it was kept or compiled anew. Raises RuleError."""
    digest, place = _digest(folder), folder.parent / FOLDER / f"{lang}.json"
    try:
        kept = json.loads(place.read_bytes())
        if kept["digest"] == digest:
            return _lexicon(kept["lexicon"])
    except (OSError, ValueError, KeyError, TypeError):  # none there, or not as this module writes it
        pass
    compiled = wordings.load(folder, lang)
    if not sys.dont_write_bytecode:
        with suppress(OutputError):  # a folder that cannot be written
            write_bytes(place, json.dumps({"digest": digest, "lexicon": _bare(compiled)}, ensure_ascii=False).encode())
    return compiled


def _digest(folder: Path) -> str:
    files = [
        *sorted(folder.glob("*.yaml")),
        *(Path(str(module.__file__)) for module in (*COMPILERS, sys.modules[__name__])),
    ]
    digest = hashlib.sha256(sys.version.encode())
    for file in files:
        data = file.read_bytes()
        digest.update(f"{file.name} {len(data)}\n".encode() + data)
    return digest.hexdigest()


def _bare(lexicon: Lexicon) -> dict[str, Any]:
    """As plain lists and texts; sets in order, so that the same YAML gives the same bytes."""
    return {
        "lang": lexicon.lang,
        "patterns": [_row(pattern) for pattern in lexicon.patterns],
        "innocent": lexicon.innocent,
        "cues": [_row(cue) for cue in lexicon.cues],
        "defaults": lexicon.defaults,
        "normalise": [lexicon.normalise.characters, lexicon.normalise.words, sorted(lexicon.normalise.known)],
        "sentence_end": lexicon.sentence_end,
    }


def _row(one: Pattern | Cue) -> list[Any]:
    values = [getattr(one, field.name) for field in fields(one)]
    return [_plain(value) for value in values]


def _plain(value: Any) -> Any:
    if isinstance(value, Regex):
        return {"regex": value.source}
    return {"set": sorted(value)} if isinstance(value, frozenset) else value


def _value(plain: Any) -> Any:
    if isinstance(plain, dict):
        return Regex(plain["regex"]) if "regex" in plain else frozenset(plain["set"])
    return tuple(map(_value, plain)) if isinstance(plain, list) else plain


def _lexicon(bare: dict[str, Any]) -> Lexicon:
    characters, words, known = bare["normalise"]
    return Lexicon(
        bare["lang"],
        tuple(Pattern(*map(_value, row)) for row in bare["patterns"]),
        tuple(bare["innocent"]),
        tuple(Cue(*map(_value, row)) for row in bare["cues"]),
        bare["defaults"],
        Normaliser(characters, words, frozenset(known)),
        bare["sentence_end"],
    )
