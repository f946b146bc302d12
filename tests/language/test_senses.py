"""Groups of words that mean much the same, as the trained model reads them."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

from dunlint.language.lexicon import language_root
from dunlint.language.ngrams import Ngrams, hashed_words
from dunlint.language.senses import Senses, senses


def by_hand() -> Senses:
    """Two groups: "we", which is little, and "boss" with "supervisor", which is weighty."""
    words = {"we": 1, "boss": 2, "supervisor": 2, "tell": 3}
    keys = hashed_words(list(words))
    order = np.argsort(keys)
    return Senses(keys[order], np.array(list(words.values()), np.uint64)[order], 2)


def read(text: str) -> list[int]:
    words = Ngrams((), (1,), by_hand())([text])[0]
    return words[len(Ngrams((), (1,))([text])[0]) :].tolist()


def test_words_of_one_group_read_alike() -> None:
    assert read("we tell boss") == read("we tell supervisor")
    assert read("we tell boss") != read("boss tell we")


def test_words_without_a_group_are_left_out() -> None:
    assert read("we shall gladly tell your kind boss") == read("we tell boss")
    assert read("nothing known here") == []


def test_little_words_make_no_pairs() -> None:
    assert len(read("we")) == 1
    assert len(read("we boss")) == 3  # both, and their row
    assert len(read("tell boss")) == 4  # both, their row, and their pair


def test_groups_stay_inside_their_text() -> None:
    ids, owners = Ngrams((), (1,), by_hand())(["tell", "boss"])
    assert len(ids) == 4
    assert sorted(owners.tolist()) == [0, 0, 1, 1]


def test_a_language_without_the_file_has_none() -> None:
    assert senses("zh") is None


def test_every_word_of_the_shipped_file_has_one_group() -> None:
    data = yaml.safe_load((language_root() / "en" / "senses.yaml").read_text(encoding="utf-8"))
    words = [word for part in data.values() for group in part.values() for word in group]
    assert all(isinstance(word, str) for word in words)  # YAML takes a bare "no" for a truth value
    assert len(words) == len(set(words))
    found = senses("en")
    assert found is not None
    assert len(found.keys) == len(words)
    assert np.all(np.diff(found.keys.astype(object)) > 0)


def test_what_is_not_one_word_is_refused() -> None:
    with pytest.raises(ValueError, match="two words"):
        hashed_words(["word", "two words"])
