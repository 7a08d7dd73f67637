"""Certificates with exactly one thing wrong."""

from __future__ import annotations

import datetime
import pathlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.simulator.boundary import Certificate
from tests.simulator.transport.certificates import Authority, thumbprint


def issued(directory: pathlib.Path, kind: Certificate) -> tuple[x509.Certificate, x509.Certificate]:
    authority = Authority(directory)
    authority.context("PC-01", "127.0.0.9", kind)
    device = x509.load_pem_x509_certificate((directory / "127.0.0.9.pem").read_bytes())
    return device, x509.load_pem_x509_certificate(authority.path.read_bytes())


@pytest.mark.parametrize("kind", ["trusted", "self_signed", "expired", "not_yet_valid", "other_name"])
def test_one_thing_is_wrong(tmp_path: pathlib.Path, kind: Certificate) -> None:
    device, authority = issued(tmp_path, kind)
    names = device.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    now = datetime.datetime.now(datetime.UTC)
    assert {
        "self_signed": device.issuer != authority.subject,
        "expired": device.not_valid_after_utc < now,
        "not_yet_valid": device.not_valid_before_utc > now,
        "other_name": not names.get_values_for_type(x509.IPAddress),
    } == {name: name == kind for name in ("self_signed", "expired", "not_yet_valid", "other_name")}


def test_keys_are_for_their_owner_alone(tmp_path: pathlib.Path) -> None:
    issued(tmp_path, "trusted")
    assert (tmp_path / "127.0.0.9.pem").stat().st_mode & 0o077 == 0
    assert (tmp_path / "client.key").stat().st_mode & 0o077 == 0


def test_an_expiring_certificate_is_valid_for_less_than_a_month(tmp_path: pathlib.Path) -> None:
    device, _authority = issued(tmp_path, "expiring")
    left = device.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    assert datetime.timedelta() < left < datetime.timedelta(days=30)


def test_the_client_has_a_certificate_of_the_same_authority_for_clients(tmp_path: pathlib.Path) -> None:
    authority = Authority(tmp_path)
    client = x509.load_pem_x509_certificate((tmp_path / "client.pem").read_bytes())
    client.verify_directly_issued_by(x509.load_pem_x509_certificate(authority.path.read_bytes()))
    usage = client.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert authority.client_thumbprint == thumbprint(client.public_bytes(serialization.Encoding.DER))
