"""Which rules judge which contact: by the region of its account, with several countries in one table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dunlint import audit
from dunlint.commands import main
from dunlint.errors import BadArgument
from dunlint.findings import Report
from dunlint.rulebook import regions

LATE = "2026-03-02T22:30:00"
CALL = {"channel": "call", "direction": "outbound", "outcome": "no_answer", "party": "debtor", "role": "agency"}


def log(folder: Path, **accounts: dict[str, str]) -> Path:
    """A JSON Lines log: one late call to each account, whose case bears the account's name."""
    lines = []
    for name, account in accounts.items():
        at = LATE if "zone" in account else f"{LATE}Z"
        lines.append({"table": "accounts", "case_id": name, "account_id": name, **account})
        lines.append({"table": "contacts", "case_id": name, "contact_id": name, "account_id": name, "at": at, **CALL,
                      "zone": account.get("zone", "UTC"), "collection": True})  # fmt: skip
    path = folder / "log.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


US = {"region": "US-MA", "zone": "America/New_York", "lender_type": "bank"}
CN = {"region": "CN-GD", "zone": "Asia/Shanghai", "lender_type": "bank"}
NOWHERE = {"zone": "Asia/Shanghai", "lender_type": "bank"}


def found(report: Report) -> dict[str, set[str]]:
    """Case -> the packs whose rules found something in it."""
    cases: dict[str, set[str]] = {}
    for finding in report.findings:
        cases.setdefault(finding.case_id, set()).add(finding.rule.split("-")[0])
    return cases


def test_a_region_is_inside_itself_and_inside_what_contains_it_only() -> None:
    assert regions.inside("US-MA", ["US"])
    assert regions.inside("US", ["US"])
    assert not regions.inside("US", ["US-MA"])
    assert not regions.inside("USX", ["US"])


def test_a_part_that_is_left_out_is_not_inside() -> None:
    assert not regions.inside("CN-HK", ["CN", "!CN-HK"])
    assert regions.inside("CN-GD", ["CN", "!CN-HK"])
    assert regions.fitting("CN-HK") == ("hk",)


def test_mainland_rules_judge_no_contact_in_hong_kong_even_where_both_are_chosen(tmp_path: Path) -> None:
    report = audit.check(log(tmp_path, canton=CN, kowloon={**CN, "region": "CN-HK"}))
    assert report.rules == ("cn", "hk")
    assert found(report)["canton"] == {"cn"}
    assert found(report)["kowloon"] == {"hk"}


def test_the_packs_of_a_region_come_with_those_they_build_on() -> None:
    assert regions.fitting("US-NY-NYC") == ("us", "us-ny", "us-ny-nyc")
    assert regions.fitting("CN-GD") == ("cn",)
    assert regions.fitting("AQ") == ()


@pytest.mark.parametrize(
    ("region", "packs"),
    [
        ("GR", ("eu", "gr")), ("DE-BY", ("eu", "de")), ("IT", ("eu", "it")), ("FR", ("eu", "fr")),
        ("BE", ("eu", "be")), ("ES-CT", ("eu", "es")), ("PL", ("eu",)), ("CA", ("ca",)), ("CA-ON", ("ca", "ca-on")),
        ("CA-BC", ("ca", "ca-bc")), ("CA-NB", ("ca", "ca-nb")), ("CA-QC", ("ca", "ca-qc")), ("CA-AB", ("ca",)),
        ("US-CA", ("us", "us-ca")),
    ],
)  # fmt: skip
def test_a_region_has_the_packs_of_its_country_its_union_and_its_province(region: str, packs: tuple[str, ...]) -> None:
    assert regions.fitting(region) == packs


def test_auto_finds_greece_and_quebec_by_region_and_judges_each_by_its_own_clock(tmp_path: Path) -> None:
    """20:30 local: too late in Greece and Quebec, in time in Ontario."""
    lines = []
    for name, region, zone in (
        ("a", "GR", "Europe/Athens"), ("b", "CA-QC", "America/Toronto"), ("c", "CA-ON", "America/Toronto"),
    ):  # fmt: skip
        account = {"case_id": name, "account_id": name, "region": region, "lender_type": "bank"}
        call = {"case_id": name, "account_id": name, "at": "2026-03-03T20:30:00", "zone": zone, **CALL}
        lines += [{"table": "accounts", **account}, {**call, "channel": "voicemail", "collection": True}]
    path = tmp_path / "log.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    report = audit.check(path, rules=["auto"], lang="en")
    assert report.rules_from == "by the region of the account: CA-ON: ca, ca-on; CA-QC: ca, ca-qc; GR: eu, gr"
    violations = {(one.case_id, one.rule) for one in report.findings if one.verdict == "violation"}
    assert violations == {("a", "gr-hours"), ("b", "ca-qc-hours")}


@pytest.mark.parametrize("rules", [None, ["auto"]])
def test_two_countries_in_one_table_are_each_judged_by_their_own_rules(tmp_path: Path, rules: list[str] | None) -> None:
    report = audit.check(log(tmp_path, boston=US, canton=CN), rules=rules, lang="en")
    assert report.rules == ("cn", "us", "us-ma")
    assert report.rules_from == "by the region of the account: CN-GD: cn; US-MA: us, us-ma"
    assert found(report) == {"boston": {"us"}, "canton": {"cn"}}


def test_rules_named_for_one_country_leave_the_other_alone_and_say_so(tmp_path: Path) -> None:
    report = audit.check(log(tmp_path, boston=US, canton=CN), rules=["cn"], lang="en")
    assert found(report) == {"canton": {"cn"}}
    assert any("1 contacts lie where none of these rules hold (US-MA" in note for note in report.notes)


def test_a_contact_of_unknown_region_is_judged_by_the_rules_that_were_named(tmp_path: Path) -> None:
    report = audit.check(log(tmp_path, somewhere=NOWHERE), rules=["cn"])
    assert found(report) == {"somewhere": {"cn"}}
    known = audit.check(log(tmp_path, somewhere=CN), rules=["cn"])
    assert [(one.rule, one.verdict) for one in report.findings] == [(one.rule, one.verdict) for one in known.findings]


def test_a_region_that_is_no_code_counts_as_unknown(tmp_path: Path) -> None:
    report = audit.check(log(tmp_path, somewhere={**NOWHERE, "region": "Canton"}), rules=["cn"])
    assert found(report) == {"somewhere": {"cn"}}


def test_a_contact_of_unknown_region_is_judged_by_no_rules_chosen_for_others_and_that_is_told(tmp_path: Path) -> None:
    report = audit.check(log(tmp_path, boston=US, somewhere=NOWHERE), lang="en")
    assert found(report) == {"boston": {"us"}}
    assert any(note.startswith("1 contacts name no region") for note in report.notes)
    assert any("region" in one.missing for one in report.not_checkable)


def test_a_country_without_rules_beside_one_with_rules_is_named(tmp_path: Path) -> None:
    report = audit.check(log(tmp_path, canton=CN, station={**US, "region": "AQ"}), lang="en")
    assert report.rules_from == "by the region of the account: AQ: no rules; CN-GD: cn"
    assert found(report) == {"canton": {"cn"}}


def test_only_countries_without_rules_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match="AQ"):
        audit.check(log(tmp_path, station={**US, "region": "AQ"}))


@pytest.mark.parametrize(("region", "zone"), [("MY", "Asia/Kuala_Lumpur"), ("NG-LA", "Africa/Lagos")])
def test_a_pack_whose_rules_are_all_off_is_an_error_and_no_clean_bill(tmp_path: Path, region: str, zone: str) -> None:
    late = log(tmp_path, a={"region": region, "zone": zone, "lender_type": "bank"})
    with pytest.raises(BadArgument, match=rf"every rule of {region[:2].lower()} is off"):
        audit.check(late, rules=["auto"])


def test_auto_without_any_region_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadArgument):
        audit.check(log(tmp_path, somewhere=NOWHERE), rules=["auto"])


@pytest.mark.parametrize(("lang", "words"), [("en", "Name rules with --rules"), ("zh", "请用 --rules 指定规则")])
def test_english_without_rules_or_region_is_no_silent_pass(
    tmp_path: Path, lang: str, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DUNLINT_LANG", lang)
    line = {"at": "2026-03-02T23:00:00Z", **CALL, "channel": "sms", "text": "Pay your debt now or we take your car."}
    path = tmp_path / "log.jsonl"
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        main(["check", str(path)])
    assert left.value.code == 3
    assert words in capsys.readouterr().err


def test_a_clock_is_lent_only_by_the_pack_of_the_contacts_own_region(tmp_path: Path) -> None:
    """China keeps one clock, Massachusetts that of the East; Texas has two zones, so none is taken."""
    lines = []
    for name, region in (("canton", "CN-GD"), ("boston", "US-MA"), ("austin", "US-TX")):
        account = {"case_id": name, "account_id": name, "region": region, "lender_type": "bank"}
        lines.append({"table": "accounts", **account})
        call = {"table": "contacts", "case_id": name, "contact_id": name, "account_id": name, "at": f"{LATE}Z", **CALL}
        lines.append(call)
    path = tmp_path / "log.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    report = audit.check(path, lang="en")
    assert report.contacts is not None
    zones = dict(report.contacts.select("case_id", "zone").iter_rows())
    assert zones == {"canton": "Asia/Shanghai", "boston": "America/New_York", "austin": None}


def test_the_same_hour_is_judged_by_each_debtors_own_country(tmp_path: Path) -> None:
    """20:30 local: late in Indonesia, in time in Korea and Vietnam."""
    lines = []
    for name, region, zone in (("a", "ID-BA", "Asia/Makassar"), ("b", "KR", "Asia/Seoul"), ("c", "VN", "Asia/Saigon")):
        account = {"case_id": name, "account_id": name, "region": region, "lender_type": "finance_company"}
        contact = {"case_id": name, "account_id": name, "at": "2026-03-02T20:30:00", "zone": zone, **CALL}
        text = "Your loan is overdue, please call us."
        lines += [{"table": "accounts", **account}, {**contact, "channel": "sms", "text": text}]
    path = tmp_path / "log.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    report = audit.check(path)
    assert report.rules == ("id", "kr", "vn")
    assert [(one.case_id, one.rule, one.verdict) for one in report.findings] == [("a", "id-hours", "violation")]


BREAK_LEGS = "Pay the loan or we will break your legs."
SOUTH = {
    "mexico": ("MX-CMX", "America/Mexico_City", {"mx-hours": "violation", "mx-threats": "violation"}),
    "rio": ("BR-RJ", "America/Sao_Paulo", {"br-rest": "review", "br-threats": "violation"}),
    "sao": ("BR-SP", "America/Sao_Paulo", {"br-rest": "review", "br-threats": "violation"}),
    "santiago": ("CL-RM", "America/Santiago", {"cl-hours": "review"}),
    "bogota": ("CO-DC", "America/Bogota", {"co-weekday-hours": "violation"}),
    "joburg": ("ZA-GP", "Africa/Johannesburg", {"za-force": "review"}),
    "nairobi": ("KE-30", "Africa/Nairobi", {"ke-threats": "violation"}),
}


@pytest.mark.parametrize("name", SOUTH)
def test_a_country_of_latin_america_or_africa_is_found_by_the_region_of_the_account(tmp_path: Path, name: str) -> None:
    """A text at 22:30 by each debtor's clock."""
    region, zone, expected = SOUTH[name]
    account = {"case_id": name, "account_id": name, "region": region, "lender_type": "digital_lender"}
    contact = {"case_id": name, "account_id": name, "at": LATE, "zone": zone, **CALL, "channel": "sms"}
    lines = [
        {"table": "accounts", **account, "product": "online_loan"},
        {"table": "contacts", **contact, "text": BREAK_LEGS},
    ]
    path = tmp_path / "log.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    report = audit.check(path, rules=["auto"], lang="en")
    country, part = region.lower().split("-")
    assert report.rules == ((country, "br-sp") if part == "sp" else (country,))
    assert report.rules_from.startswith(f"by the region of the account: {region}: {country}")
    assert {one.rule: one.verdict for one in report.findings} == expected


def test_hours_of_a_brazilian_state_hold_in_that_state_only(tmp_path: Path) -> None:
    """An unanswered call at 20:30: late in São Paulo and Rio de Janeiro, in time where no state law was seen."""
    at = {"table": "contacts", "at": "2026-03-02T20:30:00", "zone": "America/Sao_Paulo", **CALL}
    lines = []
    for name in ("BR-SP", "BR-RJ", "BR-MG"):
        lines.append({"table": "accounts", "case_id": name, "account_id": name, "region": name, "lender_type": "bank"})
        lines.append({**at, "case_id": name, "account_id": name, "collection": True})
    path = tmp_path / "log.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    report = audit.check(path, lang="en")
    assert {(one.case_id, one.rule, one.verdict) for one in report.findings} == {
        ("BR-SP", "br-sp-weekday-hours", "violation"),
        ("BR-RJ", "br-rj-hours", "review"),
    }
