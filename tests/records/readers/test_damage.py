"""Whatever happens to a file, a reader answers with records and a list of what it could not read, or a DunlintError."""

from __future__ import annotations

import os
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dunlint.errors import DunlintError
from dunlint.records import load
from dunlint.records.reader import Known, Note, Row, readers
from dunlint.records.schema import CONTACT_COLUMNS, Contact, Unreadable
from dunlint.records.source import Source
from tests.records.readers.samples import by_reader

SPLINTERS = (
    b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\\ud800", b'"', b"'", b"{", b"}", b"[", b"]", b"<", b">", b"&#55357;", b"\r",
    b"\n\n", b",", b"\t", b":", b"=", b"--", b"1e999", b"9" * 30, b"-1", b"null", b"true", b"NaN", b"0000-00-00", b"\\",
    "\u200e\u202e".encode(), "汉".encode("gb18030"), "汉".encode("utf-16"), b"]]>", b"<!ENTITY a '&a;'>", b"29/02/2025",
    b"Content-Type: text/html; charset=x\n", b"%s", b"A" * 5_000,
)  # fmt: skip
NO_EXPORT = (b"", b"\0", b"\xff" * 100, b"\xef\xbb\xbf", b"a" * 200_000, b"\n" * 1_000, b"[" * 50_000, b"<" * 50_000)
EXAMPLES = int(os.environ.get("DUNLINT_DAMAGE_EXAMPLES", "30"))
KINDS = ("cut", "drop", "repeat", "flip", "insert", "swap")


def damaged(content: bytes, seed: int, times: int) -> bytes:
    """The content after so many accidents: cut short, pieces lost, doubled, swapped, bits flipped, splinters put in."""
    chance = random.Random(seed)
    for _ in range(times):
        kind, size = chance.choice(KINDS), max(len(content), 1)
        at, length = chance.randrange(size), chance.choice((1, 2, 8, 64, size))
        piece = content[at : at + length]
        if kind == "cut":
            content = content[:at] if chance.random() < 0.2 else content
        elif kind == "drop":
            content = content[:at] + content[at + min(length, 64) :]
        elif kind == "repeat":
            content = content[:at] + piece[:2_000] + content[at:]
        elif kind == "flip":
            content = content[:at] + bytes(byte ^ (1 << chance.randrange(8)) for byte in piece[:8]) + content[at + 8 :]
        elif kind == "insert":
            content = content[:at] + chance.choice(SPLINTERS) + content[at:]
        else:
            other = chance.randrange(size)
            content = content[:at] + content[other : other + 32] + content[at + 32 :]
    return content


@pytest.mark.parametrize("name", sorted(by_reader()))
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), times=st.integers(1, 12), sample=st.integers(0, 9), known=st.booleans())
def test_a_damaged_file_is_read_or_refused(name: str, seed: int, times: int, sample: int, known: bool) -> None:
    samples = by_reader()[name]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export"
        path.write_bytes(damaged(samples[sample % len(samples)], seed, times))
        about = Known("Asia/Shanghai", zone_from="option", owner_names=frozenset({"Robin"})) if known else Known()
        items = []
        try:
            for found in readers()[name].read(Source(path, "export"), about):
                items.append(found)
        except DunlintError:
            pass
        assert all(isinstance(found, (Contact, Row, Note, Unreadable)) or hasattr(found, "frame") for found in items)
        try:
            records = load([path], format_in=name)
        except DunlintError:
            return
        assert dict(records.contacts.schema) == CONTACT_COLUMNS
        assert records.contacts["contact_id"].is_unique().all()


@pytest.mark.parametrize("name", sorted(readers()))
@pytest.mark.parametrize("content", NO_EXPORT, ids=range(len(NO_EXPORT)))
def test_what_is_no_file_of_the_format_at_all_is_refused_too(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / "export"
    path.write_bytes(content)
    try:
        records = load([path], format_in=name)
    except DunlintError:
        return
    assert len(records.contacts) == 0 or records.contacts["contact_id"].is_unique().all()


@pytest.mark.parametrize("name", sorted(readers()))
def test_recognising_never_raises(tmp_path: Path, name: str) -> None:
    for number, samples in enumerate(by_reader().values()):
        path = tmp_path / str(number)
        path.write_bytes(damaged(samples[0], number, 6))
        assert readers()[name].recognises(Source(path, "x")) in (True, False)
