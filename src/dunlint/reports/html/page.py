"""One page, whole: template, style and scripts in a single file that may run nothing else and load nothing at all."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dunlint import i18n
from dunlint.reports.html.words import HTML_LANGUAGES, Both, attribute, label, shown, words

HERE = Path(__file__).parent


def render(template: str, lang: str, scripts: tuple[str, ...], **values: Any) -> str:
    """The page of a template in `pages/`. Every value is escaped; `scripts` are files of `assets/`."""
    style, script = asset("report.css"), "\n".join(asset(name) for name in scripts)
    return _environment().get_template(template).render(
        lang=lang,
        html_lang=HTML_LANGUAGES[lang],
        attr=lambda name, text: attribute(name, text, lang),
        policy=policy(style, script),
        style=Markup(style),
        script=Markup(script),
        spoken=_spoken(),
        **values,
    )  # fmt: skip


def policy(style: str, script: str) -> str:
    """Content security policy: this one style and this one script, by their hashes, and nothing from anywhere."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def asset(name: str) -> str:
    return (HERE / "assets" / name).read_text(encoding="utf-8").strip()


def _spoken() -> dict[str, dict[str, str]]:
    """What the script itself says, by language."""
    return {
        lang: {key.removeprefix("html.js."): told for key, told in i18n.catalogue(lang).items() if "html.js." in key}
        for lang in i18n.LANGUAGES
    }


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "pages"), autoescape=True, undefined=StrictUndefined, finalize=shown,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    environment.globals |= {"w": words, "label": label, "Both": Both}
    return environment
