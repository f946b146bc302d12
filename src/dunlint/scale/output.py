"""Parts -> the folder that an audit leaves behind: findings, rollups, coverage, summary, manifest.

The bytes depend on the records, the rules and the version alone: tables are sorted, no clock is read, and everything
is written aside and moved into place at the end, the manifest last.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from dunlint import i18n
from dunlint.records.schema import CONTACT_COLUMNS
from dunlint.rulebook.coverage import obligations
from dunlint.rulebook.load import Rulebook, shipped
from dunlint.scale import batch, sample, tally
from dunlint.scale.batch import Part
from dunlint.scale.columns import FINDING_COLUMNS, NESTED
from dunlint.scale.run import file_hash
from dunlint.scale.statistics import interval
from dunlint.writing import telling, uninterrupted

SUMMARY, MANIFEST = "dunlint.audit/1", "dunlint.manifest/1"
ROW_GROUP = 100_000
LIBRARIES = ("dunlint", "polars", "spacy")
FORMULA = r"^[=+\-@\t\r\n]"  # what a spreadsheet would run as a formula
COUNTED = ("contacts", "cases", "findings", *tally.VERDICT_COLUMNS.values(), "contacts_in_breach")


@dataclass(frozen=True)
class About:
    """What the folder says of the run beside its findings. rules_from and notes: {"zh": …, "en": …}."""

    rules: tuple[str, ...]
    rules_from: dict[str, str]
    engine: str
    book: Rulebook
    inputs: tuple[tuple[str, int, str], ...]
    parameters: dict[str, Any]
    unreadable: pl.DataFrame
    notes: list[dict[str, str]] = field(default_factory=list)
    drawn: sample.Sample | None = None


def write(
    parts: Iterable[Part], findings: Iterator[pl.DataFrame], about: About, out: Path, aside: Path
) -> dict[str, Any]:
    """Write the folder `out` by way of `aside`; returns what summary.json holds. findings: of all parts, in pieces.

    Raises OutputError where it cannot be written.
    """
    with telling(out):
        return _write(parts, findings, about, out, aside)


def _write(
    parts: Iterable[Part], findings: Iterator[pl.DataFrame], about: About, out: Path, aside: Path
) -> dict[str, Any]:
    shutil.rmtree(aside, ignore_errors=True)  # of a run that was killed while it wrote, perhaps of another audit
    (aside / "rollups").mkdir(parents=True)
    _write_findings(findings, aside)
    whole = batch.joined([*parts] or [empty_part()])
    tallies = tally.with_shares(whole.tallies, whole.totals)
    for name in tally.ROLLUPS:
        _csv(rollup(tallies, name), aside / "rollups" / f"{name}.csv")
    _csv(coverage(whole), aside / "fields.csv")
    _csv(about.unreadable.sort("file", "line", nulls_last=True, maintain_order=True), aside / "unreadable.csv")
    estimates = None
    if about.drawn is not None:
        estimates = sample.estimates(about.drawn, debtors(tallies))
        _csv(estimates, aside / "estimates.csv")
    summary = summarised(whole, about, estimates)
    _json(summary, aside / "summary.json")
    _json(manifest(about, aside), aside / "manifest.json")
    _move(aside, out)
    return summary


def empty_part() -> Part:
    """The part of no records."""
    schemas = {
        "tallies": tally.TALLY_COLUMNS, "left_open": batch.OPEN_COLUMNS,
        "notes": batch.NOTE_COLUMNS, "fields": tally.FIELD_COLUMNS, "totals": tally.TOTAL_COLUMNS,
    }  # fmt: skip
    return Part(**{name: pl.DataFrame(schema=schema) for name, schema in schemas.items()})


def _write_findings(frames: Iterator[pl.DataFrame], folder: Path) -> None:
    """findings.parquet and findings.csv, piece by piece."""
    from polars.io.plugins import register_io_source

    plain = [name for name in FINDING_COLUMNS if name not in NESTED]
    with (folder / "findings.csv").open("wb") as stream:
        stream.write((",".join([*plain, "quote"]) + "\n").encode())

        def source(
            with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
        ) -> Iterator[pl.DataFrame]:
            for frame in frames:
                quote = pl.col("quotes").str.json_path_match("$[0].text").alias("quote")
                _safe(frame.select(*plain, quote)).write_csv(stream, include_header=False)
                yield frame.select(with_columns) if with_columns else frame

        lazy = register_io_source(source, schema=FINDING_COLUMNS)
        lazy.sink_parquet(folder / "findings.parquet", row_group_size=ROW_GROUP, maintain_order=True)


def _safe(frame: pl.DataFrame) -> pl.DataFrame:
    """No cell that a spreadsheet would take for a formula."""
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    return frame.with_columns(
        pl.when(pl.col(name).str.contains(FORMULA)).then(pl.concat_str(pl.lit("'"), name)).otherwise(name).alias(name)
        for name in texts
    )


def _csv(frame: pl.DataFrame, path: Path) -> None:
    _safe(frame).write_csv(path, float_precision=6)


def _json(value: Any, path: Path) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")


def rollup(tallies: pl.DataFrame, name: str) -> pl.DataFrame:
    """One rollup: its keys, counts, the share of contacts in breach with its exact 95 % interval, and both rates."""
    keys = tally.ROLLUPS[name]
    own = tallies.filter(pl.col("rollup") == name)
    places = dict(zip(keys, ("first", "second"), strict=False))
    whole = {"hour", "weekday"}
    sorting = [pl.col(place).cast(pl.Int64) if key in whole else pl.col(place) for key, place in places.items()]
    own = own.sort(sorting, nulls_last=True)
    bounds = [interval(hits, of) for hits, of in own.select("contacts_in_breach", "contacts").iter_rows()]
    return own.select(
        *(pl.col(place).alias(key) for key, place in places.items()),
        *COUNTED,
        _per("contacts_in_breach", "contacts", 1).alias("rate"),
        pl.Series("rate_low", [low for low, _ in bounds], dtype=pl.Float64),
        pl.Series("rate_high", [high for _, high in bounds], dtype=pl.Float64),
        ((pl.col("violations") + pl.col("presumed_violations")) / _or_null("contacts") * 1000).alias(
            "per_1000_contacts"
        ),
        _per("cases_in_breach", "cases", 100).alias("per_100_cases"),
    )


def _or_null(name: str) -> pl.Expr:
    return pl.when(pl.col(name) > 0).then(pl.col(name))


def _per(over: str, under: str, many: int) -> pl.Expr:
    return pl.col(over) / _or_null(under) * many


def debtors(tallies: pl.DataFrame) -> pl.DataFrame:
    """(case_id, contacts_in_breach, cases_in_breach) of the cases that had findings."""
    own = tallies.filter(pl.col("rollup") == "debtor")
    return own.select(pl.col("first").alias("case_id"), "contacts_in_breach", "cases_in_breach")


def coverage(whole: Part) -> pl.DataFrame:
    """fields.csv: how often each field is known, how many rules wait for it, and the most contacts that one of those
    rules had to leave open. What is not a field of the tables (words, a kind of event) has no share.
    """
    waiting = whole.left_open.explode("missing").drop_nulls("missing").with_columns(
        pl.when(pl.col("missing").is_in([*CONTACT_COLUMNS, *tally.DERIVED]) | pl.col("missing").str.contains(":"))
        .then("missing").otherwise(pl.concat_str(pl.lit("account."), "missing")).alias("field")
    )  # fmt: skip
    waiting = waiting.group_by("field").agg(
        pl.col("rule").n_unique().alias("rules_waiting"), pl.col("contacts").max().alias("contacts_waiting")
    )
    known = whole.fields.with_row_index("_place")
    table = known.join(waiting, on="field", how="full", coalesce=True)
    return table.sort("_place", "field", nulls_last=True).select(
        "field", "filled", "contacts", _per("filled", "contacts", 1).alias("share"),
        pl.col("rules_waiting").fill_null(0), pl.col("contacts_waiting").fill_null(0),
    )  # fmt: skip


def summarised(whole: Part, about: About, estimates: pl.DataFrame | None) -> dict[str, Any]:
    """What summary.json holds."""
    totals = whole.totals.row(0, named=True) if len(whole.totals) else dict.fromkeys(tally.TOTAL_COLUMNS, 0)
    days = {name: str(totals[name]) if totals[name] else None for name in ("first_day", "last_day")}
    severities = {name.removeprefix("severity_"): totals[name] for name in totals if name.startswith("severity_")}
    return {
        "schema": SUMMARY,
        "cases": totals["cases"],
        "contacts": totals["contacts"],
        **days,
        "findings": {
            "total": totals["findings"],
            "by_verdict": {verdict: totals[name] for verdict, name in tally.VERDICT_COLUMNS.items()},
            "by_severity": dict(reversed(severities.items())),
        },
        "contacts_in_breach": totals["contacts_in_breach"],
        "cases_in_breach": totals["cases_in_breach"],
        "rules": list(about.rules),
        "rules_from": about.rules_from,
        "rule_count": len(about.book.enabled),
        "engine": about.engine,
        "unreadable": len(about.unreadable),
        "not_checkable": [_left_open(row, about.book) for row in whole.left_open.iter_rows(named=True)],
        "checklist": checklist(about.rules),
        "notes": [*about.notes, *_notes(whole.notes)],
        "sample": _sampled(about.drawn, estimates),
    }


def _left_open(row: dict[str, Any], book: Rulebook) -> dict[str, Any]:
    title = book.rule(row["rule"]).title
    return {"rule": row["rule"], "title_zh": title.zh, "title_en": title.en, "contacts": row["contacts"],
            "missing": list(row["missing"])}  # fmt: skip


def _notes(notes: pl.DataFrame) -> Iterator[dict[str, str]]:
    for key, values, count in notes.iter_rows():
        yield {lang: i18n.text(key, lang, **json.loads(values), count=count) for lang in i18n.LANGUAGES}


def _sampled(drawn: sample.Sample | None, estimates: pl.DataFrame | None) -> dict[str, Any] | None:
    if drawn is None or estimates is None:
        return None
    whole = {name: value for name, value in estimates.row(0, named=True).items() if name != "agency"}
    strata = drawn.strata.with_columns(pl.col("agency").replace("", None)).to_dicts()
    return {"asked": drawn.asked, "seed": drawn.seed, "cases_of": whole["cases_of"], "cases": len(drawn.cases),
            "strata": strata, "estimate": whole}  # fmt: skip


def checklist(rules: tuple[str, ...]) -> list[dict[str, str]]:
    """Obligations that no log can show, and what would be needed to check them."""
    return [
        {"number": row.id, "title_zh": row.title.zh, "title_en": row.title.en,
         "needs_zh": row.needs.zh if row.needs else "", "needs_en": row.needs.en if row.needs else ""}
        for name in rules if name in shipped()
        for row in obligations(name) if row.state == "checklist"
    ]  # fmt: skip


def manifest(about: About, folder: Path) -> dict[str, Any]:
    """What manifest.json holds: all that the run depends on, and every file written, by hash."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        "schema": MANIFEST,
        "versions": {name: version(name) for name in LIBRARIES},
        "engine": about.engine,
        "rules": dict(sorted(about.book.hashes.items())),
        "inputs": [{"name": name, "bytes": size, "sha256": digest} for name, size, digest in about.inputs],
        "parameters": about.parameters,
        "outputs": [
            {"name": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size, "sha256": file_hash(path)}
            for path in files if path.name != "manifest.json"
        ],
    }  # fmt: skip


def _move(aside: Path, out: Path) -> None:
    """Put every file into place, all of them or, where the process is killed between, without a manifest: a folder
    without one is not finished.
    """
    files = sorted((path for path in aside.rglob("*") if path.is_file()), key=lambda path: path.name == "manifest.json")
    with uninterrupted():
        (out / "manifest.json").unlink(missing_ok=True)
        (out / "estimates.csv").unlink(missing_ok=True)  # of an earlier audit, which may have been a sample
        for path in files:
            target = out / path.relative_to(aside)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
