"""One case from several files: copies of the same contact become one, and the reason for each merge is told.

What counts as the same is narrow, for a wrong merge hides a contact and a missed one counts it twice:

- only contacts of one case, from different files, in the same direction: two equal messages in one file are two
  contacts and stay two, however close they are;
- a message: the same words (spaces apart) within SAME_MESSAGE_SECONDS, and no contradicting number of the debtor;
- a call in two logs: it begins within SAME_CALL_SECONDS, no number and no outcome contradicts, and either a number is
  the same or both logs give the same talk time (SAME_TALK_SECONDS);
- a transcript and a call's log line: within SAME_CALL_SECONDS, direction and number agreeing as far as the transcript
  says.

Each contact of a file is matched with at most one of another file. The first one read is kept and filled from the
others; of a call's start, talk time and outcome a log knows more than a transcript. Cost: one sort by time, then
neighbours. Only what could be a copy is taken into memory: messages whose words stand in several files, and calls.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import polars as pl

from dunlint import i18n

SAME_MESSAGE_SECONDS = 60
SAME_CALL_SECONDS = 120
SAME_TALK_SECONDS = 3
TELLING_DIGITS = 10
MOST_NEAR = 500  # contacts of one case and one kind in one window that are compared
MOST_TOLD = 20  # merges of the same two files told one by one; the others are counted
MESSAGE = "same_message"
MESSAGES = ("sms", "im", "email", "letter", "post")
CALLS = ("call", "ai_call", "voicemail")
FROM_THE_LOG = ("at", "talk_seconds", "outcome")
UNKNOWN = "unknown"
OPEN = (None, UNKNOWN)
PLACE = ("row", "source_file", "source_line", "source_sha256", "contact_id")

WORDS = pl.col("text").str.replace_all(r"\s+", "")
COMPARED = (
    "case_id", "at", "channel", "direction", "outcome", "talk_seconds", "from_number", "to_number", "source_file",
    "source_line",
)  # fmt: skip

Facts = dict[str, Any]


@dataclass
class Cluster:
    """Contacts held to be the same: rows of the table, the first one read first."""

    rows: list[Facts]

    @property
    def files(self) -> set[str]:
        return {row["source_file"] for row in self.rows}

    @property
    def transcribed(self) -> bool:
        """Whether it is a transcript with its log line, in this order."""
        return "spoken" in self.rows[0]

    @property
    def order(self) -> list[int]:
        """Row numbers: a transcript before its log line, else as they were read."""
        rows = [row["row"] for row in self.rows]
        return rows if self.transcribed else sorted(rows)


def merge(contacts: pl.LazyFrame, lang: str | None = None) -> tuple[pl.LazyFrame, list[str]]:
    """CONTACT_COLUMNS without the copies, and a sentence for each merge (beyond MOST_TOLD for two files: their number).

    Contacts without a time, and what is neither message nor call, are left alone.
    """
    rows = _comparable(contacts)
    clusters = [*_same_messages(rows), *_same_calls(rows), *_transcribed(rows)]
    if not clusters:
        return contacts, []
    gone = pl.Series([row["row"] for cluster in clusters for row in cluster.rows], dtype=pl.UInt32)
    rest = contacts.with_row_index("row").filter(~pl.col("row").is_in(gone.implode())).drop("row")
    joined = (frame.drop("row").lazy() for frame in _joined(rows, clusters))
    return pl.concat([rest, *joined]), _reasons(clusters, lang)


def _comparable(contacts: pl.LazyFrame) -> pl.DataFrame:
    """`row` and CONTACT_COLUMNS of what may have a copy in another file of its case: messages whose words are in
    several files (by their hash: a few of one file may be among them), calls and transcripts.
    """
    files = contacts.select("case_id", "source_file").unique().collect(engine="streaming")
    cases = files.filter(pl.col("case_id").is_duplicated())["case_id"].unique()
    rows = contacts.with_row_index("row").filter(
        pl.col("at").is_not_null() & pl.col("case_id").is_in(cases.implode(), nulls_equal=True)
    )
    if cases.is_empty():
        return rows.head(0).collect()
    said = pl.col("channel").is_in(MESSAGES) & pl.col("direction").is_not_null() & (WORDS != "")
    words = pl.concat_str("case_id", "direction", WORDS, separator="\x1f").hash()
    pairs = rows.filter(said).select(words.alias("words"), pl.col("source_file").hash()).unique()
    seen = pairs.select("words").collect(engine="streaming").to_series()
    shared = seen.filter(seen.is_duplicated()).unique()
    calls = pl.col("turns").is_not_null() | (pl.col("channel").is_in(CALLS) & pl.col("text").is_null())
    return rows.filter(calls | (said & words.is_in(shared.implode()))).collect(engine="streaming")


def _same_messages(rows: pl.DataFrame) -> list[Cluster]:
    candidates = rows.filter(pl.col("channel").is_in(MESSAGES) & pl.col("direction").is_not_null())
    candidates = candidates.with_columns(words=WORDS).filter(pl.col("words") != "")
    key = ("case_id", "direction", "words")
    copied = candidates.filter(pl.col("source_file").n_unique().over(key) > 1)
    return _clusters(copied, key, SAME_MESSAGE_SECONDS, _same_message)


def _same_message(one: Facts, other: Facts) -> bool:
    side = "to_number" if one["direction"] == "outbound" else "from_number"
    return one["channel"] == other["channel"] and _agree(number(one[side]), number(other[side]))


def _same_calls(rows: pl.DataFrame) -> list[Cluster]:
    calls = rows.filter(
        pl.col("channel").is_in(CALLS) & pl.col("direction").is_not_null()
        & pl.col("turns").is_null() & pl.col("text").is_null()
    )  # fmt: skip
    key = ("case_id", "direction")
    copied = calls.filter(pl.col("source_file").n_unique().over(key) > 1)
    return _clusters(copied, key, SAME_CALL_SECONDS, _same_call)


def _same_call(one: Facts, other: Facts) -> bool:
    numbers = [(number(one[side]), number(other[side])) for side in ("from_number", "to_number")]
    talked = one["talk_seconds"], other["talk_seconds"]
    if not all(_agree(*pair) for pair in numbers) or not _agree(one["outcome"], other["outcome"]):
        return False
    same_talk = None not in talked and abs(talked[0] - talked[1]) <= SAME_TALK_SECONDS
    if None not in talked and not same_talk:
        return False
    return any(first is not None and first == second for first, second in numbers) or (same_talk and talked[0] > 0)


def _agree(one: Any, other: Any) -> bool:
    return one in OPEN or other in OPEN or one == other


def number(written: str | None) -> str | None:
    """A phone number as it is compared: its last TELLING_DIGITS digits, for country and trunk prefixes come and go."""
    if written is None:
        return None
    digits = re.sub(r"[\s\-()+.]", "", written)
    return digits[-TELLING_DIGITS:] if digits.isdigit() else digits


def _clusters(
    rows: pl.DataFrame, key: Sequence[str], seconds: float, same: Callable[[Facts, Facts], bool]
) -> list[Cluster]:
    """Clusters of two and more: each contact, in order of time, joins the earliest of another file that fits."""
    wanted = [*dict.fromkeys(("row", *key, *COMPARED))]
    made: list[Cluster] = []
    near: deque[Cluster] = deque(maxlen=MOST_NEAR)
    before: tuple[Any, ...] = ()
    for row in rows.sort(*key, "at", "row").select(wanted).iter_rows(named=True):
        if (here := tuple(row[name] for name in key)) != before:
            near.clear()
            before = here
        while near and row["at"] - near[0].rows[0]["at"] > timedelta(seconds=seconds):
            near.popleft()
        fitting = (one for one in near if row["source_file"] not in one.files and all(same(x, row) for x in one.rows))
        cluster = next(fitting, None)
        if cluster is None:
            near.append(Cluster([row]))
            continue
        if len(cluster.rows) == 1:
            made.append(cluster)
        cluster.rows.append(row)
    return made


def _transcribed(rows: pl.DataFrame) -> list[Cluster]:
    """(transcript, log line): each transcript takes the closest line that no earlier one has taken."""
    if not rows["turns"].is_not_null().any():
        return []
    spoken, silent = pl.col("turns").is_not_null(), pl.col("turns").is_null() & pl.col("text").is_null()
    cases = rows.filter(spoken)["case_id"].unique()
    calls = rows.filter(pl.col("case_id").is_in(cases.implode()) & (spoken | silent & pl.col("channel").is_in(CALLS)))
    ordered = calls.with_columns(spoken=spoken).select("row", "spoken", *COMPARED).sort("case_id", "at", "row")
    made = []
    taken: set[int] = set()
    lines = list(ordered.iter_rows(named=True))
    for at, transcript in enumerate(lines):
        if transcript["spoken"]:
            near = [line for line in _around(lines, at) if line["row"] not in taken and _said_in(transcript, line)]
            if near:
                closest = min(near, key=lambda line: abs(line["at"] - transcript["at"]))
                taken.add(closest["row"])
                made.append(Cluster([transcript, closest]))
    return made


def _around(lines: list[Facts], at: int) -> Iterator[Facts]:
    """The log lines next to a transcript, in its case, no further away than one call may be."""
    here = lines[at]
    for step in (-1, 1):
        place = at + step
        while 0 <= place < len(lines) and abs(place - at) <= MOST_NEAR:
            line = lines[place]
            apart = abs(line["at"] - here["at"])
            if line["case_id"] != here["case_id"] or apart > timedelta(seconds=SAME_CALL_SECONDS):
                break
            if not line["spoken"]:
                yield line
            place += step


def _said_in(transcript: Facts, line: Facts) -> bool:
    side = "from_number" if line["direction"] == "outbound" else "to_number"
    said = number(transcript[side])
    return transcript["direction"] in (None, line["direction"]) and said in (None, number(line[side]))


def _joined(rows: pl.DataFrame, clusters: list[Cluster]) -> Iterator[pl.DataFrame]:
    """The first contact read of each cluster, filled from the others; clusters of one size at a time.

    rows: those compared, in order of their column `row`.
    """
    by_size: dict[int, list[Cluster]] = {}
    for cluster in clusters:
        by_size.setdefault(len(cluster.rows), []).append(cluster)
    for size, alike in by_size.items():
        orders = [rows["row"].search_sorted(pl.Series(cluster.order)).to_list() for cluster in alike]
        from_log = pl.Series([cluster.transcribed for cluster in alike])
        joined = rows[[order[0] for order in orders]]
        for rank in range(1, size):
            other = rows[[order[rank] for order in orders]]
            joined = pl.DataFrame([_filled(own, other[own.name], from_log) for own in joined])
        yield joined


def _filled(own: pl.Series, other: pl.Series, from_log: pl.Series) -> pl.Series:
    """What is open in a column, from the other contact; a transcript takes a call's facts from the log."""
    if own.name in PLACE:
        return own
    open_here = own.is_null()
    if own.dtype == pl.String:
        open_here |= (own == UNKNOWN).fill_null(False)
    if own.name in FROM_THE_LOG:
        open_here |= from_log
    return other.zip_with(open_here & other.is_not_null(), own)


def _reasons(clusters: list[Cluster], lang: str | None) -> list[str]:
    told: list[str] = []
    seen: Counter[tuple[str, str, str]] = Counter()
    for cluster in clusters:
        first, *others = (row for at in cluster.order for row in cluster.rows if row["row"] == at)
        kind = "merged_call" if cluster.transcribed else MESSAGE if first["channel"] in MESSAGES else "same_call"
        for other in others:
            key = kind, first["source_file"], other["source_file"]
            seen[key] += 1
            if seen[key] <= MOST_TOLD:
                told.append(_reason(kind, first, other, lang))
    for (_, file, other_file), count in seen.items():
        if count > MOST_TOLD:
            told.append(i18n.text("note.more_merged", lang, file=file, other=other_file, count=count - MOST_TOLD))
    return told


def _reason(key: str, first: Facts, other: Facts, lang: str | None) -> str:
    place = f"{other['source_file']}:{other['source_line']}"
    if key == "merged_call":
        return i18n.text("note.merged_call", lang, file=first["source_file"], other=place)
    apart = abs(other["at"] - first["at"]).total_seconds()
    file = f"{first['source_file']}:{first['source_line']}"
    return i18n.text(f"note.{key}", lang, file=file, other=place, seconds=f"{apart:g}")
