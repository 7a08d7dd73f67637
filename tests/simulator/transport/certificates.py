"""Certificates for the fleet: one authority, one certificate for each device that speaks HTTPS, one for a client."""

from __future__ import annotations

import datetime
import hashlib
import ipaddress
import pathlib
import ssl
import typing as t

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ..boundary import Certificate

AUTHORITY_FILE = "ca.pem"
CLIENT_FILE, CLIENT_KEY_FILE = "client.pem", "client.key"

_DAY = datetime.timedelta(days=1)
_OTHER_NAME = "other.invalid"
_USUAL = (-30, 365)
_VALID: t.Mapping[Certificate, tuple[int, int]] = {"expired": (-30, -1), "not_yet_valid": (1, 365), "expiring": (-30, 10)}
"""First and last day of validity, counted from today."""


class Authority:
    """A certificate authority that lives as long as the fleet.

    Its certificate lies in `directory`/ca.pem, that of the fleet's only client in client.pem with its key in client.key.
    """

    def __init__(self, directory: pathlib.Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.path = directory / AUTHORITY_FILE
        self._directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Simulated fleet CA")
        self._certificate = self._build(self._name, self._name, self._key, self._key, authority=True)
        self.path.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))
        self.client_thumbprint = self._issue_client()

    def _issue_client(self) -> str:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._build(_name("Fleet client"), self._name, key, self._key, usage=ExtendedKeyUsageOID.CLIENT_AUTH)
        (self._directory / CLIENT_FILE).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        path = self._directory / CLIENT_KEY_FILE
        path.touch(mode=0o600)
        path.write_bytes(_private(key))
        return thumbprint(certificate.public_bytes(serialization.Encoding.DER))

    def context(self, name: str, address: str, kind: Certificate, *, clients: bool = False) -> tuple[ssl.SSLContext, bytes]:
        """A TLS context for a device.

        Args:
            name: of the device; becomes the subject.
            address: IP address that goes into the certificate.
            kind: what is wrong with the certificate, if anything.
            clients: ask for a certificate of the client, which it may leave out.

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
            usage=ExtendedKeyUsageOID.SERVER_AUTH,
            valid=_VALID.get(kind, _USUAL),
        )
        path = self._directory / f"{address}.pem"
        path.touch(mode=0o600)
        path.write_bytes(_private(key) + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        if clients:
            context.load_verify_locations(self.path)
            context.verify_mode = ssl.CERT_OPTIONAL
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
        usage: x509.ObjectIdentifier | None = None,
        valid: tuple[int, int] = _USUAL,
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + valid[0] * _DAY)
            .not_valid_after(now + valid[1] * _DAY)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
            .add_extension(_usage(authority), critical=True)
        )
        if alternative is not None:
            builder = builder.add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        if usage is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        return builder.sign(signer, hashes.SHA256())


def thumbprint(certificate: bytes) -> str:
    """The SHA-1 of a DER certificate, by which Windows names certificates."""
    return hashlib.sha1(certificate, usedforsecurity=False).hexdigest().upper()


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


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
