"""Operating system, join and reset policy from what Windows keeps in registry and CIM."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.autopilot.reset.plugins.plugin_utils._device import facts, join, os, policy
from ansible_collections.autopilot.reset.plugins.plugin_utils._device.facts import Unreadable
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.reading import Reading
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.values import RemoteError, RemoteObject

DENIED = Reading(errors=(RemoteError("Denied", "X,Y", exception="System.UnauthorizedAccessException"),))
GONE = Reading(errors=(RemoteError("Cannot find path", "PathNotFound,X"),))


def key(path: str = "", **values: t.Any) -> RemoteObject:
    return RemoteObject((), {**values, "PSPath": f"Microsoft.PowerShell.Core\\Registry::HKEY_LOCAL_MACHINE\\{path}"})


def one(**values: t.Any) -> Reading:
    return Reading((key(**values),))


# --- os


def an_os(**values: t.Any) -> dict[str, t.Any]:
    given: dict[str, t.Any] = {"CurrentBuildNumber": "22631", **values}
    empty = dict.fromkeys(os.reads("C:\\Windows"), Reading())
    return os.parse({**empty, "version": one(**{name: value for name, value in given.items() if value is not None})})


@pytest.mark.parametrize(("build", "windows"), [("10240", "10"), ("19045", "10"), ("21999", "10"), ("22000", "11"), ("26100", "11")])
def test_the_build_decides_between_10_and_11(build: str, windows: str) -> None:
    found = an_os(CurrentBuildNumber=build, ProductName="Windows 10 Pro")

    assert (found["windows"], found["build"]) == (windows, int(build))


def test_an_absent_build_is_null_and_no_windows() -> None:
    assert (an_os(CurrentBuildNumber=None)["windows"], an_os(CurrentBuildNumber=None)["build"]) == (None, None)


def test_a_build_that_is_no_number_is_unreadable() -> None:
    assert isinstance(an_os(CurrentBuildNumber="22631a")["windows"], Unreadable)


@pytest.mark.parametrize(
    ("values", "version"),
    [
        ({"DisplayVersion": "22H2", "ReleaseId": "2009"}, "22H2"),
        ({"ReleaseId": "1909"}, "1909"),
        ({}, None),
        ({"DisplayVersion": ""}, None),
    ],
)
def test_versions_before_20h2_have_a_release_id_only(values: dict[str, str], version: str | None) -> None:
    assert an_os(**values)["version"] == version


@pytest.mark.parametrize(
    ("stored", "installed"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1740906851, "2025-03-02T09:14:11Z"),
        (-2147483648, "2038-01-19T03:14:08Z"),
        (-1, "2106-02-07T06:28:15Z"),
    ],
)
def test_an_install_date_past_2038_arrives_negative(stored: int, installed: str) -> None:
    assert an_os(InstallDate=stored)["installed"] == installed


def test_a_negative_revision_is_the_unsigned_number() -> None:
    assert an_os(UBR=-1)["revision"] == 2**32 - 1


@pytest.mark.parametrize("wrong", ["4317", True, b"x", [1]])
def test_a_value_of_another_type_is_unreadable_and_not_guessed(wrong: t.Any) -> None:
    assert isinstance(an_os(UBR=wrong)["revision"], Unreadable)


# --- join


def joined(entra: Reading, **computer: t.Any) -> dict[str, t.Any]:
    return join.parse({"join_info": entra, "computer": Reading((RemoteObject(("x",), computer),))})


@pytest.mark.parametrize("entra", [True, False])
@pytest.mark.parametrize("domain", [True, False])
def test_the_kinds_of_join(entra: bool, domain: bool) -> None:
    found = joined(one(TenantId="t") if entra else Reading(), PartOfDomain=domain, Domain="corp.example.com")

    assert found["type"] == {(True, True): "hybrid", (True, False): "entra", (False, True): "domain"}.get((entra, domain), "workgroup")
    assert (found["entra_joined"], found["domain_joined"]) == (entra, domain)
    assert found["domain"] == ("corp.example.com" if domain else None)
    assert found["tenant_id"] == ("t" if entra else None)


def test_a_missing_join_key_means_not_joined() -> None:
    assert joined(GONE, PartOfDomain=False)["type"] == "workgroup"


@pytest.mark.parametrize("computer", [{}, {"PartOfDomain": None}, {"PartOfDomain": "True"}, {"PartOfDomain": 1}])
def test_without_a_plain_answer_about_the_domain_there_is_no_type(computer: dict[str, t.Any]) -> None:
    found = joined(one(TenantId="t"), **computer)

    assert isinstance(found["type"], Unreadable)
    assert isinstance(found["domain_joined"], Unreadable)
    assert found["entra_joined"] is True


@pytest.mark.parametrize("entra", [DENIED, Reading((key(TenantId="t"),), DENIED.errors)])
def test_a_join_key_that_could_not_be_read_whole_is_unreadable(entra: Reading) -> None:
    found = joined(entra, PartOfDomain=False)

    assert isinstance(found["type"], Unreadable)
    assert isinstance(found["entra_joined"], Unreadable)


# --- policy

NAME = policy.POLICY
INTUNE = "B4B1F6F4-7D0B-4E5B-8F6C-9F0B5B6C7D8E"
LOCAL = "5B88AEF1-09E8-43BB-B144-7254ACBBDF3E"


def provider(guid: str, value: t.Any) -> RemoteObject:
    return key(f"SOFTWARE\\Microsoft\\PolicyManager\\providers\\{guid}\\default\\Device\\CredentialProviders", **{NAME: value})


def a_policy(current: Reading = GONE, providers: Reading = Reading(), enrollments: Reading = Reading()) -> dict[str, t.Any]:  # noqa: B008
    return policy.parse({"current": current, "providers": providers, "enrollments": enrollments})


@pytest.mark.parametrize(
    ("current", "state", "effective"),
    [
        (one(**{NAME: 0}), "allowed", "allowed"),
        (one(**{NAME: 1}), "blocked", "blocked"),
        (one(BlockPicturePassword=1), "not_configured", "blocked"),
        (Reading(), "not_configured", "blocked"),
        (GONE, "not_configured", "blocked"),
        (one(**{NAME.lower(): 0}), "allowed", "allowed"),
    ],
)
def test_the_states_and_the_default(current: Reading, state: str, effective: str) -> None:
    assert (a_policy(current)["state"], a_policy(current)["effective"]) == (state, effective)


@pytest.mark.parametrize(
    "current", [one(**{NAME: 2}), one(**{NAME: -1}), one(**{NAME: "0"}), one(**{NAME: False}), DENIED, Reading(died=RemoteError("x"))]
)
def test_any_other_value_is_no_state(current: Reading) -> None:
    found = a_policy(current)

    assert isinstance(found["state"], Unreadable)
    assert isinstance(found["effective"], Unreadable)


@pytest.mark.parametrize("written", [INTUNE, INTUNE.lower(), f"{{{INTUNE}}}", f"{{{INTUNE.lower()}}}"])
@pytest.mark.parametrize("enrolled", [INTUNE, INTUNE.lower(), f"{{{INTUNE}}}"])
def test_the_winner_has_a_name_with_or_without_braces(written: str, enrolled: str) -> None:
    enrollments = Reading((key(f"SOFTWARE\\Microsoft\\Enrollments\\{enrolled}", ProviderID="MS DM Server"),))
    found = a_policy(one(**{NAME: 0, f"{NAME}_WinningProvider": written}), enrollments=enrollments)

    assert found["winning_provider"] == {"id": INTUNE, "name": "MS DM Server"}


def test_a_winner_without_enrollment_has_no_name() -> None:
    assert a_policy(one(**{NAME: 0, f"{NAME}_WinningProvider": LOCAL}))["winning_provider"] == {"id": LOCAL, "name": None}
    assert a_policy(one(**{NAME: 0}))["winning_provider"] is None


def test_several_providers_each_with_its_own_value() -> None:
    providers = Reading((provider(INTUNE, 1), provider(LOCAL.lower(), 0), key("SOFTWARE\\Microsoft\\PolicyManager\\providers\\X\\default")))
    enrollments = Reading((key(f"SOFTWARE\\Microsoft\\Enrollments\\{LOCAL}", ProviderID="Local_Management"),))
    found = a_policy(one(**{NAME: 1, f"{NAME}_WinningProvider": INTUNE}), providers, enrollments)

    assert found["providers"] == [
        {"id": LOCAL, "name": "Local_Management", "value": 0},
        {"id": INTUNE, "name": None, "value": 1},
    ]
    assert found["state"] == "blocked"


def test_providers_that_could_not_be_read_do_not_hide_the_state() -> None:
    found = a_policy(one(**{NAME: 0}), providers=DENIED)

    assert isinstance(found["providers"], Unreadable)
    assert found["state"] == "allowed"


# --- the small tools


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (" x ", str, "x"),
        ("", str, None),
        ("  ", str, None),
        (None, str, None),
        (7, int, 7),
        (False, bool, False),
        (RemoteObject((), {}, value="wrapped"), str, "wrapped"),
        (RemoteObject(("System.Enum",), {}, text="Two", value=2), int, 2),
    ],
)
def test_pick_gives_the_value_of_the_kind(value: t.Any, kind: type[t.Any], expected: t.Any) -> None:
    assert facts.pick(RemoteObject((), {"Name": value}), "name", kind) == expected


@pytest.mark.parametrize(
    ("value", "kind"), [(True, int), ("7", int), (7, str), (1, bool), ([], str), (RemoteObject((), {"a": 1}, value=1), str)]
)
def test_pick_takes_no_other_kind(value: t.Any, kind: type[t.Any]) -> None:
    found = facts.pick(RemoteObject((), {"Name": value}), "Name", kind)

    assert isinstance(found, Unreadable)
    assert "Name" in found.reason


def test_what_was_unreadable_stays_so_with_its_reason() -> None:
    broken = Unreadable("why")

    assert facts.pick(broken, "x") is broken
    assert facts.registry_dword(broken, "x") is broken
    assert facts.unix_time(broken) is broken
    assert facts.unix_time(None) is None


@pytest.mark.parametrize(
    ("reading", "said"),
    [(DENIED, "filtered token"), (Reading(), "answered nothing"), (Reading(died=RemoteError("Broke.", "Id,Cmd")), "Broke. (Id)")],
)
def test_reasons_are_in_words(reading: Reading, said: str) -> None:
    found = facts.reason(reading, "The thing")

    assert found.reason.startswith("The thing: ")
    assert said in found.reason
