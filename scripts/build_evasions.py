"""Writes rules/language/{zh,en}/characters.yaml and evasions.yaml. Run it after editing rules/language/evadable.yaml.

    pip install opencc pypinyin pyyaml && python scripts/build_evasions.py

Characters: OpenCC's traditional-to-simplified table (Apache-2.0), only characters that no simplified text uses
(those outside GB 2312).
Readings: pypinyin (MIT). Rare homophones are GB 2312 level 2, and never form a word of pypinyin's phrase list.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import opencc
import yaml
from pypinyin import lazy_pinyin
from pypinyin.phrases_dict import phrases_dict

ROOT = Path(__file__).resolve().parent.parent / "rules" / "language"
ROW = 40
SEPARATOR = (", ", ",\n  ")
LAWFUL = {"context.yaml", "evasions.yaml", "characters.yaml", "facts.yaml", "debtor.yaml"}
LOOK_ALIKES = {
    "абсԁеһіјкмпоԛрѕтцѵшхуԝ": "abcdehijkmnoqpstuvwxyw",
    "вгнёїѐѓќіәӏұүҡ": "brheieгkieliyk",
    "αβγδεζηικνορστυχωϲϳ": "abydeznikvopotuxwcj",
    "ɑɡɩɪʏɢɴʀʙʟʜıȷſ": "agiiygnrblhijs",
}
QUOTES = dict(zip("’‘ʼ´“”„", "''''\"\"\"", strict=True))  # English only: Chinese quotation marks mean something
LEET = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7", "l": "1", "b": "8", "g": "9"}
VOWELS = "aeiou"


def main() -> None:
    words = yaml.safe_load((ROOT / "evadable.yaml").read_text(encoding="utf-8"))
    look_alikes = {a: b for odd, plain in LOOK_ALIKES.items() for a, b in zip(odd, plain, strict=True) if b.isascii()}
    write_characters(ROOT / "zh", traditional() | look_alikes)
    write_characters(ROOT / "en", look_alikes | QUOTES)
    write_evasions(ROOT / "zh", chinese(words["zh"]))
    write_evasions(ROOT / "en", english(words["en"]))


def traditional() -> dict[str, str]:
    """Traditional characters that simplified writing does not use, with their simplified forms."""
    convert = opencc.OpenCC("t2s").convert
    pairs = ((char, convert(char)) for char in map(chr, range(0x3400, 0xA000)))
    return {odd: plain for odd, plain in pairs if odd != plain and len(plain) == 1 and not simplified(odd)}


def simplified(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def chinese(words: dict[str, Any]) -> dict[str, list[str]]:
    freely, never = list(dict.fromkeys(words["words"])), set(words["never"])
    one = [word for word in dict.fromkeys((*words["pinyin"], *literals())) if word not in freely and word not in never]
    found = {word: list(homophones(word)) for word in freely}
    for group in ("initials", "by_hand", "split", "symbols"):
        for word, forms in words[group].items():
            found.setdefault(word, []).extend(forms)
    return {"=": readings(freely), "~": readings(one)} | unambiguous(found, never | set(freely))


def readings(words: Iterable[str]) -> list[str]:
    """Rows of `通讯录 tong xun lu`, comma-separated."""
    spelled = [f"{word} {' '.join(lazy_pinyin(word))}" for word in words]
    return [", ".join(spelled[at : at + 12]) for at in range(0, len(spelled), 12)]


def literals() -> list[str]:
    """Words of two or three Chinese characters in the wordings of what must not be done."""
    found: set[str] = set()
    for path in sorted((ROOT / "zh").glob("*.yaml")):
        if path.name not in LAWFUL:
            text = re.sub(r"(?m)^#.*$|\b(?:id|tag|innocent):.*$|unless:.*$", "", path.read_text(encoding="utf-8"))
            found.update(re.findall(r"(?<![一-鿿])[一-鿿]{2,3}(?![一-鿿])", text))
    return sorted(found)


@cache
def rare() -> dict[str, list[str]]:
    """Reading -> rare characters with it: GB 2312 level 2."""
    by_sound: dict[str, list[str]] = {}
    for row in range(0xD8, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                char = bytes((row, cell)).decode("gb2312")
            except UnicodeDecodeError:
                continue
            by_sound.setdefault(lazy_pinyin(char)[0], []).append(char)
    return by_sound


def homophones(word: str) -> Iterator[str]:
    """The word with one character replaced by a rare one of the same sound."""
    for place, sound in enumerate(lazy_pinyin(word)):
        for char in rare().get(sound, []):
            form = f"{word[:place]}{char}{word[place + 1 :]}"
            if form not in phrases_dict:
                yield form


def english(words: dict[str, Any]) -> dict[str, list[str]]:
    found = {word: list(dict.fromkeys(itertools.chain(leet(word), apart(word)))) for word in words["words"]}
    for word, forms in words["by_hand"].items():
        found.setdefault(word, []).extend(forms)
    return unambiguous(found, set(words["words"]))


def leet(word: str) -> Iterator[str]:
    """Up to three letters as digits or symbols, all letters that can be, and one inner vowel as a star."""
    able = [place for place, letter in enumerate(word) if letter in LEET]
    for size in (*range(1, min(3, len(able)) + 1), len(able)):
        for places in itertools.combinations(able, size):
            for signs in itertools.product(*(LEET[word[place]] for place in places)):
                letters = list(word)
                for place, sign in zip(places, signs, strict=True):
                    letters[place] = sign
                form = "".join(letters)
                if any(char.isalpha() for char in form):
                    yield form
    for place in range(1, len(word) - 1):
        if word[place] in VOWELS:
            yield f"{word[:place]}*{word[place + 1 :]}"


def apart(word: str) -> Iterator[str]:
    if len(word) > 3:
        yield from (sign.join(word) for sign in (" ", ".", "-", "_", "*"))


def unambiguous(found: dict[str, list[str]], ordinary: Iterable[str]) -> dict[str, list[str]]:
    """Every disguise once, for the first word that claims it, and none that is an ordinary word."""
    taken = set(ordinary)
    kept: dict[str, list[str]] = {}
    for word, forms in found.items():
        fresh = [form for form in dict.fromkeys(form.lower() for form in forms) if form not in taken and form != word]
        taken.update(fresh)
        if fresh:
            kept[word] = fresh
    return kept


def write_characters(folder: Path, table: dict[str, str]) -> None:
    pairs = sorted(table.items())
    rows = [pairs[at : at + ROW] for at in range(0, len(pairs), ROW)]
    lines = [
        "# 由 scripts/build_evasions.py 生成，勿手改。一行怪字对一行平常字，逐字对应。",
        "# 繁体取自 OpenCC 的简繁表（Apache-2.0），只收简体文本不用的字。",
        "# Written by scripts/build_evasions.py, do not edit. A row of odd characters: plain ones, one to one.",
        "# Traditional characters are OpenCC's (Apache-2.0), those that simplified writing does not use; look-alikes.",
        *(f'"{"".join(odd for odd, _ in row)}": "{"".join(plain for _, plain in row)}"' for row in rows),
    ]
    (folder / "characters.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_evasions(folder: Path, found: dict[str, list[str]]) -> None:
    lines = [
        "# 由 scripts/build_evasions.py 从 ../evadable.yaml 生成，勿手改。本来的词: [改写]。",
        "# Written by scripts/build_evasions.py from ../evadable.yaml, do not edit. meant: [disguises]",
        "# = 可任意混写拼音、首字母的词及读音；~ 一次改写一个字的词。",
        "# Readings: = spelled freely, ~ one character at a time.",
        *(f"{quoted(word)}: [{SEPARATOR[word in '=~'].join(map(quoted, forms))}]" for word, forms in found.items()),
    ]
    (folder / "evasions.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def quoted(word: str) -> str:
    return '"' + unicodedata.normalize("NFC", word).replace("\\", "\\\\").replace('"', '\\"') + '"'


if __name__ == "__main__":
    main()
