"""A sealed bundle: what it holds, and that nothing in it can change without being named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import rfc3161_client
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dunlint.commands import cli
from dunlint.errors import BadArgument, InputError, OutputError
from dunlint.evidence import manifest, seal, timestamp, verify
from tests.conftest import CASES, sms, sms_backup
from tests.evidence.authority import Authority

NOW = datetime(2026, 3, 9, 16, 0, tzinfo=UTC)
TEXTS = ("first", "second", "third", "fourth")


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key.pem"
    form = serialization.PrivateFormat.PKCS8
    private = Ed25519PrivateKey.generate()
    path.write_bytes(private.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    public = private.public_key()
    (tmp_path / "public.pem").write_bytes(
        public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "sms.xml"
    path.write_text(sms_backup(*(sms(text, f"2026-03-0{n}T10:00:00") for n, text in enumerate(TEXTS, 1))), "utf-8")
    return path


@pytest.fixture
def bundle(tmp_path: Path, log: Path) -> Path:
    seal.seal((log,), tmp_path / "bundle", now=NOW)
    return tmp_path / "bundle"


def kinds(bundle: Path, **options: Path) -> list[str]:
    return [problem.kind for problem in verify.verify(bundle, **options).problems]


def copy_in(bundle: Path) -> Path:
    return next((bundle / "files").iterdir())


def edit(path: Path, change: Callable[[list[str]], list[str]]) -> None:
    path.write_text("\n".join(change(path.read_text("utf-8").split("\n"))), "utf-8")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(one) for one in arguments], standalone_mode=False)


def test_a_bundle_says_who_when_and_with_which_rules(bundle: Path) -> None:
    header = json.loads((bundle / "manifest.jsonl").read_text("utf-8").split("\n")[0])
    assert header["schema"] == "dunlint.evidence/1"
    assert header["who"] is None
    assert header["clock"] == {"local": "2026-03-09T16:00:00+00:00", "source": "clock of the sealing machine"}
    assert set(header["rules"]) >= {"cn", "us", "language"}
    assert header["tool"].startswith("dunlint ")


def test_a_bundle_holds_a_copy_and_an_entry_for_every_record(bundle: Path, log: Path) -> None:
    assert copy_in(bundle).read_bytes() == log.read_bytes()
    found = verify.verify(bundle)
    assert found.problems == ()
    assert [entry["line"] for entry in found.records] == [3, 4, 5, 6]
    assert found.files[0]["sha256_of_file"] == manifest.digest(log.read_bytes())


def test_everything_in_a_case_folder_is_sealed_also_what_no_reader_knows(tmp_path: Path) -> None:
    case = tmp_path / "case"
    shutil.copytree(CASES / "huabei-overdue", case)
    (case / "recording.mp3").write_bytes(bytes(range(256)))
    done = seal.seal((case,), tmp_path / "bundle")
    found = verify.verify(tmp_path / "bundle")
    assert found.problems == ()
    assert done.files == len(list(case.iterdir()))
    unread = {Path(entry["name"]).name for entry in found.files if entry["format"] is None}
    assert unread >= {"recording.mp3", "case.yaml"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda lines: [one.replace("second", "sekond") for one in lines], [("record_changed", 4)]),
        (lambda lines: lines[:3] + lines[4:], [("record_missing", 4)]),
        (lambda lines: [*lines[:3], lines[3].replace("second", "new"), *lines[3:]], [("record_added", 4)]),
        (lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]], [("record_moved", 4)]),
    ],
    ids=["changed", "missing", "added", "moved"],
)
def test_the_record_that_differs_is_named(
    bundle: Path, change: Callable[[list[str]], list[str]], expected: list[tuple[str, int]]
) -> None:
    edit(copy_in(bundle), change)
    problems = verify.verify(bundle).problems
    assert [p.kind for p in problems[:1]] == ["file_changed"]
    assert [(p.kind, p.values["line"]) for p in problems[1:]] == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda lines: [*lines[:3], lines[3].replace("contacts", "events"), *lines[4:]], "entry_changed"),
        (lambda lines: lines[:3] + lines[4:], "entry_missing"),
        (lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]], "entry_moved"),
        (lambda lines: [*lines[:4], lines[3], *lines[4:]], "entry_moved"),
        (lambda lines: [*lines[:-2], ""], "footer_missing"),
        (lambda lines: lines[:-1], "entry_changed"),
    ],
    ids=["changed", "missing", "moved", "doubled", "cut", "no line end"],
)
def test_the_entry_of_the_manifest_that_differs_is_named(
    bundle: Path, change: Callable[[list[str]], list[str]], expected: str
) -> None:
    edit(bundle / "manifest.jsonl", change)
    assert expected in kinds(bundle)


def test_files_that_are_missing_or_added_are_named(bundle: Path) -> None:
    copy = copy_in(bundle)
    copy.rename(bundle / "files" / "0009-other.xml")
    assert kinds(bundle) == ["file_missing", "file_added"]


def test_a_link_in_place_of_a_copy_is_named(bundle: Path, log: Path) -> None:
    copy_in(bundle).unlink()
    (bundle / "files" / "0001-sms.xml").symlink_to(log)
    assert kinds(bundle) == ["file_missing", "file_added"]


def test_references_are_checked_where_the_originals_are(tmp_path: Path, log: Path) -> None:
    seal.seal((log,), tmp_path / "bundle", reference=True)
    assert sorted(path.name for path in (tmp_path / "bundle").iterdir()) == ["manifest.jsonl"]
    assert kinds(tmp_path / "bundle") == []
    edit(log, lambda lines: [one.replace("third", "3rd") for one in lines])
    assert kinds(tmp_path / "bundle") == ["file_changed", "record_changed"]
    log.unlink()
    assert kinds(tmp_path / "bundle") == ["original_missing"]


def test_a_signature_is_checked_against_the_given_key(tmp_path: Path, log: Path, key: Path) -> None:
    bundle = tmp_path / "bundle"
    seal.seal((log,), bundle, key=key)
    found = verify.verify(bundle, key=tmp_path / "public.pem")
    assert (found.problems, found.trusted) == ((), True)
    assert not verify.verify(bundle).trusted


def test_another_key_a_missing_signature_and_a_foreign_one_are_named(tmp_path: Path, log: Path, key: Path) -> None:
    bundle, other = tmp_path / "bundle", tmp_path / "other"
    seal.seal((log,), bundle, key=key)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    stranger = Ed25519PrivateKey.generate().public_key().public_bytes(serialization.Encoding.PEM, form)
    (tmp_path / "stranger.pem").write_bytes(stranger)
    assert kinds(bundle, key=tmp_path / "stranger.pem") == ["key_other"]
    seal.seal((log,), other, key=key, who="someone else")
    shutil.copy(other / "manifest.sig", bundle / "manifest.sig")
    assert kinds(bundle) == ["signature_wrong"]
    (bundle / "manifest.sig").unlink()
    assert kinds(bundle) == ["signature_missing"]


def test_a_key_on_an_unsigned_bundle_is_a_problem(bundle: Path, tmp_path: Path, key: Path) -> None:
    assert kinds(bundle, key=tmp_path / "public.pem") == ["not_signed"]


def test_what_is_no_ed25519_key_is_refused(tmp_path: Path, log: Path) -> None:
    with pytest.raises(BadArgument, match="Ed25519"):
        seal.seal((log,), tmp_path / "bundle", key=log)
    assert not (tmp_path / "bundle").exists()


def test_a_time_stamp_is_asked_for_added_and_checked_offline(tmp_path: Path, bundle: Path) -> None:
    authority = Authority()
    (tmp_path / "ca.pem").write_bytes(authority.pem())
    timestamp.request(bundle, tmp_path / "r.tsq")
    (tmp_path / "r.tsr").write_bytes(authority.answer((tmp_path / "r.tsq").read_bytes()))
    timestamp.add(bundle, tmp_path / "r.tsr")
    found = verify.verify(bundle, authority=tmp_path / "ca.pem")
    assert found.problems == ()
    assert [(stamp.at, stamp.checked) for stamp in found.stamps] == [(datetime(2026, 3, 9, 8, 30, tzinfo=UTC), True)]
    assert [stamp.checked for stamp in verify.verify(bundle).stamps] == [False]


def test_a_time_stamp_with_a_chain_of_certificates_in_any_order_is_taken(tmp_path: Path, bundle: Path) -> None:
    authority = Authority()
    (tmp_path / "ca.pem").write_bytes(authority.pem())
    timestamp.request(bundle, tmp_path / "r.tsq")
    answer = authority.answer_of_chain((tmp_path / "r.tsq").read_bytes())
    with pytest.raises(ValueError, match="InvalidSetOrdering"):
        rfc3161_client.decode_timestamp_response(answer)
    (tmp_path / "r.tsr").write_bytes(answer)
    timestamp.add(bundle, tmp_path / "r.tsr")
    assert (bundle / "timestamps" / "0001.tsr").read_bytes() == answer
    found = verify.verify(bundle, authority=tmp_path / "ca.pem")
    assert found.problems == ()
    assert [stamp.checked for stamp in found.stamps] == [True]


@pytest.mark.parametrize("length", range(0, 60, 7))
def test_an_answer_that_is_cut_off_is_no_time_stamp(tmp_path: Path, bundle: Path, length: int) -> None:
    timestamp.request(bundle, tmp_path / "r.tsq")
    (tmp_path / "r.tsr").write_bytes(Authority().answer_of_chain((tmp_path / "r.tsq").read_bytes())[:length])
    with pytest.raises(InputError, match="granted"):
        timestamp.add(bundle, tmp_path / "r.tsr")


def test_two_entries_that_changed_places_are_told_as_one_moved(bundle: Path) -> None:
    edit(bundle / "manifest.jsonl", lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]])
    assert kinds(bundle).count("entry_moved") == 1
    assert "entry_missing" not in kinds(bundle)


def test_a_time_stamp_of_another_authority_or_another_manifest_is_refused(
    tmp_path: Path, bundle: Path, log: Path
) -> None:
    (tmp_path / "ca.pem").write_bytes(Authority("Trusted").pem())
    timestamp.request(bundle, tmp_path / "r.tsq")
    (tmp_path / "r.tsr").write_bytes(Authority("Stranger").answer((tmp_path / "r.tsq").read_bytes()))
    timestamp.add(bundle, tmp_path / "r.tsr")
    assert kinds(bundle, authority=tmp_path / "ca.pem") == ["stamp_untrusted"]
    seal.seal((log,), tmp_path / "other", who="someone else")
    with pytest.raises(InputError, match="time stamp"):
        timestamp.add(tmp_path / "other", tmp_path / "r.tsr")
    assert kinds(tmp_path / "other", authority=tmp_path / "ca.pem") == ["no_stamp"]


def test_a_second_time_stamp_goes_on_the_same_chain(tmp_path: Path, bundle: Path) -> None:
    for name in ("one", "two"):
        timestamp.request(bundle, tmp_path / name)
        (tmp_path / f"{name}.tsr").write_bytes(Authority(name).answer((tmp_path / name).read_bytes()))
        timestamp.add(bundle, tmp_path / f"{name}.tsr")
    assert len(verify.verify(bundle).stamps) == 2
    edit(bundle / "timestamps.jsonl", lambda lines: lines[1:])
    assert kinds(bundle) == ["stamp_list_changed", "file_added"]


def test_any_single_flipped_bit_anywhere_in_a_bundle_is_found(
    tmp_path: Path, log: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every bit of the manifest, the signature, the key and the list of time stamps; of what is only hashed, a bit of
    every byte.
    """
    monkeypatch.setattr(seal, "rule_hashes", lambda: {"cn": "0" * 64})
    log.write_text(sms_backup(sms("only one")), "utf-8")
    bundle = tmp_path / "bundle"
    seal.seal((log,), bundle, key=key, now=NOW)
    timestamp.request(bundle, tmp_path / "r.tsq")
    (tmp_path / "r.tsr").write_bytes(Authority().answer((tmp_path / "r.tsq").read_bytes()))
    timestamp.add(bundle, tmp_path / "r.tsr")
    parts = {path.relative_to(bundle).as_posix(): path.read_bytes() for path in bundle.rglob("*") if path.is_file()}
    hashes = {name: manifest.digest(data) for name, data in parts.items()}
    assert verify.problems_in(hashes, parts)[0] == []
    assert len(parts) == 6
    for name, data in parts.items():
        for place in range(0, len(data) * 8, 9 if "/" in name else 1):
            flipped = bytearray(data)
            flipped[place // 8] ^= 1 << place % 8
            found = verify.problems_in(
                {**hashes, name: manifest.digest(bytes(flipped))}, {**parts, name: bytes(flipped)}
            )[0]
            assert found, f"{name}: bit {place}"


def test_nothing_is_written_over_and_nothing_half_written_stays(tmp_path: Path, log: Path, bundle: Path) -> None:
    before = (bundle / "manifest.jsonl").read_bytes()
    with pytest.raises(OutputError):
        seal.seal((log,), bundle)
    assert (bundle / "manifest.jsonl").read_bytes() == before
    with pytest.raises(InputError):
        seal.seal((log, tmp_path / "gone.xml"), tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bundle", "sms.xml"]


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path, log: Path) -> None:
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "sms.xml").symlink_to(log)
    with pytest.raises(InputError, match="leads out"):
        seal.seal((tmp_path / "case",), tmp_path / "bundle")


def test_a_manifest_cannot_make_verify_read_outside_the_bundle(tmp_path: Path, bundle: Path) -> None:
    chain = manifest.Chain()
    head = dict(verify.verify(bundle).header)
    told = {key: head[key] for key in manifest.SHAPES["header"]}
    file = {"number": 1, "name": "x", "bytes": 0, "sha256_of_file": "", "format": None, "records": 0}
    lines = [
        chain.add("header", **told),
        chain.add("file", **file, stored="../sms.xml"),
        chain.add("footer", files=1, records=0),
    ]
    (bundle / "manifest.jsonl").write_bytes(b"".join(lines))
    assert "entry_changed" in kinds(bundle)


@pytest.mark.parametrize("stored", ["files/0001-" + "x" * 300, None])
def test_a_file_whose_name_no_system_takes_is_missing(bundle: Path, stored: str | None) -> None:
    chain = manifest.Chain()
    head = dict(verify.verify(bundle).header)
    file = {"number": 1, "name": "x" * 300, "bytes": 0, "sha256_of_file": "", "format": None, "records": 0}
    lines = [
        chain.add("header", **{key: head[key] for key in manifest.SHAPES["header"]}),
        chain.add("file", **file, stored=stored),
        chain.add("footer", files=1, records=0),
    ]
    (bundle / "manifest.jsonl").write_bytes(b"".join(lines))
    assert ("file_missing" if stored else "original_missing") in kinds(bundle)


def test_the_command_tells_what_is_sealed_and_what_that_does_not_prove(tmp_path: Path, log: Path) -> None:
    sealed = run("evidence", "seal", log, "-o", tmp_path / "b", "--lang", "en")
    assert "1 files with 4 records" in sealed.output
    assert "made anew" in sealed.output
    good = run("evidence", "verify", tmp_path / "b", "--lang", "en")
    assert good.return_value == 0
    assert "made anew" in good.output
    assert "not stated" in good.output
    copy_in(tmp_path / "b").write_bytes(b"")
    bad = run("evidence", "verify", tmp_path / "b", "--lang", "en")
    assert bad.return_value == 1
    assert "sms.xml:3 record missing (sealed entry 3)" in bad.output


def test_verify_says_which_sealed_entries_a_finding_rests_on(tmp_path: Path) -> None:
    log, other = tmp_path / "sms.xml", tmp_path / "other.xml"
    log.write_text(sms_backup(sms("不还钱就打断你的腿", "2026-03-02T10:00:00")), "utf-8")
    checked = run("check", log, "--rules", "cn", "--output", "json")
    assert checked.return_value == 1
    (tmp_path / "findings.json").write_text(checked.stdout, "utf-8")
    run("evidence", "seal", log, "-o", tmp_path / "b")
    held = run("evidence", "verify", tmp_path / "b", "--findings", tmp_path / "findings.json", "--lang", "en")
    assert held.return_value == 0
    assert "rests on sealed entries 3 (" in held.output
    other.write_text(sms_backup(sms("something else")), "utf-8")
    run("evidence", "seal", other, "-o", tmp_path / "c")
    not_held = run("evidence", "verify", tmp_path / "c", "--findings", tmp_path / "findings.json", "--lang", "en")
    assert not_held.return_value == 1
    assert "not in the bundle" in not_held.output


def test_either_a_request_or_a_response(bundle: Path) -> None:
    assert isinstance(run("evidence", "timestamp", bundle).exception, BadArgument)
