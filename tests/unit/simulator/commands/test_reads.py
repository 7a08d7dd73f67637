"""The reads of the collection, as a client sees their answers."""

from __future__ import annotations

import typing as t

import pytest
from psrpcore import types as ps

from tests.unit.simulator.driver import adapted, call, device, notes, run

XML = "C:\\Windows\\System32\\Recovery\\ReAgent.xml"
WIM = "C:\\Windows\\System32\\Recovery\\Winre.wim"
VERSION = "HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
JOIN = "HKLM:\\SYSTEM\\CurrentControlSet\\Control\\CloudDomainJoin\\JoinInfo\\*"
STORAGE = "root/Microsoft/Windows/Storage"
HELPER = {"helper": {"password": "d", "kind": "remote_management"}}


# --- registry


def test_registry_values_are_notes_of_a_custom_object_that_names_its_key() -> None:
    target = device()
    (found,) = run(target, call("Get-ItemProperty", LiteralPath=VERSION)).outputs
    values = notes(found)
    assert found.PSObject.type_names[0] == "System.Management.Automation.PSCustomObject"
    assert values["CurrentBuildNumber"] == "22631"
    assert values["UBR"].__class__ is ps.PSInt
    assert values["InstallTime"].__class__ is ps.PSInt64
    assert values["PSPath"] == "Microsoft.PowerShell.Core\\Registry::HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
    assert values["PSChildName"] == "CurrentVersion"
    assert values["PSProvider"].PSObject.to_string == "Microsoft.PowerShell.Core\\Registry"
    assert target.violations == []


def test_a_literal_path_that_is_missing_is_an_error_and_the_others_answer() -> None:
    missing = "HKLM:\\SOFTWARE\\Microsoft\\PolicyManager\\current\\device\\CredentialProviders"
    target = device(policy={"settings": []})
    seen = run(target, call("Get-ItemProperty", LiteralPath=[missing, VERSION]))
    assert seen.ids == ["PathNotFound,Microsoft.PowerShell.Commands.GetItemPropertyCommand"]
    assert seen.errors[0].TargetObject == missing
    assert str(seen.errors[0]) == f"Cannot find path '{missing}' because it does not exist."
    assert seen.errors[0].Exception.PSObject.type_names[0] == "System.Management.Automation.ItemNotFoundException"
    assert len(seen.outputs) == 1
    assert target.violations == []


def test_a_wildcard_that_matches_nothing_is_silent() -> None:
    seen = run(device(join={"type": "workgroup"}), call("Get-ItemProperty", Path=[JOIN]))
    assert (seen.outputs, seen.errors) == ([], [])


def test_a_key_without_values_emits_nothing() -> None:
    seen = run(device(), call("Get-ItemProperty", Path="HKLM:\\SOFTWARE\\Microsoft\\Enrollments\\*"))
    names = [notes(value)["PSChildName"] for value in seen.outputs]
    assert len(names) == 13
    assert not {"Context", "Ownership", "Status", "ValidNodePaths"} & set(names)


KEYBOARD = "Registry::HKEY_USERS\\.DEFAULT\\Keyboard Layout\\Preload"


def test_a_path_with_its_provider_reaches_a_hive_without_a_drive() -> None:
    target = device(language="es")
    (found,) = run(target, call("Get-ItemProperty", LiteralPath=[KEYBOARD])).outputs
    values = notes(found)
    assert values["1"] == "00000c0a"
    assert values["PSPath"] == f"Microsoft.PowerShell.Core\\{KEYBOARD}"
    assert "PSDrive" not in values
    assert target.violations == []


def test_a_missing_key_is_named_without_its_provider() -> None:
    target = device()
    seen = run(target, call("Get-ItemProperty", LiteralPath=["Registry::HKEY_USERS\\.DEFAULT\\Nothing"]))
    assert seen.errors[0].TargetObject == "HKEY_USERS\\.DEFAULT\\Nothing"
    assert target.violations == ["Get-ItemProperty: unknown registry key Registry::HKEY_USERS\\.DEFAULT\\Nothing"]


WINDOWS = "HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion"


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("servicing", f"{WINDOWS}\\Component Based Servicing\\RebootPending"),
        ("windows_update", f"{WINDOWS}\\WindowsUpdate\\Auto Update\\RebootRequired"),
    ],
)
def test_a_restart_that_waits_is_a_key_without_values(key: str, path: str) -> None:
    asked = call("Get-ItemProperty", LiteralPath=[path])
    assert [seen.split(",")[0] for seen in run(device(), asked).ids] == ["PathNotFound"]
    waiting = run(device(pending_reboot={key: True}), asked)
    assert (waiting.outputs, waiting.ids) == ([], [])


def test_a_star_in_a_literal_path_is_no_wildcard() -> None:
    assert run(device(), call("Get-ItemProperty", LiteralPath=JOIN)).ids == [
        "PathNotFound,Microsoft.PowerShell.Commands.GetItemPropertyCommand"
    ]


def test_a_key_outside_the_contract_is_noted() -> None:
    target = device()
    run(target, call("Get-ItemProperty", LiteralPath="HKLM:\\SOFTWARE\\Contoso"))
    assert target.violations == ["Get-ItemProperty: unknown registry key HKLM:\\SOFTWARE\\Contoso"]


# --- files and environment


def test_file_text_is_a_string_that_names_its_file() -> None:
    (text,) = run(device(), call("Get-Content", LiteralPath=XML, Raw=True, Encoding="UTF8")).outputs
    assert text.startswith("<?xml")
    assert notes(text)["PSPath"] == f"Microsoft.PowerShell.Core\\FileSystem::{XML}"
    assert notes(text)["ReadCount"].__class__ is ps.PSInt64


def test_without_raw_every_line_is_an_object() -> None:
    lines = run(device(), call("Get-Content", LiteralPath=XML)).outputs
    assert lines[1] == '<WindowsRE version="2.0">'
    assert [notes(line)["ReadCount"] for line in lines] == list(range(1, len(lines) + 1))


@pytest.mark.parametrize(("bitness", "architecture"), [(64, "AMD64"), (32, "x86")])
def test_environment_variables_name_themselves(bitness: int, architecture: str) -> None:
    target = device(endpoint={"bitness": bitness}, os={"system_root": "D:\\Windows"})
    seen = run(target, call("Get-Content", LiteralPath=["Env:SystemRoot", "Env:PROCESSOR_ARCHITECTURE"]))
    assert seen.lines == ["D:\\Windows", architecture]
    assert [notes(value)["PSPath"].rpartition("::")[2] for value in seen.outputs] == ["SystemRoot", "PROCESSOR_ARCHITECTURE"]


def test_the_files_follow_the_system_root() -> None:
    target = device(os={"system_root": "D:\\Windows"})
    seen = run(target, call("Get-Content", LiteralPath=[XML, XML.replace("C:", "D:")], Raw=True))
    assert len(seen.outputs) == 1
    assert seen.ids == ["PathNotFound,Microsoft.PowerShell.Commands.GetContentCommand"]


def test_a_staged_image_is_hidden_and_shows_only_with_force() -> None:
    target = device(winre={"state": "disabled", "image_mib": 500})
    (item,) = run(target, call("Get-Item", LiteralPath=[WIM], Force=True)).outputs
    assert item.PSObject.type_names[:2] == ["System.IO.FileInfo", "System.IO.FileSystemInfo"]
    assert adapted(item)["Length"] == 500 * 1024 * 1024
    assert run(target, call("Get-Item", LiteralPath=[WIM])).ids == ["ItemNotFound,Microsoft.PowerShell.Commands.GetItemCommand"]


def test_dynamic_parameters_exist_only_with_their_provider() -> None:
    target = device()
    died = run(target, call("Get-Content", LiteralPath="Env:SystemRoot", Raw=True)).died
    assert died is not None
    assert died.FullyQualifiedErrorId == "NamedParameterNotFound,Microsoft.PowerShell.Commands.GetContentCommand"
    assert target.violations


def test_a_32_bit_session_sees_neither_the_files_nor_the_keys_nor_reagentc() -> None:
    target = device(endpoint={"bitness": 32})
    seen = run(target, call("Get-Content", LiteralPath=XML, Raw=True), call("Get-ItemProperty", LiteralPath=VERSION))
    assert seen.outputs == []
    assert [identifier.split(",")[0] for identifier in seen.ids] == ["PathNotFound", "PathNotFound"]
    died = run(target, call("reagentc.exe", "/info")).died
    assert died is not None
    assert died.FullyQualifiedErrorId == "CommandNotFoundException"


# --- CIM


@pytest.mark.parametrize(
    ("name", "namespace", "key", "expected"),
    [
        ("Win32_ComputerSystem", None, "PartOfDomain", False),
        ("Win32_BIOS", "root/cimv2", "SerialNumber", "PF3K0417"),
        ("Win32_ComputerSystemProduct", "root\\cimv2", "IdentifyingNumber", "PF3K0417"),
        ("Win32_OperatingSystem", None, "BuildNumber", "22631"),
    ],
)
def test_cim_instances_name_their_class_and_carry_their_properties(name: str, namespace: str | None, key: str, expected: t.Any) -> None:
    arguments = {"ClassName": name} | ({"Namespace": namespace} if namespace else {})
    (found,) = run(device(firmware={"serial_number": "PF3K0417"}), call("Get-CimInstance", **arguments)).outputs
    assert found.PSObject.type_names[0] == f"Microsoft.Management.Infrastructure.CimInstance#root/cimv2/{name}"
    assert found.PSObject.type_names[-2:] == ["Microsoft.Management.Infrastructure.CimInstance", "System.Object"]
    assert adapted(found)[key] == expected
    metadata = notes(found)["__ClassMetadata"]
    assert notes(metadata[-1])["ClassName"] == name


def test_partitions_and_volumes_belong_together_by_their_path() -> None:
    seen = run(
        device(), call("Get-CimInstance", ClassName="MSFT_Partition", Namespace=STORAGE), call("Get-CimInstance", ClassName="Win32_Volume")
    )
    partitions = [adapted(value) for value in seen.outputs if "MSFT_Partition" in value.PSObject.type_names[0]]
    volumes = {adapted(value)["DeviceID"]: adapted(value) for value in seen.outputs if "Win32_Volume" in value.PSObject.type_names[0]}
    assert [partition["PartitionNumber"] for partition in partitions] == [1, 2, 3, 4]
    assert partitions[1]["AccessPaths"] is None
    assert [type(partitions[0][name]) for name in ("Size", "DiskNumber", "DriveLetter")] == [ps.PSUInt64, ps.PSUInt, ps.PSChar]
    recovery = partitions[3]
    assert recovery["GptType"] == "{de94bba4-06d1-4d40-a16a-bfd50179d6ac}"
    assert volumes[recovery["AccessPaths"][0]]["FreeSpace"] == recovery["Size"] - (520 + 20) * 1024 * 1024
    assert volumes[partitions[2]["AccessPaths"][1]]["DriveLetter"] == "C:"


@pytest.mark.parametrize(
    ("keys", "name", "expected"),
    [
        ({}, "Win32_Battery", {"BatteryStatus": 2, "EstimatedChargeRemaining": 96}),
        ({"power": {"on_mains": False}}, "Win32_Battery", {"BatteryStatus": 1}),
        ({"power": {"status": 11}}, "Win32_Battery", {"BatteryStatus": 11}),
        ({"updates": {"installed": ["KB1"]}}, "Win32_QuickFixEngineering", {"HotFixID": "KB1"}),
        ({"users": [{"name": "ada", "at_device": True}]}, "Win32_ComputerSystem", {"UserName": "AzureAD\\ada"}),
        ({"users": [{"name": "ada", "signed_in": True}]}, "Win32_ComputerSystem", {"UserName": None}),
        ({"language": "nl"}, "Win32_OperatingSystem", {"Locale": "0413", "CountryCode": "31"}),
    ],
)
def test_the_state_of_a_device_shows_in_its_instances(keys: dict[str, t.Any], name: str, expected: dict[str, t.Any]) -> None:
    (found,) = run(device(**keys), call("Get-CimInstance", ClassName=name)).outputs
    assert {key: adapted(found)[key] for key in expected} == expected


def test_a_desktop_has_no_battery() -> None:
    assert run(device(power={"battery": False}), call("Get-CimInstance", ClassName="Win32_Battery")).outputs == []


def test_profiles_of_services_are_special() -> None:
    target = device(users=[{"name": "ada", "signed_in": True}, {"name": "bob"}])
    everyone = run(target, call("Get-CimInstance", ClassName="Win32_UserProfile")).outputs
    people = run(target, call("Get-CimInstance", ClassName="Win32_UserProfile", Filter="Special=False")).outputs
    assert [(adapted(found)["LocalPath"], adapted(found)["Loaded"]) for found in people] == [
        ("C:\\Users\\ada", True),
        ("C:\\Users\\bob", False),
    ]
    assert len(everyone) == 3


@pytest.mark.parametrize(("text", "count"), [("DriveType=3", 3), ("DriveType = 5", 0), ("drivetype=3 AND Label='windows'", 1)])
def test_filters_are_evaluated(text: str, count: int) -> None:
    assert len(run(device(), call("Get-CimInstance", ClassName="Win32_Volume", Filter=text)).outputs) == count


def test_properties_that_were_not_asked_for_are_null() -> None:
    (found,) = run(device(), call("Get-CimInstance", ClassName="Win32_BIOS", Property=["serialnumber"])).outputs
    assert adapted(found)["SerialNumber"]
    assert adapted(found)["Manufacturer"] is None


@pytest.mark.parametrize(
    ("arguments", "identifier", "target"),
    [
        ({"ClassName": "Win32_Nothing"}, "HRESULT 0x80041010", "root\\cimv2:Win32_Nothing"),
        ({"ClassName": "Win32_BIOS", "Namespace": "root/none"}, "HRESULT 0x8004100e", "root/none:Win32_BIOS"),
        ({"ClassName": "Win32_BIOS", "Filter": "serial?"}, "HRESULT 0x80041017", None),
        ({"ClassName": "Win32_BIOS", "Filter": "Nothing=1"}, "HRESULT 0x80041017", None),
        ({"ClassName": "Win32_BIOS", "Property": ["Nothing"]}, "HRESULT 0x80041017", None),
    ],
)
def test_what_cim_does_not_know_is_an_error_and_noted(arguments: dict[str, t.Any], identifier: str, target: str | None) -> None:
    on = device()
    seen = run(on, call("Get-CimInstance", **arguments))
    assert seen.ids == [f"{identifier},Microsoft.Management.Infrastructure.CimCmdlets.GetCimInstanceCommand"]
    assert seen.errors[0].TargetObject == target
    assert int(seen.errors[0].Exception.HResult) & 0xFFFFFFFF == int(identifier.split()[1], 16)
    assert len(on.violations) == 1


# --- without administrator rights


def test_a_remote_management_user_is_denied_cim_files_of_winre_and_reagentc() -> None:
    target = device(accounts=HELPER)
    seen = run(
        target,
        call("Get-CimInstance", ClassName="Win32_BIOS"),
        call("Get-Content", LiteralPath=XML, Raw=True),
        call("Get-Item", LiteralPath=WIM, Force=True),
        call("reagentc.exe", "/info"),
        call("Get-Variable", Name="LASTEXITCODE", Scope="Global", ValueOnly=True),
        call("Get-ItemProperty", LiteralPath=VERSION),
        account="helper",
    )
    assert [identifier.split(",")[0] for identifier in seen.ids] == [
        "HRESULT 0x80041003",
        "GetContentReaderUnauthorizedAccessError",
        "ItemExistsUnauthorizedAccessError",
    ]
    assert seen.lines == ["REAGENTC.EXE: Operation failed: 5", ""]
    assert seen.outputs[2] == 5
    assert notes(seen.outputs[3])["CurrentBuildNumber"] == "22631"
    assert target.violations == []
