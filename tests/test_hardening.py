"""Input from strangers, machines that fail: nothing crashes, nothing hangs, nothing is lost or half written.

docs/security.md names the dangers and, for each, the test in this file or elsewhere that covers it.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import polars as pl
import pytest
from click.testing import CliRunner, Result

from dunlint import audit, writing
from dunlint.commands import cli, main
from dunlint.commands.report import FORMATS
from dunlint.errors import InputError, OutputError, RuleError, UnreadableFile
from dunlint.evidence.seal import seal
from dunlint.language.patterns import MOST_FREEDOM, too_free
from dunlint.language.template import compile_template
from dunlint.records import load
from dunlint.records.case_file import load as load_case
from dunlint.rulebook import load as rulebook
from dunlint.scale import output
from dunlint.scale.spool import spool
from tests.conftest import CASES, ROOT, sms, sms_backup


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(one) for one in arguments], standalone_mode=False)


def jsonl(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def contact(**values: Any) -> dict[str, Any]:
    return {"at": "2026-03-02T10:00:00+08:00", "channel": "sms", "direction": "outbound", "text": "x", **values}


# hostile YAML


def bomb(key: str) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return "\n".join([*lines, f"{key}: *a11"]) + "\n"


@pytest.mark.parametrize(
    "text",
    [
        bomb("people"),
        "case_id: !!python/object/apply:os.system ['true']",
        "case_id: !!binary aGk=",
        "people: " + "[" * 100_000,
        "people: " + "- " * 5_000,
        "events: [{kind: consent, at: 2026-02-30}]",
        "story: " + "x" * (5 << 20),
        "people: 5",
        "people: [5]",
        "people: [{numbers: 5}]",
        "files: [a]",
        "files: {a: b}",
        "files: {a: {speakers: 5}}",
        "files: {a: {at: '0001-01-01T00:00:00+14:00'}}",
        "accounts: [5]",
        "zone: 5",
        "- a",
        "",
        "\x00",
    ],
    ids=range(19),
)
def test_a_hostile_case_file_is_an_error_with_its_place(tmp_path: Path, text: str) -> None:
    (tmp_path / "case.yaml").write_text(text, "utf-8")
    started = time.monotonic()
    with pytest.raises(InputError):
        load_case(tmp_path / "case.yaml")
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    "text",
    [
        bomb("rules"),
        "- !!python/object/apply:os.system ['true']",
        "- id: !!python/name:os.system",
        "[" * 100_000,
        "- " * 5_000,
        "- {id: x, title: {zh: 一}, when: 5}",
        "\x00",
    ],
    ids=range(7),
)
def test_a_hostile_rule_file_is_an_error_with_its_place(tmp_path: Path, text: str) -> None:
    assert run("rules", "new", "my-rule", tmp_path / "own").exit_code == 0
    (tmp_path / "own" / "my-rule.yaml").write_text(text, "utf-8")
    with pytest.raises(RuleError, match="my-rule"):
        rulebook.load([str(tmp_path / "own")])


# patterns


@pytest.mark.parametrize(
    "pattern",
    [r"(a+)+$", r"(a|a)*b", r"(a|aa){20}b", r"(.*)*x", r"((a{0,15}){0,15}){0,15}", r"(a?){30}a{30}", r"(x\w+)*\1{20}",
     "a" * 2_001],
)  # fmt: skip
def test_a_pattern_that_could_run_for_ever_is_refused(pattern: str) -> None:
    assert too_free(pattern)
    with pytest.raises(RuleError, match="3:1"):
        compile_template(f"!word /{pattern}/", "en", {}, "wordings.yaml:3:1")


@pytest.mark.parametrize("pattern", ["a{99999999999999999999}", "[[a]", "[a--b]"])
def test_a_pattern_that_python_cannot_read_or_may_read_otherwise_one_day_is_refused(pattern: str) -> None:
    with pytest.raises(RuleError, match="3:1"):
        compile_template(f"!word /{pattern}/", "en", {}, "wordings.yaml:3:1")


@pytest.mark.parametrize(
    "pattern", [r"\d{1,2}月\d{1,2}[日号]", r"(?<!费)\d[\d,]*(?:\.\d+)?元", r"(?:\s+\w+){0,4}", r"a|b|c"]
)
def test_a_pattern_that_cannot_is_taken(pattern: str) -> None:
    assert too_free(pattern) is None


def test_the_freest_pattern_that_is_taken_stays_quick() -> None:
    """Sixteen unbounded repeats in a row over a long line that fails at its end."""
    pattern = r"(?:\s\w+){0,8}!"
    assert too_free(pattern) is None
    assert MOST_FREEDOM == 16
    phrase = compile_template(f"!word /{pattern}/", "en", {}, "here")
    started = time.monotonic()
    assert phrase.pattern.compiled.search("word" + " word" * 20_000) is None
    assert time.monotonic() - started < 20


# numbers, dates, characters

EXTREME = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
           "292277026596-12-04", "292e9", "NaN", "-1", "9" * 400, "", None, True, 1e308, 10**30, [], {})  # fmt: skip


def test_extreme_dates_and_numbers_are_read_or_listed(tmp_path: Path) -> None:
    rows = [contact(at=one) for one in EXTREME]
    rows += [contact(talk_seconds=one) for one in ("NaN", "inf", "1e999", "-1", "9" * 400, 10**400, [], {})]
    rows += [contact(staff_count=one) for one in ("1e3", 10**30, 2**63, -(2**63), "NaN")]
    path = jsonl(tmp_path / "a.jsonl", *rows)
    with path.open("a") as stream:
        stream.write('{"at": NaN, "channel": "sms", "text": "x"}\n{"talk_seconds": ' + "9" * 5_000 + ', "text": "x"}\n')
    read = load([path])
    assert len(read.contacts) + len(read.unreadable) == len(rows) + 2
    report = audit.check(path, rules=["cn"])
    assert report.checked + len(report.unreadable) == len(rows) + 2


def test_extreme_epochs_are_read_or_listed(tmp_path: Path) -> None:
    epochs = ("0", "-62135596800000", "-62135596800001", "253402300799999", "253402300800000", "292000000000000000000",
              "1e12", "NaN", "９", "1_000", "9" * 5000)  # fmt: skip
    (tmp_path / "a.xml").write_text(
        sms_backup(*(f'<sms address="1" date="{one}" type="1" body="x" />' for one in epochs)), "utf-8"
    )
    read = load([tmp_path / "a.xml"])
    assert len(read.contacts) + len(read.unreadable) == len(epochs)
    report = audit.check(tmp_path / "a.xml", rules=["cn"])
    assert report.checked == len(read.contacts)


ODD = ("\x00", "a\x00b", "\ud800", "\udfff\ud800", "\ufeff", "\u202e", "\u2028", "\x1b[31m", "💥" * 3, "ﷺ" * 5,
       "e\u0301" * 9)  # fmt: skip


@pytest.mark.parametrize("output", ["text", "json", "jsonl"])
def test_odd_characters_go_through_the_whole_check_and_every_output(tmp_path: Path, output: str) -> None:
    texts = [f"{one}不还钱就打断你的腿{one}" for one in ODD]
    rows = [contact(text=text, from_number=one, party_name=one) for text, one in zip(texts, ODD, strict=True)]
    jsonl(tmp_path / "a.jsonl", *rows)
    result = run("check", tmp_path / "a.jsonl", "--rules", "cn", "--output", output)
    assert result.exception is None
    assert result.return_value == 1
    assert "\x1b[31m" not in result.stdout
    result.stdout_bytes.decode("utf-8")
    if output == "json":
        assert json.loads(result.stdout)["checked"] == len(ODD)


# size


def test_a_line_of_ten_million_characters_is_read_in_bounded_time(tmp_path: Path) -> None:
    jsonl(tmp_path / "a.jsonl", contact(text="不还钱就上门" + "催" * 10_000_000))
    started = time.monotonic()
    records = load([tmp_path / "a.jsonl"])
    assert len(records.contacts) == 1
    assert time.monotonic() - started < 120


def test_a_thousand_tiny_files_are_read(tmp_path: Path) -> None:
    for number in range(1_000):
        (tmp_path / f"{number}.jsonl").write_text(json.dumps(contact(text=f"n {number}")), "utf-8")
    records = load([tmp_path])
    assert len(records.contacts) == 1_000


# files that fail


def test_a_link_out_of_the_folder_is_listed_and_not_read(tmp_path: Path) -> None:
    secret = jsonl(tmp_path / "secret.jsonl", contact(text="secret"))
    (tmp_path / "case").mkdir()
    jsonl(tmp_path / "case" / "a.jsonl", contact())
    (tmp_path / "case" / "link.jsonl").symlink_to(secret)
    (tmp_path / "case" / "within.jsonl").symlink_to(tmp_path / "case" / "a.jsonl")
    (tmp_path / "case" / "folder").symlink_to(tmp_path)
    (tmp_path / "case" / "loop").symlink_to(tmp_path / "case" / "loop")
    records = load([tmp_path / "case"])
    assert "secret" not in records.contacts["text"].to_list()
    assert len(records.contacts) == 2
    assert [Path(one.file).name for one in records.unreadable] == ["link.jsonl"]


@pytest.mark.parametrize("reason", [errno.EACCES, errno.ENOENT, errno.EIO])
@pytest.mark.parametrize("when", [1, 2, 3])
def test_a_file_that_vanishes_or_cannot_be_read_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: int, when: int
) -> None:
    jsonl(tmp_path / "a.jsonl", contact())
    jsonl(tmp_path / "b.jsonl", contact(text="y"))
    real, opened = Path.open, []

    def failing(self: Path, *arguments: Any, **options: Any) -> Any:
        if self.name == "a.jsonl":
            opened.append(self)
            if len(opened) >= when:
                raise OSError(reason, os.strerror(reason))
        return real(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", failing)
    records = load([tmp_path])
    assert "y" in records.contacts["text"].to_list()
    assert [Path(one.file).name for one in records.unreadable] == ["a.jsonl"]


def test_a_folder_that_cannot_be_looked_into_is_listed_and_not_sealed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("closed", "open"):
        (tmp_path / "case" / name).mkdir(parents=True)
        jsonl(tmp_path / "case" / name / "a.jsonl", contact(case_id="c", contact_id=name))  # which batches can take
    (tmp_path / "spool").mkdir()
    real = os.scandir

    def failing(folder: Any) -> Any:
        if str(folder).endswith("closed"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return real(folder)

    monkeypatch.setattr(os, "scandir", failing)
    records = load([tmp_path / "case"])
    assert len(records.contacts) == 1
    assert [Path(one.file).name for one in records.unreadable] == ["closed"]
    assert [Path(one.file).name for one in spool([tmp_path / "case"], tmp_path / "spool").unreadable] == ["closed"]
    with pytest.raises(UnreadableFile, match="closed"):
        seal([tmp_path / "case"], tmp_path / "bundle")
    (tmp_path / "case" / "closed").rename(tmp_path / "case" / ".closed")
    seal([tmp_path / "case"], tmp_path / "bundle")


# outputs that fail


def case_and_key(folder: Path) -> Path:
    folder.mkdir()
    (folder / "sms.xml").write_text(sms_backup(sms("hello")), "utf-8")
    return folder


WRITERS: dict[str, Callable[[Path, Path], list[str | Path]]] = {
    "seal": lambda case, out: ["evidence", "seal", case, "-o", out],
    "redact": lambda case, out: ["redact", case, "-o", out],
    "new": lambda case, out: ["rules", "new", "my-rule", out],
}


@pytest.mark.parametrize(
    "failure",
    [OSError(errno.ENOSPC, "No space left on device"), OSError(errno.EROFS, "Read-only"), KeyboardInterrupt()],
    ids=["full", "read-only", "ctrl-c"],
)
@pytest.mark.parametrize("writer", WRITERS)
def test_a_write_that_fails_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writer: str, failure: BaseException
) -> None:
    case = case_and_key(tmp_path / "case")

    def fail(*_arguments: Any, **_options: Any) -> Any:
        raise failure

    monkeypatch.setattr("pathlib.Path.replace", fail)
    result = run(*WRITERS[writer](case, tmp_path / "out"))
    assert isinstance(result.exception, OutputError if isinstance(failure, OSError) else click.Abort)
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert left == [case / "sms.xml"]


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_text("before")
    with pytest.raises(KeyboardInterrupt), writing.aside(target) as draft:
        draft.write_text("half")
        raise KeyboardInterrupt
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_a_place_that_cannot_be_written_is_told_by_the_program(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file stands where the folder should be made: whatever the user, it cannot be written."""
    case = case_and_key(tmp_path / "case")
    with pytest.raises(SystemExit) as ended:
        main(["evidence", "seal", str(case), "-o", str(case / "sms.xml" / "deep" / "out"), "--lang", "en"])
    assert ended.value.code == 3
    assert "cannot write" in capsys.readouterr().err


CASE = CASES / "cn-agreement-broken"
OLD = b"what stood here before"


def outputs(folder: Path) -> dict[str, list[str]]:
    """What is written (a file or folder in `folder`) -> the command, for every command that writes results;
    `found.json` is there.
    """
    case = str(CASE)
    commands = {
        "check.html": ["check", case, "--output", f"html={folder / 'check.html'}", "--output", "json"],
        "import.parquet": ["import", case, "-o"],
        "audit": ["audit", case, "--rules", "cn", "-q", "-o"],
        "seal": ["evidence", "seal", case, "-o"],
        "redact": ["redact", case, "-o"],
    }
    for form in FORMATS:
        commands[f"report.{form}"] = ["report", str(folder / "found.json"), "--to", form, "-o"]
    return {name: [*told, str(folder / name)] if told[-1] == "-o" else told for name, told in commands.items()}


def state(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but the parts of an audit that can be gone on with."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and ".parts" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


IN_ONE_PROCESS = """
import contextlib, io, json, os, random, resource, signal, sys, threading, time

from dunlint.commands import main


def run(arguments):
    told = io.StringIO()
    with contextlib.redirect_stderr(told), contextlib.redirect_stdout(io.StringIO()):
        try:
            main(arguments)
        except SystemExit as ended:
            return ended.code, told.getvalue()


def limited(runs):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit, arguments in runs:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, most))
        yield run(arguments)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def interrupted(arguments, times, seed):
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs are born deaf to it
    drawn = random.Random(seed)
    run(arguments)  # which loads everything: what is timed is a run as the interrupted ones are
    started = time.monotonic()
    run(arguments)
    spent = time.monotonic() - started
    yield 0, "whole"
    for number in range(times):
        yield None, "prepare"
        moment = drawn.random() * spent if number % 2 else (0.7 + drawn.random() * 0.3) * spent
        timer = threading.Timer(moment, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        try:
            ended = run(arguments)
            timer.cancel()
            timer.join()
        except KeyboardInterrupt:
            ended = 130, "after the end"
        yield ended


if __name__ == "__main__":
    for line in sys.stdin:
        what = json.loads(line)
        for answer in globals()[what[0]](*what[1:]):
            print(json.dumps(answer), flush=True)
            if answer[1] == "prepare":
                sys.stdin.readline()
        print(json.dumps(None), flush=True)
"""


class Child:
    """A process that runs commands one after the other, so that only the first of them has to load everything."""

    def __init__(self, folder: Path) -> None:
        script = folder / "child.py"
        script.write_text(IN_ONE_PROCESS)
        self.process = subprocess.Popen(
            [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def ask(self, *what: Any) -> Iterator[Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        while (answer := json.loads(self.process.stdout.readline())) is not None:
            yield answer
            if answer[1] == "prepare":
                self.process.stdin.write("\n")
                self.process.stdin.flush()


@pytest.fixture
def child(tmp_path: Path) -> Iterator[Child]:
    made = Child(tmp_path)
    with made.process:
        yield made
        made.process.kill()


def older_outputs(folder: Path) -> None:
    """An older output in the way of every command that writes over one."""
    for name in outputs(folder):
        if "." in name:
            (folder / name).write_bytes(OLD)
    (folder / "audit").mkdir()
    for name in ("manifest.json", "findings.csv", "summary.json"):
        (folder / "audit" / name).write_bytes(OLD)


def found_json(place: Path) -> None:
    result = run("check", CASE, "--output", "json")
    assert result.return_value == 1
    place.write_text(result.stdout, "utf-8")


TOLD = {"en": ("cannot write the file", "no room for temporary files"), "zh": ("文件写不了", "没有地方放临时文件")}


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of file sizes")
@pytest.mark.parametrize(("limit", "lang"), [(3_000, "en"), (0, "zh")])
def test_no_room_for_an_output_is_told_and_leaves_the_older_one(
    tmp_path: Path, child: Child, limit: int, lang: str
) -> None:
    """The system refuses to write more than `limit` bytes of any file (RLIMIT_FSIZE), as it does on a full disk."""
    (tmp_path / "out").mkdir()
    found_json(tmp_path / "out" / "found.json")
    older_outputs(tmp_path / "out")
    before, commands = state(tmp_path / "out"), outputs(tmp_path / "out")
    runs = [(limit, [*arguments, "--lang", lang]) for arguments in commands.values()]
    for name, (code, told) in zip(commands, child.ask("limited", runs), strict=True):
        assert code == 3, f"{name}: {told}"
        assert told.count("\n") == 1, f"{name}: {told}"
        assert any(one in told for one in TOLD[lang]), f"{name}: {told}"
    assert state(tmp_path / "out") == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 KiB, for those who may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)]
    may = sys.platform == "linux" and os.geteuid() == 0
    if not may or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_disk_that_is_really_full_is_told_and_keeps_the_older_output(small_disk: Path, child: Child) -> None:
    found_json(small_disk / "found.json")
    older_outputs(small_disk)
    with contextlib.suppress(OSError), (small_disk / "fill").open("wb", buffering=0) as stream:
        while True:
            stream.write(b"x" * 1024)
    before, commands = state(small_disk), outputs(small_disk)
    runs = [(-1, [*arguments, "--lang", "en"]) for arguments in commands.values()]
    for name, (code, told) in zip(commands, child.ask("limited", runs), strict=True):
        assert code == 3, f"{name}: {told}"
        assert TOLD["en"][0] in told, f"{name}: {told}"
    assert state(small_disk) == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize(("lang", "told"), [("en", "could not be printed in full"), ("zh", "没能完整输出")])
def test_a_result_that_cannot_be_printed_is_told(lang: str, told: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "cli.py", "check", str(CASE), "--output", "json", "--lang", lang],
            cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    assert done.returncode == 3
    assert told in done.stderr.decode("utf-8")
    assert "Traceback" not in done.stderr.decode("utf-8")


MOMENTS = 6


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT of one's own")
def test_ctrl_c_at_any_moment_leaves_the_old_or_the_new_output_never_half(tmp_path: Path, child: Child) -> None:
    """SIGINT at random moments, half of them in the last third of the run, when results are written."""
    (tmp_path / "out").mkdir()
    found_json(tmp_path / "out" / "found.json")
    codes = set()
    commands = outputs(tmp_path / "out")
    for name in ("check.html", "import.parquet", "audit", "report.xlsx"):  # seal and redact write over nothing
        new, old = {}, {}
        for number, (code, told) in enumerate(child.ask("interrupted", commands[name], MOMENTS, len(name))):
            if told == "whole":
                new = state(tmp_path / "out")
                old = {file: data if file == "found.json" else OLD for file, data in new.items()}
                assert len(new) > 1
            elif told == "prepare":
                for file in state(tmp_path / "out"):
                    (tmp_path / "out" / file).write_bytes(old.get(file, b""))
            else:
                codes.add(code)
                assert state(tmp_path / "out") in (old, new), f"{name}, moment {number}, {code}: {told}"
        for file in new:
            if file != "found.json":
                (tmp_path / "out" / file).unlink()
    assert 130 in codes


class Killed(BaseException):
    """Stands for the end of the process between two steps."""


@pytest.mark.parametrize("moved", range(3))
def test_an_audit_killed_between_old_and_new_files_has_no_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moved: int
) -> None:
    new, out, real = tmp_path / "new", tmp_path / "out", Path.replace
    for folder, text in ((new, "new"), (out, "old")):
        folder.mkdir()
        for name in ("findings.csv", "manifest.json", "summary.json"):
            (folder / name).write_text(text)
    left = moved

    def stopping(self: Path, target: Path) -> Path:
        nonlocal left
        if not left:
            raise Killed
        left -= 1
        return real(self, target)

    monkeypatch.setattr(Path, "replace", stopping)
    with pytest.raises(Killed):
        output._move(new, out)
    assert [path.read_text() for path in (out / "findings.csv", out / "summary.json")].count("new") == moved
    assert not (out / "manifest.json").exists()
    monkeypatch.undo()
    output._move(new, out)
    assert {path.read_text() for path in out.iterdir()} == {"new"}


def test_every_test_that_the_security_page_names_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs" / "security.md").read_text("utf-8"))
    assert len(named) > 15
    for path, name in named:
        assert f"def {name}(" in (ROOT / path).read_text("utf-8"), f"{path}::{name}"


# the network, and sameness


def test_nothing_ever_uses_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: Any, **_options: Any) -> Any:
        raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    (tmp_path / "a.txt").write_text("不还钱就打断你的腿\n", "utf-8")
    for arguments in (
        ["check", CASES / "cn-agreement-broken"],
        ["rules"],
        ["tag", tmp_path / "a.txt"],
        ["formats"],
        ["evidence", "seal", tmp_path / "a.txt", "-o", tmp_path / "b"],
        ["evidence", "verify", tmp_path / "b"],
        ["redact", tmp_path / "a.txt", "-o", tmp_path / "c"],
    ):
        result = run(*arguments)
        assert result.exception is None, f"{arguments}: {result.exception!r}"


MACHINES = (
    {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
    {"PYTHONHASHSEED": "1", "LC_ALL": "zh_CN.UTF-8", "TZ": "Asia/Shanghai"},
    {"PYTHONHASHSEED": "random", "LC_ALL": "C", "TZ": "America/New_York"},
)


def test_the_same_findings_byte_for_byte_on_every_machine_and_engine() -> None:
    """Hash seed, locale and time zone of the machine change nothing; the engine only its own name."""
    outputs = set()
    for machine, engine in zip(MACHINES, ("clips", "clips", default_engine()), strict=True):
        done = subprocess.run(
            [sys.executable, "cli.py", "check", str(CASES.relative_to(ROOT) / "cn-agreement-broken"),
             "--output", "json", "--lang", "en", "--engine", engine],
            cwd=ROOT, env={**os.environ, **machine}, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 1, done.stderr.decode()
        outputs.add(done.stdout.replace(f'"engine": "{engine}"'.encode(), b""))
    assert len(outputs) == 1


def test_the_same_audit_byte_for_byte_on_every_machine_and_with_any_number_of_processes(tmp_path: Path) -> None:
    """As above, with the records in one process or two, in one range of cases or many; the engine only its own name."""
    ways = zip(MACHINES, (("clips", 1, 9_999), ("clips", 2, 5), (default_engine(), 1, 5)), strict=True)
    cases = [str((CASES / name).relative_to(ROOT)) for name in ("cn-agreement-broken", "huabei-overdue")]
    running = []
    for number, (machine, (engine, jobs, rows)) in enumerate(ways):
        arguments = ["audit", *cases, "-o", str(tmp_path / str(number)), "--rules", "cn", "--engine", engine,
                     "--jobs", str(jobs), "--rows", str(rows), "-q"]  # fmt: skip
        process = subprocess.Popen([sys.executable, "cli.py", *arguments], cwd=ROOT, env={**os.environ, **machine})
        running.append((engine, process))
    assert [process.wait() for _, process in running] == [1, 1, 1]
    found = [same_but_engine(state(tmp_path / str(number)), engine) for number, (engine, _) in enumerate(running)]
    assert len(found[0]) > 10
    assert len(pl.read_parquet(tmp_path / "0" / "findings.parquet")) > 5
    assert found[0] == found[1] == found[2]


def same_but_engine(files: dict[str, bytes], engine: str) -> dict[str, bytes]:
    """The files of an audit without the name of its engine, and without the hash of the file that holds it."""
    manifest = json.loads(files["manifest.json"])
    told = [one for one in manifest["outputs"] if one["name"] != "summary.json"]
    assert {"engine": engine}.items() <= manifest.items()
    rest = json.dumps({**manifest, "engine": "", "outputs": told}).encode()
    summary = files["summary.json"].replace(f'"engine": "{engine}"'.encode(), b"")
    return {**files, "manifest.json": rest, "summary.json": summary}


def default_engine() -> str:
    from dunlint.engines import default_engine as default

    return default()
