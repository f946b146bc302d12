"""Documents made by hand for the writers' tests: one small and tame, one as hostile as a log can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from dunlint.findings import Clause, Finding, Quote
from dunlint.reports.document import Document

SHA = "ab" * 32
STANDARD = Clause(
    "gbt", "甲标准", "Standard A", "5.3", "standard", "B", "22:00至次日8:00不应催收", "no collection 22:00–08:00"
)
LAW = Clause("law", "乙法", "Act B", None, "law", "A", "不得威胁", "no threats")


def finding(**changes: Any) -> Finding:
    made = Finding(
        rule="cn-quiet-hours",
        title_zh="夜间催收",
        title_en="Contact in quiet hours",
        verdict="violation",
        severity="high",
        case_id="case-1",
        contact_id="c-1",
        at=datetime.fromisoformat("2026-03-02T14:04:00+00:00"),
        local="2026-03-02T22:04:00",
        zone="Asia/Shanghai",
        channel="sms",
        party="debtor",
        message_zh="短信发生在22:04。",
        message_en="SMS at 22:04.",
        clauses=(STANDARD,),
        quotes=(),
        contacts=("c-1",),
        facts={},
        missing=(),
        source_file="logs/sms.xml",
        source_line=8,
        source_sha256=SHA,
        fingerprint="f00d",
    )
    return replace(made, **changes)


def quote(text: str, context: str | None = None, **changes: Any) -> Quote:
    return Quote(**{"text": text, "start": 0, "end": len(text), "turn": 0, "speaker": "collector", "tag": "insult",
                    "context": context or text, "by": "hand", **changes})  # fmt: skip


def contact(contact_id: str, local: str, **changes: Any) -> dict[str, Any]:
    at = datetime.fromisoformat(f"{local}+08:00").astimezone(datetime.fromisoformat("2026-01-01T00:00Z").tzinfo)
    return {
        "contact_id": contact_id, "case_id": "case-1", "at": at.isoformat(), "zone": "Asia/Shanghai", "local": local,
        "channel": "sms", "direction": "outbound", "outcome": "connected", "party": "debtor",
        "from_number": "95000001", "to_number": "139******09", "creditor": "甲公司", "agency": "乙公司",
        "source_file": "logs/sms.xml", "source_line": 8, "source_sha256": SHA, **changes,
    }  # fmt: skip


INSULT = finding(
    rule="cn-insult", title_zh="辱骂侮辱", title_en="Insult", severity="high", verdict="violation", contact_id="c-2",
    at=datetime.fromisoformat("2026-03-03T02:00:00+00:00"), local="2026-03-03T10:00:00", message_zh="辱骂：“老赖”。",
    message_en="Insult: “老赖”.", clauses=(LAW,), quotes=(quote("老赖", "你这个老赖", start=3, end=5),),
    contacts=("c-1", "c-2"), source_line=9, fingerprint="beef",
)  # fmt: skip
TO_REVIEW = finding(
    rule="cn-impersonation", title_zh="冒充身份", title_en="Impersonation", severity="critical", verdict="review",
    contact_id="c-2", local="2026-03-03T10:00:00", message_zh="自称法院。", message_en="Claims to be a court.",
    clauses=(LAW,), contacts=("c-2",), missing=("role",), source_line=9, fingerprint="cafe",
)  # fmt: skip
ANSWERED = finding(
    rule="cn-frequency", title_zh="次数", title_en="Frequency", severity="low", verdict="warning", contact_id="c-1",
    message_zh="多于六次。", message_en="More than six.", fingerprint="d00d",
    suppressed={"reason": "已道歉", "owner": "合规部", "until": "2026-12-31"},
)  # fmt: skip

SMALL = Document(
    findings=(finding(), INSULT, TO_REVIEW),
    suppressed=(ANSWERED,),
    contacts=(
        contact("c-1", "2026-03-02T22:04:00", text="还款提醒"),
        contact("c-2", "2026-03-03T10:00:00", text="你这个老赖", source_line=9),
    ),
    accounts=(
        {"case_id": "case-1", "account_id": "a", "product": "online_loan", "lender": "甲公司",
         "lender_type": "consumer_finance", "principal": 10000.0, "currency": "CNY", "overdue_since": "2025-12-05"},
    ),
    about={
        "versions": {"dunlint": "0.1.0"}, "engine": "clips", "rules": ["cn"], "rule_count": 124, "checked": 2,
        "notes": ["1 条草稿未计入。"], "known": 0,
        "unreadable": [{"file": "logs/sms.xml", "line": 12, "expected": "date", "found": "x"}],
        "not_checkable": [
            {"rule": "cn-no-identity", "title_zh": "没有自报机构", "title_en": "No identity", "contacts": 1,
             "missing": ["words"]}
        ],
    },
)  # fmt: skip

FORMULA = '=cmd|\' /C calc\'!A0'
EVIL = (
    f"{FORMULA}\x00\x0b\x1b[31m\ud800\ufffe\u202eevil\u2066 https://evil.example/x <script>alert(1)</script> "
    "| a | `b` | **c** | [d](http://e) #let x = 1 $x$ @ref ]]> &amp; {0} \\n \\"
)
HUGE = "长" * 1_000_000


def hostile() -> Document:
    """Every text a stranger can choose is a weapon."""
    words = quote(FORMULA, EVIL)
    bad = finding(
        title_zh=EVIL, title_en=EVIL, message_zh=EVIL, message_en=HUGE, quotes=(words,), case_id=EVIL, contact_id=EVIL,
        contacts=(EVIL,), source_file=EVIL, zone=EVIL,
        clauses=(replace(STANDARD, title_zh=EVIL, title_en=EVIL, says_zh=EVIL, says_en=EVIL, clause=EVIL),),
    )  # fmt: skip
    names = ("case_id", "from_number", "to_number", "creditor", "agency", "agent", "source_file", "party_name", "zone")
    row = contact(EVIL, "2026-03-02T22:04:00", **dict.fromkeys(names, EVIL), text=EVIL + HUGE)
    turns = [{"speaker": "collector", "start": 0.0, "end": 1.0, "text": EVIL}]
    account = {"case_id": EVIL, "account_id": EVIL, "lender": EVIL, "product": EVIL, "principal": 1.0, "currency": EVIL}
    about = {
        "rules": ["cn"], "checked": 2, "notes": [EVIL],
        "unreadable": [{"file": EVIL, "line": None, "expected": EVIL, "found": HUGE}],
        "not_checkable": [{"rule": EVIL, "title_zh": EVIL, "title_en": EVIL, "contacts": 1, "missing": [EVIL]}],
    }  # fmt: skip
    answered = replace(bad, suppressed={"reason": EVIL, "owner": EVIL, "until": EVIL})
    return Document((bad,), (answered,), (row, {**row, "contact_id": "c-9", "turns": turns}), (account,), (), about)
