"""What a session says of itself, its clock, and the WSMan drive."""

from __future__ import annotations

import datetime
import typing as t

import pytest

from tests.simulator.boundary import Argument, Call, ShellRefused, Statement
from tests.unit.simulator.driver import call, device, run

ACCOUNTS = {
    "Administrator": {"password": "a", "kind": "built_in_administrator"},
    "tech": {"password": "b", "kind": "administrator"},
    "desk": {"password": "c", "kind": "administrator", "remote": True},
    "helper": {"password": "d", "kind": "remote_management"},
}
USER = call("whoami.exe", "/user", "/fo", "csv", "/nh")
GROUPS = call("whoami.exe", "/groups", "/fo", "csv", "/nh")
ENVELOPE = "WSMan:\\localhost\\MaxEnvelopeSizekb"


def expand(*names: str) -> Statement:
    first = Call("Get-Variable", False, (Argument("Name", "ExecutionContext"), Argument("ValueOnly", True)))
    return (first, *(Call("Select-Object", False, (Argument("ExpandProperty", name),)) for name in names))


@pytest.mark.parametrize(("mode", "text"), [("full", "FullLanguage"), ("constrained", "ConstrainedLanguage")])
def test_language_mode(mode: str, text: str) -> None:
    (value,) = run(device(endpoint={"language_mode": mode}), expand("SessionState", "LanguageMode")).outputs
    assert value.name == text


def test_a_property_that_is_not_there() -> None:
    seen = run(device(), expand("SessionStat"))
    assert seen.outputs == []
    assert seen.ids == ["ExpandPropertyNotFound,Microsoft.PowerShell.Commands.SelectObjectCommand"]


@pytest.mark.parametrize("skew", [0, 600, -90])
def test_the_clock(skew: int) -> None:
    (value,) = run(device(faults={"clock_skew_seconds": skew}), call("Get-Date")).outputs
    ahead = (value - datetime.datetime.now(datetime.UTC)).total_seconds()
    assert skew - 5 < ahead <= skew + 1


@pytest.mark.parametrize(
    ("endpoint", "path", "value"),
    [
        ({}, ENVELOPE, "500"),
        ({"max_envelope_kib": 150}, ENVELOPE.upper(), "150"),
        ({"allow_unencrypted": True}, "WSMan:\\localhost\\Service\\AllowUnencrypted", "true"),
        ({"channel_binding": "required"}, "WSMan:\\localhost\\Service\\Auth\\CbtHardeningLevel", "Strict"),
    ],
)
def test_the_wsman_drive(endpoint: dict[str, t.Any], path: str, value: str) -> None:
    (item,) = run(device(endpoint=endpoint), call("Get-Item", LiteralPath=path)).outputs
    values = {known.name: known.get_value(item) for known in item.PSObject.adapted_properties}
    assert values["Value"] == value
    assert values["Name"].lower() == path.rpartition("\\")[2].lower()


def test_the_wsman_drive_is_closed_to_users() -> None:
    seen = run(device(accounts=ACCOUNTS), call("Get-Item", LiteralPath=ENVELOPE), account="helper")
    assert seen.outputs == []
    assert seen.died is not None
    assert str(seen.died.FullyQualifiedErrorId) == "System.InvalidOperationException,Microsoft.PowerShell.Commands.GetItemCommand"


@pytest.mark.parametrize(("account", "ending"), [("Administrator", "-500"), ("desk", "-1001"), ("helper", "-1002")])
def test_accounts_have_their_own_sids(account: str, ending: str) -> None:
    (line,) = run(device(accounts=ACCOUNTS), USER, account=account).lines
    name, sid = line.strip('"').split('","')
    assert name == f"pc-1\\{account.lower()}"
    assert sid.startswith("S-1-5-21-")
    assert sid.endswith(ending)


def test_a_filtered_token_still_names_the_administrators_for_deny_only() -> None:
    lines = run(device(accounts=ACCOUNTS), GROUPS, account="desk").lines
    assert [line for line in lines if '"S-1-5-32-544"' in line and "deny only" in line]
    assert [line for line in lines if '"S-1-16-8192"' in line]
    assert not [line for line in run(device(accounts=ACCOUNTS), GROUPS, account="helper").lines if '"S-1-5-32-544"' in line]


def test_refusing_shells_with_a_code() -> None:
    with pytest.raises(ShellRefused) as raised:
        device(faults={"refuse_shell_with": 2150859174}).open_runspace("Administrator", "Microsoft.PowerShell")
    assert raised.value.code == 2150859174
