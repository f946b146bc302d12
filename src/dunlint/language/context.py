"""Whether a span is meant: cues around it decide its attribution (after the ConText idea, cues as data).

A cue has words, a direction, a reach and stops; pseudo-cues ("not only") are words that look like it and are none. The
first cue in the file that reaches the span wins; without one the speaker's default holds. `lawful`, from a cue or as a
default, means that the span is no tag at all. A cue for the `sentence` with a reach beyond FURTHEST looks that far to
both sides, over the ends of sentences.
"""

from __future__ import annotations

from functools import reduce
from operator import or_

from dunlint.language.lexicon import Cue, Lexicon

FURTHEST = 200
LONGEST_CUE = 12
HEAD = 2


def attribute(words: Lexicon, text: str, start: int, end: int, tag: str, speaker: str, cues: int = -1) -> str | None:
    """The attribution of a span, or None where a cue says that it is lawful talk. `cues`: what `cues_in` says of the
    text; by default every cue is looked for.
    """
    heard = [cue for mark, cue in _cues(words, tag, speaker) if mark & cues]
    first, last = sentence_at(text, words.sentence_end, start, end) if heard else (start, end)
    sentence = text[first:last]
    for cue in heard:
        if _near(cue, text, start, end) or (
            cue.regex.compiled.search(sentence) is not None
            and _reaches(cue, text[first:start], text[start:end], text[end:last])
        ):
            return None if cue.category == "lawful" else cue.category
    default = words.defaults.get(speaker, "performed")
    return None if default == "lawful" else default


def cues_in(words: Lexicon, text: str) -> int:
    """The cues, as bits by their place, of which the text holds a word; no other can say anything about it."""
    automaton, marks = words.cue_words
    return reduce(or_, [marks[number] for number, _, _ in automaton.find_matches_as_indexes(text, overlapping=True)], 0)


def _cues(words: Lexicon, tag: str, speaker: str) -> list[tuple[int, Cue]]:
    """The cues that may speak about a tag of a speaker, in order, with their bits; the same few are asked for again
    and again.
    """
    key = (tag, speaker)
    if key not in words.fitting:
        words.fitting[key] = [(1 << place, cue) for place, cue in enumerate(words.cues) if _fits(cue, tag, speaker)]
    return words.fitting[key]


def _fits(cue: Cue, tag: str, speaker: str) -> bool:
    by = not cue.speakers or speaker in cue.speakers
    return by and (not cue.tags or tag in cue.tags) and tag not in cue.not_tags


def _near(cue: Cue, text: str, start: int, end: int) -> bool:
    """A sentence cue that reaches over the ends of sentences."""
    far = cue.direction == "sentence" and cue.reach > FURTHEST
    return far and _present(cue, text[max(0, start - cue.reach) : end + cue.reach])


def sentence_at(text: str, ends: str, start: int, end: int) -> tuple[int, int]:
    """Bounds of the sentence around a span, at most FURTHEST characters to each side; the end mark belongs to it."""
    low, high = max(0, start - FURTHEST), min(len(text), end + FURTHEST)
    first = max((text.rfind(mark, low, start) for mark in ends), default=-1) + 1
    marks = [place for mark in ends if (place := text.find(mark, max(end - 1, start), high)) >= 0]
    return max(first, low), min(marks) + 1 if marks else high


def _reaches(cue: Cue, before: str, inside: str, after: str) -> bool:
    if cue.direction == "inside":
        return _present(cue, inside)
    if cue.direction == "sentence":
        return _present(cue, f"{before}{inside}{after}")
    if cue.direction == "before":
        return _before(cue, before) or (cue.category != "reported" and _heads(cue, before, inside, after))
    return _after(cue, after)


def _present(cue: Cue, text: str) -> bool:
    return any(not _is_pseudo(cue, text, match.start(), match.end()) for match in cue.regex.compiled.finditer(text))


def _before(cue: Cue, before: str) -> bool:
    near = before[-(cue.reach + LONGEST_CUE) :]
    return any(
        _free(cue, near[match.end() :]) and not _is_pseudo(cue, near, match.start(), match.end())
        for match in cue.regex.compiled.finditer(near)
    )


def _heads(cue: Cue, before: str, inside: str, after: str) -> bool:
    """Whether the cue runs into the span, or a negation begins it: "不会上门" is as negated as "上门" after "不会"."""
    lead = before[-LONGEST_CUE:]
    near = f"{lead}{inside}{after}"[: len(lead) + HEAD + 2 * LONGEST_CUE]
    latest, end = len(lead) + (HEAD if cue.category == "negated" else -1), len(lead) + len(inside)
    found = (m for m in cue.regex.compiled.finditer(near) if m.start() <= latest and len(lead) < m.end() < end)
    return any(not _is_pseudo(cue, near, match.start(), match.end()) for match in found)


def _after(cue: Cue, after: str) -> bool:
    near = after[: cue.reach + LONGEST_CUE]
    return any(
        _free(cue, near[: match.start()]) and not _is_pseudo(cue, near, match.start(), match.end())
        for match in cue.regex.compiled.finditer(near)
    )


def _free(cue: Cue, between: str) -> bool:
    """Whether what lies between cue and span is short enough and holds no stop."""
    return len(between) <= cue.reach and not (cue.stop is not None and cue.stop.compiled.search(between))


def _is_pseudo(cue: Cue, text: str, start: int, end: int) -> bool:
    if cue.pseudo is None:
        return False
    return any(other.start() <= start and end <= other.end() for other in cue.pseudo.compiled.finditer(text))
