"""Words for both languages at once, and text from data made harmless to read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from dunlint import i18n

HTML_LANGUAGES = {"zh": "zh-Hans", "en": "en"}
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)  # not line breaks and tabs, nor U+200D, which joins emoji


class Both(NamedTuple):
    """The same words in Chinese and English."""

    zh: str
    en: str

    def in_(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


def words(key: str, **values: Any) -> Both:
    """The sentence for `key` in both languages; a blank may be filled with `Both`."""
    return Both(*(i18n.text(f"html.{key}", lang, **_values(values, lang)) for lang in Both._fields))


def label(group: str, value: Any) -> Both:
    """The readable name of a coded value in both languages."""
    return Both(*(i18n.label(group, value, lang) for lang in Both._fields))


def _values(values: Mapping[str, Any], lang: str) -> dict[str, Any]:
    return {name: value.in_(lang) if isinstance(value, Both) else value for name, value in values.items()}


def seen(text: str) -> str:
    """Text with characters that hide or turn other text (controls, bidi, zero width) written out as ⟦U+202E⟧."""
    return UNSEEN.sub(lambda match: f"⟦U+{ord(match.group()):04X}⟧", text)


def shown(value: Any) -> Any:
    """What a template puts on the page: `Both` as two spans of which one shows, text with nothing hidden in it."""
    if isinstance(value, Both):
        return twice(value)
    if isinstance(value, str) and not isinstance(value, Markup):
        return seen(value)
    return "" if value is None else value


def twice(text: Both) -> Markup:
    if text.zh == text.en:
        return Markup(escape(seen(text.zh)))
    spans = (
        Markup('<span class="t" lang="{}">{}</span>').format(HTML_LANGUAGES[lang], seen(text.in_(lang)))
        for lang in Both._fields
    )
    return Markup("").join(spans)


def attribute(name: str, text: Both, lang: str) -> Markup:
    """An attribute (or, as `text`, the content) in the first language, with both beside it for the switch."""
    told = {"zh": seen(text.zh), "en": seen(text.en)}
    swap = Markup(' data-attr="{}" data-zh="{}" data-en="{}"').format(name, told["zh"], told["en"])
    return swap if name == "text" else Markup(' {}="{}"').format(name, told[lang]) + swap
