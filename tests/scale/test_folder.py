"""`audit`: the folder, the same bytes however the work is cut, broken off and gone on with."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from dunlint import audit as pipeline
from dunlint.errors import BadArgument, InputError
from dunlint.records.load import load
from dunlint.scale import columns, truth
from dunlint.scale.folder import WORK, Outcome, audit
from dunlint.scale.run import part_folder
from tests.scale.conftest import ROWS

Same = Callable[[Path], None]


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "rollups" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_planted_violation_is_found_and_nothing_else(records: Path, whole: Outcome) -> None:
    found = truth.compare(truth.read(records / "truth.parquet"), pl.scan_parquet(whole.folder / "findings.parquet"))
    assert found.filter(pl.col("rule").is_null())["planted"][0] > 100
    assert found.filter(pl.col("found") != pl.col("planted")).is_empty()
    assert found.filter(pl.col("both") != pl.col("planted")).is_empty()


def test_a_finding_that_was_not_planted_is_seen(records: Path, whole: Outcome) -> None:
    planted = truth.read(records / "truth.parquet").sort("contact_id")
    found = truth.compare(planted.slice(1), pl.scan_parquet(whole.folder / "findings.parquet"))
    last = found.filter(pl.col("rule").is_null())
    assert last["found"][0] == last["both"][0] + 1
    assert last["precision"][0] < 1 == last["recall"][0]


def test_several_processes_write_the_same_bytes(records: Path, tmp_path: Path, same_as_whole: Same) -> None:
    audit([records], tmp_path / "out", rules=["cn", "us"], rows=ROWS, jobs=2)
    same_as_whole(tmp_path / "out")


def test_the_size_of_the_ranges_changes_no_byte(records: Path, tmp_path: Path, same_as_whole: Same) -> None:
    audit([records], tmp_path / "out", rules=["cn", "us"])
    same_as_whole(tmp_path / "out")


def test_records_in_order_of_time_give_the_same_findings(records: Path, tmp_path: Path, whole: Outcome) -> None:
    shuffled = tmp_path / "records"
    shuffled.mkdir()
    for name in ("accounts", "events"):
        (shuffled / f"{name}.parquet").write_bytes((records / f"{name}.parquet").read_bytes())
    contacts = pl.read_parquet(records / "contacts.parquet").sort("at", "contact_id")
    contacts.write_parquet(shuffled / "contacts.parquet", row_group_size=500)
    outcome = audit([shuffled], tmp_path / "out", rules=["cn", "us"], rows=ROWS)
    own = ["source_line", "source_sha256"]
    expected = pl.read_parquet(whole.folder / "findings.parquet").drop(own)
    assert pl.read_parquet(outcome.folder / "findings.parquet").drop(own).equals(expected)


def test_findings_are_those_of_check(tmp_path: Path, records: Path) -> None:
    """One jurisdiction, so that both judge every case by the same pack; CSV, so that both read the same files."""
    log = tmp_path / "log"
    log.mkdir()
    for name in ("contacts", "accounts", "events"):
        frame = pl.read_parquet(records / f"{name}.parquet").filter(pl.col("case_id").str.starts_with("US"))
        flat = frame.select(column for column in frame.columns if frame.schema[column] != pl.List(pl.String))
        flat.with_columns(pl.col(pl.Datetime("us", "UTC")).dt.to_string("iso:strict")).write_csv(log / f"{name}.csv")
    expected = pipeline.check_records(load([log]), rules=["us"])
    outcome = audit([log], tmp_path / "out", rules=["us"], rows=ROWS)
    found = pl.read_parquet(outcome.folder / "findings.parquet")
    assert len(found) == len(expected.findings) > 0
    assert set(found["fingerprint"]) == {finding.fingerprint for finding in expected.findings}
    assert {row["rule"]: row["contacts"] for row in outcome.summary["not_checkable"]} == {
        one.rule: one.contacts for one in expected.not_checkable
    }


def test_rollups_add_up_to_the_whole(whole: Outcome, records: Path) -> None:
    contacts = pl.read_parquet(records / "contacts.parquet")
    for name in ("agency", "team", "agent", "campaign", "channel", "week", "hour", "hour_weekday", "agency_week"):
        rows = read(whole.folder, name)
        assert sum(int(row["contacts"]) for row in rows) == len(contacts), name
        assert sum(int(row["findings"]) for row in rows) == whole.summary["findings"]["total"], name
        assert sum(int(row["contacts_in_breach"]) for row in rows) == whole.summary["contacts_in_breach"], name
    for row in read(whole.folder, "agency"):
        own = contacts.filter(pl.col("agency") == row["agency"])
        assert (int(row["contacts"]), int(row["cases"])) == (len(own), own["case_id"].n_unique())
        assert float(row["rate_low"]) <= float(row["rate"]) <= float(row["rate_high"])
    for row in read(whole.folder, "rule"):
        assert (int(row["contacts"]), int(row["cases"])) == (len(contacts), contacts["case_id"].n_unique())


def test_each_case_is_judged_by_the_packs_of_its_country(whole: Outcome) -> None:
    found = pl.read_parquet(whole.folder / "findings.parquet")
    assert set(found.select(pl.col("case_id").str.slice(0, 2), pl.col("rule").str.slice(0, 2)).unique().rows()) == {
        ("CN", "cn"),
        ("US", "us"),
    }


@pytest.mark.parametrize("rules", [None, ["auto"]])
def test_packs_are_found_by_the_regions_where_they_hold_whatever_their_names(
    tmp_path: Path, rules: list[str] | None
) -> None:
    """London has the pack uk, Athens eu beside gr; Warsaw has eu alone."""
    places = [("a", "GB", "Europe/London"), ("b", "GR", "Europe/Athens"), ("c", "PL", "Europe/Warsaw")]
    names, regions, zones = zip(*places, strict=True)
    accounts = {"case_id": names, "account_id": names, "region": regions, "lender_type": "bank"}
    call = {"channel": "call", "direction": "outbound", "outcome": "connected", "party": "debtor", "role": "assignee"}
    said = "This is about your overdue loan. Pay today or we will break your legs."
    contacts = {**call, "case_id": names, "account_id": names, "zone": zones, "at": "2026-03-03T11:30Z", "text": said}
    log = tmp_path / "log"
    log.mkdir()
    pl.DataFrame(accounts).write_csv(log / "accounts.csv")
    pl.DataFrame(contacts).write_csv(log / "contacts.csv")
    done = audit([log], tmp_path / "out", rules=rules)
    assert done.summary["rules"] == ["uk", "eu", "gr"]
    found = pl.read_parquet(done.folder / "findings.parquet")
    assert set(found.select("case_id", pl.col("rule").str.slice(0, 2)).unique().rows()) == {
        ("a", "uk"), ("b", "eu"), ("c", "eu"),
    }  # fmt: skip


def test_what_no_log_can_show_and_what_the_records_lack_is_listed(whole: Outcome) -> None:
    summary = json.loads((whole.folder / "summary.json").read_text(encoding="utf-8"))
    assert {"number", "title_zh", "title_en", "needs_zh", "needs_en"} == summary["checklist"][0].keys()
    assert {"rule": "cn-insult", "missing": ["words"]}.items() <= {
        key: value for row in summary["not_checkable"] if row["rule"] == "cn-insult" for key, value in row.items()
    }.items()
    fields = pl.read_csv(whole.folder / "fields.csv")
    words = fields.filter(pl.col("field") == "words").row(0, named=True)
    assert words["filled"] == 0
    assert words["rules_waiting"] > 50


def test_a_value_that_no_rule_could_know_is_listed_and_the_rest_is_checked(records: Path, tmp_path: Path) -> None:
    odd = tmp_path / "odd"
    odd.mkdir()
    contacts = pl.read_parquet(records / "contacts.parquet").head(50)
    nth = pl.int_range(pl.len())
    contacts = contacts.with_columns(
        channel=pl.when(nth == 3).then(pl.lit("fax")).otherwise("channel"),
        case_id=pl.when(nth == 5).then(None).otherwise("case_id"),
    )
    contacts.write_parquet(odd / "contacts.parquet")
    outcome = audit([odd], tmp_path / "out", rules=["cn"])
    with (outcome.folder / "unreadable.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["line"], row["found"]) for row in rows] == [("4", "fax"), ("6", "")]
    assert outcome.summary["contacts"] == 48


def test_no_cell_is_a_formula(records: Path, tmp_path: Path) -> None:
    evil = tmp_path / "evil"
    evil.mkdir()
    contacts = pl.read_parquet(records / "contacts.parquet").with_columns(agency=pl.lit('=HYPERLINK("x")'))
    contacts.write_parquet(evil / "contacts.parquet")
    (evil / "accounts.parquet").write_bytes((records / "accounts.parquet").read_bytes())
    outcome = audit([evil], tmp_path / "out", rules=["cn", "us"])
    assert read(outcome.folder, "agency")[0]["agency"].startswith("'=")
    with (outcome.folder / "findings.csv").open(encoding="utf-8", newline="") as stream:
        assert {row["agency"][:2] for row in csv.DictReader(stream)} == {"'="}


def test_without_contacts_there_is_nothing_to_audit(records: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"contacts"):
        audit([records / "accounts.parquet"], tmp_path / "out")


def nobody_left(session: int, until: float) -> bool:
    """Whether every process of a session has ended by then."""
    while time.monotonic() < until:
        try:
            os.killpg(session, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


CHILD = """
import signal
import sys
from dunlint.scale.folder import audit
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs are born deaf to it
if __name__ == "__main__":
    audit([sys.argv[1]], sys.argv[2], rules=["cn", "us"], rows=int(sys.argv[3]), jobs=int(sys.argv[4]), resume=True)
"""


@pytest.mark.parametrize(
    ("jobs", "finished", "stop"), [(1, 1, signal.SIGKILL), (1, 3, signal.SIGINT), (2, 2, signal.SIGKILL)]
)
def test_a_run_that_was_killed_goes_on_and_ends_in_the_same_bytes(
    records: Path, tmp_path: Path, same_as_whole: Same, jobs: int, finished: int, stop: signal.Signals
) -> None:
    script = tmp_path / "child.py"
    script.write_text(CHILD)
    out = tmp_path / "out"
    arguments = [sys.executable, str(script), str(records), str(out), str(ROWS), str(jobs)]
    child = subprocess.Popen(arguments, stderr=subprocess.DEVNULL, start_new_session=True)
    until = time.monotonic() + 240
    while not part_folder(out / WORK, finished - 1).is_dir():
        assert child.poll() is None, "the run ended before it could be stopped"
        assert time.monotonic() < until
        time.sleep(0.01)
    child.send_signal(stop)
    child.wait()
    assert nobody_left(child.pid, time.monotonic() + 60), "a worker outlived the run"
    assert (out / WORK).is_dir()
    assert not (out / "manifest.json").exists()
    audit([records], out, rules=["cn", "us"], rows=ROWS, resume=True)
    same_as_whole(out)


def test_a_damaged_part_is_made_again(records: Path, tmp_path: Path, same_as_whole: Same) -> None:
    out = tmp_path / "out"

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        audit([records], out, rules=["cn", "us"], rows=ROWS, progress=stop)
    findings = part_folder(out / WORK, 0) / "findings-000000.parquet"
    findings.write_bytes(findings.read_bytes()[:-1])
    audit([records], out, rules=["cn", "us"], rows=ROWS, resume=True)
    same_as_whole(out)


def test_parts_of_another_audit_are_not_gone_on_with(records: Path, tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        audit([records], tmp_path / "out", rules=["us"], rows=ROWS, progress=stop)
    with pytest.raises(BadArgument, match="rules"):
        audit([records], tmp_path / "out", rules=["cn", "us"], rows=ROWS, resume=True)


def test_a_case_larger_than_a_range_is_one_case(tmp_path: Path) -> None:
    """Half an hour apart, day and night, for one debtor: every call counts with every other."""
    many = 20_000
    contacts = pl.select(at=pl.datetime(2026, 3, 2, time_zone="UTC") + pl.duration(minutes=30 * pl.int_range(many)))
    contacts = contacts.with_columns(
        contact_id=pl.format("c{}", pl.int_range(pl.len())), case_id=pl.lit("one"), channel=pl.lit("sms"),
        direction=pl.lit("outbound"), party=pl.lit("debtor"), role=pl.lit("agency"), zone=pl.lit("Asia/Shanghai"),
    )  # fmt: skip
    contacts.write_parquet(tmp_path / "contacts.parquet")
    pl.DataFrame(
        {"case_id": ["one"], "lender_type": ["bank"], "product": ["consumer_loan"], "region": ["CN-GD"]}
    ).write_parquet(tmp_path / "accounts.parquet")
    outcome = audit([tmp_path], tmp_path / "out", rows=1_000)
    found = pl.read_parquet(outcome.folder / "findings.parquet")
    nights = contacts["at"].dt.convert_time_zone("Asia/Shanghai").dt.hour().is_between(8, 21).not_().sum()
    assert (found["rule"] == "cn-quiet-hours").sum() == nights
    burst = found.filter(pl.col("rule") == "cn-message-burst")
    assert len(burst) == contacts["at"].dt.convert_time_zone("Asia/Shanghai").dt.date().value_counts().filter(
        pl.col("count") >= 10
    ).height  # fmt: skip
    assert outcome.summary["rules"] == ["cn"]


MEASURED = """
import resource, sys
from dunlint.scale.folder import audit
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
outcome = audit([sys.argv[1]], sys.argv[2], rules=["cn"])
print(outcome.summary["findings"]["total"], (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_a_case_of_fifty_thousand_contacts_needs_little_memory(tmp_path: Path) -> None:
    """By day, so many on each that every one counts with all of its day. In a process of its own, for its own peak."""
    many, a_day = 50_000, 5_000
    nth = pl.int_range(many)
    pl.select(
        at=pl.datetime(2026, 3, 2, 1, time_zone="UTC") + pl.duration(days=nth // a_day, seconds=nth % a_day * 8),
        contact_id=pl.format("c{}", nth), case_id=pl.lit("one"), channel=pl.lit("sms"), direction=pl.lit("outbound"),
        party=pl.lit("debtor"), role=pl.lit("agency"), zone=pl.lit("Asia/Shanghai"),
    ).write_parquet(tmp_path / "contacts.parquet")  # fmt: skip
    command = [sys.executable, "-c", MEASURED, tmp_path, tmp_path / "out"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    findings, megabytes = (int(number) for number in done.stdout.split())
    assert findings == len(pl.read_parquet(tmp_path / "out" / "findings.parquet")) >= many // a_day
    assert megabytes < 300  # measured: 125, and 649 when each contact was a fact of the engine


def test_findings_of_one_instant_stand_in_one_piece_and_pieces_follow_each_other(
    tmp_path: Path, records: Path, monkeypatch: pytest.MonkeyPatch, same_as_whole: Same
) -> None:
    monkeypatch.setattr(columns, "AT_ONCE", 20)
    audit([records], tmp_path / "out", rules=["cn", "us"], rows=ROWS)
    same_as_whole(tmp_path / "out")


@pytest.mark.parametrize(
    ("region", "packs"),
    [("BR-SP", ["br", "br-sp"]), ("GB-ENG", ["uk"]), ("CN-HK", ["hk"]), ("US-CO", ["us", "us-co"]), ("CO-DC", ["co"])],
)
def test_packs_are_chosen_by_the_regions_they_name_not_by_their_own_name(
    tmp_path: Path, region: str, packs: list[str]
) -> None:
    account = {"table": "accounts", "case_id": "a", "account_id": "a", "region": region, "lender_type": "bank"}
    call = {"case_id": "a", "account_id": "a", "at": "2026-03-02T22:30:00Z", "zone": "UTC", "channel": "call"}
    contact = {"table": "contacts", **call, "direction": "outbound", "party": "debtor", "role": "agency"}
    path = tmp_path / "log.jsonl"
    path.write_text(json.dumps(account) + "\n" + json.dumps(contact) + "\n", encoding="utf-8")
    assert audit([path], tmp_path / "out").summary["rules"] == packs
