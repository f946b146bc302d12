"""What fuzz.py throws its inputs at: six rooms of the house, each with its seeds.

A target takes a batch of inputs and returns how many of them got through: were read, parsed or decided instead of
being refused with an error of ours. It raises on a mistake. Every input of a batch reaches the code by itself, except
that the tagger hears the texts of a batch in one pass and the engines decide its rows in one table, as both do in real
runs.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import zlib
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fuzz_inputs import Seed, fewer, printed, short

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

Run = Callable[[Sequence[bytes], int], int]  # inputs, number of the batch -> how many got through


@dataclass(frozen=True)
class Target:
    """prepare: folder -> (seeds, what runs a batch). at_once: inputs in a batch; trees: see fuzz_inputs.Inputs."""

    prepare: Callable[[Path], tuple[list[Seed], Run]]
    at_once: int
    trees: float = 0.5


def one_by_one(call: Callable[[bytes], object], whole: Callable[[bytes], object] | None = None, every: int = 1) -> Run:
    """Each input through `call`, whose answer says whether it got through; every so manieth also through `whole`, the
    long way round.
    """

    def run(batch: Sequence[bytes], _number: int) -> int:
        through = 0
        for data in batch:
            through += answered(call, data)
            if whole and zlib.crc32(data) % every == 0:
                answered(whole, data)
        return through

    return run


def answered(call: Callable[[bytes], object], data: bytes) -> bool:
    """What the call answers; an error that says what is wrong is an answer too."""
    from dunlint.errors import DunlintError

    try:
        return bool(call(data))
    except DunlintError:
        return False


# readers

DEAR = ("csv", "jsonl", "xlsx", "sqlite", "parquet", "postgres")
DEAR_WEIGHT = 0.02
READERS_WHOLE = 500


def readers(folder: Path) -> tuple[list[Seed], Run]:
    """Bytes as a file, read to its end by the reader that the first byte chooses; every 500th is loaded as a whole,
    its format unknown or forced. Readers that make frames (tables, workbooks, databases) take some 20 ms a file and get
    one input where another gets fifty; `postgres` speaks to a server and only refuses bytes.
    """
    from dunlint.records import load
    from dunlint.records.reader import Known
    from dunlint.records.reader import readers as known
    from dunlint.records.source import Source

    names = list(known())
    path = folder / "log"
    about = (Known(), Known("Asia/Shanghai", zone_from="option", owner_names=frozenset({"Robin"})))

    def one(data: bytes) -> bool:
        """Whether anything but the unreadable came out."""
        path.write_bytes(data[1:])
        reader = known()[names[data[0] % len(names)]]
        return sum(1 for _ in reader.read(Source(path, "log"), about[zlib.crc32(data) % 2])) > 0

    def whole(data: bytes) -> None:
        path.write_bytes(data[1:])
        load([path], format_in=names[data[0] % len(names)] if data[-1] % 2 else None)

    return reader_seeds(folder, names), one_by_one(one, whole, READERS_WHOLE)


def reader_seeds(folder: Path, names: list[str]) -> list[Seed]:
    """Samples of every format, each format with the same weight, the dear ones with less."""
    from tests.records.readers.samples import by_reader

    from dunlint.records.reader import readers as known

    samples = by_reader() | binary_samples(folder)
    seeds = []
    for number, name in enumerate(names):
        whole = samples.get(name, [])
        own = whole if name in BINARY else [short(data) for data in whole]
        own += [known()[name].example.encode()] if known()[name].example else []
        weight = (DEAR_WEIGHT if name in DEAR else 1.0) / len(own)
        seeds += [Seed(data, bytes([number]), weight) for data in own]
    return seeds


BINARY = ("xlsx", "parquet", "sqlite", "imessage_db")


def binary_samples(folder: Path) -> dict[str, list[bytes]]:
    """A small table as workbook, Parquet and SQLite."""
    import polars as pl

    frame = pl.DataFrame({"at": ["2026-03-02T22:30:00+08:00"] * 2, "channel": ["sms", "call"], "text": ["上门", None],
                          "talk_seconds": [None, 5], "direction": ["outbound"] * 2})  # fmt: skip
    frame.write_parquet(folder / "a.parquet")
    frame.write_excel(folder / "a.xlsx")
    with closing(sqlite3.connect(folder / "a.sqlite")) as database:
        database.execute("create table contacts (at, channel, text, talk_seconds, direction)")
        database.executemany("insert into contacts values (?, ?, ?, ?, ?)", frame.rows())
        database.commit()
    return {name: [(folder / f"a.{name}").read_bytes()] for name in ("parquet", "xlsx", "sqlite")}


# rules

RULES_WHOLE = 25
RULE, CASE, WORDING = (bytes([number]) for number in range(3))
PACK_FILES = ("pack.yaml", "sources.yaml")


def rules(folder: Path) -> tuple[list[Seed], Run]:
    """Bytes as a rule file, a case file or a wording, as the first byte says. A rule file is parsed and every rule
    checked against its model; every 25th is loaded as a rulebook beside a pack file and compiled.
    """
    from dunlint.language.template import compile_template
    from dunlint.records.case_file import load as load_case
    from dunlint.rulebook import load as rulebook
    from dunlint.rulebook.models import Rule
    from dunlint.rulebook.program import compile_program
    from dunlint.yaml_places import read

    scaffold = ROOT / "src/dunlint/commands/scaffold"
    for name in PACK_FILES:
        (folder / name).write_bytes((scaffold / name).read_bytes())
    path, case = folder / "rule.yaml", folder / "case" / "case.yaml"
    case.parent.mkdir()

    def one(data: bytes) -> bool:
        """Whether there was anything that fits."""
        kind, text = data[0] % 3, data[1:]
        if kind == WORDING[0]:
            return compile_template(text.decode("utf-8", "replace")[:300], "zh", {}, "fuzz") is not None
        place = path if kind == RULE[0] else case
        place.write_bytes(text)
        return len(rulebook.models(read(path, "rule.yaml"), Rule)) > 0 if place == path else load_case(case) is not None

    def whole(data: bytes) -> None:
        path.write_bytes(data[1:])
        compile_program(rulebook.load([str(folder)]))

    return rule_seeds(scaffold), one_by_one(one, whole, RULES_WHOLE)


def rule_seeds(scaffold: Path) -> list[Seed]:
    """Single rules as written and as JSON (which is YAML, and has a tree), case files the same way, and wordings."""
    import yaml

    from dunlint.rulebook.load import NOT_RULES

    written = [(scaffold / "rule.yaml").read_text("utf-8")]
    for file in sorted((ROOT / "rules").glob("us*/*.yaml")):
        if file.name not in NOT_RULES:
            written += ["- " + part for part in file.read_text("utf-8").split("\n- ")[1:]]
    written = [text for text in written if len(text) < 1_200 and isinstance(yaml.safe_load(text), list)]
    cases = [file.read_text("utf-8") for file in sorted((ROOT / "corpus/cases").rglob("case.yaml"))]
    found = []
    for text in written:
        found.append(Seed(plain_json([bare(rule) for rule in yaml.safe_load(text)]), RULE, 2 / len(written)))
    found += [Seed(text.encode(), RULE, 1 / len(written)) for text in written]
    found += [Seed(plain_json([fewer(yaml.safe_load(text))]), CASE, 0.5 / len(cases)) for text in cases]
    found += [Seed(short(text.encode(), 600), CASE, 0.3 / len(cases)) for text in cases]
    wordings = {b"!a ~3 {b|c}? /\\d{1,3}(?:x|y)/": 0.5, "不还(钱|款) ... 上门".encode(): 0.2}
    return [*found, *(Seed(text, WORDING, weight) for text, weight in wordings.items())]


def bare(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule without its tests: they are most of its length."""
    return {key: value for key, value in rule.items() if key != "tests"}


def plain_json(trees: list[Any]) -> bytes:
    return printed(json.loads(json.dumps(trees, default=str)))


# tagger

SPEAKERS = ("collector", "debtor", "third_party", "unknown")
PARTIES = ("debtor", "spouse", "third_party", "unknown")
PERSONAL = 4
LONGEST_TEXT = 100  # bytes of a seed


def tagger(_folder: Path) -> tuple[list[Seed], Run]:
    """Bytes as messages, all of a batch heard in one pass: every span lies inside its text; every 4th by itself masked
    (its length stays) and given pseudonyms.
    """
    from dunlint.evidence.pseudonyms import Pseudonyms
    from dunlint.language.analyse import tag_texts
    from dunlint.language.personal_data import mask

    def run(batch: Sequence[bytes], _number: int) -> int:
        said = [(text_of(data), SPEAKERS[len(data) % 4], PARTIES[zlib.crc32(data) % 4]) for data in batch]
        found = tag_texts(said)
        for (text, *_), tags in zip(said, found, strict=True):
            for tag in tags:
                if not 0 <= tag.start < tag.end <= len(text):
                    raise AssertionError(f"{tag} outside of {len(text)} characters")
            if zlib.crc32(text.encode("utf-8", "surrogatepass")) % PERSONAL == 0:
                if len(mask(text)) != len(text):
                    raise AssertionError("masking changed the length")
                Pseudonyms().text(text)
        return sum(1 for tags in found if tags)

    files = [ROOT / "corpus/messages" / f"{lang}.jsonl" for lang in ("zh", "en")]
    texts = [json.loads(line)["text"].encode() for file in files for line in file.read_text("utf-8").splitlines()]
    return [Seed(text) for text in texts if len(text) <= LONGEST_TEXT], run


def text_of(data: bytes) -> str:
    """Text, half surrogate pairs kept where the bytes spell some."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


# engine

PACKS = ("us-nv", "cn", "uk", "us")
CASES = 700


def engine(folder: Path) -> tuple[list[Seed], Run]:
    """Bytes as a row of contacts, events or accounts; the rows of a batch are one table of some hundred cases, read
    by the program's reader and decided by both engines, batch after batch on another pack. A disagreement is a mistake.
    """
    from dunlint import audit
    from dunlint.engines import default_engine
    from dunlint.errors import DunlintError, EngineError
    from dunlint.records import load
    from dunlint.rulebook import load as rulebook

    books = {name: rulebook.load([name]) for name in PACKS}
    path = folder / "a.jsonl"
    both = "both" if default_engine() == "durable" else "clips"

    def run(batch: Sequence[bytes], number: int) -> int:
        """One row that is refused must not hide the others: then each half is asked by itself."""
        pack = PACKS[number % len(PACKS)]
        path.write_bytes(b"\n".join(data.replace(b"\n", b" ").replace(b"\r", b" ") for data in batch))
        try:
            records = load([path], format_in="jsonl")
            return audit.check_records(records, rules=[pack], book=books[pack], engine=both).checked
        except EngineError as problem:
            raise AssertionError(problem.message("en")) from problem
        except DunlintError:
            half = len(batch) // 2
            return run(batch[:half], number) + run(batch[half:], number) if half else 0

    return engine_seeds(), run


def engine_seeds() -> list[Seed]:
    """Rows of the shipped cases and some of our own, each in many cases."""
    base = {"at": "2026-03-02T22:30:00+08:00", "channel": "sms", "direction": "outbound", "party": "debtor",
            "text": "上门"}  # fmt: skip
    own = [{**base, **more} for more in (
        {}, {"channel": "call", "talk_seconds": 5}, {"party": "spouse"}, {"direction": "inbound", "text": "别再打了"},
        {"text": "Pay today or we will have you arrested.", "region": "us-nv"},
        {"channel": "visit", "staff_count": 3, "at": "2026-03-03T05:00:00+08:00"},
    )]  # fmt: skip
    own.append({"case_id": "", "kind": "cease_request", "at": "2026-03-01T00:00:00Z"})
    own.append({"case_id": "", "account_id": "card", "product": "credit_card", "region": "us-nv", "principal": 1000})
    files = sorted((ROOT / "corpus/cases").rglob("*.jsonl"))
    shipped = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()[:12]]
    rows = own * 4 + [row for row in shipped if len(str(row)) < 600]
    return [Seed(printed([{**row, "case_id": f"c{number % CASES}"}])) for number, row in enumerate(rows * 20)]


# reports

CHEAP = ("csv", "junit", "md", "sarif")
DEARER = ("html", "xlsx", "docx")
REPORTS_WHOLE = 500


def reports(folder: Path) -> tuple[list[Seed], Run]:
    """Bytes as what `check --output json` printed, read and written by the plain writer that the first byte chooses
    (CSV, JUnit, Markdown, SARIF); every 500th also as HTML, XLSX and DOCX.
    """
    from dunlint import audit
    from dunlint.reports import as_json, document, formats

    path = folder / "findings.json"

    def written(data: bytes, names: Sequence[str]) -> bool:
        path.write_bytes(data[1:])
        read = document.read(path)
        for name in names:
            formats.write_case(name, read, folder / "out", ("en", "zh")[data[-1] % 2])
        return True

    whole = json.loads(as_json.as_json(audit.check(ROOT / "corpus/cases/cn-agreement-broken", lang="en")))
    small = {**whole, "findings": whole["findings"][:1], "contacts": whole["contacts"][:1], "events": [],
             "not_checkable": whole["not_checkable"][:1], "accounts": whole["accounts"][:1], "notes": []}  # fmt: skip
    seeds = [Seed(printed([small]), bytes([number])) for number in range(len(CHEAP))]
    return seeds, one_by_one(
        lambda data: written(data, CHEAP[data[0] % len(CHEAP) :][:1]), lambda data: written(data, DEARER), REPORTS_WHOLE
    )


# evidence

EVIDENCE_WHOLE = 10
AS_IT_IS, LINKED = b"\0", b"\1"
MESSAGE = b"""<?xml version='1.0' encoding='UTF-8'?>
<smses count="1"><sms address="106900000001" date="1772416800000" type="1" body="x" /></smses>
"""


def evidence(folder: Path) -> tuple[list[Seed], Run]:
    """Bytes as the manifest of a bundle of one message, judged; every 10th verified as a folder, its files read again.
    As they are, they must be found changed; or, as the first byte says, with the chain linked anew, as a forger would,
    so that what lies behind the hashes is reached too.
    """
    from dunlint.evidence import seal, verify

    (folder / "sms.xml").write_bytes(MESSAGE)
    seal.seal((folder / "sms.xml",), folder / "bundle")
    manifest = folder / "bundle" / "manifest.jsonl"
    header, *others = map(json.loads, manifest.read_bytes().splitlines())
    sealed = linked(printed([{**header, "rules": {"cn": "0" * 64}}, *others]))  # the hashes of fifty packs are long

    hashes = {file.relative_to(manifest.parent).as_posix(): verify.file_hash(file)
              for file in manifest.parent.rglob("*") if file.is_file()}  # fmt: skip

    def one(data: bytes) -> bool:
        """Whether an entry held."""
        text = linked(data[1:]) if data[0] % 2 else data[1:]
        problems, entries = verify.problems_in(hashes, {manifest.name: text})
        if data[0] % 2 == 0 and not problems and text != sealed:
            raise AssertionError("a changed manifest was taken")
        return len(entries) > 0

    def whole(data: bytes) -> None:
        manifest.write_bytes(linked(data[1:]) if data[0] % 2 else data[1:])
        verify.verify(manifest.parent)

    return [Seed(sealed, AS_IT_IS), Seed(sealed, LINKED, 2)], one_by_one(one, whole, EVIDENCE_WHOLE)


def linked(data: bytes) -> bytes:
    """The lines with each entry's hash and that of the one before it put right, where they can be."""
    from dunlint.evidence.manifest import START, canonical, digest

    lines, previous = [], START
    for line in data.splitlines(keepends=True):
        try:
            entry = {**json.loads(line), "previous": previous}
            entry.pop("sha256", None)
            previous = digest(canonical(entry))
            lines.append(canonical({**entry, "sha256": previous}) + b"\n")
        except (ValueError, TypeError, RecursionError):
            lines.append(line)
    return b"".join(lines)


TARGETS = {
    "evidence": Target(evidence, 500),
    "reports": Target(reports, 500, trees=0.8),
    "readers": Target(readers, 500),
    "rules": Target(rules, 500),
    "engine": Target(engine, 4_000, trees=0.9),
    "tagger": Target(tagger, 2_000),
}
