"""Ed25519 over the manifest, by the `cryptography` package (optional: `pip install dunlint[evidence]`).

The signature is the 64 plain bytes that RFC 8032 defines, so that others can check it too:
`openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin -in manifest.jsonl -sigfile manifest.sig`.
The manifest's header names the public key, so that a signature cannot be taken away unnoticed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dunlint.errors import BadArgument
from dunlint.evidence import manifest

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURE = "manifest.sig"
PUBLIC_KEY = "public-key.pem"


def _serialization() -> Any:
    try:
        from cryptography.hazmat.primitives import serialization
    except ImportError as problem:
        raise BadArgument("extra_needed", name="cryptography", extra="evidence") from problem
    return serialization


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise BadArgument("bad_key", where=str(path), reason=problem.strerror or str(problem)) from problem


def private_key(path: Path) -> Ed25519PrivateKey:
    """The private key in a PEM file without a password. Raises BadArgument."""
    serialization = _serialization()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        key = serialization.load_pem_private_key(_read(path), None)
    except (ValueError, TypeError) as problem:
        raise BadArgument("bad_key", where=str(path), reason=str(problem)) from problem
    if not isinstance(key, Ed25519PrivateKey):
        raise BadArgument("bad_key", where=str(path), reason=type(key).__name__)
    return key


def public_key(path: Path) -> str:
    """The public key in a PEM file, as hex. Raises BadArgument."""
    serialization = _serialization()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = serialization.load_pem_public_key(_read(path))
    except (ValueError, TypeError) as problem:
        raise BadArgument("bad_key", where=str(path), reason=str(problem)) from problem
    if not isinstance(key, Ed25519PublicKey):
        raise BadArgument("bad_key", where=str(path), reason=type(key).__name__)
    return key.public_bytes_raw().hex()


def public_hex(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def sign(key: Ed25519PrivateKey, bundle: Path) -> None:
    """Write the signature of the bundle's manifest, and the public key beside it."""
    (bundle / SIGNATURE).write_bytes(key.sign((bundle / manifest.NAME).read_bytes()))
    (bundle / PUBLIC_KEY).write_bytes(pem(key.public_key()))


def pem(key: Ed25519PublicKey) -> bytes:
    form = _serialization()
    return key.public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)


def problem_of(public: str, signed: bytes, given: bytes | None, written_key: bytes | None) -> str | None:
    """What is wrong with a signature by the key that the header names (hex), as a key of the catalogue, or None."""
    if given is None:
        return "signature_missing"
    if written_key is None:
        return "key_missing"
    _serialization()
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        if pem(key) != written_key:
            return "key_changed"
        key.verify(given, signed)
    except (ValueError, InvalidSignature):
        return "signature_wrong"
    return None
