"""The trained model as spaCy knows it, and as the pipeline loads it.

On disk it is a spaCy pipeline (`models/zh`, `models/en`): a tokenizer and a `textcat_multilabel` whose architecture,
`dunlint.Ngrams.v1`, is registered here. spaCy fills `doc.cats` with it; speaker and party are `doc._.dunlint_speaker`
and `doc._.dunlint_party`. The pipeline of Dunlint reads the same file of weights without building Docs.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dunlint.language.combine import Model, Thresholds
from dunlint.language.lexicon import lexicon
from dunlint.language.ngrams import Ngrams
from dunlint.language.scorer import Floats, Known, Scorer
from dunlint.language.senses import Senses

if TYPE_CHECKING:
    import thinc.api
    from spacy.language import Language
    from spacy.tokens import Doc

MODELS = Path(__file__).parent / "models"
PIPE = "textcat_multilabel"
NGRAMS = {"zh": Ngrams(chars=(1, 2)), "en": Ngrams(chars=(4,), words=(1, 2, 3))}
RARE = {"zh": 3, "en": 5}  # an n-gram counts when that many templates have it: what keeps the file small
_PARAMS = ("keys", "idf", "rows", "scales", "bias", "sense_keys", "sense_groups")


@cache
def trained(lang: str, folder: Path = MODELS) -> Model | None:
    """The shipped model of a language, loaded once; None where none was trained."""
    path = folder / lang
    if not (path / "thresholds.json").is_file():
        return None
    raw = json.loads((path / "thresholds.json").read_text(encoding="utf-8"))
    return Model(lexicon(lang), load_scorer(path), Thresholds(**raw))


def load_scorer(path: Path) -> Scorer:
    """The weights in a saved pipeline, without importing spaCy."""
    import srsly  # type: ignore[import-untyped]

    saved = srsly.read_msgpack(path / PIPE / "model")
    attrs = {name: srsly.msgpack_loads(value) for name, value in saved["attrs"][0].items()}
    return _scorer(attrs, saved["params"][0])


def _scorer(attrs: dict[str, Any], params: dict[str, Any]) -> Scorer:
    groups = Senses(params["sense_keys"], params["sense_groups"], attrs["weighty"]) if attrs.get("weighty") else None
    known = Known(Ngrams(tuple(attrs["chars"]), tuple(attrs["words"]), groups), params["keys"], params["idf"])
    rows = _unpacked(params["rows"].tobytes()).reshape(-1, len(known.keys), len(attrs["tags"]))
    return Scorer(tuple(attrs["tags"]), known, rows, params["scales"], params["bias"])


@lru_cache(maxsize=4)
def _unpacked(packed: bytes) -> NDArray[np.int8]:
    """Weights in small: most are zero or near it, so that they pack to a third."""
    return np.frombuffer(zlib.decompress(packed), np.int8)


def save(lang: str, scorer: Scorer, thresholds: Thresholds, folder: Path) -> None:
    """Write a pipeline that spaCy can load, and the thresholds beside it."""
    nlp = blank(lang)
    nlp.add_pipe(PIPE, config={"model": {"@architectures": "dunlint.Ngrams.v1", "lang": lang}})
    pipe = nlp.get_pipe(PIPE)
    for tag in scorer.tags:
        pipe.add_label(tag)  # type: ignore[attr-defined]
    _fill(pipe.model, scorer)  # type: ignore[attr-defined]
    (folder / lang).mkdir(parents=True, exist_ok=True)
    nlp.to_disk(folder / lang)
    text = json.dumps(asdict(thresholds), indent=1)
    (folder / lang / "thresholds.json").write_text(f"{text}\n", encoding="utf-8")


def spacy_pipeline(lang: str, folder: Path = MODELS) -> Language:
    """The trained categorizer and Dunlint's tags, as one pipeline. Raises BadArgument where there is no model."""
    import spacy

    from dunlint.errors import BadArgument
    from dunlint.language import component  # registers dunlint_tags

    if not (folder / lang).is_dir():
        raise BadArgument("no_model", name=lang, known=", ".join(NGRAMS))
    register()
    nlp = spacy.load(folder / lang)
    nlp.add_pipe("dunlint_tags", config={"spans_key": component.KEY})
    return nlp


def blank(lang: str) -> Language:
    """An empty pipeline: Chinese by characters, English by words."""
    import spacy

    register()
    nlp = spacy.blank(lang)
    nlp.meta["name"] = f"dunlint_{lang}"
    return nlp


@cache
def register() -> None:
    """Tell spaCy the architecture; done once, before a pipeline is built or loaded."""
    from spacy.util import registry

    registry.architectures("dunlint.Ngrams.v1", func=build)


@cache
def marks() -> None:
    """Give Docs a speaker and a party."""
    from spacy.tokens import Doc

    for name in ("dunlint_speaker", "dunlint_party"):
        if not Doc.has_extension(name):
            Doc.set_extension(name, default="unknown")


def build(lang: str) -> thinc.api.Model[list[Doc], Floats]:
    """The architecture: Docs -> [docs, tags] of probabilities. Its weights come from `dunlint train`."""
    from thinc.api import Model as Thinc

    marks()
    grams = NGRAMS[lang]
    attrs = {"lang": lang, "tags": [], "chars": list(grams.chars), "words": list(grams.words), "weighty": 0}
    params: dict[str, Any] = dict.fromkeys(_PARAMS)
    return Thinc("dunlint_ngrams", _forward, attrs=attrs, params=params)


def _fill(thinc_model: Any, scorer: Scorer) -> None:
    thinc_model.attrs["tags"] = list(scorer.tags)
    values: dict[str, Any] = {
        "keys": scorer.known.keys,
        "idf": scorer.known.idf,
        "rows": np.frombuffer(zlib.compress(scorer.rows.tobytes(), 9), np.uint8),
        "scales": scorer.scales,
        "bias": scorer.bias,
    }
    if groups := scorer.known.ngrams.senses:
        thinc_model.attrs["weighty"] = groups.weighty
        values |= {"sense_keys": groups.keys, "sense_groups": groups.groups}
    for name, value in values.items():
        thinc_model.set_param(name, value)


def _forward(thinc_model: Any, docs: Sequence[Doc], is_train: bool) -> tuple[Floats, Callable[[Any], Any]]:
    params = {name: thinc_model.get_param(name) if thinc_model.has_param(name) else None for name in _PARAMS}
    scorer = _scorer(thinc_model.attrs, params)
    words = lexicon(thinc_model.attrs["lang"])
    said = [(words.normalise(doc.text).text, doc._.dunlint_speaker, doc._.dunlint_party) for doc in docs]
    return scorer.probabilities(said), _no_backprop


def _no_backprop(_gradient: Any) -> Any:
    raise NotImplementedError("dunlint.Ngrams.v1 learns by `dunlint train`, not by nlp.update")
