"""Every format can be redacted, or says why not: the copy reads as the original did, without the people in it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from dunlint.errors import BadArgument
from dunlint.evidence.pseudonyms import Pseudonyms
from dunlint.evidence.redact import redact
from dunlint.evidence.redact_formats import EXPORTED_FIRST, FORMATS
from dunlint.evidence.redact_json import MEANINGS, masked
from dunlint.records import load, store
from dunlint.records.reader import choose, readers
from dunlint.records.schema import Records
from dunlint.records.source import Source
from tests.evidence.test_redact import squeezed
from tests.records.readers.samples import EXPORTS, exports, message_database

ZONE = "Asia/Shanghai"
PSEUDONYM = re.compile(
    r"(?:PERSON|PHONE|ID|CARD|EMAIL|EMPLOYER|PLACE|PLATE|WECHAT|QQ|NUMBER|CASE|ACCOUNT)-\d+(?:@redacted\.invalid)?|9\d{7}"
)
WHO = ("from_number", "to_number")
SAME = (
    "at", "local_time", "zone", "zone_from", "channel", "direction", "outcome", "talk_seconds", "party", "source_line",
)  # fmt: skip
SECRET_NUMBER, SECRET_MAIL = "13912345678", "wang.li@example.com"
# What names somebody in the samples, beside the numbers in their contacts.
NAMED = (
    "催收小郑", "林女士", "Northgate Recovery", "wxid_a1", "wxid_me", "wxid_b2", "贷后专员", "10000001", "10000002",
    "robin@example.org", "collections@example.com", "collector@example.com", "1 555 0100", "15555550101", "15555550102",
    "user20", "user31", "02180000000", "13800000000", "13900000001", "106980000000", "02160000031", "13800000003",
    "S-1001", "C-77", "12025550199", "55000000000000001", "seat12", "1772500000.26",
    "GX00000000000000000000000000000001", "t-0001", "c-0001", "v-0001", "o-0001", "call-0007", "SM0", "AC0",
)  # fmt: skip
SAID_ONLY = {  # names that stand in the words alone: docs/evidence.md says that these are not found
    "imessage.html": "Northgate Recovery", "imessage.txt": "Northgate Recovery", "mail_html.eml": "林女士",
}  # fmt: skip
NAMES = [path.name for path in exports()]


def folder_of(place: Path, name: str) -> Path:
    """One sample as a case of its own, with the mapping that belongs to it."""
    place.mkdir()
    shutil.copy(EXPORTS / name, place / name)
    mapping = EXPORTS / name.replace(".csv", ".mapping.yaml")
    if mapping.suffix == ".yaml" and mapping.is_file():
        shutil.copy(mapping, place / "mapping.yaml")
    return place


def read(folder: Path) -> Records:
    return load([folder], zone=ZONE)


def columns(records: Records, *names: str) -> list[tuple[Any, ...]]:
    return records.contacts.sort("source_line", "at", "local_time").select(names).rows()


def could_be(copy: str | None, original: str | None) -> bool:
    """Whether the copy is the original with pseudonyms here and there, and nothing else changed."""
    if copy is None or original is None:
        return copy == original
    pattern = ".+?".join(re.escape(piece) for piece in PSEUDONYM.split(copy))
    return re.fullmatch(pattern, original, re.DOTALL) is not None


def test_every_format_can_be_redacted_or_says_what_to_do_first() -> None:
    assert set(readers()) == (set(FORMATS) - {"txt", "case.yaml", "mapping.yaml"}) | set(EXPORTED_FIRST)


def test_there_is_a_sample_of_every_format_that_is_text() -> None:
    taken = {choose(Source(EXPORTS / name, name)).name for name in NAMES}
    assert set(readers()) - taken == {*EXPORTED_FIRST, "parquet", "jsonl"}  # these two are made below


@pytest.mark.parametrize("name", NAMES)
def test_the_copy_is_read_as_the_original_was(tmp_path: Path, name: str) -> None:
    case = folder_of(tmp_path / "case", name)
    before = {path.name: path.read_bytes() for path in case.iterdir()}
    redact((case,), tmp_path / "out")
    assert {path.name: path.read_bytes() for path in case.iterdir()} == before
    formats = [choose(Source(place / name, name)).name for place in (case, tmp_path / "out")]
    assert formats[0] == formats[1]
    original, copy = read(case), read(tmp_path / "out")
    assert len(original.contacts)
    assert columns(copy, *SAME) == columns(original, *SAME)
    for told, was in zip(columns(copy, "text"), columns(original, "text"), strict=True):
        assert could_be(told[0], was[0]), f"{was[0]!r} became {told[0]!r}"
    lines = [[(one.line, one.expected) for one in records.unreadable] for records in (original, copy)]
    assert lines[0] == lines[1]


@pytest.mark.parametrize("name", NAMES)
def test_the_turns_of_a_call_stay_its_turns(tmp_path: Path, name: str) -> None:
    case = folder_of(tmp_path / "case", name)
    redact((case,), tmp_path / "out")
    original, copy = (columns(read(folder), "turns") for folder in (case, tmp_path / "out"))
    for (told,), (was,) in zip(copy, original, strict=True):
        assert len(told or ()) == len(was or ())
        for one, other in zip(told or (), was or (), strict=True):
            assert (one["start"], one["end"]) == (other["start"], other["end"])
            assert could_be(one["text"], other["text"])


@pytest.mark.parametrize("name", NAMES)
def test_who_is_who_stays_and_nobody_keeps_a_number_or_name(tmp_path: Path, name: str) -> None:
    case = folder_of(tmp_path / "case", name)
    redact((case,), tmp_path / "out")
    original, copy = (columns(read(folder), *WHO) for folder in (case, tmp_path / "out"))
    pairs = {(was, told) for old, new in zip(original, copy, strict=True) for was, told in zip(old, new, strict=True)}
    assert len({was for was, _ in pairs}) == len({told for _, told in pairs}) == len(pairs)
    everything = squeezed((tmp_path / "out" / name).read_bytes().decode("gb18030" if "gb18030" in name else "utf-8"))
    escaped = everything.encode("utf-8").decode("unicode_escape", "ignore").encode("latin-1", "ignore")
    for secret in (*NAMED, *(was for was, _ in pairs if was and len(was) > 1)):
        if secret not in ("Me", SAID_ONLY.get(name)):
            assert squeezed(secret) not in everything, f"{secret} is left"
            assert squeezed(secret).encode() not in escaped


def stuffed(value: Any) -> Any:
    """A JSON value with a number and an address behind every string of it, at whatever key."""
    if isinstance(value, dict):
        return {key: stuffed(one) for key, one in value.items()}
    if isinstance(value, list):
        return [stuffed(one) for one in value]
    if isinstance(value, str) and value.lstrip().startswith(("{", "[{")):
        return json.dumps(stuffed(json.loads(value)), ensure_ascii=False)
    return f"{value} {SECRET_NUMBER} {SECRET_MAIL}" if isinstance(value, str) else value


def stuffed_file(name: str) -> str:
    """A sample with a number and an address wherever a value, a cell, a line or an attribute can hold them."""
    text = (EXPORTS / name).read_bytes().decode("gb18030" if "gb18030" in name else "utf-8-sig")
    secret = f" {SECRET_NUMBER} {SECRET_MAIL}"
    if name.endswith(".json"):
        return json.dumps(stuffed(json.loads(text)), ensure_ascii=False, indent=1)
    if name.endswith(".csv"):
        head, rest = text.split("\n", 1) if "Master" not in name else ("", text)
        delimiter = ";" if "dialer" in name else ","
        return (head + "\n") * bool(head) + re.sub(rf'(?<=[^"\n{delimiter}])(?={delimiter}|\n|")', secret, rest)
    if name.endswith((".html", ".xml")):
        return re.sub(r"(?<=[^\s>\"=])(?=<|\"|\\u003c)", secret, text)
    if name == "funasr_printed.txt":
        return re.sub(r"(?=', '|'\\})", secret, text)
    return "\n".join(line + secret if line.strip() else line for line in text.split("\n"))


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith((".eml", ".mbox"))])
def test_a_number_and_an_address_are_found_wherever_a_format_can_hold_them(tmp_path: Path, name: str) -> None:
    """Whether the stuffed file can still be read or not: nothing of it is left."""
    form = choose(Source(EXPORTS / name, name)).name
    place = tmp_path / name
    place.write_text(stuffed_file(name), "utf-8")
    source = Source(place, name)
    known = read_known()
    told = FORMATS[form].run(source, Pseudonyms(), known).decode("utf-8")
    assert place.read_text("utf-8").count(SECRET_NUMBER) > 2
    for secret in (SECRET_NUMBER, SECRET_MAIL, "wang.li"):
        assert squeezed(secret) not in squeezed(told), f"{secret} is left"


def read_known() -> Any:
    from dunlint.records.reader import Known

    return Known(zone=ZONE)


def split_number() -> Iterator[tuple[str, str]]:
    """(format, a transcript of it) in which one number is said over several words or turns."""
    pieces = ["我的电话是", "139", "1234", "5678", "请记下"]
    timed = [{"start": n, "end": n + 1, "text": piece} for n, piece in enumerate(pieces)]
    words = [{"word": piece, "start": n, "end": n + 1, "score": 0.9} for n, piece in enumerate(pieces)]
    yield "whisper", json.dumps({"segments": timed, "language": "zh"}, ensure_ascii=False)
    yield "whisper", json.dumps({"segments": [{**timed[0], "text": "".join(pieces), "words": words}]})
    told = [{"text": piece, "start": n * 100, "end": n * 100 + 90, "spk": 0} for n, piece in enumerate(pieces)]
    yield "funasr", json.dumps([{"key": "a", "text": " ".join(pieces), "sentence_info": told}])
    sentence = {"st": {"bg": "0", "ed": "900", "rl": "1", "rt": [
        {"ws": [{"cw": [{"w": piece, "wp": "n"}, {"w": f"{piece}0", "wp": "n"}]} for piece in pieces]}]}}  # fmt: skip
    inner = json.dumps({"lattice": [{"json_1best": json.dumps(sentence)}]})
    yield "xfyun_asr", json.dumps({"code": "000000", "content": {"orderResult": inner}})
    yield "tencent_asr", json.dumps({"Data": {"TaskId": 1, "Status": 2, "ResultDetail": [
        {"FinalSentence": piece, "StartMs": n, "EndMs": n + 1, "Words": [{"Word": piece, "OffsetStartMs": 0}]}
        for n, piece in enumerate(pieces)]}})  # fmt: skip
    cues = "".join(f"\n00:00:0{n}.000 --> 00:00:0{n}.900\n{piece}\n" for n, piece in enumerate(pieces))
    yield "webvtt", f"WEBVTT\n{cues}\nNOTE end\n"
    yield "webvtt", "WEBVTT\n\n00:01.000 --> 00:05.000\n139<00:02.000>1234<c.now>5678</c>\n"


@pytest.mark.parametrize(("form", "text"), list(split_number()))
def test_a_number_said_word_by_word_is_one_number(tmp_path: Path, form: str, text: str) -> None:
    place = tmp_path / ("a.vtt" if form == "webvtt" else "a.json")
    place.write_text(text, "utf-8")
    assert choose(Source(place, place.name)).name == form
    redact((place,), tmp_path / "out")
    told = (tmp_path / "out" / place.name).read_text("utf-8")
    assert "5678" not in told
    assert "PHONE-1" in told
    assert "PHONE-2" not in told
    turns = load([tmp_path / "out" / place.name]).contacts["turns"][0]
    original = load([place]).contacts["turns"][0]
    assert [(one["start"], one["end"]) for one in turns] == [(one["start"], one["end"]) for one in original]


def test_one_person_has_one_pseudonym_over_all_formats(tmp_path: Path) -> None:
    case = tmp_path / "case"
    case.mkdir()
    (case / "chat.txt").write_text(f"[2026-03-13, 09:02] 王丽娟: 我的号码是{SECRET_NUMBER}\n", "utf-8")
    row = f"2026-03-13T09:00+08:00,sms,outbound,{SECRET_NUMBER},王丽娟"
    (case / "list.csv").write_text(f"at,channel,direction,to_number,party_name\n{row}\n", "utf-8")
    said = {"start": 0, "end": 1, "text": f"王丽娟吗，{SECRET_NUMBER}", "speaker": "王丽娟"}
    (case / "call.json").write_text(json.dumps({"segments": [said]}), "utf-8")
    head = f"From: {SECRET_MAIL}\nTo: a@example.org\nDate: Tue, 03 Mar 2026 22:40:00 +0800\n"
    (case / "mail.eml").write_text(f"{head}\n王丽娟 {SECRET_NUMBER}\n", "utf-8")
    (case / "case.yaml").write_text(
        yaml.safe_dump({"files": {"mail.eml": {"owner": SECRET_MAIL}, "chat.txt": {"owner": "王丽娟"}}}), "utf-8"
    )
    redact((case,), tmp_path / "out")
    told = {path.name: path.read_text("utf-8") for path in (tmp_path / "out").iterdir()}
    for name in ("chat.txt", "list.csv", "mail.eml"):
        assert "PHONE-1" in told[name], name
        assert "PERSON-1" in told[name], name
    assert json.loads(told["call.json"])["segments"][0] == {
        "start": 0, "end": 1, "text": "PERSON-1吗，PHONE-1", "speaker": "PERSON-1",
    }  # fmt: skip
    about = yaml.safe_load(told["case.yaml"])["files"]
    assert about["chat.txt"]["owner"] == "PERSON-1"
    assert f"From: {about['mail.eml']['owner']}" in told["mail.eml"]
    directions = [columns(read(folder), "direction") for folder in (case, tmp_path / "out")]
    assert directions[0] == directions[1]


def test_a_database_must_be_exported_first_and_the_error_says_how(tmp_path: Path) -> None:
    database = message_database(tmp_path)
    with pytest.raises(BadArgument, match=r"dunlint import.*records\.parquet") as raised:
        redact((database,), tmp_path / "out")
    assert "dunlint import" in raised.value.message("zh")
    assert not (tmp_path / "out").exists()
    store.write(load([database]), tmp_path / "records.parquet")
    redact((tmp_path / "records.parquet",), tmp_path / "out")
    copy = load([tmp_path / "out" / "records.parquet"]).contacts
    assert copy["text"].to_list() == load([database]).contacts["text"].to_list()
    assert set(copy["from_number"].drop_nulls()) == {"PHONE-1"}


def test_an_imported_table_keeps_its_columns_and_nobody(tmp_path: Path) -> None:
    records = load([EXPORTS / "dialer-en.csv"], zone="America/New_York")
    store.write(records, tmp_path / "records.parquet")
    redact((tmp_path / "records.parquet",), tmp_path / "out")
    copy = pl.read_parquet(tmp_path / "out" / "records.parquet")
    assert copy.schema == records.contacts.schema
    same = [name for name in SAME if name in copy.columns]
    assert copy.select(same).equals(pl.read_parquet(tmp_path / "records.parquet").select(same))
    raw = (tmp_path / "out" / "records.parquet").read_bytes()
    assert not [secret for secret in ("12025550199", "C-77") if secret.encode() in raw]
    assert set(copy["case_id"]) == {"CASE-1"}
    assert set(copy["to_number"]) <= {"PHONE-1", "PHONE-2"}


def test_a_table_that_names_nothing_of_ours_keeps_nothing(tmp_path: Path) -> None:
    row = {"at": "2026-03-02T10:00:00+08:00", "text": "x", "secret": "y"}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n")
    redact((tmp_path / "a.jsonl",), tmp_path / "out")
    assert json.loads((tmp_path / "out" / "a.jsonl").read_text())["secret"] == "REDACTED"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"segments": [{"text": "x", "start": 1, "id": 7, "note": "y"}]}',
         '{"segments": [{"text": "x", "start": 1, "id": 0, "note": "REDACTED"}]}'),
        ('{"segments": [{"text": "x"}, {"text": oops 13912345678}]}',
         '{"segments": [{"text": "x"}, {"text": ????? ?}]}'),
        ('{"segments": [{"text": "call 13912345678',
         '{"segments": [{"text": "REDACTED'),
        ('{"13912345678": {"text": "x"}, "segments": []}',
         '{"PHONE-1": {"text": "REDACTED"}, "segments": []}'),
        ('{"segments": [{"text": "a\nb\\n13912345678"}]}',
         '{"segments": [{"text": "a\nb\nPHONE-1"}]}'),
    ],
)  # fmt: skip
def test_what_is_no_json_stays_none_and_lines_stay_lines(text: str, told: str) -> None:
    found = masked(text, Pseudonyms(), MEANINGS["whisper"])
    assert re.sub(r"\?+", "?", found) == re.sub(r"\?+", "?", told)


def test_words_that_spell_a_number_out_go_where_the_shown_ones_are_read() -> None:
    best = {"lexical": "call one three nine", "display": "Call 13912345678."}
    told = masked(json.dumps({"recognizedPhrases": [{"nBest": [best]}]}), Pseudonyms(), MEANINGS["azure"])
    assert json.loads(told)["recognizedPhrases"][0]["nBest"] == [{"lexical": "REDACTED", "display": "Call PHONE-1."}]
    best = {"lexical": "you lazy bum", "display": "You lazy ***"}
    told = masked(json.dumps({"recognizedPhrases": [{"nBest": [best]}]}), Pseudonyms(), MEANINGS["azure"])
    assert json.loads(told)["recognizedPhrases"][0]["nBest"] == [best]
