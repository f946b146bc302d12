"""Which regular expressions a wording may hold: those that cannot blow up.

Python's engine tries every way in which repeats can share a text; a repeat inside a repeat (`(a+)+`) has exponentially
many. A bounded engine (RE2) was weighed and refused: the shipped wordings use lookarounds, which it does not take. So
patterns are judged by their parse tree before they are compiled: `freedom` counts the places where the engine may
choose how often to repeat, each as many times as the repeats around it may run.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from typing import Any

UNBOUNDED = 1_000
MOST_FREEDOM = 16
LONGEST = 2_000


@lru_cache(maxsize=4096)
def too_free(pattern: str) -> str | None:
    """Why a pattern is refused, or None. What is no pattern at all is left to `re.compile` to say."""
    if len(pattern) > LONGEST:
        return f"{len(pattern)} > {LONGEST} characters"
    parser = re._parser  # type: ignore[attr-defined]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = parser.parse(pattern)
    except (re.error, RecursionError, OverflowError):
        return None
    found = freedom(tree)
    return None if found <= MOST_FREEDOM else f"repeats inside repeats: {found} choices > {MOST_FREEDOM}"


def freedom(tree: Any, times: int = 1) -> int:
    """Choices in a parse tree that may be run `times` times; a backreference inside a repeat counts like a repeat."""
    total = 0
    for op, argument in tree:
        name = str(op)
        if name.endswith("_REPEAT"):
            least, most, body = argument
            most = min(int(most), UNBOUNDED)
            if least != most and (most > 1 or times > 1):
                total += times
            total += freedom(body, times * max(most, 1))
        elif name == "BRANCH":
            total += (times if times > 1 else 0) + max((freedom(one, times) for one in argument[1]), default=0)
        elif name == "SUBPATTERN":
            total += freedom(argument[-1], times)
        elif name in ("ASSERT", "ASSERT_NOT"):
            total += freedom(argument[1], times)
        elif name == "ATOMIC_GROUP":
            total += freedom(argument, times)
        elif name.startswith("GROUPREF"):
            total += times
    return total
