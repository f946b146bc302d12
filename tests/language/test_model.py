"""The trained model: the same in spaCy and in the pipeline, the same every time, and no more than it was asked for."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from dunlint.errors import BadArgument
from dunlint.language import fit, pipeline
from dunlint.language.analyse import tag_text, tag_texts
from dunlint.language.combine import Model, Thresholds, pieces, sentences
from dunlint.language.lexicon import lexicon
from dunlint.language.model import MODELS, trained
from dunlint.language.ngrams import Ngrams
from dunlint.language.scorer import BLOCKS, Known, Scorer, blocks_of, in_small
from dunlint.language.tagger import Tag
from dunlint.language.tagset import prohibited_tags
from dunlint.language.training import train

TEXTS = {
    "zh": ["再不还钱我就让你全家不得安宁", "您好，您的账单已出", "", "👀", "𠮷" * 3, "\ud800"],
    "en": ["We know where your kids go to school.", "Your statement is ready", "", "👀", "\ud800"],
}


# ── n-grams


def test_ngrams_stay_inside_their_text() -> None:
    ids, owners = Ngrams((1, 2))(["ab", "b", ""])
    assert owners.tolist() == [0, 0, 1, 0]
    alone, _ = Ngrams((1, 2))(["ab"])
    assert set(alone.tolist()) == {ids[0], ids[1], ids[3]}
    assert ids[1] == ids[2]  # the same character, wherever it stands


def test_a_number_is_one_digit_and_words_are_whole() -> None:
    grams = Ngrams((), (1, 2))
    one, two = grams(["pay 5 now!"])[0], grams(["pay 310110199003078888 now!"])[0]
    assert one.tolist() == two.tolist()
    assert len(one) == 4 + 3  # three words and a mark, and the pairs of neighbours


def test_numbers_of_neighbouring_texts_stay_apart() -> None:
    assert Ngrams((1,))(["12", "34", "a5"])[1].tolist() == [0, 1, 2, 2]


def test_no_text_has_no_ngrams() -> None:
    for grams in (Ngrams(), Ngrams((3, 4), (1, 2))):
        assert [part.tolist() for part in grams([""])] == [[], []]
        assert [part.tolist() for part in grams([])] == [[], []]


# ── scores of a model made by hand: "a" speaks for the first tag, and against it when a debtor says so


def by_hand() -> Scorer:
    grams = Ngrams((1,))
    key = grams(["a"])[0]
    rows = np.zeros((len(BLOCKS), 1, 2), np.float32)
    rows[0, 0, 0], rows[2, 0, 0] = 4, -8
    bias = np.zeros((len(BLOCKS), 2), np.float32)
    bias[0] = [-2, -2]
    return Scorer(("insult", "deception"), Known(grams, key, np.ones(1, np.float32)), *in_small(rows), bias)


def test_weights_in_small_are_the_weights_to_a_fiftieth_of_the_largest() -> None:
    weights = np.random.default_rng(1).normal(size=(len(BLOCKS), 50, 3)).astype(np.float32)
    rows, scales = in_small(weights)
    worst = np.abs(rows * scales[:, None] - weights).max(axis=(0, 2)) / np.abs(weights).max(axis=(0, 2))
    assert worst.max() < 0.02


def test_speaker_and_party_have_their_own_weights() -> None:
    said = [("a", "collector", "debtor"), ("a", "debtor", "unknown"), ("b", "collector", "debtor"), ("", "bot", "x")]
    assert by_hand().margins(said)[:, 0] == pytest.approx([2, -6, -2, -2], abs=0.15)  # weights are kept in small
    assert by_hand().margins(said)[:, 1].tolist() == [-2] * 4
    assert blocks_of("debtor", "workplace") == (0, 2, 6)
    assert blocks_of("unknown", "unknown") == (0,)


def test_scores_do_not_depend_on_the_batch() -> None:
    said = [("a" * (n % 3), "collector" if n % 2 else "debtor", "debtor") for n in range(600)]
    alone = np.concatenate([by_hand().margins([one]) for one in said])
    assert np.array_equal(by_hand().margins(said), alone)


def model_by_hand() -> Model:
    chosen = Thresholds(propose={"insult": 0.8, "deception": 0.8}, veto={"insult": 0.05})
    return Model(lexicon("en"), by_hand(), chosen)


def test_the_model_names_what_no_phrase_names_over_the_sentence_that_speaks_for_it() -> None:
    [tags] = model_by_hand().combined([("Bob. Aa! Tom.", "collector", "debtor")], [[]])
    assert [(t.tag, t.attribution, t.start, t.end, t.by) for t in tags] == [("insult", "performed", 5, 8, "model")]


def test_what_a_debtor_or_other_tells_is_reported() -> None:
    [tags] = model_by_hand().combined([("a", "third_party", "debtor")], [[]])
    assert [t.attribution for t in tags] == ["reported"]


@pytest.mark.parametrize("attribution", ["performed", "negated", "quoted"])
def test_where_a_phrase_has_spoken_the_model_adds_nothing(attribution: str) -> None:
    phrase = Tag("insult", attribution, 0, 1, "some-phrase")
    assert model_by_hand().combined([("a", "collector", "debtor")], [[phrase]]) == [[phrase]]


def test_the_model_strikes_out_what_it_is_sure_against() -> None:
    wrong, other = Tag("insult", "performed", 0, 1, "p"), Tag("claim_amount", "performed", 0, 1, "p")
    denied = Tag("insult", "negated", 0, 1, "p")
    assert model_by_hand().combined([("a", "debtor", "debtor")], [[wrong, other, denied]]) == [[other, denied]]


def test_long_numbers_do_not_drown_a_threat() -> None:
    text = "不给钱就卸你一条胳膊，电话13400000127，账号000000000000000000，编号00000000000000"
    assert "threat_violence" in {one.tag for one in tag_text(text, "collector", "debtor")}


def test_a_long_text_is_read_in_pieces() -> None:
    text = "b. " * 300 + "a. " + "b. " * 300
    assert "".join(text[start:end] for start, end in pieces(text)) == text
    assert model_by_hand().chances([(text, "collector", "debtor")])[0]["insult"] > 0.2


def test_sentences_cover_the_words() -> None:
    text = "一句。 两句！\n...three 3.5 words. four"
    assert [text[a:b] for a, b in sentences(text)] == ["一句。", "两句！", "...three 3.5 words.", "four"]
    assert list(sentences("👀")) == [(0, 1)]


# ── the shipped models


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_spacy_and_the_pipeline_give_the_same_probabilities(lang: str) -> None:
    learned = trained(lang)
    assert learned is not None
    nlp = pipeline(lang)
    assert nlp.meta["name"] == f"dunlint_{lang}"
    assert tuple(nlp.get_pipe("textcat_multilabel").labels) == prohibited_tags()  # type: ignore[attr-defined]
    for text in [text for text in TEXTS[lang] if text and text.isprintable()]:
        doc = nlp.make_doc(text)
        doc._.dunlint_speaker, doc._.dunlint_party = "collector", "debtor"
        doc = nlp(doc)
        [chances] = learned.chances([(text, "collector", "debtor")])
        assert doc.cats == pytest.approx(chances, abs=1e-6)
        found = [(s.label_, s.kb_id_, s.id_) for s in doc.spans["dunlint"]]
        assert sorted(found) == sorted((t.tag, t.attribution, t.by) for t in tag_text(text, "collector", "debtor"))


def test_the_component_tags_in_a_pipeline_of_any_kind() -> None:
    import spacy

    nlp = spacy.blank("zh")
    nlp.add_pipe("dunlint_tags", config={"model": False, "spans_key": "mine"})
    docs = list(nlp.pipe(["再不还钱就爆你通讯录", "您好"]))
    assert "threat_exposure" in {span.label_ for span in docs[0].spans["mine"]}
    assert not docs[1].spans["mine"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_any_text_is_taken(lang: str) -> None:
    said = [(text, speaker, "debtor") for text in TEXTS[lang] for speaker in ("collector", "unknown")]
    assert len(tag_texts(said)) == len(said)


def test_one_at_a_time_is_the_same_as_all_at_once() -> None:
    said = [
        (text, speaker, "debtor") for texts in TEXTS.values() for text in texts for speaker in ("collector", "debtor")
    ]
    assert tag_texts(said) == [tag_text(*one) for one in said]


def test_both_models_are_small() -> None:
    assert sum(file.stat().st_size for file in MODELS.rglob("*") if file.is_file()) <= 10_000_000


def test_learning_again_gives_the_same_bytes(tmp_path: Path, root: Path) -> None:
    rows = [
        json.loads(line) for line in (root / "corpus/messages/en.jsonl").read_text(encoding="utf-8").split("\n") if line
    ]
    few = [row for row in rows if row["split"] != "test"][::12]
    (tmp_path / "en.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in few), encoding="utf-8")
    for out in ("one", "two"):
        train("en", tmp_path, tmp_path / out)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert trained("en", tmp_path / "one") is not None


def test_without_scikit_learn_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(BadArgument, match=r"dunlint\[train\]"):
        fit.matrix(by_hand().known, [("a", "collector", "debtor")])


def digests(folder: Path) -> dict[str, str]:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
