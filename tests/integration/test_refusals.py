"""Every clear error that a user can run into, tried."""

from __future__ import annotations

import typing as t

import pytest

from .conftest import Start
from .lab import Lab, Run

STANDARD = {"Administrator": {"password": "Autopilot-1!", "kind": "standard"}}
FILTERED = {"Administrator": {"password": "Autopilot-1!", "kind": "administrator"}}
REMOTE_MANAGEMENT = {"Administrator": {"password": "Autopilot-1!", "kind": "remote_management"}}


def message(run: Run, outcome: str, host: str = "pc") -> str:
    event = run.event(host, "device_info")
    assert event.outcome == outcome, run.output
    return str(event.result["msg"])


def requests(one: Lab) -> int:
    return len(one.recorder.requests)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"gather": ["winre", "bios"]}, "value of gather must be one or more of"),
        ({"gather": {"winre": True}}, "gather"),
        ({"parts": ["winre"]}, "parts"),
    ],
)
def test_wrong_arguments_touch_nothing(lab: Start, options: dict[str, t.Any], words: str) -> None:
    one = lab({"pc": {}})
    assert words in message(one.task("pc", "device_info", **options), "failed")
    assert requests(one) == 0


def test_a_wrong_state_touches_nothing(lab: Start) -> None:
    one = lab({"pc": {}})
    run = one.task("pc", "winre", state="on")
    assert "value of state must be one of" in run.result("pc", "winre")["msg"]
    assert requests(one) == 0


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"ansible_connection": "local"}, "this collection needs 'psrp'"),
        ({"ansible_connection": "ssh"}, "this collection needs 'psrp'"),
        ({"ansible_connection": "winrm"}, "this collection needs 'psrp'"),
        ({"ansible_become": True, "ansible_become_method": "runas", "ansible_become_user": "SYSTEM"}, "become does not work here"),
    ],
)
def test_connections_and_become_are_refused_before_anything_is_sent(lab: Start, variables: dict[str, t.Any], words: str) -> None:
    one = lab({"pc": {}})
    one.hosts["pc"].update(variables)
    assert words in message(one.task("pc", "device_info"), "failed")
    assert requests(one) == 0


@pytest.mark.parametrize(
    ("endpoint", "words"),
    [
        ({"platform": "linux"}, "on Linux or macOS"),
        ({"powershell": "7"}, "64-bit Windows PowerShell 5.1 is needed"),
        ({"bitness": 32}, "32-bit"),
        ({"language_mode": "no_language"}, "restricted endpoint"),
    ],
)
def test_endpoints_that_do_not_fit(lab: Start, endpoint: dict[str, t.Any], words: str) -> None:
    one = lab({"pc": {"endpoint": endpoint}})
    assert words in message(one.task("pc", "device_info"), "failed")


def test_constrained_language_is_no_obstacle(lab: Start) -> None:
    one = lab({"pc": {"endpoint": {"language_mode": "constrained"}}})
    assert one.task("pc", "device_info").code == 0


@pytest.mark.parametrize("accounts", [STANDARD, FILTERED])
def test_accounts_without_a_shell(lab: Start, accounts: dict[str, t.Any]) -> None:
    said = message(lab({"pc": {"accounts": accounts}}).task("pc", "device_info"), "unreachable")
    assert "ERROR_ACCESS_DENIED, 5" in said
    assert "LocalAccountTokenFilterPolicy" in said


def test_a_filtered_administrator_is_let_in_where_the_policy_allows_it(lab: Start) -> None:
    one = lab({"pc": {"accounts": FILTERED, "local_account_token_filter_policy": True}})
    assert one.task("pc", "device_info").code == 0


def test_a_user_without_rights_reads_what_he_may_and_the_rest_is_unreadable(lab: Start) -> None:
    one = lab({"pc": {"accounts": REMOTE_MANAGEMENT}})
    device = one.task("pc", "device_info").result("pc", "device_info")["device"]
    assert device["winre"]["state"] is None
    assert "access denied" in device["unreadable"]["winre.state"]
    assert "access denied" in device["unreadable"]["winre.recovery_partitions"]
    assert (
        "code 0x5, ERROR_ACCESS_DENIED" in device["winre"]["evidence"]["reagentc"]["text"]
        or device["winre"]["evidence"]["reagentc"]["error"]
    )
    assert device["os"]["build"] == 22631


@pytest.mark.parametrize(("answers", "words"), [("html", "not SOAP"), ("not_found", "not as WinRM: HTTP 404")])
def test_something_else_listens_there(lab: Start, answers: str, words: str) -> None:
    one = lab({"pc": {"endpoint": {"answers": answers}}}, {"pc": "https"})
    assert words in message(one.task("pc", "device_info"), "unreachable")


@pytest.mark.parametrize(
    ("certificate", "words"), [("self_signed", "is not trusted"), ("expired", "has expired"), ("other_name", "issued for another name")]
)
def test_certificates(lab: Start, certificate: str, words: str) -> None:
    one = lab({"pc": {"endpoint": {"certificate": certificate}}}, {"pc": "https"})
    assert words in message(one.task("pc", "device_info"), "unreachable")


def test_a_certificate_that_the_controller_does_not_know(lab: Start) -> None:
    one = lab({"pc": {}}, {"pc": "https"})
    del one.hosts["pc"]["ansible_psrp_ca_cert"]
    assert "ansible_psrp_ca_cert" in message(one.task("pc", "device_info"), "unreachable")


@pytest.mark.parametrize("way", ["ntlm", "https", "basic"])
def test_a_wrong_password(lab: Start, way: str) -> None:
    one = lab({"pc": {}}, {"pc": way})
    one.hosts["pc"]["ansible_password"] = "not-the-password"
    run = one.task("pc", "device_info", "-vvvvv")
    said = message(run, "unreachable")
    assert "refused the credentials of Administrator" in said
    assert "not-the-password" not in run.output


def test_a_quota_that_is_used_up(lab: Start) -> None:
    one = lab({"pc": {"endpoint": {"max_shells_per_user": 0}}})
    assert "MaxShellsPerUser" in message(one.task("pc", "device_info"), "unreachable")


def test_a_session_configuration_that_does_not_exist(lab: Start) -> None:
    one = lab({"pc": {}})
    one.hosts["pc"]["ansible_psrp_configuration_name"] = "Helpdesk"
    assert "no such session configuration" in message(one.task("pc", "device_info"), "unreachable")


def test_a_device_that_is_off(lab: Start) -> None:
    one = lab({"pc": {"powered_on": False}})
    assert "connection refused" in message(one.task("pc", "device_info"), "unreachable")
