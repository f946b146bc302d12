"""Each call format is recognised by its content, by one reader alone, and none claims what is not its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dunlint.errors import DunlintError
from dunlint.records import load
from dunlint.records.reader import choose, readers
from dunlint.records.source import Source
from tests.records.readers.calls import EXPORTS

EXAMPLES = {
    "aliyun_asr.json": "aliyun_asr",
    "asterisk_Master.csv": "asterisk",
    "azure.json": "azure",
    "azure_older.json": "azure",
    "call.srt": "srt",
    "call.vtt": "webvtt",
    "call_list_gb18030.csv": "call_list",
    "contact_lens.json": "contact_lens",
    "contact_lens_realtime.json": "contact_lens",
    "funasr.json": "funasr",
    "funasr_printed.txt": "funasr",
    "genesys.json": "genesys",
    "google_ccai.json": "google_ccai",
    "tencent_asr.json": "tencent_asr",
    "twilio_messages.csv": "twilio_messages",
    "twilio_transcript.json": "twilio_transcript",
    "whisper.json": "whisper",
    "whisperx.json": "whisper",
    "xfyun_asr.json": "xfyun_asr",
    "xfyun_asr_v1.json": "xfyun_asr",
}
OURS = set(EXAMPLES.values())
FOREIGN: dict[str, Any] = {
    "telegram.json": {"name": "A", "type": "personal_chat", "id": 1, "messages": [{"id": 1, "type": "message",
                      "date": "2026-03-02T10:00:00", "from": "A", "text": "segments, Transcript"}]},
    "chatlog.json": [{"seq": 1, "time": "2026-03-02T10:00:00+08:00", "talker": "t", "isSelf": True, "content": "x"}],
    "instagram.json": {"participants": [{"name": "A"}], "messages": [{"sender_name": "A", "timestamp_ms": 1,
                       "content": '"recognizedPhrases": []'}]},
    "geo.json": {"type": "FeatureCollection", "features": [], "entries": []},
    "harlog.json": {"log": {"entries": [{"startedDateTime": "2026-03-02T10:00:00Z", "request": {}}]}},
    "settings.json": {"segments": [1, 2], "sentences": ["a"], "transcripts": {}, "data": "onebest"},
    "empty.json": {},
    "nothing.json": [],
    "sms.xml": "<?xml version='1.0'?>\n<smses count='0'></smses>\n",
    "own.csv": "at,channel,direction,text\n2026-03-02T10:00:00+08:00,sms,outbound,x\n",
    "own.jsonl": '{"at": "2026-03-02T10:00:00+08:00", "channel": "sms", "text": "x"}\n',
    "wechat.csv": "localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark\n",
    "whatsapp.txt": "[2/3/2026, 10:00:00] A: 1\n[2/3/2026, 10:00:01] B: 00:00:01,000 --> x\n",
    "qq.txt": "2026-03-02 10:00:00 A(1)\nhello\n",
    "mail.eml": "From: a@example.com\nTo: b@example.com\nSubject: WEBVTT\n\nhi\n",
    # tables with a column that a call list has not: to be mapped, not to be cut down
    "agency.csv": "开始时间,主叫号码,被叫号码,通话时长,催收员\n2026-03-02 10:00:00,021,138,30,甲\n",
    "words.csv": "开始时间,对方号码,通话时长,内容\n2026-03-02 10:00:00,021,30,您好\n",
    "numbers.csv": "1,2,3\n4,5,6\n",
}  # fmt: skip


def claims(path: Path) -> list[str]:
    """The readers that take it; those of tables with any columns, which come last, left aside."""
    source = Source(path, path.name)
    narrow = (reader for reader in readers().values() if reader.breadth < 2)
    return [reader.name for reader in narrow if reader.recognises(source)]


@pytest.mark.parametrize(("name", "reader"), EXAMPLES.items())
def test_an_example_is_recognised_by_its_reader_and_by_no_other(name: str, reader: str) -> None:
    assert claims(EXPORTS / name) == [reader]


@pytest.mark.parametrize(("name", "reader"), EXAMPLES.items())
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_it_is_recognised_in_other_encodings_and_under_another_name(
    name: str, reader: str, encoding: str, tmp_path: Path
) -> None:
    raw = (EXPORTS / name).read_bytes()
    text = raw.decode("gb18030" if "gb18030" in name else "utf-8-sig")
    path = tmp_path / "export.dat"
    path.write_bytes(text.encode(encoding))
    assert choose(Source(path, "export.dat")).name == reader


@pytest.mark.parametrize("name", FOREIGN)
def test_no_reader_of_calls_claims_a_foreign_file(name: str, tmp_path: Path) -> None:
    content = FOREIGN[name]
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    assert not OURS & set(claims(path)) - {"webvtt"}
    assert "webvtt" not in claims(path)


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name.endswith(".json")])
def test_it_is_recognised_on_one_line_in_a_list_and_one_a_line(name: str, tmp_path: Path) -> None:
    value = json.loads((EXPORTS / name).read_text(encoding="utf-8"))
    one = json.dumps(value[0] if name == "funasr.json" else value)
    path = tmp_path / "one.json"
    shapes = (one,) if name == "xfyun_asr_v1.json" else (one, f"[{one},{one}]", f"{one}\n{one}\n")
    for shape in shapes:
        path.write_text(shape, encoding="utf-8")
        assert claims(path)[0] == EXAMPLES[name]


def test_a_transcript_that_begins_with_a_long_text_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "long.json"
    segments = [{"start": 0.0, "end": 1.0, "text": "好"}]
    path.write_text(json.dumps({"text": "好" * 100_000, "segments": segments}, ensure_ascii=False), encoding="utf-8")
    assert claims(path)[0] == "whisper"


@pytest.mark.parametrize("reader", sorted(OURS))
@pytest.mark.parametrize(
    "content", ["", "\n", "hello", "[]", "{}", "null", '[1, "a", null]', "a,b\n1,2\n", "1\n", "\0\0", "[{'key': 1"]
)
def test_a_reader_that_is_forced_on_a_foreign_file_says_what_it_could_not_read(
    reader: str, content: str, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_text(content, encoding="utf-8")
    try:
        records = load([path], format_in=reader)
    except DunlintError:
        return
    assert len(records.contacts) == 0
    assert records.unreadable or not content.strip("\n\0[]")
