"""`dunlint evidence seal | verify | timestamp`: proof that the records are still what they were."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dunlint import i18n

if TYPE_CHECKING:
    from dunlint.evidence.verify import Problem, Verified

A_PATH = click.Path(path_type=Path)
LANG = click.option("--lang", type=click.Choice(i18n.LANGUAGES), help=i18n.text("help.lang"))


@click.group(help=i18n.text("help.evidence_long"), short_help=i18n.text("help.evidence"))
def evidence() -> None:
    pass


@evidence.command(help=i18n.text("help.evidence_seal"))
@click.argument("files", nargs=-1, required=True, metavar="FILE…|DIR")
@click.option("-o", "--out", required=True, type=A_PATH, help=i18n.text("help.evidence_out"))
@click.option("--reference", is_flag=True, help=i18n.text("help.evidence_reference"))
@click.option("--sign", "key", type=A_PATH, metavar="KEY.pem", help=i18n.text("help.evidence_sign"))
@click.option("--who", help=i18n.text("help.evidence_who"))
@LANG
def seal(
    files: tuple[str, ...], out: Path, reference: bool, key: Path | None, who: str | None, lang: str | None
) -> int:
    from dunlint.evidence.seal import seal as seal_files

    done = seal_files(files, out, reference=reference, key=key, who=who)
    click.echo(i18n.text("evidence.sealed", lang, bundle=out, files=done.files, records=done.records))
    click.echo(i18n.text("evidence.head", lang, head=done.head))
    click.echo(i18n.text("evidence.limit_signed" if key else "evidence.limit", lang), err=True)
    return 0


@evidence.command(help=i18n.text("help.evidence_verify"))
@click.argument("bundle", type=A_PATH)
@click.option("--key", type=A_PATH, metavar="PUBLIC.pem", help=i18n.text("help.evidence_key"))
@click.option("--ca", "authority", type=A_PATH, metavar="CERT.pem", help=i18n.text("help.evidence_ca"))
@click.option("--findings", type=A_PATH, metavar="FINDINGS.json", help=i18n.text("help.evidence_findings"))
@LANG
def verify(bundle: Path, key: Path | None, authority: Path | None, findings: Path | None, lang: str | None) -> int:
    from dunlint.evidence.verify import verify as verify_bundle

    found = verify_bundle(bundle, key=key, authority=authority)
    for line in account(found, lang):
        click.echo(line)
    unheld = 0
    if findings:
        for held, line in bases(found, findings, lang):
            unheld += not held
            click.echo(line)
    return 1 if found.problems or unheld else 0


@evidence.command(help=i18n.text("help.evidence_timestamp"))
@click.argument("bundle", type=A_PATH)
@click.option("--request", type=A_PATH, metavar="OUT.tsq", help=i18n.text("help.evidence_request"))
@click.option("--response", type=A_PATH, metavar="IN.tsr", help=i18n.text("help.evidence_response"))
@LANG
def timestamp(bundle: Path, request: Path | None, response: Path | None, lang: str | None) -> int:
    from dunlint.errors import BadArgument
    from dunlint.evidence import timestamp as stamps

    if (request is None) == (response is None):
        raise BadArgument("request_or_response")
    if request:
        stamps.request(bundle, request)
        click.echo(i18n.text("evidence.requested", lang, file=request))
    elif response:
        stamp = stamps.add(bundle, response)
        click.echo(i18n.text("evidence.stamped", lang, name=stamp.name, at=stamp.at.isoformat()))
    return 0


def account(found: Verified, lang: str | None) -> Iterator[str]:
    """What was verified, line by line: what is wrong first, then what holds, then what that does not prove."""
    header = found.header
    for problem in found.problems:
        yield told("evidence.problem", problem, lang)
    for note in found.notes:
        yield told("evidence.note", note, lang)
    key = "evidence.broken" if found.problems else "evidence.whole"
    yield i18n.text(key, lang, files=len(found.files), records=len(found.records), problems=len(found.problems))
    if header:
        who = header["who"] or i18n.text("evidence.not_stated", lang)
        yield i18n.text("evidence.by", lang, who=who, clock=header["clock"].get("local"), tool=header["tool"])
    yield i18n.text("evidence.head", lang, head=found.head)
    if found.public_key:
        yield i18n.text(f"evidence.key_{'given' if found.trusted else 'own'}", lang, key=found.public_key)
    for stamp in found.stamps:
        checked = "evidence.stamp_checked" if stamp.checked else "evidence.stamp_unchecked"
        yield i18n.text(checked, lang, name=stamp.name, at=stamp.at.isoformat())
    if not found.trusted and not any(stamp.checked for stamp in found.stamps):
        yield i18n.text("evidence.limit", lang)


def told(group: str, problem: Problem, lang: str | None) -> str:
    values: dict[str, Any] = dict(problem.values)
    return i18n.text(f"{group}.{problem.kind}", lang, **{k: "?" if v is None else v for k, v in values.items()})


def bases(found: Verified, findings: Path, lang: str | None) -> Iterator[tuple[bool, str]]:
    """(whether all of it is sealed, the line) for each finding: which sealed entries its contacts rest on."""
    from dunlint.evidence.verify import rests_on
    from dunlint.reports import document

    read = document.read(findings)
    places = {row["contact_id"]: row for row in read.contacts}
    hashes = {entry["entry"]: entry["sha256"] for entry in found.entries}
    for finding in read.findings:
        rows = [places[one] for one in finding.contacts if one in places]
        rows = rows or [{"source_sha256": finding.source_sha256, "source_line": finding.source_line}]
        held = [rests_on(found.entries, row.get("source_sha256") or "", row.get("source_line")) for row in rows]
        entries = ", ".join(f"{one} ({hashes[one][:16]})" for numbers in held for one in numbers)
        values = {"rule": finding.rule, "contact": finding.contact_id, "entries": entries or "–",
                  "none": sum(not numbers for numbers in held)}  # fmt: skip
        yield all(held), i18n.text("evidence.rests" if all(held) else "evidence.rests_not", lang, **values)
