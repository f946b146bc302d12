"""A transcript and the call-log line of the same call become one contact."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from dunlint import i18n
from dunlint.records.schema import CONTACT_COLUMNS

SAME_CALL_SECONDS = 120
FROM_THE_LOG = ("at", "talk_seconds", "outcome")  # a log line knows these better than a transcript


def merge_calls(contacts: pl.DataFrame, lang: str | None = None) -> tuple[pl.DataFrame, list[str]]:
    """The table without the log lines that a transcript stands for, and the reason for each merge.

    Two are the same call if they lie in one case, start within two minutes, and agree in direction and number as far
    as the transcript says.
    """
    pairs = list(_closest(_pairs(contacts))) if contacts["turns"].is_not_null().any() else []
    if not pairs:
        return contacts, []
    kept, gone = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    merged = _filled(contacts[kept], contacts[gone])
    rest = contacts.filter(~pl.int_range(pl.len()).is_in([*kept, *gone]))
    reasons = [_reason(transcript, log, lang) for transcript, log in zip(
        contacts[kept].iter_rows(named=True), contacts[gone].iter_rows(named=True), strict=True)]  # fmt: skip
    return pl.concat([rest, merged]), reasons


def _pairs(contacts: pl.DataFrame) -> pl.DataFrame:
    """(row of a transcript, row of a log line) that can be the same call, closest first for each transcript."""
    number = pl.when(pl.col("direction") == "outbound").then("from_number").otherwise("to_number")
    spoken, silent = pl.col("turns").is_not_null(), pl.col("turns").is_null() & pl.col("text").is_null()
    wanted = ("row", "case_id", "direction", "at", number.alias("number"))
    calls = contacts.lazy().with_row_index("row").filter(pl.col("at").is_not_null())
    logs = calls.filter(silent & pl.col("channel").is_in(["call", "ai_call"])).select(wanted).collect()
    transcripts = calls.filter(spoken).select(wanted).collect()
    slot = pl.col("at").dt.epoch("s") // SAME_CALL_SECONDS
    near = transcripts.with_columns(pl.concat_list(slot - 1, slot, slot + 1).alias("slot")).explode("slot")
    apart = (pl.col("at") - pl.col("at_log")).abs()
    agree = (
        pl.col(name).is_null() | pl.col(name).eq_missing(pl.col(f"{name}_log")) for name in ("direction", "number")
    )
    return (
        near.join(logs.with_columns(slot.alias("slot")), on=["case_id", "slot"], suffix="_log", nulls_equal=True)
        .filter(apart <= pl.duration(seconds=SAME_CALL_SECONDS), *agree)
        .sort("row", apart, "row_log")
        .select("row", "row_log")
    )


def _closest(pairs: pl.DataFrame) -> Iterator[tuple[int, int]]:
    """Each transcript takes the closest log line that no earlier one has taken."""
    done: set[int] = set()
    taken: set[int] = set()
    for transcript, log in pairs.iter_rows():
        if transcript not in done and log not in taken:
            done.add(transcript)
            taken.add(log)
            yield transcript, log


def _filled(transcripts: pl.DataFrame, logs: pl.DataFrame) -> pl.DataFrame:
    def column(name: str) -> pl.Series:
        own, other = transcripts[name], logs[name]
        first, second = (other, own) if name in FROM_THE_LOG else (own, other)
        return first.zip_with(first.is_not_null(), second)

    return pl.DataFrame([column(name) for name in CONTACT_COLUMNS])


def _reason(transcript: dict[str, object], log: dict[str, object], lang: str | None) -> str:
    place = f"{log['source_file']}:{log['source_line']}"
    return i18n.text("note.merged_call", lang, file=transcript["source_file"], other=place)
