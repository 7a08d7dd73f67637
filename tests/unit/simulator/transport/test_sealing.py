"""Sealed messages, between two ends of one NTLM session."""

from __future__ import annotations

import pathlib

import pytest
import spnego

from tests.simulator.boundary import Account
from tests.simulator.transport.authentication import CredentialFiles
from tests.simulator.transport.sealing import SealError, seal, unseal


@pytest.fixture
def ends(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> tuple[spnego.ContextProxy, spnego.ContextProxy]:
    monkeypatch.setenv("NTLM_USER_FILE", "")
    CredentialFiles(tmp_path).activate("PC", (Account("admin", "a:b"),))
    options = spnego.NegotiateOptions.use_ntlm | spnego.NegotiateOptions.wrapping_winrm
    client = spnego.client("admin", "a:b", protocol="ntlm", options=options)
    server = spnego.server(protocol="ntlm", options=options)
    token = client.step()
    while token and not server.complete:
        answer = server.step(token)
        token = client.step(answer) if answer else None
    return client, server


def test_both_ways(ends: tuple[spnego.ContextProxy, spnego.ContextProxy]) -> None:
    client, server = ends
    assert unseal(server, seal(client, b"<request/>")) == b"<request/>"
    assert unseal(client, seal(server, b"<answer/>" * 5000)) == b"<answer/>" * 5000


def test_nothing_shows_through(ends: tuple[spnego.ContextProxy, spnego.ContextProxy]) -> None:
    assert b"secret" not in seal(ends[0], b"the secret")


def test_a_changed_message_is_noticed(ends: tuple[spnego.ContextProxy, spnego.ContextProxy]) -> None:
    client, server = ends
    sealed = bytearray(seal(client, b"<request/>"))
    sealed[sealed.rfind(b"--Encrypted") - 1] ^= 1
    with pytest.raises(SealError):
        unseal(server, bytes(sealed))


def test_a_wrong_length_is_noticed(ends: tuple[spnego.ContextProxy, spnego.ContextProxy]) -> None:
    client, server = ends
    with pytest.raises(SealError, match="10 bytes where 11"):
        unseal(server, seal(client, b"<request/>").replace(b"Length=10", b"Length=11"))


@pytest.mark.parametrize("body", [b"", b"<s:Envelope/>", b"--Encrypted Boundary\r\n"])
def test_what_is_not_sealed_is_noticed(ends: tuple[spnego.ContextProxy, spnego.ContextProxy], body: bytes) -> None:
    with pytest.raises(SealError):
        unseal(ends[1], body)
