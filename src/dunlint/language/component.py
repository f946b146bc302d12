"""Dunlint inside any spaCy pipeline: `nlp.add_pipe("dunlint_tags")`.

What is found goes into `doc.spans["dunlint"]`, overlaps allowed: a span's `label_` is the tag, `kb_id_` its
attribution, `id_` the pattern or model that said so. Who speaks and to whom is read from `doc._.dunlint_speaker` and
`doc._.dunlint_party`. Offsets are those of whole tokens, as spaCy has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from dunlint.language.analyse import tag_texts
from dunlint.language.model import marks
from dunlint.language.tagger import Tag

KEY = "dunlint"


class DunlintTags:
    """The component; it has no state but its settings."""

    def __init__(self, *, spans_key: str, model: bool) -> None:
        self.spans_key = spans_key
        self.model = model

    def __call__(self, doc: Doc) -> Doc:
        """Set the spans of one Doc."""
        return next(self._tagged([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int) -> Iterator[Doc]:
        """Set the spans of many Docs, a batch at a time."""
        docs = iter(stream)
        while batch := list(islice(docs, batch_size)):
            yield from self._tagged(batch)

    def _tagged(self, docs: list[Doc]) -> Iterator[Doc]:
        said = [(doc.text, doc._.dunlint_speaker, doc._.dunlint_party) for doc in docs]
        for doc, tags in zip(docs, tag_texts(said, model=self.model), strict=True):
            spans = [span for tag in tags if (span := _span(doc, tag)) is not None]
            doc.spans[self.spans_key] = SpanGroup(doc, name=self.spans_key, spans=spans)
            yield doc

    def to_disk(self, path: Any, *, exclude: Iterable[str] = ()) -> None:
        """Nothing to save: the settings are in the pipeline's config."""

    def from_disk(self, path: Any, *, exclude: Iterable[str] = ()) -> DunlintTags:
        """Nothing to load."""
        return self


def _span(doc: Doc, tag: Tag) -> Span | None:
    words = doc.char_span(tag.start, tag.end, alignment_mode="expand")
    if words is None:
        return None
    return Span(doc, words.start, words.end, label=tag.tag, kb_id=tag.attribution, span_id=tag.by)


@Language.factory(
    "dunlint_tags",
    assigns=["doc.spans"],
    default_config={"spans_key": KEY, "model": True},
)
def create_component(nlp: Language, name: str, *, spans_key: str, model: bool) -> DunlintTags:
    """The factory; `spans_key` is where in `doc.spans` the tags go, `model` whether the trained model has a say."""
    marks()
    return DunlintTags(spans_key=spans_key, model=model)
