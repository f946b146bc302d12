"""RFC 3161 time stamps over the manifest, by `rfc3161-client` (optional: `pip install dunlint[evidence]`), offline.

A request file is made here; the user sends it to an authority by whatever way they choose, and brings the response
back. Responses lie in `timestamps/` and are listed in `timestamps.jsonl`, which goes on the manifest's chain; the
manifest itself stays as it was signed. `openssl ts -verify -data manifest.jsonl -in 0001.tsr -CAfile ca.pem` checks
the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from dunlint.errors import BadArgument, InputError
from dunlint.evidence import manifest
from dunlint.evidence.manifest import Chain, Entry
from dunlint.writing import write_bytes

LIST = "timestamps.jsonl"
FOLDER = "timestamps"
CERTIFICATES = 0xA0  # the tag of that set in SignedData


@dataclass(frozen=True, slots=True)
class Stamp:
    """One time stamp: the authority's time (UTC), and whether it was checked against a given certificate."""

    name: str
    at: datetime
    checked: bool


def _client() -> Any:
    try:
        import rfc3161_client
    except ImportError as problem:
        raise BadArgument("extra_needed", name="rfc3161-client", extra="evidence") from problem
    return rfc3161_client


def request(bundle: Path, out: Path) -> None:
    """Write a request (.tsq) for the bundle's manifest: its SHA-256 and a nonce, nothing of its content."""
    client = _client()
    sealed = _manifest(bundle)
    builder = client.TimestampRequestBuilder().data(sealed).hash_algorithm(client.HashAlgorithm.SHA256)
    write_bytes(out, builder.build().as_bytes())


def add(bundle: Path, response: Path) -> Stamp:
    """Put a response (.tsr) into the bundle. Raises InputError if it is none, or not for this manifest."""
    sealed = _manifest(bundle)
    try:
        data = response.read_bytes()
    except OSError as problem:
        raise InputError("cannot_open", where=str(response), reason=problem.strerror or str(problem)) from problem
    at = _time_of(data, sealed)
    if at is None:
        raise InputError("bad_response", where=str(response))
    listed = (bundle / LIST).read_bytes() if (bundle / LIST).is_file() else b""
    chain = _end_of_chain(bundle, sealed, listed)
    name = f"{FOLDER}/{len(listed.splitlines()) + 1:04}.tsr"
    line = chain.add("timestamp", name=name, bytes=len(data), sha256_of_file=manifest.digest(data))
    write_bytes(bundle / name, data)
    write_bytes(bundle / LIST, listed + line)
    return Stamp(name, at, checked=False)


def _manifest(bundle: Path) -> bytes:
    try:
        return (bundle / manifest.NAME).read_bytes()
    except OSError as problem:
        raise InputError("not_a_bundle", where=str(bundle)) from problem


def _end_of_chain(bundle: Path, sealed: bytes, listed: bytes) -> Chain:
    entries, broken = manifest.read(sealed)
    if broken or not entries:
        raise InputError("not_a_bundle", where=str(bundle))
    chain = Chain(entries[-1]["sha256"], entries[-1]["entry"])
    more, broken = manifest.read(listed, chain.previous, chain.length + 1)
    if broken:
        raise InputError("not_a_bundle", where=str(bundle / LIST))
    return Chain(more[-1]["sha256"], more[-1]["entry"]) if more else chain


def _time_of(data: bytes, sealed: bytes) -> datetime | None:
    """The time in a response that was granted for these bytes, else None."""
    import hashlib

    try:
        response = _decoded(data)
        imprint = response.tst_info.message_imprint
        name = {32: "sha256", 48: "sha384", 64: "sha512"}[len(imprint.message)]
        fits = response.status == 0 and hashlib.new(name, sealed).digest() == imprint.message
        at: datetime = response.tst_info.gen_time
    except (ValueError, KeyError):
        return None
    return at if fits else None


def _decoded(data: bytes) -> Any:
    """The response as the library reads it. Raises ValueError for none.

    Many authorities (all that use OpenSSL) write the certificates of the chain in their own order, where the library
    wants that of DER. They are not signed, so that they may be put in order; the file itself stays as it came.
    """
    return _client().decode_timestamp_response(_in_order(data))


def _in_order(data: bytes) -> bytes:
    """The response with its certificates in the order of DER; unchanged where that place is not found."""
    try:
        start, end = 0, len(data)
        for child in (0, 1, 1, 0):  # TimeStampResp, its token, the token's content, SignedData
            start, end = _elements(data, start, end)[child][1:]
        _, start, end = next(one for one in _elements(data, start, end) if one[0] == CERTIFICATES)
    except (IndexError, StopIteration):
        return data
    bounds = [0, *(behind - start for _, _, behind in _elements(data, start, end))]
    certificates = sorted(data[start + first : start + behind] for first, behind in pairwise(bounds))
    return data[:start] + b"".join(certificates) + data[end:]


def _elements(data: bytes, at: int, end: int) -> list[tuple[int, int, int]]:
    """(tag, where its content begins, where it ends) of the DER elements between two places. Raises IndexError."""
    found = []
    while at < end:
        tag, length, body = data[at], data[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, body = int.from_bytes(data[body : body + size], "big"), body + size
        at = body + length
        if at > end:
            raise IndexError(at)
        found.append((tag, body, at))
    return found


def names(parts: Mapping[str, bytes]) -> set[str]:
    """Names of the responses that the list speaks of."""
    return {str(entry.get("name")) for entry in manifest.read(parts.get(LIST, b""))[0]}


def problems(entries: Sequence[Entry], parts: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """(kind, name) of what is wrong with the list of time stamps and the files in it, by hashes alone."""
    if LIST not in parts:
        return []
    last, length = (entries[-1]["sha256"], entries[-1]["entry"]) if entries else (manifest.START, 0)
    listed, broken = manifest.read(parts[LIST], last, length + 1)
    found = [("stamp_list_changed", f"{LIST}:{one.line}") for one in broken]
    if not parts[LIST]:
        found.append(("stamp_list_changed", LIST))
    for entry in listed:
        name = str(entry.get("name"))
        if name not in parts:
            found.append(("file_missing_plain", name))
        elif manifest.digest(parts[name]) != entry.get("sha256_of_file"):
            found.append(("stamp_changed", name))
    return found


def check(
    parts: Mapping[str, bytes], authority: Path | None
) -> tuple[list[Stamp], list[tuple[str, dict[str, Any]]]]:
    """The time stamps in a bundle and what is wrong with them; against the authority's certificates if given."""
    stamps, wrong = [], []
    roots = _certificates(authority) if authority else []
    for name in sorted(names(parts) & set(parts)):
        at = _time_of(parts[name], parts[manifest.NAME])
        if at is None:
            wrong.append(("stamp_other", {"name": name}))
            continue
        reason = _refusal(parts[name], parts[manifest.NAME], roots) if roots else None
        if reason:
            wrong.append(("stamp_untrusted", {"name": name, "reason": reason}))
        stamps.append(Stamp(name, at, checked=bool(roots) and not reason))
    if authority and not stamps and not wrong:
        wrong.append(("no_stamp", {"name": str(authority)}))
    return stamps, wrong


def _certificates(path: Path) -> list[Any]:
    try:
        from cryptography import x509

        return x509.load_pem_x509_certificates(path.read_bytes())
    except ImportError as problem:
        raise BadArgument("extra_needed", name="cryptography", extra="evidence") from problem
    except (OSError, ValueError) as problem:
        raise BadArgument("bad_certificate", where=str(path), reason=str(problem)) from problem


def _refusal(data: bytes, sealed: bytes, roots: list[Any]) -> str | None:
    """Why a response does not hold against these certificates, or None."""
    client = _client()
    try:
        verifier = client.VerifierBuilder(roots=roots).build()
        verifier.verify_message(_decoded(data), sealed)
    except (client.VerificationError, ValueError) as problem:
        return str(problem)
    return None
