"""Who speaks, guessed from the words alone, for records that do not say. Cues and weights are data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from dunlint.language.lexicon import language_root, lexicon
from dunlint.language.tagger import language_of
from dunlint.yaml_places import read

UNKNOWN = "unknown"
FIRST = 400


@dataclass(frozen=True)
class SpeakerCues:
    """Patterns of the cues of one language, by role and weight; `least` and `lead` say when a guess is good enough."""

    roles: Mapping[str, Mapping[int, re.Pattern[str]]]
    least: int
    lead: int


def infer_speaker(text: str) -> str:
    """collector, debtor, third_party or other; unknown where the cues of the first FIRST characters do not decide."""
    lang = language_of(text)
    plain = lexicon(lang).normalise(text[:FIRST]).text
    cues = speaker_cues(lang)
    scores = sorted(((_score(weights, plain), role) for role, weights in cues.roles.items()), reverse=True)
    (best, role), (second, _) = scores[0], scores[1]
    return role if best >= cues.least and best - second >= cues.lead else UNKNOWN


@cache
def speaker_cues(lang: str) -> SpeakerCues:
    """The shipped cues of a language."""
    data = read(language_root() / "speaker_cues.yaml", "language/speaker_cues.yaml").data
    roles = {
        role: {int(weight): _pattern(words, lang) for weight, words in weights.items()}
        for role, weights in data[lang].items()
    }
    return SpeakerCues(roles, int(data["least"]), int(data["lead"]))


def _pattern(words: list[str], lang: str) -> re.Pattern[str]:
    text = "|".join(re.escape(str(word)) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"\b(?:{text})\b" if lang == "en" else text)


def _score(weights: Mapping[int, re.Pattern[str]], plain: str) -> int:
    """Every cue counts once, however often it is said."""
    return sum(weight * len(set(pattern.findall(plain))) for weight, pattern in weights.items())
