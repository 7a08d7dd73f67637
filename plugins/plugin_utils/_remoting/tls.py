"""A look at a server's TLS certificate, over a connection of its own that sends nothing but the handshake."""

from __future__ import annotations

import dataclasses
import datetime
import os
import pathlib
import socket
import ssl
import typing as t

from .faults import certificate_problem

try:
    from cryptography import x509
except ImportError:  # pragma: no cover - the psrp connection refuses first
    x509 = None  # type: ignore[assignment]

PATIENCE = 5.0
"""Seconds to wait for a handshake."""


@dataclasses.dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says. `names` are those it was issued for: DNS names and addresses."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime.datetime
    not_after: datetime.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Seen:
    """What a handshake showed. `problem` is the code of the fault that verification would give; None: trusted."""

    version: str
    problem: str | None
    certificate: Certificate


def look(address: str, port: int, ca: str | None) -> Seen:
    """Read the certificate, whether it is trusted or not.

    Args:
        address: name or address, which the certificate has to be for.
        port: of the HTTPS listener.
        ca: file or folder of trusted CAs; None: those that the client uses by itself.

    Raises OSError when there is no handshake at all.
    """
    try:
        version, der = _handshake(address, port, _verifying(ca))
        return Seen(version, None, parse(der))
    except ssl.SSLCertVerificationError as error:
        version, der = _handshake(address, port, _trusting())
        return Seen(version, certificate_problem(str(error)), parse(der))


def is_spoken(address: str, port: int) -> bool:
    """Whether TLS is spoken at a port."""
    try:
        _handshake(address, port, _trusting())
    except OSError:
        return False
    return True


def parse(der: bytes) -> Certificate:
    """Read a DER certificate."""
    found = x509.load_der_x509_certificate(der)
    try:
        alternatives = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = tuple(str(name.value) for name in alternatives if isinstance(name, (x509.DNSName, x509.IPAddress)))
    except x509.ExtensionNotFound:
        names = ()
    return Certificate(
        subject=found.subject.rfc4514_string(),
        issuer=found.issuer.rfc4514_string(),
        names=names,
        not_before=_utc(found, "not_valid_before"),
        not_after=_utc(found, "not_valid_after"),
    )


def _utc(certificate: t.Any, name: str) -> datetime.datetime:
    # Older cryptography has naive times only.
    found: datetime.datetime = getattr(certificate, f"{name}_utc", None) or getattr(certificate, name)
    return found if found.tzinfo is not None else found.replace(tzinfo=datetime.UTC)


def _handshake(address: str, port: int, context: ssl.SSLContext) -> tuple[str, bytes]:
    with socket.create_connection((address, port), PATIENCE) as plain, context.wrap_socket(plain, server_hostname=address) as secured:
        return secured.version() or "", secured.getpeercert(binary_form=True) or b""


def _verifying(ca: str | None) -> ssl.SSLContext:
    place = ca or os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or _bundled()
    if place is None:
        return ssl.create_default_context()
    is_folder = pathlib.Path(place).is_dir()
    return ssl.create_default_context(capath=place) if is_folder else ssl.create_default_context(cafile=place)


def _trusting() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _bundled() -> str | None:
    """The CAs that requests brings along."""
    try:
        from requests.utils import DEFAULT_CA_BUNDLE_PATH
    except ImportError:
        return None
    return str(DEFAULT_CA_BUNDLE_PATH)
