"""讯飞 lfasr: JSON in JSON in JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.records.readers.calls import example, read, times, turns, value


def sentence(text: str, role: str = "1", begin: str = "0") -> dict[str, Any]:
    said = [{"cw": [{"w": character, "wp": "n"}]} for character in text]
    return {"st": {"bg": begin, "ed": "900", "rl": role, "rt": [{"ws": said}]}}


def answer(*sentences: Any, name: str = "lattice", inner: bool = True) -> dict[str, Any]:
    lattice = [{"json_1best": json.dumps(one, ensure_ascii=False) if inner else one} for one in sentences]
    return {"code": "000000", "content": {"orderResult": json.dumps({name: lattice}, ensure_ascii=False)}}


def test_the_words_of_version_2_are_put_together() -> None:
    records = example("xfyun_asr.json")
    assert turns(records)[0] == ("speaker 1", "您好，我是某某公司的，工号0123。")
    assert times(records)[:2] == [(0.0, 3.9), (4.2, 6.0)]


def test_role_0_means_that_nobody_was_told_apart(tmp_path: Path) -> None:
    document = answer(sentence("您好", "0"), sentence("你好", "0"))
    assert turns(read(tmp_path, "a.json", document)) == [("unknown", "您好"), ("unknown", "你好")]


def test_lattice2_holds_objects_and_is_read_where_lattice_is_missing(tmp_path: Path) -> None:
    document = answer(sentence("嗯您好", "1"), sentence("好", "2"), name="lattice2", inner=False)
    assert turns(read(tmp_path, "a.json", document)) == [("speaker 1", "嗯您好"), ("speaker 2", "好")]


def test_lone_backslashes_in_the_inner_text_do_no_harm(tmp_path: Path) -> None:
    document = answer(sentence("您好", "1"), sentence("好", "2"))
    document["content"]["orderResult"] = document["content"]["orderResult"].replace("您好", "您\\ 好")
    assert [text for _, text in turns(read(tmp_path, "a.json", document))][1] == "好"


def test_a_broken_sentence_costs_itself(tmp_path: Path) -> None:
    document = answer(sentence("您好", "1"), {"st": {"bg": "1"}}, sentence("好", "2"))
    records = read(tmp_path, "a.json", document)
    assert [text for _, text in turns(records)] == ["您好", "好"]
    assert len(records.unreadable) == 1


def test_an_order_result_that_is_no_json_is_listed(tmp_path: Path) -> None:
    records = read(tmp_path, "a.json", {"content": {"orderResult": "{broken"}})
    assert len(records.contacts) == 0
    assert records.unreadable


def test_version_1_alone_and_as_the_text_data(tmp_path: Path) -> None:
    alone = turns(example("xfyun_asr_v1.json"))
    assert alone[0] == ("speaker 1", "您好，我是某某银行的，工号0456。")
    wrapped = {"ok": 0, "err_no": 0, "failed": None, "data": json.dumps(value("xfyun_asr_v1.json"))}
    assert turns(read(tmp_path, "a.json", wrapped)) == alone
