"""A table of contacts becomes a table of turns and one of tags; what repeats is analysed once and found everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl
import pytest

from dunlint.language import analyse as room
from dunlint.language.analyse import TAG_COLUMNS, TURN_COLUMNS, Said, analyse, tag_texts
from dunlint.language.tagger import Tag
from dunlint.records.columns import contact_table
from dunlint.records.schema import Contact, Turn

THREAT = "再不还钱就打断你的腿"


def contacts(*given: Contact) -> pl.DataFrame:
    frame = contact_table([replace(one, contact_id=f"c{number}") for number, one in enumerate(given)])
    return frame.with_columns(direction=pl.col("direction").fill_null("outbound"))


def test_a_message_sent_to_many_is_analysed_once_and_tagged_on_each(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(said: Sequence[Said], *, model: bool = True) -> list[list[Tag]]:
        asked.extend(text for text, _, _ in said)
        return tag_texts(said, model=model)

    monkeypatch.setattr(room, "tag_texts", counted)
    heard = analyse(contacts(Contact(text=THREAT), Contact(text="您好，账单已出"), Contact(text=THREAT), Contact()))
    assert asked.count(THREAT) == 1
    threats = heard.tags.filter(pl.col("tag") == "threat_violence")
    assert threats["contact_id"].to_list() == ["c0", "c2"]
    assert heard.turns["contact_id"].to_list() == ["c0", "c1", "c2"]


def test_the_same_words_by_another_speaker_are_another_utterance() -> None:
    words = "别再给我打电话了"
    heard = analyse(contacts(Contact(text=words), Contact(text=words, direction="inbound", party="debtor")))
    asked = heard.tags.filter(pl.col("tag") == "cease_request")
    assert asked.select("contact_id", "speaker").rows() == [("c1", "debtor")]


def test_tags_stand_in_the_order_of_contacts_turns_and_words() -> None:
    turns = tuple(Turn(who, None, None, text) for who, text in
                  (("坐席", "今天不还就爆你通讯录"), ("客户", "别打了"), ("坐席", THREAT)))  # fmt: skip
    heard = analyse(contacts(Contact(text=THREAT), Contact(turns=turns)))
    places = heard.tags.select("contact_id", "turn", "start")
    assert places.rows() == sorted(places.rows())
    quotes = heard.tags.join(heard.turns.select("contact_id", "turn", "text"), on=["contact_id", "turn"])
    assert [row["text"][row["start"] : row["end"]] for row in quotes.iter_rows(named=True)] == quotes["quote"].to_list()


def test_without_words_there_are_empty_tables_of_the_same_columns() -> None:
    heard = analyse(contacts(Contact(), Contact(text="")))
    assert heard.turns.schema == pl.Schema(TURN_COLUMNS)
    assert heard.tags.schema == pl.Schema(TAG_COLUMNS)
    assert heard.turns.is_empty()
    assert heard.tags.is_empty()
