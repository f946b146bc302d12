"""Groups of words that mean much the same, as the trained model reads them."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

from dunlint.language.lexicon import language_root
from dunlint.language.ngrams import Keys, Ngrams, codes_of, hashed_words, unspaced
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


def unspaced_words(text: str, *known: str) -> list[str]:
    """Which of the known words are read in a text of a script without spaces."""
    named = {int(value): word for word, value in zip(known, hashed_words(known).tolist(), strict=True)}
    return [named[value] for value in unspaced(*codes_of([text]), Keys(np.sort(hashed_words(known))))[0].tolist()]


def test_without_spaces_the_longest_word_counts() -> None:
    assert unspaced_words("我去找你老板娘", "老板", "老板娘", "找") == ["找", "老板娘"]
    assert unspaced_words("老板", "老板", "老板娘", "找") == ["老板"]


def test_without_spaces_a_word_inside_an_earlier_one_does_not_count() -> None:
    assert unspaced_words("上门口", "上门", "门口", "口") == ["上门", "口"]


def test_without_spaces_words_stay_inside_their_text() -> None:
    words, owners = unspaced(*codes_of(["老", "板", "", "老板"]), Keys(np.sort(hashed_words(["老板"]))))
    assert len(words) == 1
    assert owners.tolist() == [3]


def test_without_spaces_words_of_one_group_read_alike() -> None:
    words = hashed_words(["老板", "领导"])
    order = np.argsort(words)
    grams = Ngrams((), (), Senses(words[order], np.array([1, 1], np.uint64)[order], 1))
    assert grams(["我去找你老板"])[0].tolist() == grams(["找领导"])[0].tolist()


def test_a_language_without_the_file_has_none() -> None:
    assert senses("fr") is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_word_of_the_shipped_file_has_one_group(lang: str) -> None:
    data = yaml.safe_load((language_root() / lang / "senses.yaml").read_text(encoding="utf-8"))
    words = [word for part in data.values() for group in part.values() for word in group]
    assert all(isinstance(word, str) for word in words)  # YAML takes a bare "no" for a truth value
    assert len(words) == len(set(words))
    found = senses(lang)
    assert found is not None
    assert len(found.keys) == len(words)
    assert np.all(np.diff(found.keys.astype(object)) > 0)


def test_what_is_not_one_word_is_refused() -> None:
    with pytest.raises(ValueError, match="two words"):
        hashed_words(["word", "two words"])


def test_every_chinese_word_of_the_shipped_file_is_short_enough_to_be_read() -> None:
    data = yaml.safe_load((language_root() / "zh" / "senses.yaml").read_text(encoding="utf-8"))
    words = [word for part in data.values() for group in part.values() for word in group]
    assert unspaced(*codes_of(words), Keys(np.sort(hashed_words(words))))[1].tolist() == list(range(len(words)))


def test_hashes_are_found_again_and_others_are_not():
    chance = np.random.default_rng(3)
    for kind, high in ((np.uint32, 1 << 32), (np.uint64, 1 << 63)):
        keys = np.unique(np.concatenate([chance.integers(0, high, 5_000), np.arange(200)]).astype(kind))
        wanted = np.concatenate([keys[::3], chance.integers(0, high, 5_000).astype(kind)])

        found = Keys(keys).places(wanted)

        search = np.searchsorted(keys[:-1], wanted)
        assert found.tolist() == np.where(keys[search] == wanted, search, -1).tolist()
    assert Keys(np.zeros(0, np.uint32)).places(np.array([7], np.uint32)).tolist() == [-1]
