"""Who gets in, without a socket."""

from __future__ import annotations

import base64
import pathlib
import typing as t

import pytest
import spnego
from spnego.channel_bindings import GssChannelBindings

from tests.integration.transport_fleet import ACCOUNT, CannedDevice
from tests.simulator.boundary import Endpoint
from tests.simulator.transport.authentication import MUTUAL, Authentication, CredentialFiles


@pytest.fixture(autouse=True)
def _keep_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NTLM_USER_FILE", "")


def authentication(directory: pathlib.Path, *, tls: bool = False, mapped: str | None = None, **endpoint: t.Any) -> Authentication:
    fields: dict[str, t.Any] = {"authentication": frozenset({"basic", "negotiate"}), "accounts": (ACCOUNT,), **endpoint}
    device = CannedDevice("PC-01", "127.0.0.1", Endpoint(**fields))
    return Authentication(device, CredentialFiles(directory), bytes(32) if tls else None, mapped)


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("tls", "allow_unencrypted", "offered"),
    [
        (False, False, ["Negotiate"]),
        (False, True, ["Negotiate", 'Basic realm="WSMAN"']),
        (True, False, ["Negotiate", 'Basic realm="WSMAN"']),
    ],
)
def test_basic_is_offered_only_where_it_is_safe_or_allowed(
    tmp_path: pathlib.Path, tls: bool, allow_unencrypted: bool, offered: list[str]
) -> None:
    verdict = authentication(tmp_path, tls=tls, allow_unencrypted=allow_unencrypted).check(None)
    assert (verdict.account, [value for _unused, value in verdict.headers]) == (None, offered)


@pytest.mark.parametrize(
    ("name", "password", "account"),
    [
        ("admin", "pass:word", "admin"),
        ("Admin", "pass:word", "admin"),
        ("pc-01\\admin", "pass:word", "admin"),
        ("admin", "pass", None),
        ("admin", "", None),
        ("other", "pass:word", None),
        ("CONTOSO\\admin", "pass:word", None),
    ],
)
def test_basic(tmp_path: pathlib.Path, name: str, password: str, account: str | None) -> None:
    assert authentication(tmp_path, tls=True).check(basic(name, password)).account == account


@pytest.mark.parametrize("header", ["", "Basic", "Basic ???", "Negotiate", "Negotiate AAAA", "Bearer abc", "Kerberos YWJj", "Digest x"])
def test_nonsense_is_challenged(tmp_path: pathlib.Path, header: str) -> None:
    verdict = authentication(tmp_path, tls=True).check(header)
    assert verdict.account is None
    assert verdict.headers


def test_basic_holds_for_one_request_only(tmp_path: pathlib.Path) -> None:
    connection = authentication(tmp_path, tls=True)
    assert connection.check(basic("admin", "pass:word")).account == "admin"
    assert connection.check(None).account is None


def test_ntlm_holds_for_the_connection(tmp_path: pathlib.Path) -> None:
    connection = authentication(tmp_path)
    options = spnego.NegotiateOptions.use_ntlm | spnego.NegotiateOptions.wrapping_winrm
    client = spnego.client("admin", "pass:word", protocol="ntlm", options=options)
    first = connection.check("Negotiate " + base64.b64encode(client.step() or b"").decode())
    assert first.account is None
    challenge = base64.b64decode(first.headers[0][1].partition(" ")[2])
    assert connection.check("Negotiate " + base64.b64encode(client.step(challenge) or b"").decode()).account == "admin"
    assert connection.check(None).account == "admin"


def test_a_password_file_is_private_and_holds_no_password(tmp_path: pathlib.Path) -> None:
    CredentialFiles(tmp_path).activate("PC-01", (ACCOUNT,))
    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o077 == 0
    assert ACCOUNT.password not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("mapped", "offered", "account"),
    [
        ("admin", {"certificate"}, "admin"),
        ("ADMIN", {"certificate", "basic"}, "admin"),
        (None, {"certificate"}, None),
        ("nobody", {"certificate"}, None),
        ("admin", {"basic"}, None),
    ],
)
def test_client_certificates(tmp_path: pathlib.Path, mapped: str | None, offered: set[str], account: str | None) -> None:
    one = authentication(tmp_path, tls=True, mapped=mapped, authentication=frozenset(offered))
    assert one.check(MUTUAL).account == account


def test_a_mapped_certificate_alone_signs_nobody_in(tmp_path: pathlib.Path) -> None:
    one = authentication(tmp_path, tls=True, mapped="admin", authentication=frozenset({"certificate"}))
    assert one.check(None).account is None


def sign_in(one: Authentication, application_data: bytes | None) -> str | None:
    """Raw NTLM with the channel binding token for `application_data`."""
    bindings = GssChannelBindings(application_data=application_data) if application_data is not None else None
    client = spnego.client(ACCOUNT.name, ACCOUNT.password, protocol="ntlm", channel_bindings=bindings)
    token: bytes | None = client.step()
    verdict = one.check(None)
    while token:
        verdict = one.check(f"Negotiate {base64.b64encode(token).decode()}")
        answers = [value.partition(" ")[2] for name, value in verdict.headers if value.partition(" ")[2] and "realm" not in value]
        if verdict.account is not None or not answers:
            break
        token = client.step(base64.b64decode(answers[0]))
    return verdict.account


RIGHT, WRONG = b"tls-server-end-point:" + bytes(32), b"tls-server-end-point:" + bytes(range(32))


@pytest.mark.parametrize(
    ("channel_binding", "application_data", "account"),
    [
        ("relaxed", None, "admin"),
        ("relaxed", RIGHT, "admin"),
        ("relaxed", WRONG, None),
        ("required", None, None),
        ("required", RIGHT, "admin"),
        ("required", WRONG, None),
    ],
)
def test_channel_binding(tmp_path: pathlib.Path, channel_binding: str, application_data: bytes | None, account: str | None) -> None:
    one = authentication(tmp_path, tls=True, channel_binding=channel_binding)
    assert sign_in(one, application_data) == account


def test_without_tls_there_is_nothing_to_bind_to(tmp_path: pathlib.Path) -> None:
    assert sign_in(authentication(tmp_path, channel_binding="required"), None) == "admin"
