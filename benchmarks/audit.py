"""`dunlint audit` against what an analyst would write by hand, on made-up portfolios, in one run.

    pip install -r benchmarks/requirements.txt
    python benchmarks/audit.py counting --cases 400000 [--rounds 5]     against DuckDB, no text, one process
    python benchmarks/audit.py texts --cases 40000 [--rounds 5]         messages a second, against pandas and regex
    python benchmarks/audit.py processes --cases 40000 [--rounds 5]     two processes against one
    python benchmarks/audit.py flat --sizes 1000,10000,100000           cost of a case as cases grow
    python benchmarks/audit.py one-case --contacts 5000000              one case larger than any partition
    python benchmarks/audit.py start [--rounds 7]                       start-up

Every measurement is a process of its own; seconds are wall-clock from start to exit, memory is its peak. Each command
prints a Markdown table with the medians; `docs/benchmarks.md` holds dated results. `start` takes the least processor
seconds (user and system) of all rounds instead, with modules compiled beforehand as an installation has them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl

HERE = Path(__file__).parent
PYTHON = sys.executable
DUNLINT = [PYTHON, "-m", "dunlint.commands"]

DUCKDB = """
import duckdb, json, sys
query = open(sys.argv[1]).read().replace("{records}", sys.argv[2])
base = duckdb.connect()
base.execute("set enable_progress_bar = false")  # it would stand in the output
found = base.execute(query)
print(json.dumps(dict(zip([column[0] for column in found.description], found.fetchone()))))
"""

PANDAS = r"""
import pandas, re, sys
frame = pandas.read_parquet(sys.argv[1] + "/contacts.parquet", columns=["text", "direction", "party", "at"])
frame = frame[frame["text"].notna() & (frame["direction"] == "outbound")]
PATTERNS = {
    "threat": r"打断.{0,2}腿|弄死|砍|上门.{0,6}(闹|堵)|后果自负|break your|hurt you",
    "arrest": r"坐牢|抓捕|拘留|刑事|立案|arrest|jail|warrant",
    "exposure": r"爆.{0,3}通讯录|群发|曝光|告诉.{0,4}(家人|单位)|tell your (boss|family|employer)",
    "insult": r"老赖|不要脸|垃圾|死皮赖脸|deadbeat|loser|scum",
    "impersonation": r"(公安|法院|检察院|律师).{0,8}(通知|联系)|police|court officer",
    "fee": r"(上门费|撤案费|手续费|违约金)\d+|fee of \$?\d+",
    "third": r"(家人|父母|亲戚).{0,6}(还|代偿)|your family (must|should) pay",
    "sexual": r"裸照|PS.{0,3}照片",
    "amount": r"(应还|欠款|余额)[^\d]{0,4}\d+(\.\d+)?|\$\d+",
}
for name, pattern in PATTERNS.items():
    frame[name] = frame["text"].str.contains(pattern, regex=True)
print(len(frame), int(frame[list(PATTERNS)].any(axis=1).sum()))
"""

TAGGING = """
import sys
import polars as pl
from dunlint.language.analyse import analyse
from dunlint.scale.inputs import gather, scan
tables = gather([sys.argv[1]], __import__("pathlib").Path(sys.argv[1]))
contacts = scan(tables.contacts, "contacts").filter(pl.col("text").is_not_null()).collect()
print(len(contacts), len(analyse(contacts).tags))
"""

PRESIDIO = """
import sys
import polars as pl
from presidio_analyzer.predefined_recognizers import CreditCardRecognizer, EmailRecognizer, PhoneRecognizer
texts = pl.read_parquet(sys.argv[1] + "/contacts.parquet", columns=["text"])["text"].drop_nulls().head(int(sys.argv[2]))
recognizers = [(r, r.supported_entities) for r in (CreditCardRecognizer(), EmailRecognizer(), PhoneRecognizer())]
print(len(texts), sum(len(r.analyze(text, names, None) or ()) for text in texts for r, names in recognizers))
"""

UNFILTERED = """
import sys
from dunlint import audit, engines
from dunlint.facts.evaluate import Evaluation
from dunlint.language.analyse import analyse
from dunlint.rulebook.load import load
from dunlint.rulebook.program import compile_program
from dunlint.scale import partition
from dunlint.scale.inputs import gather
tables = gather([sys.argv[1]], __import__("pathlib").Path(sys.argv[1]))
part = partition.ranges(partition.case_sizes(tables), int(sys.argv[2]))[0]
records = partition.read(tables, part)[0]
book = load(["cn"])
ground = audit.make_ground(records, analyse(records.contacts), book)
program, evaluation = compile_program(book), Evaluation(ground)
answers = {number: evaluation.block(block) for number, block in enumerate(program.blocks)}
level = program.levels[0]
print(len(records.contacts), len(engines.decide("durable", level, answers, ground.codes.starts, filtered=False)))
"""


def run(*command: str | Path) -> tuple[float, float, str]:
    """(seconds, peak MB, what it printed) of one process. Exit code 1 means findings, which is what is wanted."""
    start = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in ((0, 1) if list(command[:3]) == DUNLINT else (0,)):
        sys.exit(f"{command[:4]} ended with {process.returncode}")
    return seconds, usage.ru_maxrss / 1024, printed


def median_of(rounds: int, work: Callable[[], tuple[float, float, str]]) -> tuple[float, float, str]:
    """(median seconds, largest peak MB, what the last one printed)."""
    done = [work() for _ in range(rounds)]
    return statistics.median(one[0] for one in done), max(one[1] for one in done), done[-1][2]


@contextmanager
def portfolio(cases: int, *options: str) -> Iterator[Path]:
    """Records of so many cases, thrown away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="dunlint-bench-"))
    try:
        run(*DUNLINT, "simulate", "--cases", str(cases), "--seed", "1", "-o", folder / "records", *options)
        yield folder
    finally:
        shutil.rmtree(folder)


def audited(folder: Path, rounds: int, *options: str) -> tuple[float, float, str]:
    command = [*DUNLINT, "audit", folder / "records", "-o", folder / "out", "--rules", "cn,us", "-q", *options]
    return median_of(rounds, lambda: run(*command))


def rows_of(folder: Path) -> int:
    return int(pl.scan_parquet(folder / "records" / "contacts.parquet").select(pl.len()).collect().item())


def head(*columns: str) -> None:
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print(f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}")


def row(*cells: Any) -> None:
    print("| " + " | ".join(f"{cell:,.2f}" if isinstance(cell, float) else f"{cell:,}" if isinstance(cell, int)
                            else cell for cell in cells) + " |", flush=True)  # fmt: skip


def counting(asked: argparse.Namespace) -> None:
    head("what", "contacts", "rules", "seconds", "contacts a second", "peak MB")
    with portfolio(asked.cases, "--no-text") as folder:
        contacts = rows_of(folder)
        ours = audited(folder, asked.rounds)
        summary = json.loads((folder / "out" / "summary.json").read_text(encoding="utf-8"))
        row("dunlint audit, one process", contacts, summary["rule_count"], ours[0], contacts / ours[0], ours[1])
        query = (PYTHON, "-c", DUCKDB, HERE / "audit.sql", folder / "records")
        theirs = median_of(asked.rounds, lambda: run(*query))
        row("DuckDB, the same windows and hours", contacts, 18, theirs[0], contacts / theirs[0], theirs[1])
        found = pl.read_csv(folder / "out" / "rollups" / "rule.csv")
        mine = dict(found.select("rule", "findings").iter_rows())
        same = {rule: count for rule, count in json.loads(theirs[2]).items() if rule != "others"}
        assert {rule: mine.get(rule, 0) for rule in same} == same, (mine, same)
        print(f"\n{ours[0] / theirs[0]:.2f} times DuckDB (goal: at most 4); {sum(same.values()):,} findings in both.")


def texts(asked: argparse.Namespace) -> None:
    head("what", "messages", "seconds", "messages a second")
    with portfolio(asked.cases) as folder:
        records = folder / "records"
        work: dict[str, tuple[str | Path, ...]] = {
            "dunlint, all tags": (PYTHON, "-c", TAGGING, records),
            "pandas and nine regular expressions": (PYTHON, "-c", PANDAS, records),
            "durable_rules without prefilter, cn": (PYTHON, "-c", UNFILTERED, records, "2000"),
        }
        if find_spec("presidio_analyzer"):
            work["Presidio, three pattern recognisers"] = (PYTHON, "-c", PRESIDIO, records, "20000")
        for name, command in work.items():
            seconds, _, printed = median_of(asked.rounds, lambda c=command: run(*c))  # type: ignore[misc]
            messages = int(printed.split()[0])
            row(name, messages, seconds, messages / seconds)


def processes(asked: argparse.Namespace) -> None:
    head("processes", "contacts", "seconds", "peak MB of the largest")
    with portfolio(asked.cases, "--no-text") as folder:
        spent = []
        for jobs in (1, 2):
            seconds, peak, _ = audited(folder, asked.rounds, "--jobs", str(jobs))
            spent.append(seconds)
            row(jobs, rows_of(folder), seconds, peak)
        print(f"\nTwo are {spent[0] / spent[1]:.2f} times one (goal: at least 1.8).")


def flat(asked: argparse.Namespace) -> None:
    head("cases", "contacts", "seconds", "microseconds a contact", "peak MB")
    for cases in (int(size) for size in asked.sizes.split(",")):
        with portfolio(cases, "--no-text") as folder:
            seconds, peak, _ = audited(folder, asked.rounds)
            row(cases, rows_of(folder), seconds, seconds / rows_of(folder) * 1e6, peak)


def one_case(asked: argparse.Namespace) -> None:
    """Messages by day, a year and more of them, in one case."""
    head("contacts in one case", "findings", "seconds", "peak MB")
    folder = Path(tempfile.mkdtemp(prefix="dunlint-bench-"))
    try:
        (folder / "records").mkdir()
        nth = pl.int_range(asked.contacts)
        pl.select(
            at=pl.datetime(2026, 3, 2, 1, time_zone="UTC") + pl.duration(days=nth // 10_000, seconds=nth % 10_000 * 4),
            contact_id=pl.format("c{}", nth), case_id=pl.lit("one"), channel=pl.lit("sms"),
            direction=pl.lit("outbound"), party=pl.lit("debtor"), role=pl.lit("agency"), agency=pl.lit("A"),
            zone=pl.lit("Asia/Shanghai"),
        ).write_parquet(folder / "records" / "contacts.parquet")  # fmt: skip
        seconds, peak, _ = audited(folder, asked.rounds)
        summary = json.loads((folder / "out" / "summary.json").read_text(encoding="utf-8"))
        row(asked.contacts, summary["findings"]["total"], seconds, peak)
    finally:
        shutil.rmtree(folder)


def least_of(rounds: int, *command: str | Path) -> float:
    """The least processor seconds of a process in so many rounds, after one that compiles its modules."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    run(*command)
    spent = []
    for _ in range(rounds):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run(*command)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return min(spent)


def start(asked: argparse.Namespace) -> None:
    head("what", "processor seconds", "of")
    ten = Path(tempfile.mkdtemp()) / "ten.csv"
    lines = [f"2026-03-02T1{n}:00:00+08:00,sms,outbound,您的账单已逾期，请还款" for n in range(10)]
    ten.write_text("\n".join(["at,channel,direction,text", *lines]) + "\n", encoding="utf-8")
    pairs = {
        "dunlint --help": ((*DUNLINT, "--help"), (PYTHON, "-c", "import click"), 2.0),
        "check of ten messages": (
            (*DUNLINT, "check", ten, "--rules", "cn"),
            (PYTHON, "-c", "import spacy; spacy.blank('zh')"),
            1.5,
        ),
    }
    for name, (ours, base, goal) in pairs.items():
        mine, theirs = least_of(asked.rounds, *ours), least_of(asked.rounds, *base)
        row(name, mine, f"{mine / theirs:.2f} times {base[-1]} (goal: at most {goal})")
    shutil.rmtree(ten.parent)


COMMANDS = {
    "counting": counting,
    "texts": texts,
    "processes": processes,
    "flat": flat,
    "one-case": one_case,
    "start": start,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--cases", type=int, default=40_000)
    parser.add_argument("--contacts", type=int, default=5_000_000)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    COMMANDS[asked.command](asked)


if __name__ == "__main__":
    main()
