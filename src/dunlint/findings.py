"""What Dunlint says in the end: findings, and all that was checked, not checkable or unreadable around them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dunlint import i18n

if TYPE_CHECKING:
    import polars as pl

    from dunlint.facts.evaluate import Evaluation
    from dunlint.facts.table import Ground
    from dunlint.records.schema import Unreadable
    from dunlint.rulebook.load import Rulebook


@dataclass(frozen=True, slots=True)
class Quote:
    """Guilty words: offsets in characters into the contact's text (or into its turn `turn`, from 0)."""

    text: str
    start: int
    end: int
    turn: int
    speaker: str
    tag: str
    context: str
    by: str


@dataclass(frozen=True, slots=True)
class Clause:
    """One authority that binds the contact on its day; not `sure` where the records do not say whether it does."""

    source: str
    title_zh: str
    title_en: str
    clause: str | None
    weight: str
    evidence: str
    says_zh: str | None
    says_en: str | None
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule broken (or to be reviewed) by one contact.

    at: UTC; local: the debtor's wall clock, ISO 8601 without offset, in `zone`; facts: computed numbers such
    as count and limit; contacts: ids of the contacts it rests on, its own last; missing: what the records
    lack, for a `review`.
    """

    rule: str
    title_zh: str
    title_en: str
    verdict: str
    severity: str
    case_id: str
    contact_id: str
    at: datetime | None
    local: str | None
    zone: str | None
    channel: str | None
    party: str | None
    message_zh: str
    message_en: str
    clauses: tuple[Clause, ...]
    quotes: tuple[Quote, ...]
    contacts: tuple[str, ...]
    facts: Mapping[str, Any]
    missing: tuple[str, ...]
    source_file: str
    source_line: int | None
    source_sha256: str
    fingerprint: str
    suppressed: Mapping[str, str] | None = None

    def title(self, lang: str) -> str:
        return self.title_zh if lang == "zh" else self.title_en

    def message(self, lang: str) -> str:
        return self.message_zh if lang == "zh" else self.message_en

    def to_dict(self) -> dict[str, Any]:
        """Plain data, times as ISO 8601 text."""
        values = asdict(self)
        values["at"] = self.at.isoformat() if self.at else None
        return values


def fingerprint(rule: str, contact: str, quotes: tuple[Quote, ...]) -> str:
    """Stable over runs and machines: the same rule on the same contact with the same words."""
    parts = [rule, contact, *(quote.text for quote in quotes)]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class NotCheckable:
    """A rule that could not be decided for some contacts, and what was missing."""

    rule: str
    title_zh: str
    title_en: str
    contacts: int
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """The result of `check`: findings by severity and time, and the whole account around them."""

    findings: tuple[Finding, ...]
    checked: int
    unreadable: tuple[Unreadable, ...] = ()
    not_checkable: tuple[NotCheckable, ...] = ()
    notes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    rules_from: str = ""
    engine: str = ""
    rule_count: int = 0
    suppressed: tuple[Finding, ...] = ()
    known: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)
    contacts: pl.DataFrame | None = field(default=None, repr=False, compare=False)
    accounts: pl.DataFrame | None = field(default=None, repr=False, compare=False)
    events: pl.DataFrame | None = field(default=None, repr=False, compare=False)
    turns: pl.DataFrame | None = field(default=None, repr=False, compare=False)
    ground: Ground | None = field(default=None, repr=False, compare=False)
    book: Rulebook | None = field(default=None, repr=False, compare=False)
    _evaluations: list[Evaluation] = field(default_factory=list, repr=False, compare=False)

    def evaluation(self) -> Evaluation:
        """The decided conditions again, findings included, for explanations; made once."""
        if not self._evaluations:
            import polars as pl

            from dunlint.facts.evaluate import Evaluation

            assert self.ground is not None
            ids = self.ground.contacts["contact_id"]
            broken: dict[str, list[str]] = {}
            for finding in self.findings:
                broken.setdefault(finding.rule, []).append(finding.contact_id)
            fired = {rule: pl.Series(ids.is_in(contacts)) for rule, contacts in broken.items()}
            self._evaluations.append(Evaluation(self.ground, fired))
        return self._evaluations[0]

    @property
    def frame(self) -> pl.DataFrame:
        """The findings as a Polars frame, one row each; nested fields as JSON text."""
        import json

        import polars as pl

        rows = [
            {k: json.dumps(v, ensure_ascii=False) if isinstance(v, (dict, list, tuple)) else v
             for k, v in finding.to_dict().items()}
            for finding in self.findings
        ]  # fmt: skip
        schema = dict.fromkeys(Finding.__dataclass_fields__, pl.String) | {"source_line": pl.Int64}
        return pl.DataFrame(rows, schema=schema)


def missing_words(names: tuple[str, ...], lang: str) -> str:
    """What is missing, in words; `event:…` is a kind of event."""
    told = [
        i18n.text("report.no_event", lang, event=i18n.label("event", name.removeprefix("event:"), lang))
        if name.startswith("event:")
        else i18n.label("missing", name, lang)
        for name in names
    ]
    return ("、" if lang == "zh" else ", ").join(told)
