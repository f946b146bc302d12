"""Throw mutated input at one room after the other; anything but an answer or a `DunlintError` is a mistake.

    python scripts/fuzz.py all --executions 1000000
    python scripts/fuzz.py readers --executions 1000000 --guided
    python scripts/fuzz.py readers --input fuzz-readers-0123456789ab.bin

Targets: evidence, reports, readers, rules, engine, tagger (`fuzz_targets.py` says what each does with an input,
`fuzz_inputs.py` how inputs are made: from `--seed`, and none twice). Inputs go in batches to a process of their own. A
batch that raises, ends the process or works for more than SLOWEST seconds is halved until the one input is found that
does it by itself; it is written to `fuzz-TARGET-HASH.bin` and told with its traceback. Exit code 1 for any mistake, and
where the process ever held more than MOST_MEMORY.

With `--guided` and atheris (`pip install dunlint[fuzz]`) the mutations follow the coverage, one input at a time; then
one target a call, and no batches: libFuzzer keeps the time and the memory.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from fuzz_inputs import LONGEST, Inputs, Seed
from fuzz_targets import TARGETS

SLOWEST = 60.0  # seconds of the processor for one batch, and so for one input; a batch takes a few
LONGEST_WAIT = 1_800.0  # seconds by the clock, for what hangs without working; others may need the machine too
MOST_SEEDS = 200  # of a guided run: each is run before the first mutation
MOST_MEMORY = 1_024  # MiB that the process under test may ever hold
MOST_MISTAKES = 20
LEAST_BATCHES = 4  # in the shortest run too: each pack of the engine's has its own
TOLD_EVERY = 60.0  # seconds between two lines on how far it is
MEMORY_FOLDER = Path("/dev/shm")  # files there are never written to a disk


def scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="dunlint-fuzz-", dir=MEMORY_FOLDER if MEMORY_FOLDER.is_dir() else None)


def peak() -> int:
    """MiB that this process held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "linux" else 1 << 20)


def work(name: str, folder: str, pipe: Connection) -> None:
    """The process under test: tells its seeds, then answers batches until it is ended."""
    seeds, run = TARGETS[name].prepare(Path(folder))
    pipe.send(seeds)
    while True:
        batch, number = pipe.recv()
        signal.setitimer(signal.ITIMER_PROF, SLOWEST)  # ends the process, whatever it is busy with
        try:
            answer = run(batch, number), peak(), None
        except Exception:  # noqa: BLE001 - every mistake of the program is what is looked for
            answer = 0, peak(), traceback.format_exc()
        signal.setitimer(signal.ITIMER_PROF, 0)
        pipe.send(answer)


@dataclass(frozen=True)
class Answer:
    """How many inputs got through, the peak memory so far in MiB, and what went wrong, if anything."""

    through: int
    memory: int
    mistake: str | None


class Judge:
    """A process that runs batches of one target; after a hang or a crash the next batch gets a new one."""

    def __init__(self, name: str, folder: str) -> None:
        self.name, self.folder, self.restarts = name, folder, 0
        self._start()

    def _start(self) -> None:
        own = Path(self.folder) / str(self.restarts)
        own.mkdir()
        self.pipe, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("spawn")
        self.process = context.Process(target=work, args=(self.name, str(own), theirs), daemon=True)
        self.process.start()
        theirs.close()
        self.seeds: list[Seed] = self.pipe.recv()

    def run(self, batch: Sequence[bytes], number: int) -> Answer:
        try:
            self.pipe.send((batch, number))
            if self.pipe.poll(LONGEST_WAIT):
                return Answer(*self.pipe.recv())
            mistake = f"no answer for {LONGEST_WAIT:.0f} s"
        except (EOFError, OSError):
            self.process.join(5)
            hung = self.process.exitcode == -signal.SIGPROF
            mistake = f"{SLOWEST:.0f} s without an end" if hung else f"the process ended with {self.process.exitcode}"
        self.end()
        self.restarts += 1
        self._start()
        return Answer(0, 0, mistake)

    def end(self) -> None:
        self.process.kill()
        self.process.join()


def culprit(batch: Sequence[bytes], fails: Callable[[Sequence[bytes]], str | None]) -> tuple[Sequence[bytes], str]:
    """The smallest half of halves that still fails by itself, and how; the batch where neither half does."""
    found, how = batch, ""
    while len(found) > 1:
        middle = len(found) // 2
        for half in (found[:middle], found[middle:]):
            if mistake := fails(half):
                found, how = half, mistake
                break
        else:
            break
    return found, how


def keep(name: str, batch: Sequence[bytes], mistake: str) -> None:
    """Write what failed beside us and tell it."""
    mark = hashlib.sha256(b"\n".join(batch)).hexdigest()[:12]
    kept = Path(f"fuzz-{name}-{mark}.bin")
    if len(batch) == 1:
        kept.write_bytes(batch[0])
    else:
        kept = kept.with_suffix("")
        kept.mkdir(exist_ok=True)
        for number, data in enumerate(batch):
            (kept / f"{number:05}.bin").write_bytes(data)
    print(f"{name}: {kept}\n{mistake}", file=sys.stderr, flush=True)


@dataclass
class Count:
    """What was run so far of one target; memory in MiB, `early` what it was after the first tenth."""

    name: str
    wanted: int
    began: float = field(default_factory=time.monotonic)
    done: int = 0
    through: int = 0
    mistakes: int = 0
    memory: int = 0
    early: int = 0
    slowest: float = 0.0
    told: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def add(self, size: int, answer: Answer, seconds: float) -> None:
        self.done, self.through = self.done + size, self.through + answer.through
        self.memory, self.slowest = max(self.memory, answer.memory), max(self.slowest, seconds)
        self.early = self.memory if self.done * 10 <= self.wanted or not self.early else self.early
        if time.monotonic() - self.told > TOLD_EVERY:
            self.told = time.monotonic()
            print(self, file=sys.stderr, flush=True)

    def __str__(self) -> str:
        mistakes = f"{self.mistakes or 'no'} mistake{'s' * (self.mistakes > 1)}"
        return (f"{self.name}: {self.done} inputs, {self.through} got through, {self.seconds:.0f} s, slowest batch "
                f"{self.slowest:.1f} s, peak {self.memory} MiB ({self.early} after a tenth), {mistakes}")  # fmt: skip


def plain(name: str, executions: int, seconds: float, seed: int) -> bool:
    """Random mutations in batches; prints what was run. Whether no mistake was found."""
    count = Count(name, executions)
    with scratch() as folder:
        judge = Judge(name, folder)
        inputs = Inputs(judge.seeds, random.Random(seed), TARGETS[name].trees)
        size, number = min(TARGETS[name].at_once, executions // LEAST_BATCHES + 1), 0
        while count.done < executions and count.seconds < seconds and count.mistakes < MOST_MISTAKES:
            batch = inputs.batch(min(size, executions - count.done))
            count.mistakes += not judged(judge, count, batch, number)
            number += 1
        judge.end()
    if count.memory > MOST_MEMORY:
        count.mistakes += 1
        print(f"{name}: {count.memory} MiB, more than {MOST_MEMORY}", file=sys.stderr)
    print(count, flush=True)
    return not count.mistakes


def judged(judge: Judge, count: Count, batch: Sequence[bytes], number: int) -> bool:
    """Whether a batch was answered well; what failed in it is kept."""
    started = time.monotonic()
    answer = judge.run(batch, number)
    count.add(len(batch), answer, time.monotonic() - started)
    if answer.mistake:
        found, how = culprit(batch, lambda half: judge.run(half, number).mistake)
        keep(judge.name, found, how or answer.mistake)
    return answer.mistake is None


def guided(name: str, executions: int, seconds: float, seed: int) -> None:
    """Mutations that follow coverage, by atheris; half of them made as in `plain`. Ends the process."""
    import atheris

    with scratch() as folder, atheris.instrument_imports(include=["dunlint"]):
        (Path(folder) / "work").mkdir()
        (Path(folder) / "seeds").mkdir()
        seeds, run = TARGETS[name].prepare(Path(folder) / "work")
        for number, one in enumerate(seeds[:: len(seeds) // MOST_SEEDS + 1]):
            (Path(folder) / "seeds" / str(number)).write_bytes(one.choice + one.data)
        inputs = Inputs(seeds, random.Random(seed), TARGETS[name].trees)

        def mutate(data: bytes, most: int, _seed: int) -> bytes:
            if inputs.chance.random() < 0.5:
                return bytes(atheris.Mutate(data, most))
            head = 1 if seeds[0].choice else 0
            return inputs.changed(Seed(data[head:], data[:head]))[:most]

        options = [f"-atheris_runs={executions}", f"-seed={seed}", f"-max_len={LONGEST}", f"-timeout={SLOWEST:.0f}",
                   f"-rss_limit_mb={2 * MOST_MEMORY}", "-print_final_stats=1"]  # fmt: skip
        options += [f"-max_total_time={seconds:.0f}"] if seconds != float("inf") else []
        options = [sys.argv[0], *options, f"{folder}/seeds"]
        atheris.Setup(options, lambda data: ran(name, run, data), custom_mutator=mutate)
        atheris.Fuzz()


def ran(name: str, run: Callable[[Sequence[bytes], int], Any], data: bytes) -> None:
    """One input; what it raises is kept and raised again."""
    try:
        if data:
            run([data], len(data))
    except Exception:
        keep(name, [data], traceback.format_exc())
        raise


def again(name: str, file: Path) -> None:
    """One kept input, in this process; for the engine on every pack."""
    with scratch() as folder:
        _, run = TARGETS[name].prepare(Path(folder))
        for number in range(4):
            print(f"got through: {run([file.read_bytes()], number)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=[*TARGETS, "all"])
    parser.add_argument("--executions", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="at most so long for each target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--guided", action="store_true", help="by coverage, with atheris; one target")
    parser.add_argument("--input", type=Path, help="run this one input and show what it does")
    asked = parser.parse_args()
    names = list(TARGETS) if asked.target == "all" else [asked.target]
    if len(names) > 1 and (asked.guided or asked.input):
        parser.error("--guided and --input take one target")
    if asked.input:
        again(names[0], asked.input)
    elif asked.guided:
        guided(names[0], asked.executions, asked.seconds, asked.seed)
    else:
        good = [plain(name, asked.executions, asked.seconds, asked.seed) for name in names]
        return int(not all(good))
    return 0


if __name__ == "__main__":
    sys.exit(main())
