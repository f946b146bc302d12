"""Every obligation of the law notes is accounted for, and the pages say what the tables say."""

from __future__ import annotations

import subprocess
import sys

import pytest

from dunlint.commands import main
from dunlint.errors import RuleError
from dunlint.rulebook import coverage, load
from dunlint.rulebook.load import checked
from dunlint.yaml_places import parse
from tests.conftest import ROOT


def test_all_128_obligations_of_china_are_there_once_each() -> None:
    assert [row.id for row in coverage.obligations("cn")] == [f"{number:03}" for number in range(1, 129)]


def test_the_rules_an_obligation_names_exist_and_at_least_one_is_on_or_it_is_off() -> None:
    book = load.load(["cn"])
    known = {rule.id: rule.enabled for rule in book.rules}
    for row in coverage.obligations("cn"):
        assert set(row.rules) <= set(known), row.id
        if row.state in ("rule", "covered"):
            assert any(known[name] for name in row.rules), row.id


def test_an_obligation_without_its_reason_is_refused() -> None:
    document = parse("id: a\nkey: b\ntitle: {zh: 题, en: t}\nstate: checklist", "x")
    with pytest.raises(RuleError):
        checked(document, (), document.data, coverage.Obligation)


def test_the_coverage_pages_are_up_to_date() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "scripts" / "build_coverage.py"), "--check"], check=False)
    assert done.returncode == 0


WORLD = {
    "mx": "hours conduct conduct-caller-id",
    "br": "cdc state-hours",
    "br-sp": "hours",
    "cl": "freq hours retain",
    "co": "hours freq",
    "za": "dca dca-hours",
    "ke": "dcp dcp-listing",
    "ng": "fccpc",
    "uk": "times mcob-hours frequency mislead-contact premium thirdparty embarrass verify-id visit-notice "
    "visit-conduct authority no-legal-power court-pressure disproportionate data dispute statutebarred breathing "
    "forbear",
    "au": "phone-hours f2f-hours work-hours frequency attempts f2f-freq undue mislead",
    "in": "hours-2022 harass-2022 mfi-hours mfi-place 2026-hours 2026-party 2026-record 2026-occasions 2026-harsh "
    "2026-agent",
    "hk": "cobp notice",
    "sg": "dca",
    "my": "cca",
    "id": "hours conduct",
    "ph": "hours contacts conduct",
    "th": "once-day hours third",
    "vn": "5day hours third",
    "jp": "hours agreed-time work leave publish other",
    "kr": "hours 9-other 7in7 defer limit-request proxy",
    "tw": "hours third conduct false harass fee visit record notice",
    "eu": "2021-2167",
    "gr": "freq hours work visit relatives ident record detail imp impair",
    "de": "rdg13a rdg-ack",
    "it": "garante code",
    "fr": "r124",
    "be": "xix",
    "es": "none",
    "ca": "fed-hours fed-third fed-cell",
    "ca-on": "notice 3in7 hours",
    "ca-bc": "hours",
    "ca-nb": "hours",
    "ca-qc": "hours",
}


@pytest.mark.parametrize("pack", WORLD)
def test_every_entry_of_the_catalogue_of_a_country_is_accounted_for(pack: str) -> None:
    rows = coverage.obligations(pack)
    assert sorted(row.id for row in rows) == sorted(f"{pack}-{name}" for name in WORLD[pack].split())
    enabled = {rule.id: rule.enabled for rule in load.load([pack]).rules}
    for row in rows:
        assert set(row.rules) <= set(enabled), row.id
        assert any(enabled[name] for name in row.rules) == (row.state in ("rule", "covered")), row.id


@pytest.mark.parametrize("pack", WORLD)
def test_every_rule_of_a_country_names_entries_that_name_it(pack: str) -> None:
    named = {row.id: row.rules for row in coverage.obligations(pack)}
    for rule in load.load([pack]).rules:
        assert rule.obligations, rule.id
        for one in rule.obligations:
            assert rule.id in named[one], rule.id


@pytest.mark.parametrize("pack", WORLD)
def test_a_rule_known_from_memory_only_asks_for_a_review(pack: str) -> None:
    book = load.load([pack])
    for rule in book.enabled:
        if coverage.grade(rule, book) == "M":
            assert rule.verdict == "review", rule.id


def test_every_shipped_pack_says_where_it_holds() -> None:
    assert [name for name in load.shipped() if not load.pack(name).regions] == []


def test_a_cell_of_the_grid_counts_rules_and_tells_their_evidence() -> None:
    row = coverage.grid(["in"])[0]
    assert row.regions == ("IN",)
    assert coverage.shown(row.cells["hours"]) == "2 C–M +1"
    assert coverage.shown(row.cells["stops"]) == "–"


def test_a_country_counts_as_known_only_where_a_rule_says_more_than_review() -> None:
    assert coverage.countries(coverage.grid(["kr", "in", "th", "sg", "my"])) == {
        "IN": "hours", "KR": "both", "SG": "other", "TH": "frequency",
    }  # fmt: skip


def test_a_state_pack_counts_for_its_country_and_a_pack_that_is_off_for_none() -> None:
    assert coverage.countries(coverage.grid(["mx", "br", "br-sp", "cl", "co", "za", "ke", "ng"])) == {
        "BR": "hours", "CL": "frequency", "CO": "both", "KE": "other", "MX": "hours", "ZA": "other",
    }  # fmt: skip


def test_every_country_with_rules_has_a_square_on_the_map() -> None:
    drawn = {line for row in (ROOT / "scripts" / "world_tiles.txt").read_text().splitlines() for line in row.split()}
    assert set(coverage.countries(coverage.grid(load.shipped()))) <= drawn


def test_coverage_prints_a_line_a_pack_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["rules", "--rules", "in,vn", "coverage"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["in", "vn"]
