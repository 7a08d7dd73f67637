"""Certificates with exactly one thing wrong."""

from __future__ import annotations

import datetime
import pathlib

import pytest
from cryptography import x509

from tests.simulator.boundary import Certificate
from tests.simulator.transport.certificates import Authority


def issued(directory: pathlib.Path, kind: Certificate) -> tuple[x509.Certificate, x509.Certificate]:
    authority = Authority(directory)
    authority.context("PC-01", "127.0.0.9", kind)
    device = x509.load_pem_x509_certificate((directory / "127.0.0.9.pem").read_bytes())
    return device, x509.load_pem_x509_certificate(authority.path.read_bytes())


@pytest.mark.parametrize("kind", ["trusted", "self_signed", "expired", "other_name"])
def test_one_thing_is_wrong(tmp_path: pathlib.Path, kind: Certificate) -> None:
    device, authority = issued(tmp_path, kind)
    names = device.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    now = datetime.datetime.now(datetime.UTC)
    assert {
        "self_signed": device.issuer != authority.subject,
        "expired": device.not_valid_after_utc < now,
        "other_name": not names.get_values_for_type(x509.IPAddress),
    } == {name: name == kind for name in ("self_signed", "expired", "other_name")}


def test_keys_are_for_their_owner_alone(tmp_path: pathlib.Path) -> None:
    issued(tmp_path, "trusted")
    assert (tmp_path / "127.0.0.9.pem").stat().st_mode & 0o077 == 0
