"""What users read, in Chinese and English.

The sentences are in `zh.yaml` and `en.yaml` beside this file, under the same keys (a test compares them).
"""

from __future__ import annotations

import locale
import os
from functools import cache
from pathlib import Path
from typing import Any

from dunlint.kept import kept

LANGUAGES = ("zh", "en")
VERDICT_ORDER = ("violation", "presumed_violation", "warning", "review")


@cache
def catalogue(lang: str) -> dict[str, str]:
    """Key -> sentence with `{blanks}`, for "zh" or "en"."""
    file = Path(__file__).parent / f"{lang}.yaml"
    data = file.read_bytes()
    return kept(file, [data], lambda: _parsed(data), dict, dict)


def _parsed(data: bytes) -> dict[str, str]:
    import yaml

    flat: dict[str, str] = {}
    _flatten("", yaml.load(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)), flat)
    return flat


def _flatten(prefix: str, node: Any, into: dict[str, str]) -> None:
    for key, value in node.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            _flatten(f"{name}.", value, into)
        else:
            into[name] = str(value)


def default_language() -> str:
    """ "zh" where the locale is Chinese or says nothing, else "en" (`DUNLINT_LANG` overrides)."""
    chosen = os.environ.get("DUNLINT_LANG", "")
    if chosen in LANGUAGES:
        return chosen
    name = next((os.environ[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(key)), "")
    name = name or (locale.getlocale()[0] or "")
    if name.lower().startswith("en"):
        return "en"
    return "zh" if name.lower().startswith(("zh", "chinese", "c", "posix")) or not name else "en"


def text(key: str, lang: str | None = None, /, **values: Any) -> str:
    """The sentence for `key`, its blanks filled; an unknown key is a programming error and raises KeyError."""
    sentence = catalogue(lang or default_language())[key]
    return sentence.format(**values) if values else sentence


def label(group: str, value: Any, lang: str | None = None) -> str:
    """The readable name of a coded value (`label("channel", "sms", "zh")`), or the value itself if it has none."""
    return catalogue(lang or default_language()).get(f"{group}.{value}", str(value))
