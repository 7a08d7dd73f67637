from __future__ import annotations

import typing as t

import pytest

from tests.simulator.boundary import ShellRefused
from tests.unit.simulator.driver import call, device, run

ACCOUNTS = {
    "Administrator": {"password": "a", "kind": "built_in_administrator"},
    "tech": {"password": "b", "kind": "administrator"},
    "pupil": {"password": "c", "kind": "standard"},
    "helper": {"password": "d", "kind": "remote_management"},
}
GROUPS = call("whoami.exe", "/groups", "/fo", "csv", "/nh")


@pytest.mark.parametrize("account", ["Administrator", "ADMINISTRATOR", ".\\Administrator", "PC-1\\administrator", "helper"])
def test_who_gets_a_shell(account: str) -> None:
    assert run(device(accounts=ACCOUNTS), GROUPS, account=account).lines


@pytest.mark.parametrize("account", ["tech", "pupil", "nobody"])
def test_who_is_refused_with_access_denied(account: str) -> None:
    with pytest.raises(ShellRefused) as raised:
        device(accounts=ACCOUNTS).open_runspace(account, "Microsoft.PowerShell")
    assert raised.value.code == 5


def test_the_token_filter_policy_lets_administrators_in_with_their_whole_token() -> None:
    seen = run(device(accounts=ACCOUNTS, local_account_token_filter_policy=True), GROUPS, account="tech")
    assert any('"S-1-16-12288"' in line for line in seen.lines)
    assert any('"S-1-5-32-544"' in line for line in seen.lines)


def test_a_remote_management_user_has_medium_integrity_and_is_no_administrator() -> None:
    seen = run(device(accounts=ACCOUNTS), GROUPS, account="helper")
    assert any('"S-1-16-8192"' in line for line in seen.lines)
    assert not any('"S-1-5-32-544"' in line or '"S-1-16-12288"' in line for line in seen.lines)


def test_group_names_depend_on_the_language_and_sids_do_not() -> None:
    english, german = (run(device(language=language), GROUPS).lines for language in ("en", "de"))
    assert english != german
    assert [line.split('","')[2] for line in english] == [line.split('","')[2] for line in german]


def test_an_unknown_session_configuration_is_refused_with_the_code_of_a_real_host() -> None:
    target = device(endpoint={"configurations": ["Contoso.Helpdesk"]})
    target.open_runspace("Administrator", "contoso.helpdesk")
    with pytest.raises(ShellRefused) as raised:
        target.open_runspace("Administrator", "Contoso.Nothing")
    assert raised.value.code == 2150858811
    assert "resource URI" in raised.value.message


@pytest.mark.parametrize(
    ("endpoint", "edition", "platform"),
    [({}, "Desktop", None), ({"powershell": "7"}, "Core", "Win32NT"), ({"platform": "linux"}, "Core", "Unix")],
)
def test_the_version_table_names_the_edition(endpoint: dict[str, t.Any], edition: str, platform: str | None) -> None:
    table = device(endpoint=endpoint).endpoint.version_table
    assert table["PSEdition"] == edition
    assert table.get("Platform") == platform


def test_a_device_that_is_off_says_so() -> None:
    assert device(powered_on=False).powered_on is False
