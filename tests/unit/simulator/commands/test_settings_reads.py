"""BitLocker, Wi-Fi, administrators, recovery folders, packages and listeners, as a client sees their answers."""

from __future__ import annotations

import typing as t

import pytest
from psrpcore import types as ps

from tests.simulator import boundary
from tests.unit.simulator.driver import Streams, adapted, call, device, notes, run

BITLOCKER = "root/cimv2/Security/MicrosoftVolumeEncryption"
WIFI = "C:\\ProgramData\\Microsoft\\Wlansvc\\Profiles\\Interfaces"
XPATH = "/*[local-name()='WLANProfile']/*[local-name()='name']"
HELPER = {"Administrator": {"password": "a", "kind": "built_in_administrator"}, "helper": {"password": "b", "kind": "remote_management"}}


def pipe(*calls: boundary.Statement) -> boundary.Statement:
    return tuple(one for statement in calls for one in statement)


def protectors(kind: t.Any = 3) -> boundary.Statement:
    volume = call("Get-CimInstance", Namespace=BITLOCKER, ClassName="Win32_EncryptableVolume", Filter="DriveLetter='C:'")
    return pipe(volume, call("Invoke-CimMethod", MethodName="GetKeyProtectors", Arguments={"KeyProtectorType": kind}))


def names() -> boundary.Statement:
    files = call("Get-ChildItem", LiteralPath=WIFI, Filter="*.xml", Recurse=True)
    select = [call("Select-Object", ExpandProperty=name) for name in ("Node", "InnerText")]
    return pipe(files, call("Select-Xml", XPath=XPATH), *select)


def members() -> boundary.Statement:
    group = call("Get-CimInstance", ClassName="Win32_Group", Filter="LocalAccount=True and SID='S-1-5-32-544'")
    return pipe(group, call("Get-CimAssociatedInstance", ResultClassName="Win32_UserAccount"))


# --- BitLocker


def test_ids_of_key_protectors_come_as_the_result_of_the_method() -> None:
    target = device()
    (result,) = run(target, protectors(ps.PSUInt(3))).outputs
    assert result.PSObject.type_names[0] == "Microsoft.Management.Infrastructure.CimMethodResult#Win32_EncryptableVolume#GetKeyProtectors"
    values = notes(result)
    assert list(values) == ["VolumeKeyProtectorID", "ReturnValue", "PSComputerName"]
    assert values["ReturnValue"].__class__ is ps.PSUInt
    assert [identifier[0] + identifier[-1] for identifier in values["VolumeKeyProtectorID"]] == ["{}"]
    assert target.violations == []


def test_the_kind_of_protector_has_to_be_an_unsigned_number() -> None:
    target = device()
    assert run(target, protectors(ps.PSInt(3))).died is not None
    assert len(target.violations) == 1


@pytest.mark.parametrize("method", ["GetKeyProtectorNumericalPassword", "DisableKeyProtectors", "Decrypt"])
def test_methods_that_give_keys_or_change_something_are_not_known(method: str) -> None:
    target = device()
    volume = call("Get-CimInstance", Namespace=BITLOCKER, ClassName="Win32_EncryptableVolume")
    assert run(target, pipe(volume, call("Invoke-CimMethod", MethodName=method))).died is not None
    assert target.violations


@pytest.mark.parametrize(
    ("storage", "status", "code"),
    [
        ({}, 1, 0),
        ({"protection": "off"}, 0, 0),
        ({"protection": "unknown"}, 2, 0x80310000),
        ({"bitlocker": False}, 0, 0x80310008),
    ],
)
def test_states_of_bitlocker(storage: dict[str, t.Any], status: int, code: int) -> None:
    target = device(storage=storage)
    volume, result = run(
        target, call("Get-CimInstance", Namespace=BITLOCKER, ClassName="Win32_EncryptableVolume"), protectors(ps.PSUInt(3))
    ).outputs
    assert adapted(volume)["ProtectionStatus"] == status
    assert notes(result)["ReturnValue"] == code


# --- Wi-Fi


def test_names_come_alone_out_of_files_that_hold_keys() -> None:
    target = device(wifi=[{"name": "B & B", "key": "secret-1"}, {"name": "学校", "key": "secret-2"}])
    seen = run(target, names())
    assert sorted(seen.lines) == ["B & B", "学校"]
    assert len(seen.outputs) == 2
    assert target.violations == []


def test_the_files_do_hold_the_keys() -> None:
    """Or the tests that look for them would prove nothing."""
    target = device(wifi=[{"name": "School", "key": "secret-1"}])
    (file,) = run(target, call("Get-ChildItem", LiteralPath=WIFI, Recurse=True)).outputs
    (text,) = run(target, call("Get-Content", LiteralPath=adapted(file)["FullName"], Raw=True)).outputs
    assert "secret-1" in text


def test_without_wifi_there_is_no_folder_and_without_profiles_nothing_in_it() -> None:
    assert run(device(wifi=None), names()).ids == ["PathNotFound,Microsoft.PowerShell.Commands.GetChildItemCommand"]
    seen = run(device(wifi=[]), names())
    assert (seen.outputs, seen.errors, seen.died) == ([], [], None)


def test_a_damaged_profile_is_an_error_and_the_others_answer() -> None:
    seen = run(device(wifi=[{"name": "a", "damaged": True}, {"name": "b"}]), names())
    assert seen.lines == ["b"]
    assert seen.ids == ["ProcessingFile,Microsoft.PowerShell.Commands.SelectXmlCommand"]


def test_another_kind_of_xpath_is_refused() -> None:
    target = device()
    assert run(target, pipe(call("Get-ChildItem", LiteralPath=WIFI, Recurse=True), call("Select-Xml", XPath="//keyMaterial"))).died
    assert target.violations


# --- administrators


def test_members_of_the_administrators_group_by_its_sid_in_any_language() -> None:
    accounts = {"Admin": {"password": "a", "kind": "administrator"}, "kid": {"password": "b", "kind": "standard"}}
    target = device(language="de", accounts=accounts, local_account_token_filter_policy=True)
    found = [adapted(value) for value in run(target, members(), account="Admin").outputs]
    assert {(one["Name"], one["Disabled"]) for one in found} == {("Admin", False), ("Administrator", True)}
    assert next(one["SID"] for one in found if one["Disabled"]).endswith("-500")
    assert target.violations == []


def test_whoever_is_no_administrator_is_denied_and_pipes_end_in_silence() -> None:
    seen: Streams = run(device(accounts=HELPER), members(), protectors(ps.PSUInt(3)), account="helper")
    assert [identifier.split(",")[0] for identifier in seen.ids] == ["HRESULT 0x80041003"] * 2
    assert [record.TargetObject for record in seen.errors] == [None, None]
    assert (seen.outputs, seen.died) == ([], None)


# --- folders


def test_the_recovery_folders_hide_their_packages() -> None:
    folders = ["C:\\Recovery\\Customizations", "C:\\Recovery\\AutoApply"]
    target = device(recovery={"customizations": ["school.ppkg"]})
    seen = run(target, call("Get-ChildItem", LiteralPath=folders, Force=True))
    assert [adapted(value)["Name"] for value in seen.outputs] == ["school.ppkg"]
    assert notes(seen.outputs[0])["PSParentPath"] == f"Microsoft.PowerShell.Core\\FileSystem::{folders[0]}"
    assert [record.TargetObject for record in seen.errors] == [folders[1]]
    assert run(target, call("Get-ChildItem", LiteralPath=folders[0])).outputs == []


def test_a_closed_folder_is_an_error_of_its_own() -> None:
    target = device(accounts=HELPER)
    assert run(target, call("Get-ChildItem", LiteralPath=WIFI), account="helper").ids == [
        "DirUnauthorizedAccessError,Microsoft.PowerShell.Commands.GetChildItemCommand"
    ]


# --- packages


def test_installed_packages() -> None:
    given = [{"id": "c9e2a1b0-5d4f-4e3a-8b7c-6d5e4f3a2b1c", "name": "School", "version": "1.2"}]
    target = device(provisioning={"packages": given})
    (found,) = run(target, call("Get-ProvisioningPackage", AllInstalledPackages=True)).outputs
    assert {name: str(value) for name, value in adapted(found).items()} == {
        "PackageId": given[0]["id"],
        "PackageName": "School",
        "Version": "1.2",
    }


def test_a_windows_without_the_module_knows_no_such_command() -> None:
    target = device(provisioning={"module": False})
    died = run(target, call("Get-ProvisioningPackage", AllInstalledPackages=True)).died
    assert died is not None
    assert died.FullyQualifiedErrorId == "CommandNotFoundException"
    assert target.violations == []


# --- the way in


def test_listeners_stand_in_the_registry_under_their_names() -> None:
    target = device(endpoint={"http_port": 5985, "https_port": 5986})
    seen = run(target, call("Get-ItemProperty", Path="HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WSMAN\\Listener\\*"))
    assert {notes(value)["PSChildName"]: notes(value)["Port"] for value in seen.outputs} == {"*+HTTP": 5985, "*+HTTPS": 5986}


def test_the_session_s_own_account_is_in_its_environment() -> None:
    seen = run(device(accounts=HELPER), call("Get-Content", LiteralPath=["Env:USERNAME", "Env:USERDOMAIN"]), account="helper")
    assert seen.lines == ["helper", "PC-1"]
