"""Throw mutated input at one room after the other; anything but an answer or a `DunlintError` is a mistake.

    python scripts/fuzz.py readers --executions 1000000
    python scripts/fuzz.py all --executions 3000 --seconds 60 --plain

Targets: readers, rules, tagger, engine, reports, evidence. With atheris (`pip install dunlint[fuzz]`) the
mutations follow the coverage; `--plain`, or without atheris, they are random from `--seed`. A failing input is written
to `fuzz-TARGET-HASH.bin` and its traceback printed; exit code 1.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import resource
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
SLOWEST = 30.0  # seconds for one input
LONGEST = 4_096  # bytes of one input
TOKENS = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\\ud800", b"&#55357;", b"&#0;", b'"', b"'", b"{", b"}",
    b"[" * 60, b"]", b"<", b"/>", b"]]>", b"<!ENTITY a 'b'>", b"-->", b"NaN", b"1e999", b"-1", b"9" * 40, b"0001-01-01",
    b"9999-12-31T23:59:59Z", b"292000000000000", b"null", b"true", b"\r", b"\n", b",", b"\t", b": ", b"- ", b"&a",
    b"*a", b"!!python/none",
    "不还钱就打断你的腿".encode(), "\u202e\u200b".encode(), b"13912345678",
)  # fmt: skip

PACK = "us-nv"

Target = Callable[[bytes], None]


def readers(folder: Path) -> tuple[Target, list[bytes]]:
    """Bytes as a log: the first one chooses a format to force, or none."""
    from dunlint.records import load
    from dunlint.records.reader import readers as known

    names = [None, *known()]
    path = folder / "log"

    def one(data: bytes) -> None:
        path.write_bytes(data[1:])
        load([path], format_in=names[data[0] % len(names)] if data else None)

    seeds = [b"\0" + file.read_bytes()[:2000] for file in sorted((ROOT / "corpus/cases").rglob("*")) if file.is_file()]
    shapes = (
        b'{"text":"a","segments":[{"start":0,"end":1,"speaker":"A","text":"b"}]}',
        b'{"results":[{"alternatives":[]}]}',
        b'{"Transcript":[{"ParticipantId":"AGENT","Content":"a","BeginOffsetMillis":0}]}',
        b'[{"text":"a"}]',
    )
    forced = [bytes([number]) + shape for number in range(1, len(names)) for shape in (*shapes, b"a,b\n1,2\n")]
    return one, seeds + forced


def rules(folder: Path) -> tuple[Target, list[bytes]]:
    """Bytes as a rule file, a case file and a wording."""
    from dunlint.language.template import compile_template
    from dunlint.records.case_file import load as load_case
    from dunlint.rulebook import load as rulebook

    scaffold = ROOT / "src/dunlint/commands/scaffold"
    for name in ("pack.yaml", "sources.yaml"):
        (folder / name).write_bytes((scaffold / name).read_bytes())

    def one(data: bytes) -> None:
        for name, read in (("rule.yaml", lambda: rulebook.load([str(folder)])),
                           ("case.yaml", lambda: load_case(folder / "case.yaml"))):  # fmt: skip
            (folder / name).write_bytes(data)
            ignore_ours(read)
            (folder / name).unlink()
        ignore_ours(lambda: compile_template(data.decode("utf-8", "replace")[:300], "zh", {}, "fuzz"))

    seeds = [(scaffold / "rule.yaml").read_bytes(), b"!a ~3 {b|c}? /\\d{1,3}(?:x|y)/"]
    seeds += [file.read_bytes() for file in sorted((ROOT / "corpus/cases").rglob("case.yaml"))]
    return one, seeds + [file.read_bytes()[:3000] for file in sorted((ROOT / "rules").glob("us-*/*.yaml"))]


def tagger(_folder: Path) -> tuple[Target, list[bytes]]:
    """Bytes as a message: every span lies inside it."""
    from dunlint.evidence.pseudonyms import Pseudonyms
    from dunlint.language.analyse import tag_text
    from dunlint.language.personal_data import mask

    def one(data: bytes) -> None:
        text = data.decode("utf-8", "surrogatepass" if data[:1] < b"8" else "replace")
        for tag in tag_text(text, "collector", "debtor"):
            if not 0 <= tag.start < tag.end <= len(text):
                raise AssertionError(f"{tag} outside of {len(text)} characters")
        if len(mask(text)) != len(text):
            raise AssertionError("masking changed the length")
        Pseudonyms().text(text)

    def readable(data: bytes) -> None:
        try:
            one(data)
        except UnicodeDecodeError:
            return

    lines = (ROOT / "corpus/messages/zh.jsonl").read_text("utf-8").split("\n")[:200:5]
    return readable, [json.loads(line)["text"].encode() for line in lines if line]


def engine(folder: Path) -> tuple[Target, list[bytes]]:
    """Bytes as a table of contacts, decided by both engines on a small pack; a disagreement is a mistake."""
    from dunlint import audit
    from dunlint.engines import default_engine
    from dunlint.errors import EngineError
    from dunlint.records import load
    from dunlint.rulebook import load as rulebook

    book = rulebook.load([PACK])
    path = folder / "a.jsonl"
    both = "both" if default_engine() == "durable" else "clips"

    def one(data: bytes) -> None:
        path.write_bytes(data)
        try:
            audit.check_records(load([path], format_in="jsonl"), rules=[PACK], book=book, engine=both)
        except EngineError as problem:
            raise AssertionError(problem.message("en")) from problem

    row = {"at": "2026-03-02T22:30:00+08:00", "channel": "sms", "direction": "outbound", "party": "debtor",
           "text": "上门"}  # fmt: skip
    rows = [{**row, **more} for more in ({}, {"channel": "call", "talk_seconds": 5}, {"party": "spouse"},
                                         {"direction": "inbound", "text": "别再打了"})]  # fmt: skip
    return one, ["\n".join(json.dumps(one, ensure_ascii=False) for one in rows[:count]).encode() for count in (1, 2, 4)]


def reports(folder: Path) -> tuple[Target, list[bytes]]:
    """Bytes as what `check --output json` printed, written by every plain writer."""
    from dunlint import audit
    from dunlint.reports import as_csv, as_json, as_junit, as_markdown, as_sarif, document

    seed = as_json.as_json(audit.check(ROOT / "corpus/cases/cn-agreement-broken", lang="en")).encode()

    def one(data: bytes) -> None:
        path = folder / "findings.json"
        path.write_bytes(data)
        read = document.read(path)
        for writer in (as_csv, as_junit, as_markdown, as_sarif):
            writer.write(read, folder / "out", "en")

    whole = json.loads(seed)
    small = json.dumps({**whole, "findings": whole["findings"][:1], "contacts": whole["contacts"][:1],
                        "not_checkable": [], "events": []}, ensure_ascii=False)  # fmt: skip
    return one, [small.encode()]


def evidence(folder: Path) -> tuple[Target, list[bytes]]:
    """Bytes as the manifest of a bundle."""
    from dunlint.evidence import seal, verify

    seal.seal((ROOT / "corpus/cases/cn-agreement-broken/sms.xml",), folder / "bundle")
    manifest = folder / "bundle" / "manifest.jsonl"
    whole = manifest.read_bytes()

    def one(data: bytes) -> None:
        manifest.write_bytes(data)
        if not verify.verify(folder / "bundle").problems and data != whole:
            raise AssertionError("a changed manifest was taken")

    return one, [whole]


TARGETS = {one.__name__: one for one in (readers, rules, tagger, engine, reports, evidence)}


def ignore_ours(call: Callable[[], object]) -> None:
    """An error that says what is wrong is an answer."""
    from dunlint.errors import DunlintError

    try:
        call()
    except DunlintError:
        return


def mutated(seeds: list[bytes], chance: random.Random) -> bytes:
    """One of the seeds with one to eight changes: bits, tokens, cuts, repeats, pieces of another."""
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(len(data) + 1)
        end = min(len(data), place + chance.randint(1, 40))
        match chance.randrange(6):
            case 0 if place < len(data):
                data[place] ^= 1 << chance.randrange(8)
            case 1:
                data[place:place] = chance.choice(TOKENS)
            case 2:
                del data[place:end]
            case 3:
                data[place:end] = chance.choice(TOKENS)
            case 4:
                data[place:place] = data[place:end] * chance.randint(1, 20)
            case _:
                other = chance.choice(seeds)
                start = chance.randrange(len(other) + 1)
                data[place:end] = other[start : start + chance.randint(1, 200)]
    return bytes(data)


def checked(name: str, target: Target) -> Target:
    """The target, timed; our own errors count as answers, everything else is kept and told."""

    def one(data: bytes) -> None:
        began = time.monotonic()
        try:
            ignore_ours(lambda: target(data))
            if time.monotonic() - began > SLOWEST:
                raise TimeoutError(f"{time.monotonic() - began:.0f} s for one input")  # noqa: TRY301 - kept like the others
        except Exception:
            kept = Path(f"fuzz-{name}-{hashlib.sha256(data).hexdigest()[:12]}.bin")
            kept.write_bytes(data)
            print(f"{name}: {kept}", file=sys.stderr)
            raise

    return one


def plain(name: str, executions: int, seconds: float, seed: int) -> int:
    """Random mutations; returns how many inputs were run. Raises what an input raised."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as scratch:
        target, seeds = TARGETS[name](Path(scratch))
        one, done, until = checked(name, target), 0, time.monotonic() + seconds
        while done < executions and time.monotonic() < until:
            one(mutated(seeds, chance))
            done += 1
    return done


def guided(name: str, executions: int, seed: int) -> None:
    """Mutations that follow coverage, by atheris; ends the process."""
    import atheris

    with tempfile.TemporaryDirectory() as scratch, atheris.instrument_imports(include=["dunlint"]):
        (Path(scratch) / "work").mkdir()
        (Path(scratch) / "seeds").mkdir()
        target, seeds = TARGETS[name](Path(scratch) / "work")
        for number, data in enumerate(seeds):
            (Path(scratch) / "seeds" / str(number)).write_bytes(data)
        arguments = [f"-atheris_runs={executions}", f"-seed={seed}", f"-max_len={LONGEST}", f"{scratch}/seeds"]
        atheris.Setup([sys.argv[0], *arguments], checked(name, target))
        atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=[*TARGETS, "all"])
    parser.add_argument("--executions", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="at most so long for each target (plain)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plain", action="store_true", help="random mutations, also where atheris is installed")
    asked = parser.parse_args()
    names = list(TARGETS) if asked.target == "all" else [asked.target]
    if not asked.plain and len(names) == 1 and _has_atheris():
        guided(names[0], asked.executions, asked.seed)
        return 0
    failed = False
    for name in names:
        began = time.monotonic()
        try:
            done = plain(name, asked.executions, asked.seconds, asked.seed)
        except Exception:  # noqa: BLE001 - every mistake of the program is what is looked for
            traceback.print_exc()
            failed = True
            continue
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{name}: {done} inputs, {time.monotonic() - began:.0f} s, peak {peak} MiB, no mistake")
    return int(failed)


def _has_atheris() -> bool:
    from importlib.util import find_spec

    return find_spec("atheris") is not None


if __name__ == "__main__":
    sys.exit(main())
