"""Whether a span is meant: cues around it decide its attribution (after the ConText idea, cues as data).

A cue has words, a direction, a reach and stops; pseudo-cues ("not only") are words that look like it and are none. The first
cue in the file that reaches the span wins; without one the speaker's default holds.
"""

from __future__ import annotations

from dunlint.language.lexicon import Cue, Lexicon

FURTHEST = 200


def attribute(words: Lexicon, text: str, start: int, end: int, tag: str, speaker: str) -> str | None:
    """The attribution of a span, or None where a cue says that it is lawful talk."""
    first, last = sentence_at(text, words.sentence_end, start, end)
    before, inside, after = text[first:start], text[start:end], text[end:last]
    for cue in words.cues:
        if cue.speakers and speaker not in cue.speakers:
            continue
        if (cue.tags and tag not in cue.tags) or tag in cue.not_tags:
            continue
        if _reaches(cue, before, inside, after):
            return None if cue.category == "lawful" else cue.category
    return words.defaults.get(speaker, "performed")


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
        return _before(cue, before)
    return _after(cue, after)


def _present(cue: Cue, text: str) -> bool:
    return any(not _is_pseudo(cue, text, match.start(), match.end()) for match in cue.regex.finditer(text))


def _before(cue: Cue, before: str) -> bool:
    near = before[-(cue.reach + 12) :]
    for match in cue.regex.finditer(near):
        between = near[match.end() :]
        stopped = cue.stop is not None and cue.stop.search(between)
        if len(between) <= cue.reach and not stopped and not _is_pseudo(cue, near, match.start(), match.end()):
            return True
    return False


def _after(cue: Cue, after: str) -> bool:
    near = after[: cue.reach + 12]
    for match in cue.regex.finditer(near):
        between = near[: match.start()]
        stopped = cue.stop is not None and cue.stop.search(between)
        if len(between) <= cue.reach and not stopped and not _is_pseudo(cue, near, match.start(), match.end()):
            return True
    return False


def _is_pseudo(cue: Cue, text: str, start: int, end: int) -> bool:
    if cue.pseudo is None:
        return False
    return any(other.start() <= start and end <= other.end() for other in cue.pseudo.finditer(text))
