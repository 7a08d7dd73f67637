"""Every failure between controller and device becomes a message with a cause and a next step, and never with a secret."""

from __future__ import annotations

import dataclasses
import socket
import ssl
import typing as t
from xml.etree import ElementTree

import pytest
import requests
import requests.exceptions as http
import urllib3.exceptions as pool
from ansible.errors import AnsibleError
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.catalog import CATALOG, WARNINGS
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.faults import (
    RemotingFault,
    Target,
    check_bitness,
    check_powershell,
    endpoint_of,
    explain,
    fault,
    warning,
)
from pypsrp.exceptions import AuthenticationError, InvalidPSRPOperation, WinRMError, WinRMTransportError, WSManFaultError
from spnego.exceptions import ErrorCode, SpnegoError

PASSWORD = "correct horse battery"
TARGET = Target("lab-01", "192.0.2.7", 5986, "https", "CORP\\admin", "ntlm")


def raised_from(*chain: BaseException) -> BaseException:
    """The last exception, raised while the ones before it were being handled, as requests and pypsrp do."""
    previous: BaseException | None = None
    for error in chain:
        error.__context__, previous = previous, error
    return chain[-1]


def wsman(code: t.Any, reason: str | None = "reason", provider_fault: str | None = None) -> BaseException:
    fault = WSManFaultError(code, "lab-01", reason, "PowerShell", "C:\\p.dll", provider_fault)
    return raised_from(WinRMTransportError("http", 500, "<s:Envelope/>"), fault)


def certificate(detail: str) -> BaseException:
    error = ssl.SSLCertVerificationError(1, f"[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {detail} (_ssl.c:1006)")
    wrapped = pool.MaxRetryError(None, "/wsman", pool.SSLError(error))  # type: ignore[arg-type]
    return raised_from(error, wrapped, http.SSLError(wrapped))


def connection(detail: str) -> BaseException:
    inner = pool.NewConnectionError(None, f"Failed to establish a new connection: {detail}")  # type: ignore[arg-type]
    wrapped = pool.MaxRetryError(None, "/wsman", inner)  # type: ignore[arg-type]
    return raised_from(OSError(detail), inner, wrapped, http.ConnectionError(wrapped))


def spnego_error(said: str) -> BaseException:
    return t.cast("BaseException", SpnegoError(ErrorCode.failure, context_msg=said))


CASES: list[tuple[str, BaseException, str]] = [
    ("denied", wsman(5, "Access is denied."), "access_denied"),
    ("shell gone", wsman(2150858843), "session_lost"),
    ("operation time-out", wsman(2150858793), "timed_out"),
    ("shells", wsman(2150859173), "shell_quota"),
    ("operations", wsman(2150859174), "operation_quota"),
    ("envelope", wsman(2150858825), "message_too_large"),
    ("resource", wsman(2150858752, "The WS-Management service cannot process the request: resource URI missing"), "no_such_configuration"),
    ("unknown fault", wsman(2150851111, "Something new"), "wsman_fault"),
    ("fault with odd code", wsman("Sender", "text code"), "wsman_fault"),
    ("page taken for a fault", wsman(None, None), "not_winrm"),
    ("page of another exchange", WinRMError("Received related id does not match related expected message id"), "not_winrm"),
    ("client", InvalidPSRPOperation("Timeout while waiting for key exchange"), "connection_failed"),
    ("404", WinRMTransportError("http", 404, "<html>not found</html>"), "not_winrm"),
    ("503", WinRMTransportError("http", 503, ""), "unavailable"),
    ("502", WinRMTransportError("http", 502, "<html>Bad gateway</html>"), "not_winrm"),
    (
        "password",
        raised_from(WinRMTransportError("http", 401, ""), AuthenticationError("Failed to authenticate the user")),
        "authentication_failed",
    ),
    ("html", ElementTree.ParseError("mismatched tag: line 6, column 2"), "not_winrm"),
    ("untrusted", certificate("unable to get local issuer certificate"), "certificate_untrusted"),
    ("self-signed", certificate("self-signed certificate"), "certificate_untrusted"),
    ("expired", certificate("certificate has expired"), "certificate_expired"),
    ("other name", certificate("Hostname mismatch, certificate is not valid for 'lab-01'."), "certificate_name"),
    ("other address", certificate("IP address mismatch, certificate is not valid for '192.0.2.7'."), "certificate_name"),
    (
        "no TLS there",
        raised_from(ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]"), http.SSLError("wrong version number")),
        "https_to_http_port",
    ),
    ("other TLS", http.SSLError("tlsv1 alert protocol version"), "tls_failed"),
    ("refused", connection("[Errno 111] Connection refused"), "refused"),
    ("name", connection("[Errno -2] Name or service not known"), "name_unknown"),
    ("resolve", connection("Failed to resolve 'lab-01'"), "name_unknown"),
    ("route", connection("[Errno 113] No route to host"), "no_route"),
    ("network", connection("[Errno 101] Network is unreachable"), "no_route"),
    ("cut", http.ConnectionError(pool.ProtocolError("Connection aborted.", ConnectionResetError(104, "reset by peer"))), "connection_lost"),
    ("bare reset", ConnectionResetError(104, "Connection reset by peer"), "connection_lost"),
    ("connect time-out", http.ConnectTimeout("timed out"), "no_answer"),
    ("read time-out", http.ReadTimeout("read timed out"), "no_answer"),
    ("library", ModuleNotFoundError("No module named 'requests_credssp'"), "library_missing"),
    ("not yet valid", certificate("certificate is not yet valid"), "certificate_not_yet_valid"),
    ("proxy", http.ProxyError("Cannot connect to proxy"), "proxy_failed"),
    ("proxy wants a password", WinRMTransportError("http", 407, ""), "proxy_failed"),
    ("oversize", WinRMTransportError("http", 413, ""), "message_too_large"),
    ("resolver", connection("[Errno -3] Temporary failure in name resolution"), "name_unknown"),
    ("resolver's own", raised_from(socket.gaierror(-3, "Temporary failure"), http.ConnectionError("x")), "name_unknown"),
    ("users", wsman(2150859179), "shell_quota"),
    ("load", wsman(2150859176), "load_quota"),
    ("memory", wsman(2147942414), "memory_quota"),
    ("shells off", wsman(2150859180), "shells_not_allowed"),
    ("no plug-in", wsman(2150858752), "no_such_configuration"),
    ("skew", spnego_error("GSSAPI: Clock skew too great"), "clock_skew"),
    ("other SPNEGO", spnego_error("odd token"), "connection_failed"),
    ("other value", ValueError("never seen before"), "connection_failed"),
    ("other OS error", OSError("never seen before"), "connection_failed"),
    ("plain time-out", TimeoutError("timed out"), "no_answer"),
    ("plugin without client", AnsibleError("pypsrp or dependencies are not installed: No module named 'pypsrp'"), "library_missing"),
    ("plugin", AnsibleError("something else"), "connection_failed"),
    ("anything", RuntimeError("never seen before"), "connection_failed"),
    ("nothing said", RuntimeError(), "connection_failed"),
    ("wrapped", raised_from(http.ReadTimeout("x"), RuntimeError("psrp connection failed")), "no_answer"),
]


@pytest.mark.parametrize(("error", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_exception_is_known_and_says_what_to_do(error: BaseException, code: str) -> None:
    fault = explain(error, TARGET)

    assert fault.code == code
    assert fault.lost is (code != "library_missing")
    assert str(fault) == f"{fault.seen} {fault.next_step}"
    assert len(fault.next_step) > 8
    assert not set("{}") & set(str(fault))
    if code != "library_missing":
        assert "192.0.2.7:5986" in fault.seen


def test_a_fault_that_only_the_provider_words_is_still_a_fault() -> None:
    fault = explain(wsman(None, None, "The provider says why"), TARGET)

    assert fault.code == "wsman_fault"
    assert "The provider says why" in fault.seen


def test_a_client_error_does_not_hide_what_is_behind_it() -> None:
    assert explain(raised_from(http.ReadTimeout("x"), InvalidPSRPOperation("gave up")), TARGET).code == "no_answer"


@pytest.mark.parametrize("code", [5, 2150859173, 2150859174])
def test_faults_about_an_account_name_it(code: int) -> None:
    assert "CORP\\admin" in explain(wsman(code), TARGET).seen
    assert "the account" in explain(wsman(code), Target("lab-01")).seen


def test_a_refused_password_names_user_and_authentication_and_warns_of_the_lock() -> None:
    fault = explain(AuthenticationError("Failed"), TARGET)

    assert "CORP\\admin" in fault.seen
    assert "NTLM" in fault.seen
    assert "lock" in fault.next_step


def test_no_fault_repeats_the_answer_of_the_server_or_a_password() -> None:
    for error in (
        WinRMTransportError("http", 502, f"<html>{PASSWORD}</html>"),
        AuthenticationError(f"user with {PASSWORD}"),
        ElementTree.ParseError(PASSWORD),
        http.ConnectionError(f"http://admin:{PASSWORD}@host"),
        http.ReadTimeout(PASSWORD),
    ):
        assert PASSWORD not in str(explain(error, TARGET))


def test_a_fault_is_not_explained_twice() -> None:
    fault = RemotingFault("x", "Seen.", "Do.")

    assert explain(fault, TARGET) is fault


def test_a_long_message_is_cut() -> None:
    assert len(str(explain(RuntimeError("x" * 5000), TARGET))) < 600


def test_an_exception_that_is_its_own_cause_ends() -> None:
    first, second = RuntimeError("a"), RuntimeError("b")
    first.__context__, second.__context__ = second, first

    assert explain(first, TARGET).code == "connection_failed"


@pytest.mark.parametrize("target", [Target("lab-01"), Target("lab-01", port=5985)])
def test_a_target_without_details_is_still_named(target: Target) -> None:
    assert "lab-01" in str(target)


# --- endpoints


@pytest.mark.parametrize(
    "table",
    [{}, {"PSVersion": "5.1.14393.0"}, {"PSVersion": "5.1.26100.1", "PSEdition": "Desktop"}, {"PSVersion": None}, {"PSEdition": "DESKTOP"}],
)
def test_windows_powershell_is_accepted(table: dict[str, t.Any]) -> None:
    check_powershell(table)


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ({"PSVersion": "7.4.1", "PSEdition": "Core", "Platform": "Win32NT"}, "wrong_powershell"),
        ({"PSVersion": "7.4.1", "PSEdition": "Core", "Platform": "Unix"}, "not_windows"),
        ({"PSVersion": "5.0.10586.0", "PSEdition": "Desktop"}, "wrong_powershell"),
        ({"PSVersion": "4.0"}, "wrong_powershell"),
        ({"PSVersion": "5.1.1", "PSEdition": "Core"}, "wrong_powershell"),
    ],
)
def test_other_powershells_are_refused_with_their_version(table: dict[str, t.Any], code: str) -> None:
    with pytest.raises(RemotingFault) as caught:
        check_powershell(table)
    assert caught.value.code == code
    assert not caught.value.lost
    assert table["PSVersion"] in caught.value.seen


@pytest.mark.parametrize("architecture", ["AMD64", "ARM64", None, ""])
def test_64_bit_sessions_are_accepted(architecture: str | None) -> None:
    check_bitness(architecture)


@pytest.mark.parametrize("architecture", ["x86", "X86"])
def test_32_bit_sessions_are_refused(architecture: str) -> None:
    with pytest.raises(RemotingFault, match="32-bit") as caught:
        check_bitness(architecture)
    assert not caught.value.lost


# --- what the client or the server says of the authentication


def refused(offered: str | None) -> BaseException:
    """pypsrp's refusal, with the schemes that the server offered behind it."""
    if offered is None:
        return AuthenticationError("Failed to authenticate the user x with ntlm")
    response = requests.Response()
    response.headers["WWW-Authenticate"] = offered
    return raised_from(http.HTTPError("401", response=response), AuthenticationError("Failed to authenticate the user x with ntlm"))


@pytest.mark.parametrize(
    ("changes", "offered", "code"),
    [
        ({}, None, "authentication_failed"),
        ({}, "Negotiate", "authentication_failed"),
        ({}, 'Basic realm="WSMAN"', "authentication_not_offered"),
        ({}, "", "authentication_not_offered"),
        ({"authentication": "kerberos"}, "Negotiate, Kerberos", "authentication_failed"),
        ({"authentication": "basic"}, 'Negotiate, Basic realm="WSMAN"', "authentication_failed"),
        ({"authentication": "basic"}, "Negotiate", "authentication_not_offered"),
        ({"authentication": "basic", "protocol": "http"}, "Negotiate", "basic_needs_encryption"),
        ({"authentication": "basic", "protocol": "http"}, 'Basic realm="WSMAN"', "authentication_failed"),
        ({"authentication": "certificate"}, "Negotiate", "certificate_not_mapped"),
        ({"authentication": "credssp"}, "Negotiate", "authentication_not_offered"),
        ({"channel_binding": False}, "Negotiate", "channel_binding_missing"),
        ({"channel_binding": False, "protocol": "http"}, "Negotiate", "authentication_failed"),
        ({"channel_binding": False, "authentication": "basic"}, "Basic", "authentication_failed"),
    ],
)
def test_a_refusal_is_read_with_what_was_offered(changes: dict[str, t.Any], offered: str | None, code: str) -> None:
    assert explain(refused(offered), dataclasses.replace(TARGET, **changes)).code == code


def test_what_is_offered_is_named() -> None:
    said = AuthenticationError("The server did not response with one of ... Negotiate - actual: 'Kerberos, Basic realm=\"WSMAN\"'")
    fault = explain(said, dataclasses.replace(TARGET, authentication="credssp"))
    assert fault.seen.endswith("does not offer CredSSP authentication, only Basic, Kerberos.")


@pytest.mark.parametrize(
    ("said", "authentication", "code"),
    [
        ("For certificate auth, SSL must be used", "certificate", "certificate_needs_https"),
        ("Cannot use message encryption with auth 'certificate', either set", "certificate", "certificate_needs_https"),
        ("Cannot use message encryption with auth 'basic', either set", "basic", "encryption_impossible"),
        ("For certificate auth, the path to the certificate pem file must be specified", "certificate", "certificate_missing"),
        ("For basic auth, the password must be specified", "basic", "no_credentials"),
    ],
)
def test_settings_that_the_client_refuses(said: str, authentication: str, code: str) -> None:
    fault = explain(ValueError(said), dataclasses.replace(TARGET, authentication=authentication, protocol="http"))
    assert fault.code == code


@pytest.mark.parametrize(
    ("authentication", "code"), [("kerberos", "kerberos_failed"), ("negotiate", "kerberos_failed"), ("ntlm", "connection_failed")]
)
def test_kerberos_that_fails(authentication: str, code: str) -> None:
    error = spnego_error("Cannot find KDC for realm")
    assert explain(error, dataclasses.replace(TARGET, authentication=authentication)).code == code


@pytest.mark.parametrize(
    ("protocol", "port", "expected"),
    [
        (None, None, ("https", 5986)),
        (None, 5985, ("http", 5985)),
        (None, 443, ("https", 443)),
        ("http", None, ("http", 5985)),
        ("https", None, ("https", 5986)),
        ("http", "8080", ("http", 8080)),
    ],
)
def test_protocol_and_port_are_chosen_as_the_connection_does(protocol: str | None, port: t.Any, expected: tuple[str, int]) -> None:
    assert endpoint_of(protocol, port) == expected


def test_every_text_takes_the_words_it_is_given() -> None:
    for code in CATALOG:
        assert not set("{}") & set(str(fault(code, TARGET, "detail")))
    for code in WARNINGS:
        assert set(warning(code, TARGET, "5")) == {"code", "seen", "next_step"}


def test_a_host_that_lets_anybody_in_is_no_winrm() -> None:
    assert explain(KeyError("192.0.2.7"), Target("lab-01", "192.0.2.7", 5985, "http")).code == "not_winrm"
    assert explain(KeyError("other"), Target("lab-01", "192.0.2.7", 5985, "http")).code == "connection_failed"
