"""The tests inside rules, run through the whole pipeline: each is a tiny case with the verdict its last
contact deserves.

    given: {contact: {…}}                       one contact, or
    given: {contacts: [{repeat: 4, every_minutes: 30, …}, …], account: {…}, events: [{…}], keeps: [kind, …]}
    expect: violation | … | none                for the last contact (or those numbered, from 0, in `at`) and no other

What a contact or an account does not say is taken from the pack's `test_defaults`. `tags: [name, …]` gives a
contact tags instead of having its words read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl

from dunlint import audit
from dunlint.errors import DunlintError, RuleError
from dunlint.language.analyse import TAG_COLUMNS, Heard, analyse
from dunlint.records.columns import contact_table, event_table
from dunlint.records.reader import Known, Row
from dunlint.records.readers.rows import item
from dunlint.records.schema import ACCOUNT_COLUMNS, Contact, Records
from dunlint.rulebook.load import Rulebook
from dunlint.rulebook.models import Rule, RuleTest
from dunlint.yaml_places import read

CASE = "test"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One test: what was expected and what came, as {contact number: verdict}; `error` if it could not run."""

    rule: str
    name: str
    expected: Mapping[int, str]
    found: Mapping[int, str]
    error: str = ""

    @property
    def passed(self) -> bool:
        return not self.error and self.expected == self.found


def run(book: Rulebook, rule_ids: Iterable[str] = (), *, engine: str | None = None) -> Iterator[Outcome]:
    """Run the tests of the rules named (default: all that are on); an unexpected finding fails as a missing
    one does.
    """
    wanted = set(rule_ids)
    defaults = {name: value for pack in book.packs for name, value in pack.test_defaults.items()}
    for rule in book.rules:
        if rule.id in wanted or (not wanted and rule.enabled):
            single = only(book, rule)
            for test in rule.tests:
                yield _outcome(single, rule, test, defaults, engine)


def only(book: Rulebook, rule: Rule) -> Rulebook:
    """The rulebook with one rule (switched on) and the rules that it builds on."""
    from dataclasses import replace

    from dunlint.rulebook.load import referred_rules

    needed, waiting = set(), [rule.id]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += referred_rules(book.rule(name))
    kept = tuple(
        one.model_copy(update={"enabled": True}) if one.id == rule.id else one for one in book.rules if one.id in needed
    )
    return replace(book, rules=kept)


def _outcome(book: Rulebook, rule: Rule, test: RuleTest, defaults: Mapping[str, Any], engine: str | None) -> Outcome:
    try:
        records, heard = given(test.given, defaults)
        last = len(records.contacts) - 1
        numbers = test.at if test.at is not None else [last]
        expected = {} if test.expect == "none" else dict.fromkeys(numbers, str(test.expect))
        names = [pack.jurisdiction for pack in book.packs] or ["cn"]
        report = audit.check_records(records, rules=names, book=book, heard=heard, engine=engine)
    except (DunlintError, ValueError) as problem:
        return Outcome(rule.id, test.name, {}, {}, str(problem))
    places = {contact: number for number, contact in enumerate(records.contacts["contact_id"])}
    found = {places[f.contact_id]: f.verdict for f in report.findings if f.rule == rule.id}
    return Outcome(rule.id, test.name, expected, found)


def given(raw: Mapping[str, Any], defaults: Mapping[str, Any]) -> tuple[Records, Heard | None]:
    """The tables a test describes. Raises RuleError for a key it does not know, ValueError for a value."""
    unknown = set(raw) - {"contact", "contacts", "account", "accounts", "events", "keeps"}
    if unknown:
        raise RuleError("unknown_key", place="given", key=", ".join(sorted(unknown)),
                        known="contact, contacts, account, accounts, events, keeps")  # fmt: skip
    default = defaults.get("contact", {})
    known = Known(default.get("zone"))
    written = raw.get("contacts") or [raw.get("contact") or {}]
    pairs = [pair for one in written for pair in _repeated({**default, **one}, known)]
    contacts = contact_table([contact for contact, _ in pairs])
    accounts = raw.get("accounts") or [{**defaults.get("account", {}), **(raw.get("account") or {})}]
    records = Records(
        contacts,
        _accounts(accounts, known),
        event_table([{"case_id": CASE, **_row("events", event, known)} for event in raw.get("events") or ()]),
        kept_events=frozenset((CASE, kind) for kind in raw.get("keeps") or ()),
    )
    return records, _tagged(records, [tags for _, tags in pairs])


def _row(table: str, values: Mapping[str, Any], known: Known) -> dict[str, Any]:
    row = item(table, values, 0, known)
    assert isinstance(row, Row)
    return dict(row.values)


def _accounts(rows: Iterable[Mapping[str, Any]], known: Known) -> pl.DataFrame:
    typed = [{"case_id": CASE, **_row("accounts", row, known)} for row in rows]
    return pl.DataFrame(
        [{n: row.get(n) for n in ACCOUNT_COLUMNS} for row in typed], schema=ACCOUNT_COLUMNS, strict=False
    )


def _repeated(raw: Mapping[str, Any], known: Known) -> Iterator[tuple[Contact, list[str]]]:
    plain = {key: value for key, value in raw.items() if key not in ("repeat", "every_minutes", "tags")}
    contact = item("contacts", plain, 0, known)
    assert isinstance(contact, Contact)
    contact.case_id = CASE
    for number in range(int(raw.get("repeat", 1))):
        copy = Contact(**{name: getattr(contact, name) for name in contact.__slots__})
        if copy.at is not None:
            copy.at += timedelta(minutes=number * int(raw.get("every_minutes", 1)))
        yield copy, list(raw.get("tags") or ())


def _tagged(records: Records, tags: list[list[str]]) -> Heard | None:
    """Tags given by a test beside those found in words; None if the test gives none."""
    if not any(tags):
        return None
    heard = analyse(records.contacts)
    rows = [
        (contact, 0, "collector", tag, "performed", 0, 0, "", None, None, "test")
        for contact, names in zip(records.contacts["contact_id"], tags, strict=True)
        for tag in names
    ]
    given_tags = pl.DataFrame(rows, schema=TAG_COLUMNS, orient="row")
    silent = set(heard.turns["contact_id"].to_list())
    turns = [(row[0], 0, "collector", None, None, "…") for row in rows if row[0] not in silent]
    extra = pl.DataFrame(list(dict.fromkeys(turns)), schema=heard.turns.schema, orient="row")
    return Heard(pl.concat([heard.turns, extra]), pl.concat([heard.tags, given_tags]))


def run_case(case: Path, *, engine: str | None = None) -> Iterator[Outcome]:
    """A case folder against its `expected.yaml`: one outcome a contact that is expected or found to break something."""
    expected = _by_place((row["file"], row["line"], row["rule"], row["verdict"]) for row in _expected(case))
    report = audit.check(case, engine=engine)
    found = _by_place((Path(f.source_file).name, f.source_line or 0, f.rule, f.verdict) for f in report.findings)
    for rule, place in sorted(expected.keys() | found.keys()):
        wanted, came = expected.get((rule, place)), found.get((rule, place))
        yield Outcome(rule, f"{case.name}/{place}", {0: wanted} if wanted else {}, {0: came} if came else {})


def _expected(case: Path) -> list[dict[str, Any]]:
    document = read(case / "expected.yaml")
    return list(document.data or [])


def _by_place(rows: Iterable[tuple[str, int, str, str]]) -> dict[tuple[str, str], str]:
    return {(rule, f"{file}:{line}"): verdict for file, line, rule, verdict in rows}
