"""The new part of a mail: what its sender wrote, without the older mails quoted below or between.

The headings of mail programs are data (`words/mail.yaml`). The library made for this, mail-parser-reply, was tried and
left: its Chinese heading never matches (the pattern forbids what it looks for), and 27 KB of "On x y" took it 13 s.
"""

from __future__ import annotations

from typing import NamedTuple

from dunlint.records.readers.words import words

HEADING_LINES = 3
LONGEST_HEADING = 300


class Cut(NamedTuple):
    """What is new in a mail, and whether something older was left out."""

    text: str
    was_cut: bool


def new_part(text: str) -> Cut:
    """Lines that begin with ">" are older; a heading above them goes too. What follows any other heading is older."""
    lines = [line.rstrip() for line in text.split("\n")]
    kept: list[str] = []
    number, was_cut = 0, False
    while number < len(lines):
        line = lines[number].strip()
        if line.startswith(">"):
            was_cut, number = True, number + 1
        elif _is_separator(line) or _is_header_block(lines, number):
            was_cut = True
            break
        elif length := _heading(lines, number):
            was_cut, number = True, number + length
            if not _quoted_next(lines, number):
                break
        else:
            kept.append(lines[number])
            number += 1
    return Cut("\n".join(kept).strip(), was_cut)


def _is_separator(line: str) -> bool:
    return line.startswith(tuple(words("mail")["separators"]))


def _is_header_block(lines: list[str], number: int) -> bool:
    """`From:` and another header name in the next two lines that are not empty."""
    if not lines[number].strip().startswith(tuple(words("mail")["from"])):
        return False
    following = [line.strip() for line in lines[number + 1 : number + 6] if line.strip()][:2]
    return any(line.startswith(tuple(words("mail")["others"])) for line in following)


def _heading(lines: list[str], number: int) -> int:
    """How many lines "On …, … wrote:" takes from here; 0 if it does not stand here."""
    told = words("mail")
    first = lines[number].strip()
    if not first.startswith(tuple(told["heading_begins"])) and "@" not in first:
        return 0
    whole = ""
    for length, line in enumerate(lines[number : number + HEADING_LINES], 1):
        whole = f"{whole} {line.strip()}"
        if len(whole) > LONGEST_HEADING:
            return 0
        if whole.endswith(tuple(told["heading_ends"])):
            return length if any(letter.isdigit() for letter in whole) else 0
    return 0


def _quoted_next(lines: list[str], number: int) -> bool:
    following = next((line.strip() for line in lines[number:] if line.strip()), "")
    return following.startswith(">")
