"""Very many tiny logs of mixed formats: time and peak memory of `dunlint import` and `dunlint check` over all of them.

    python scripts/tiny_files.py 10000
    python scripts/tiny_files.py 1000000 --only import --folder /mnt/scratch

Makes N files (an SMS backup, a WhatsApp and a Signal chat, a mail, subtitles, JSON lines, a CSV table, a Telegram and a
WeChat export, in turn; one or two messages each, no two the same) under a temporary folder, a thousand to a subfolder,
runs each command in a process of its own, and deletes them. Exits with 1 where a command fails, or where the contacts
that were imported are not as many as were written.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

FIRST = datetime(2026, 1, 1, 1, tzinfo=UTC)
IN_FOLDER = 1_000
BLOCK = 4_096  # bytes that a tiny file takes on a usual disk
SPARE = 1.5


def sms(at: datetime, words: str) -> str:
    stamp = int(at.timestamp() * 1000)
    one = f'<sms address="1069" date="{stamp}" type="1" body="{words}"/>'
    return f'<?xml version="1.0"?>\n<smses count="1">{one}</smses>\n'


def whatsapp(at: datetime, words: str) -> str:
    return f"[{at:%d/%m/%Y, %H:%M:%S}] Robin: {words}\n[{at:%d/%m/%Y, %H:%M:%S}] Agent: {words}!\n"


def signal(at: datetime, words: str) -> str:
    return f"[{at:%Y-%m-%d, %H:%M}] Agent: {words}\n"


def mail(at: datetime, words: str) -> str:
    head = f"From: agent@example.org\nTo: robin@example.org\nDate: {at:%a, %d %b %Y %H:%M:%S} +0000\nSubject: {words}\n"
    return f"{head}Message-ID: <{words.replace(' ', '.')}@example.org>\n\n{words}\n"


def subtitles(_at: datetime, words: str) -> str:
    return f"WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<v collector>{words}\n"


def lines(at: datetime, words: str) -> str:
    row = {"at": at.isoformat(), "channel": "sms", "direction": "outbound", "text": words}
    return json.dumps(row) + "\n"


def table(at: datetime, words: str) -> str:
    return f"at,channel,direction,text\n{at.isoformat()},sms,outbound,{words}\n"


def telegram(at: datetime, words: str) -> str:
    stamp = str(int(at.timestamp()))
    message = {"id": 1, "type": "message", "date_unixtime": stamp, "from": "Agent", "from_id": "user7", "text": words}
    return json.dumps({"name": "Agent", "type": "personal_chat", "id": 7, "messages": [message]})


def wechat(at: datetime, words: str) -> str:
    return json.dumps([{"time": at.isoformat(), "talker": "wxid_a", "talkerName": "Agent", "isSelf": False, "type": 1,
                        "content": words}])  # fmt: skip


KINDS = (
    ("xml", sms, 1), ("txt", whatsapp, 2), ("txt", signal, 1), ("eml", mail, 1), ("vtt", subtitles, 1),
    ("jsonl", lines, 1), ("csv", table, 1), ("json", telegram, 1), ("json", wechat, 1),
)  # fmt: skip


def make(folder: Path, count: int) -> int:
    """Write the files; how many contacts are in them."""
    contacts = 0
    for number in range(count):
        ending, written, inside = KINDS[number % len(KINDS)]
        place = folder / f"{number // IN_FOLDER:04}"
        if number % IN_FOLDER == 0:
            place.mkdir()
        words = f"please call us about file {number}"
        (place / f"{number:07}.{ending}").write_text(written(FIRST + timedelta(seconds=97 * number), words), "utf-8")
        contacts += inside
    return contacts


def room_for(folder: Path, count: int) -> bool:
    """Whether disk and inodes hold so many files."""
    free = os.statvfs(folder)
    return free.f_bavail * free.f_frsize > count * BLOCK * SPARE and (not free.f_files or free.f_favail > count * SPARE)


def measured(arguments: list[str]) -> tuple[int, float, float, int]:
    """Runs `dunlint`: exit code, seconds by the clock, seconds of the processor, peak memory in MiB."""
    began = time.monotonic()
    started = subprocess.Popen([sys.executable, "-m", "dunlint.commands", *arguments], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(started.pid, 0)
    peak = used.ru_maxrss // (1024 if sys.platform == "linux" else 1 << 20)
    return os.waitstatus_to_exitcode(status), time.monotonic() - began, used.ru_utime + used.ru_stime, peak


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, nargs="?", default=10_000, metavar="N")
    parser.add_argument("--only", choices=("import", "check"))
    parser.add_argument("--folder", type=Path, help="where to put them; by default the system's temporary folder")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dunlint-tiny-", dir=asked.folder) as scratch:
        logs, imported = Path(scratch) / "logs", Path(scratch) / "records.parquet"
        logs.mkdir()
        if not room_for(logs, asked.count):
            parser.error(f"not room enough for {asked.count} files under {scratch}")
        began = time.monotonic()
        contacts = make(logs, asked.count)
        print(f"{asked.count} files with {contacts} contacts made in {time.monotonic() - began:.0f} s", flush=True)
        failed = False
        for command, more, fine in (("import", ["-o", str(imported)], (0,)), ("check", ["--rules", "us"], (0, 1))):
            if asked.only not in (None, command):
                continue
            code, seconds, processor, peak = measured([command, str(logs), "--zone", "UTC", "--quiet", *more])
            print(f"{command}: exit {code}, {seconds:.0f} s, {processor:.0f} s of the processor, "
                  f"{processor / asked.count * 1000:.2f} ms a file, peak {peak} MiB", flush=True)  # fmt: skip
            failed |= code not in fine
        if imported.exists():
            failed |= read_again(imported) != contacts
        shutil.rmtree(logs)
    return int(failed)


def read_again(imported: Path) -> int:
    """How many contacts were imported."""
    import polars as pl

    found = int(pl.scan_parquet(imported).select(pl.len()).collect().item())
    print(f"imported: {found} contacts")
    return found


if __name__ == "__main__":
    sys.exit(main())
