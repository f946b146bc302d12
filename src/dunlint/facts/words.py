"""Keywords in utterances: each different utterance is folded once, each keyword looked for once."""

from __future__ import annotations

import unicodedata

import numpy as np
import numpy.typing as npt
import polars as pl

Bools = npt.NDArray[np.bool_]


class Words:
    """The utterances of one ground. Templates dominate real logs, so only different ones are searched."""

    def __init__(self, turns: pl.DataFrame) -> None:
        said = turns["plain"] if "plain" in turns.columns else turns["text"]
        different = said.unique(maintain_order=True)
        places = pl.DataFrame({"said": different}).with_row_index("place")
        joined = said.to_frame("said").join(places, on="said", how="left", maintain_order="left", nulls_equal=True)
        self._place = np.asarray(joined["place"], np.int64)
        self._folded = different.map_elements(fold, return_dtype=pl.String)
        self._has: dict[str, Bools] = {}

    def has(self, word: str) -> Bools:
        """For each utterance whether it holds the word, compared without regard to case, width or spacing."""
        if word not in self._has:
            found = self._folded.str.contains(fold(word), literal=True).fill_null(False)
            self._has[word] = np.asarray(found, np.bool_)
        return np.asarray(self._has[word][self._place], np.bool_)


def fold(text: str) -> str:
    """Case, width and white space taken away, for comparing keywords."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
