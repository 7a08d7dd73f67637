"""Certificates for the fleet: one authority, one certificate for each device that speaks HTTPS."""

from __future__ import annotations

import datetime
import ipaddress
import pathlib
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ..boundary import Certificate

AUTHORITY_FILE = "ca.pem"

_DAY = datetime.timedelta(days=1)
_OTHER_NAME = "other.invalid"


class Authority:
    """A certificate authority that lives as long as the fleet; its certificate lies in `directory`/ca.pem."""

    def __init__(self, directory: pathlib.Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.path = directory / AUTHORITY_FILE
        self._directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Simulated fleet CA")
        self._certificate = self._build(self._name, self._name, self._key, self._key, authority=True)
        self.path.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def context(self, name: str, address: str, kind: Certificate) -> tuple[ssl.SSLContext, bytes]:
        """A TLS context for a device.

        Args:
            name: of the device; becomes the subject.
            address: IP address that goes into the certificate.
            kind: what is wrong with the certificate, if anything.

        Returns:
            The context and the SHA-256 hash of the certificate (for channel bindings).
        """
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(name)
        trusted = kind != "self_signed"
        certificate = self._build(
            subject,
            self._name if trusted else subject,
            key,
            self._key if trusted else key,
            alternative=x509.DNSName(_OTHER_NAME) if kind == "other_name" else x509.IPAddress(ipaddress.ip_address(address)),
            expired=kind == "expired",
        )
        path = self._directory / f"{address}.pem"
        path.touch(mode=0o600)
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context, certificate.fingerprint(hashes.SHA256())

    @staticmethod
    def _build(
        subject: x509.Name,
        issuer: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        signer: ec.EllipticCurvePrivateKey,
        *,
        alternative: x509.GeneralName | None = None,
        authority: bool = False,
        expired: bool = False,
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 30 * _DAY)
            .not_valid_after(now - _DAY if expired else now + 30 * _DAY)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
            .add_extension(_usage(authority), critical=True)
        )
        if alternative is not None:
            builder = builder.add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        return builder.sign(signer, hashes.SHA256())


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
