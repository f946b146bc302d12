"""Reading large phone backups: processor seconds and peak memory of `dunlint.load_records` and of `dunlint import`,
each in its own process.

    python benchmarks/readers.py [--size 500] [--texts 200]

Makes, in a temporary folder, an SMS backup of `--size` MB in which pictures (base64 in MMS) take nearly all, and one of
`--texts` MB of short texts only (0: none of that kind); reads each into memory (`--only import`: only from file to
file), and with it the rival: the standard library's `xml.etree.iterparse`, which keeps time, address and words of each
record and clears the element. Prints a Markdown table; `docs/benchmarks.md` holds dated results.
"""

from __future__ import annotations

import argparse
import base64
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

MB = 1 << 20
LABELS = {
    "load": "dunlint, table in memory",
    "import": "dunlint import",
    "rival": "iterparse, one tuple a record",
}
HEAD = "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<smses count=\"1\">\n"
TEXT = "【某某消费金融】您的账单已逾期{number}天，请于今日18:00前处理，详询客服。"


def sms(number: int) -> str:
    return (
        f'  <sms protocol="0" address="1069800{number % 90:04}" date="{1_700_000_000_000 + number * 60_000}" type="1" '
        f'subject="null" body="{TEXT.format(number=number)}" toa="null" sc_toa="null" service_center="null" read="1" '
        'status="-1" locked="0" date_sent="0" sub_id="1" readable_date="2026年3月2日 下午10:04:00" '
        'contact_name="(Unknown)" />\n'
    )


def mms(number: int, picture: str) -> str:
    return (
        f'  <mms date="{1_700_000_000_000 + number * 60_000}" msg_box="1" address="106980000000" m_type="132"><parts>'
        f'<part seq="0" ct="text/plain" name="null" text="函件{number}见附件" />'
        f'<part seq="1" ct="image/jpeg" name="a.jpg" text="null" data="{picture}" /></parts>'
        '<addrs><addr address="106980000000" type="137" charset="106" /></addrs></mms>\n'
    )


def make(path: Path, size: int, record: Callable[[int], str]) -> int:
    """Writes records until the file has so many MB; how many there are."""
    written, number = 0, 0
    with path.open("w", encoding="utf-8") as stream:
        stream.write(HEAD)
        while written < size * MB:
            line = record(number)
            stream.write(line)
            written, number = written + len(line.encode()), number + 1
        stream.write("</smses>\n")
    return number


def ours(path: Path) -> int:
    from dunlint.records import load

    return len(load([path]).contacts)


def imported(path: Path) -> int:
    """From the file to a Parquet file beside it."""
    import polars as pl

    from dunlint.commands import cli

    out = path.with_suffix(".parquet")
    cli.main(["import", str(path), "-o", str(out), "-q"], standalone_mode=False)
    return int(pl.scan_parquet(out).select(pl.len()).collect().item())


def rival(path: Path) -> int:
    from xml.etree.ElementTree import iterparse

    bodies = []
    for _, element in iterparse(path):
        if element.tag in ("sms", "mms"):
            bodies.append((element.get("date"), element.get("address"), element.get("body")))
            element.clear()
    return len(bodies)


def measured(which: str, path: Path) -> tuple[int, float, float]:
    """(contacts, seconds, peak MB) of a process that reads the file."""
    done = subprocess.run(
        [sys.executable, __file__, "--read", which, str(path)], check=True, capture_output=True, text=True
    )
    contacts, seconds, peak = done.stdout.split()
    return int(contacts), float(seconds), float(peak)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=500)
    parser.add_argument("--texts", type=int, default=200)
    parser.add_argument("--only", choices=LABELS)
    parser.add_argument("--read", nargs=2)
    options = parser.parse_args()
    if options.read:
        start = time.process_time()
        contacts = {"load": ours, "import": imported, "rival": rival}[options.read[0]](Path(options.read[1]))
        spent = time.process_time() - start
        print(contacts, spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    picture = base64.b64encode(random.Random(3).randbytes(700_000)).decode()
    print("| file | MB | contacts | what | CPU seconds | MB a second | peak MB |\n" + "| --- " * 7 + "|")
    with tempfile.TemporaryDirectory() as folder:
        for name, size, record in (
            ("pictures", options.size, lambda number: mms(number, picture) if number % 4 == 0 else sms(number)),
            ("texts only", options.texts, sms),
        ):
            path = Path(folder) / "sms.xml"
            if not size:
                continue
            make(path, size, record)
            for what in (options.only,) if options.only else LABELS:
                contacts, seconds, peak = measured(what, path)
                cells = (
                    name,
                    f"{size:,}",
                    f"{contacts:,}",
                    LABELS[what],
                    f"{seconds:.1f}",
                    f"{size / seconds:.0f}",
                    f"{peak:.0f}",
                )
                print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
