"""remoting_info as the task executor runs it: whatever the connection raises is a result."""

from __future__ import annotations

import typing as t

import pytest
from ansible.errors import AnsibleConnectionFailure
from ansible_collections.autopilot.reset.plugins.action.remoting_info import ActionModule
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting import tls
from ansible_collections.autopilot.reset.tests.unit.actions import PASSWORD, Connection, run
from ansible_collections.autopilot.reset.tests.unit.device import Device
from requests.exceptions import ConnectionError as Broken
from requests.exceptions import ConnectTimeout


@pytest.fixture(autouse=True)
def looked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The handshakes that were tried; none succeeds."""
    tried: list[tuple[str, int]] = []

    def handshake(address: str, port: int, _context: t.Any) -> t.NoReturn:
        tried.append((address, port))
        raise OSError("no handshake in a unit test")

    monkeypatch.setattr(tls, "_handshake", handshake)
    return tried


def connection(error: BaseException | None = None, **options: t.Any) -> Connection:
    found = Connection(Device(), version_table={"PSVersion": "7.4.6", "PSEdition": "Core"})
    found.failing = error
    found.options.update(options)
    return found


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConnectTimeout("timed out"), "no_answer"),
        (Broken("[Errno 111] Connection refused"), "refused"),
        (RuntimeError(f"odd {PASSWORD}"), "connection_failed"),
        (AnsibleConnectionFailure("pypsrp or dependencies are not installed: No module named 'pypsrp'"), "library_missing"),
    ],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_whatever_fails_is_a_result_without_the_password(error: BaseException, code: str, check_mode: bool) -> None:
    result = run(ActionModule, connection(error), check_mode=check_mode)
    assert (result["failed"], result["changed"], result["remoting"]["works"]) == (False, False, False)
    assert result["remoting"]["problem"]["code"] == code
    assert result["remoting"]["endpoint"] is None
    assert PASSWORD not in repr(result)


def test_another_powershell_is_described_and_does_not_do() -> None:
    found = run(ActionModule, connection())["remoting"]
    assert (found["works"], found["problem"]["code"]) == (False, "wrong_powershell")
    assert found["endpoint"]["powershell"] == "7.4.6"
    assert found["latency"]["open_ms"] is not None


def test_where_nothing_answered_no_certificate_is_looked_for(looked: list[tuple[str, int]]) -> None:
    run(ActionModule, connection(ConnectTimeout("timed out")))
    assert looked == []


def test_the_certificate_is_looked_at_over_https_alone(looked: list[tuple[str, int]]) -> None:
    found = run(ActionModule, connection())["remoting"]
    assert looked == [("192.0.2.7", 5986)]
    assert "no handshake" in found["unreadable"]["tls"]
    run(ActionModule, connection(protocol="http", port=5985))
    assert len(looked) == 1


@pytest.mark.parametrize("how", ["option", "environment"])
def test_behind_a_proxy_no_certificate_is_looked_at(how: str, looked: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example.com:3128" if how == "environment" else "")
    monkeypatch.setenv("no_proxy", "")
    options: dict[str, t.Any] = {"proxy": "http://user:secret@proxy.example.com:3128"} if how == "option" else {}
    found = run(ActionModule, connection(**options))["remoting"]
    assert found["target"]["proxy"] is True
    assert "proxy" in found["unreadable"]["tls"]
    assert "secret" not in repr(found)
    assert looked == []


def test_a_proxy_that_is_to_be_ignored_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example.com:3128")
    assert run(ActionModule, connection(ignore_proxy="yes"))["remoting"]["target"]["proxy"] is False


def test_plain_http_that_hangs_up_is_asked_for_tls(looked: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch) -> None:
    hung_up = Broken("Connection aborted.")
    result = run(ActionModule, connection(hung_up, protocol="http", port=5986))
    assert looked == [("192.0.2.7", 5986)]
    assert result["remoting"]["problem"]["code"] == "connection_lost"
    monkeypatch.setattr(tls, "_handshake", lambda *_: ("TLSv1.3", b""))
    result = run(ActionModule, connection(hung_up, protocol="http", port=5986))
    assert result["remoting"]["problem"]["code"] == "http_to_https_port"


@pytest.mark.parametrize(
    ("options", "encryption"),
    [
        ({"protocol": "https"}, "tls"),
        ({"protocol": "https", "message_encryption": "always"}, "sealed"),
        ({"protocol": "http"}, "sealed"),
        ({"protocol": "http", "message_encryption": "never"}, "none"),
        ({"protocol": "http", "auth": "basic"}, "none"),
    ],
)
def test_message_encryption_is_named_as_it_is(options: dict[str, t.Any], encryption: str) -> None:
    assert run(ActionModule, connection(**options))["remoting"]["target"]["message_encryption"] == encryption


def test_become_is_the_plays_mistake_and_fails() -> None:
    result = run(ActionModule, connection(), become=True)
    assert result["failed"] is True
    assert "become does not work here" in result["msg"]


def test_https_that_hangs_up_is_a_broken_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls, "is_spoken", lambda *_: True)
    result = run(ActionModule, connection(Broken("Connection aborted.")))
    assert result["remoting"]["problem"]["code"] == "connection_lost"
