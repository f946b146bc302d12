"""A time-stamping authority for tests: a root, a signer with the one extended key usage, and answers to requests."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


class Authority:
    def __init__(self, common: str = "Test Authority") -> None:
        self.key, root_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        self.root = self._certificate(common, common, root_key.public_key(), root_key, ca=True)
        self.signer = self._certificate(f"{common} Signer", common, self.key.public_key(), root_key, ca=False)

    @staticmethod
    def _certificate(
        subject: str, issuer: str, public: ec.EllipticCurvePublicKey, by: ec.EllipticCurvePrivateKey, *, ca: bool
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(subject))
            .issuer_name(_name(issuer))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(BEGIN)
            .not_valid_after(END)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if not ca:
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            builder = builder.add_extension(usage, critical=True)
        return builder.sign(by, hashes.SHA256())

    def pem(self) -> bytes:
        return self.root.public_bytes(Encoding.PEM)

    def answer_of_chain(self, request: bytes) -> bytes:
        """A granted response with both certificates, not in the order of DER: OpenSSL writes its answers so."""
        told = self.answer(request, chain=True)
        both = [one.public_bytes(Encoding.DER) for one in (self.signer, self.root)]
        first, second = sorted(both, key=told.index)
        return told.replace(first + second, second + first)

    def answer(
        self, request: bytes, at: datetime = datetime(2026, 3, 9, 8, 30, tzinfo=UTC), *, chain: bool = False
    ) -> bytes:
        """A granted response to a request, at a time of one's own."""
        asked = tsp.TimeStampReq.load(request)
        info = tsp.TSTInfo(
            {"version": "v1", "policy": "1.3.6.1.4.1.99999.1", "message_imprint": asked["message_imprint"],
             "serial_number": 7, "gen_time": at, "nonce": asked["nonce"]}
        )  # fmt: skip
        content = info.dump()
        certificate = asn1_x509.Certificate.load(self.signer.public_bytes(Encoding.DER))
        root = asn1_x509.Certificate.load(self.root.public_bytes(Encoding.DER))
        signed = {
            "content_type": "tst_info",
            "message_digest": hashlib.sha256(content).digest(),
            "signing_time": cms.Time({"utc_time": core.UTCTime(at)}),
        }
        attributes = cms.CMSAttributes(
            [cms.CMSAttribute({"type": kind, "values": [one]}) for kind, one in signed.items()]
        )
        signature = self.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256()))
        plain = algos.DigestAlgorithm({"algorithm": "sha256"})
        signer = cms.SignerInfo(
            {"version": "v1",
             "sid": cms.SignerIdentifier({"issuer_and_serial_number": cms.IssuerAndSerialNumber(
                 {"issuer": certificate.issuer, "serial_number": certificate.serial_number})}),
             "digest_algorithm": plain, "signed_attrs": attributes,
             "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
             "signature": signature}
        )  # fmt: skip
        token = cms.SignedData(
            {"version": "v3", "digest_algorithms": [plain],
             "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(content)},
             "certificates": [certificate, root] if chain else [certificate], "signer_infos": [signer]}
        )  # fmt: skip
        granted = tsp.PKIStatusInfo({"status": "granted"})
        wrapped = cms.ContentInfo({"content_type": "signed_data", "content": token})
        return bytes(tsp.TimeStampResp({"status": granted, "time_stamp_token": wrapped}).dump())
