"""Answers that were given once, kept for when they are asked for again, as long as there is room."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from dunlint.facts.kleene import Answers

MOST_BYTES = 256 << 20  # of all answers together; a range of an audit stays below, a case of millions does not
LEAST = 16  # columns of answers kept however long they are


class Remembered:
    """Columns of answers by key. Without room for more, those that were not asked for longest are forgotten; they
    would be the same if they were made again.
    """

    def __init__(self) -> None:
        self._known: dict[Hashable, Answers] = {}

    def get(self, key: Hashable, make: Callable[[], Answers]) -> Answers:
        """What is remembered for a key, or else what `make` answers."""
        answer = self._known.pop(key, None)
        if answer is None:
            answer = make()
        self._known[key] = answer
        while len(self._known) > max(LEAST, MOST_BYTES // max(1, len(answer))):
            del self._known[next(iter(self._known))]
        return answer

    def forget(self, unwanted: Callable[[Hashable], bool]) -> None:
        for key in [key for key in self._known if unwanted(key)]:
            del self._known[key]
