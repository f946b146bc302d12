"""The list of tags, from `rules/language/tags.yaml`: which exist, which are prohibited, what people call them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from dunlint.language.lexicon import language_root
from dunlint.yaml_places import read


@cache
def tag_list() -> Mapping[str, Mapping[str, Any]]:
    """Tag name -> {zh, en, prohibited}, in the order of the file. Raises RuleError."""
    tags: Mapping[str, Mapping[str, Any]] = read(language_root() / "tags.yaml", "language/tags.yaml").data
    return tags


@cache
def prohibited_tags() -> tuple[str, ...]:
    """Names of what collectors must not do, in the order of the file."""
    return tuple(name for name, entry in tag_list().items() if entry["prohibited"])


def tag_name(tag: str, lang: str) -> str:
    """What people call a tag in "zh" or "en"; a tag that is not on the list keeps its code."""
    return str(tag_list().get(tag, {}).get(lang, tag))
