"""From a vendor's file to a finding: it points to the file, the line and the turn, in both languages."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dunlint import audit
from tests.commands.test_command_line import dunlint
from tests.records.readers.calls import EXPORTS

# file, what case.yaml says of its speakers, a rule, the turn that breaks it
BREACHES = [
    ("funasr.json", '{"speaker 0": collector, "speaker 1": debtor}', "cn-threat-exposure", 2, 2),
    ("xfyun_asr.json", '{"speaker 1": collector, "speaker 2": debtor}', "cn-threat-visit", 2, 1),
    ("whisperx.json", "{SPEAKER_00: collector, SPEAKER_01: debtor}", "cn-insult", 2, 1),
    ("contact_lens.json", "{}", "us-fed-threat-arrest", 2, 1),
    ("azure.json", '{"channel 0": collector, "channel 1": debtor}', "us-fed-abusive-language", 2, 1),
    ("genesys.json", "{}", "us-fed-threat-exposure", 2, 1),
]
LAWFUL = ["aliyun_asr.json", "tencent_asr.json", "call.srt", "xfyun_asr_v1.json"]


def case(folder: Path, name: str, speakers: str, pack: str) -> Path:
    shutil.copy(EXPORTS / name, folder / name)
    who = f'direction: outbound, from_number: "021", role: agency, speakers: {speakers}'
    about = f'{{at: "2026-03-02T10:00:00", {who}}}'
    zone = "Asia/Shanghai" if pack == "cn" else "America/New_York"
    (folder / "case.yaml").write_text(
        f"case_id: k\nzone: {zone}\nrules: [{pack}]\nfiles:\n  {name}: {about}\n", encoding="utf-8"
    )
    return folder


@pytest.mark.parametrize(("name", "speakers", "rule", "turn", "line"), BREACHES)
def test_a_breach_in_a_transcript_is_found_at_its_turn(
    name: str, speakers: str, rule: str, turn: int, line: int, tmp_path: Path
) -> None:
    report = audit.check(case(tmp_path, name, speakers, rule.split("-", 1)[0]), lang="en")
    (finding,) = [finding for finding in report.findings if finding.rule == rule]
    assert {quote.turn for quote in finding.quotes} == {turn}
    assert {quote.speaker for quote in finding.quotes} == {"collector"}
    assert (Path(finding.source_file).name, finding.source_line) == (name, line)


@pytest.mark.parametrize("name", LAWFUL)
def test_a_lawful_call_breaks_no_rule(name: str, tmp_path: Path) -> None:
    speakers = '{"channel 0": collector, "channel 1": debtor, "speaker 0": collector, "speaker 2": debtor}'
    speakers = speakers if "v1" not in name else '{"speaker 1": collector, "speaker 2": debtor}'
    report = audit.check(case(tmp_path, name, speakers, "cn"), lang="en")
    assert [finding.rule for finding in report.findings if finding.verdict != "review"] == []


def test_night_calls_are_found_in_call_lists_and_call_records(tmp_path: Path) -> None:
    for name in ("call_list_gb18030.csv", "asterisk_Master.csv"):
        shutil.copy(EXPORTS / name, tmp_path / name)
    directions = "{from-internal: outbound, from-trunk: inbound}"
    (tmp_path / "case.yaml").write_text(
        f"case_id: k\nzone: Asia/Shanghai\nrules: [cn]\nfiles: {{asterisk_Master.csv: {{directions: {directions}}}}}\n"
        "accounts: [{account_id: a, product: credit_card, lender_type: bank}]\n"
        'people: [{numbers: ["02180000000"], role: agency}]\n',
        encoding="utf-8",
    )
    found = [finding for finding in audit.check(tmp_path, lang="en").findings if "quiet" in finding.rule]
    night = {(Path(finding.source_file).name, finding.source_line) for finding in found}
    assert night == {("call_list_gb18030.csv", 3), ("asterisk_Master.csv", 2)}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_says_it_in_both_languages_with_its_exit_code(lang: str, tmp_path: Path) -> None:
    name, speakers, _, _, _ = BREACHES[0]
    done = dunlint("check", str(case(tmp_path, name, speakers, "cn")), "--lang", lang)
    assert (done.returncode, done.stderr) == (1, b"")
    assert "funasr.json:2" in done.stdout.decode()


def test_a_file_that_cannot_be_read_at_all_gives_exit_code_three(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text('{"segments": [{"start": 0, "end": 1, "text": "a"}], "x": ' + "[" * 100_000, encoding="utf-8")
    assert dunlint("check", str(path)).returncode == 3
