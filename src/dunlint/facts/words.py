"""Keywords in utterances: each different utterance is folded once, each keyword looked for once."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

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

    def has(self, words: Sequence[str]) -> list[Bools]:
        """For each word, for each utterance whether it holds it, compared without regard to case, width or spacing."""
        new = [word for word in dict.fromkeys(words) if word not in self._has]
        said = self._folded.to_frame("said")
        found = said.select(
            pl.col("said").str.contains(fold(word), literal=True).fill_null(False).alias(word) for word in new
        )
        self._has |= {word: np.asarray(found[word], np.bool_) for word in new}
        return [np.asarray(self._has[word][self._place], np.bool_) for word in words]


def fold(text: str) -> str:
    """Case, width and white space taken away, for comparing keywords."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
