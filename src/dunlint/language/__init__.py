"""Text -> tags. `pipeline("zh")` gives it as a spaCy pipeline; nothing is imported before it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language

__all__ = ["pipeline"]


def pipeline(lang: str) -> Language:
    """The spaCy pipeline dunlint_zh or dunlint_en: probabilities in `doc.cats`, tags in `doc.spans["dunlint"]`.

    Raises BadArgument for another language.
    """
    from dunlint.language.model import spacy_pipeline

    return spacy_pipeline(lang)
