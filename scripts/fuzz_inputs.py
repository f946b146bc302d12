"""Inputs for fuzz.py: seeds, and what becomes of them. Knows nothing of Dunlint, so that the judge stays small.

A seed is bytes. Half of the inputs change its bytes (bits, tokens, cuts, repeats, pieces of another seed); the other
half, where the seed is JSON (one document or one a line), change its tree and print it again: such an input is still
well formed and reaches what lies behind the parser. The first byte of an input may be a choice (which reader, which
writer): it is changed seldom.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

LONGEST = 4_096  # bytes of one input, unless its seed is longer
SELDOM = 0.02
TOKENS = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\\ud800", b"&#55357;", b"&#0;", b'"', b"'", b"{", b"}",
    b"[" * 60, b"]", b"<", b"/>", b"]]>", b"<!ENTITY a 'b'>", b"-->", b"NaN", b"1e999", b"-1", b"9" * 40, b"0001-01-01",
    b"9999-12-31T23:59:59Z", b"292000000000000", b"null", b"true", b"\r", b"\n", b",", b"\t", b": ", b"- ", b"&a",
    b"*a", b"!!python/none",
    "不还钱就打断你的腿".encode(), "\u202e\u200b".encode(), b"13912345678",
)  # fmt: skip
VALUES = (
    None, True, False, 0, -1, 1, 2**63, 10**30, 0.5, 1e308, -0.0, "", " ", "\0", "\ud800", "0", "-1", "9" * 40, "1e999",
    "NaN", [], {}, [None], [[]], {"": ""}, {"a": {"a": 1}}, "0001-01-01", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00", "2026-02-30", "2026-03-29T02:30:00", "24:00", "22:00", "debtor", "third_party",
    "outbound", "call", "sms", "violation", "不还钱就打断你的腿", "\u202e\u200b", "Ａ\u0301ﷺ",
    "=cmd|' /C calc'!A0", "<script>", "]]>", "../../x", "a" * 3_000,
)  # fmt: skip


@dataclass(frozen=True)
class Seed:
    """Bytes to change, behind a byte that chooses; `weight`: how often it is taken."""

    data: bytes
    choice: bytes = b""
    weight: float = 1.0

    @cached_property
    def documents(self) -> bytes:
        """A JSON list of the JSON document, or of those in its lines; empty where it is none."""
        for documents in (self.data, b",".join(line for line in self.data.splitlines() if line.strip())):
            try:
                return json.dumps(json.loads(b"[%s]" % documents)).encode()
            except (ValueError, RecursionError):
                continue
        return b""


@dataclass
class Inputs:
    """Inputs that were not given before, from seeds and a random number."""

    seeds: list[Seed]
    chance: random.Random
    trees: float = 0.5  # share of inputs made from a tree, where there is one
    _seen: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._weights = [sum(seed.weight for seed in self.seeds[: number + 1]) for number in range(len(self.seeds))]
        self._leaves = [value for seed in self.seeds if seed.documents for value in leaves(json.loads(seed.documents))]

    def batch(self, size: int) -> list[bytes]:
        """So many inputs, each new."""
        found: list[bytes] = []
        while len(found) < size:
            data = self.changed(self.chance.choices(self.seeds, cum_weights=self._weights)[0])
            mark = hash(data)
            if mark not in self._seen:
                self._seen.add(mark)
                found.append(data)
        return found

    def changed(self, seed: Seed) -> bytes:
        choice = seed.choice
        if choice and self.chance.random() < SELDOM:
            choice = bytes([self.chance.randrange(256)])
        if seed.documents and self.chance.random() < self.trees:
            data = printed(self._grafted(json.loads(seed.documents)))
        else:
            data = self._scratched(seed.data)
        return choice + data[: max(LONGEST, 2 * len(seed.data))]

    def _grafted(self, tree: list[Any]) -> list[Any]:
        """The tree with one to three values replaced, dropped, doubled or renamed."""
        for _ in range(self.chance.randint(1, 3)):
            place, key = self.chance.choice(list(places(tree)) or [([None], 0)])
            match self.chance.randrange(8):
                case 0:
                    del place[key]
                case 1 if isinstance(place, list):
                    place.insert(key, deepcopy(self.chance.choice(place)))
                case 2 if isinstance(place, dict):
                    place[str(self.chance.choice(VALUES))[:50]] = place.pop(key)
                case 3 if isinstance(place[key], str):
                    text = self._scratched(place[key].encode("utf-8", "surrogatepass")[:1_000])
                    place[key] = text.decode("utf-8", "replace")
                case 4 | 5 if self._leaves:
                    place[key] = self.chance.choice(self._leaves)
                case _:
                    place[key] = deepcopy(self.chance.choice(VALUES))
        return tree

    def _scratched(self, seed: bytes) -> bytes:
        """The bytes with one to eight changes: bits, tokens, cuts, repeats, pieces of another seed."""
        chance, data = self.chance, bytearray(seed)
        for _ in range(chance.randint(1, 8)):
            place = int(chance.random() * (len(data) + 1))
            end = min(len(data), place + int(chance.random() * 40) + 1)
            match int(chance.random() * 6):
                case 0 if place < len(data):
                    data[place] ^= 1 << int(chance.random() * 8)
                case 1:
                    data[place:place] = chance.choice(TOKENS)
                case 2:
                    del data[place:end]
                case 3:
                    data[place:end] = chance.choice(TOKENS)
                case 4:
                    data[place:place] = data[place:end] * chance.randint(1, 20)
                case _:
                    other = chance.choice(self.seeds).data
                    start = int(chance.random() * (len(other) + 1))
                    data[place:end] = other[start : start + chance.randint(1, 200)]
        return bytes(data)


def printed(trees: list[Any]) -> bytes:
    return "\n".join(json.dumps(tree, ensure_ascii=False) for tree in trees).encode("utf-8", "backslashreplace")


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """(container, key) of every value inside."""
    for key in list(node) if isinstance(node, dict) else range(len(node)):
        yield node, key
        if isinstance(node[key], (dict, list)):
            yield from places(node[key])


def leaves(node: Any) -> Iterator[Any]:
    if isinstance(node, (dict, list)):
        for value in node.values() if isinstance(node, dict) else node:
            yield from leaves(value)
    else:
        yield node


def short(data: bytes, most: int = 1_500) -> bytes:
    """A seed that is quick to read and still whole where that can be: JSON with two items a list, else some lines."""
    try:
        return printed([fewer(json.loads(data))])
    except ValueError:
        lines = data[:most].splitlines(keepends=True)
        return b"".join(lines[:-1] or lines) if len(data) > most else data


def fewer(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: fewer(value) for key, value in node.items()}
    return [fewer(value) for value in node[:2]] if isinstance(node, list) else node
