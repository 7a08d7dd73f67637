"""Certificates as they are shown; the handshake itself is in the integration tests."""

from __future__ import annotations

import datetime
import ipaddress
import pathlib
import socket

import pytest
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting import tls
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

BEGIN = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def der(*names: x509.GeneralName) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "lab-01")])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key()).serial_number(7)
    builder = builder.not_valid_before(BEGIN).not_valid_after(BEGIN + datetime.timedelta(days=90))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def test_a_certificate_in_our_terms() -> None:
    found = tls.parse(der(x509.DNSName("lab-01.example.com"), x509.IPAddress(ipaddress.ip_address("192.0.2.7")), x509.RFC822Name("a@b.c")))
    assert (found.subject, found.issuer) == ("CN=lab-01", "CN=lab-01")
    assert found.names == ("lab-01.example.com", "192.0.2.7")
    assert (found.not_before, found.not_after) == (BEGIN, BEGIN + datetime.timedelta(days=90))


def test_a_certificate_without_names() -> None:
    assert tls.parse(der()).names == ()


def test_nothing_that_listens_speaks_no_tls() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert tls.is_spoken("127.0.0.1", free.getsockname()[1]) is False


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_the_variables_of_the_client_count_here_too(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    for other in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(other, raising=False)
    assert tls._verifying(None).cert_store_stats()["x509_ca"] > 0
    monkeypatch.setenv(name, str(tmp_path))
    assert tls._verifying(None).cert_store_stats()["x509_ca"] == 0
