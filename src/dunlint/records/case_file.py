"""`case.yaml`: what is known of a case beside its logs.

case_id: …              zone: Asia/Shanghai      rules: [cn]
owner: [王, "10000002"]                # whose phone and mailbox the exports are from: names, numbers, addresses
keeps: [instalment_agreement, …]      # kinds of event the records would show if they had happened
accounts: [{account_id, product, lender, lender_type, principal, …}]
people:                                # who stands behind a number or a chat name
  - {numbers: ["02180000001"], role: agency, agency: …, number_kind: …}
events: [{kind, at, …}]
files:
  call.vtt: {at: …, channel: call, direction: outbound, from_number: …, speakers: {坐席: collector}}
  Master.csv: {directions: {from-internal: outbound}}   # who calls, by context or extension, where records do not say
  mother.xml: {owner_party: third_party, owner_number: "139…"}
  _chat.txt: {owner: 王, date_order: dmy}    # dmy, mdy or ymd where the file itself leaves it open
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from dunlint.errors import InputError
from dunlint.records.reader import Known, Row
from dunlint.records.readers.rows import item, moment
from dunlint.records.schema import DIRECTIONS
from dunlint.records.zones import zone_named

KEYS = {"case_id", "zone", "owner", "rules", "keeps", "accounts", "people", "events", "files", "title", "story"}
FILE_KEYS = {"owner", "owner_party", "owner_number", "date_order", "speakers", "directions", "at", "channel",
             "direction", "outcome", "from_number", "to_number", "party", "role", "agency", "agent", "account_id",
             "recording_id"}  # fmt: skip
LONGEST = 4 << 20  # characters of a case file
PERSON_KEYS = {"numbers", "role", "party", "agency", "creditor", "agent", "number_kind", "account_id", "name"}


COLLECTING = ("lender", "agency", "assignee", "law_firm")
DATE_ORDERS = ("dmy", "mdy", "ymd")


@dataclass(frozen=True)
class CaseFile:
    """A checked `case.yaml`; an absent one is `CaseFile()`."""

    case_id: str | None = None
    zone: str | None = None
    owner: frozenset[str] = frozenset()
    rules: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    accounts: tuple[Row, ...] = ()
    events: tuple[Row, ...] = ()
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    def known(self, file_name: str, asked: Known) -> Known:
        """What is known of one file: the case's word before the options', the file's own owner before the case's."""
        about = self.files.get(file_name, {})
        return Known(
            self.zone or asked.zone,
            about.get("owner_party", "debtor"),
            about,
            "case" if self.zone else asked.zone_from,
            _names(about.get("owner")) or self.owner or asked.owner_names,
            frozenset(name for name, person in self.people.items() if person.get("role") in COLLECTING),
        )


def load(path: Path) -> CaseFile:
    """Read and check a case file. Raises InputError with the place of the mistake."""
    try:
        raw = _plain(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError, RecursionError, OSError) as problem:
        raise InputError(
            "broken_format", where=str(path), format="YAML", reason=" ".join(str(problem).split())
        ) from None
    _only(path, "case.yaml", raw, KEYS)
    zone = raw.get("zone")
    if zone:
        zone_named(str(zone))
    for key in ("rules", "keeps", "accounts", "people", "events"):
        _expect(path, key, raw.get(key) or [], list)
    files = _expect(path, "files", raw.get("files") or {}, dict)
    known = Known(zone)
    return CaseFile(
        case_id=raw.get("case_id"),
        zone=zone,
        owner=_names(raw.get("owner")),
        rules=tuple(raw.get("rules") or ()),
        keeps=tuple(raw.get("keeps") or ()),
        accounts=tuple(_rows(path, "accounts", raw.get("accounts"), known)),
        events=tuple(_rows(path, "events", raw.get("events"), known)),
        people=dict(_people(path, raw.get("people"))),
        files={str(name): _about_file(path, str(name), about, zone) for name, about in files.items()},
    )


def _plain(text: str) -> Any:
    """YAML as plain data. Raises ValueError for anchors, aliases and tags (a few lines of them can stand for any amount
    of data) and for a text that is too long, YAMLError for what is no YAML.
    """
    if len(text) > LONGEST:
        raise ValueError(f"{len(text)} > {LONGEST} characters")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for token in yaml.scan(text, Loader=loader):
        if isinstance(token, yaml.AliasToken | yaml.AnchorToken | yaml.TagToken):
            raise ValueError(f"line {token.start_mark.line + 1}: anchors, aliases and tags are not allowed")  # noqa: TRY004
    return yaml.load(text, Loader=loader)


def _expect(path: Path, place: str, value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise InputError("bad_value", where=str(path), place=place, reason=str(value)[:120])
    return value


def _only(path: Path, place: str, mapping: dict[str, Any], allowed: set[str]) -> None:
    _expect(path, place, mapping, dict)
    unknown = sorted(str(key) for key in set(mapping) - allowed)
    if unknown:
        raise InputError("unknown_key", where=str(path), place=place, key=", ".join(unknown),
                         known=", ".join(sorted(allowed)))  # fmt: skip


def _names(value: Any) -> frozenset[str]:
    """One name or a list of them."""
    return frozenset(map(str, value if isinstance(value, list) else [value])) if value else frozenset()


def _rows(path: Path, table: str, raw: Any, known: Known) -> Iterator[Row]:
    for number, values in enumerate(raw or (), 1):
        _expect(path, f"{table}[{number}]", values, dict)
        try:
            row = item(table, values, number, known)
        except ValueError as problem:
            raise InputError("bad_value", where=str(path), place=f"{table}[{number}]", reason=str(problem)) from None
        assert isinstance(row, Row)
        yield row


def _people(path: Path, raw: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, person in enumerate(raw or (), 1):
        _only(path, f"people[{number}]", person, PERSON_KEYS)
        about = {key: value for key, value in person.items() if key not in ("numbers", "name")}
        for name in _expect(path, f"people[{number}].numbers", person.get("numbers") or [], list):
            yield str(name), about


def _about_file(path: Path, name: str, about: dict[str, Any], zone: str | None) -> dict[str, Any]:
    _only(path, f"files.{name}", about, FILE_KEYS)
    if "speakers" in about:
        about = {**about, "speakers": _speakers(path, name, about["speakers"])}
    if "directions" in about:
        about = {**about, "directions": _directions(path, name, about["directions"])}
    order = about.get("date_order", DATE_ORDERS[0])
    if order not in DATE_ORDERS:
        raise InputError(
            "bad_value", where=str(path), place=f"files.{name}.date_order", reason=f"{order} ∉ {DATE_ORDERS}"
        )
    if "at" not in about:
        return about
    try:
        return {**about, "at": moment(about["at"], zone or "")}
    except ValueError as problem:
        raise InputError("bad_value", where=str(path), place=f"files.{name}.at", reason=str(problem)) from None


def _speakers(path: Path, name: str, raw: Any) -> dict[str, str]:
    """Label -> who speaks."""
    raw = _expect(path, f"files.{name}.speakers", raw, dict)
    return {str(label): str(role) for label, role in raw.items()}


def _directions(path: Path, name: str, raw: Any) -> dict[str, str]:
    """Context or extension -> direction."""
    if not isinstance(raw, dict) or not set(map(str, raw.values())) <= set(DIRECTIONS):
        raise InputError("bad_value", where=str(path), place=f"files.{name}.directions", reason=str(raw)[:120])
    return {str(context): direction for context, direction in raw.items()}
