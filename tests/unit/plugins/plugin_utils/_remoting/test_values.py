"""What pypsrp deserialized becomes plain Python: held against CLIXML of the shape a Windows host sends."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.values import (
    RemoteError,
    RemoteObject,
    plain,
    remote_error,
    text_of,
)
from ansible_collections.autopilot.reset.tests.unit import clixml
from pypsrp.messages import MessageType

BIOS = """<Obj RefId="0"><TN RefId="0">
<T>Microsoft.Management.Infrastructure.CimInstance#root/cimv2/Win32_BIOS</T>
<T>Microsoft.Management.Infrastructure.CimInstance#root/cimv2/CIM_BIOSElement</T>
<T>Microsoft.Management.Infrastructure.CimInstance#Win32_BIOS</T>
<T>Microsoft.Management.Infrastructure.CimInstance</T><T>System.Object</T></TN>
<ToString>Win32_BIOS: 1.0 (Name = "1.0")</ToString>
<Props><S N="SerialNumber">PF2ABCDE</S><B N="PrimaryBIOS">true</B><U16 N="SMBIOSMajorVersion">3</U16>
<Obj N="BIOSVersion" RefId="1"><TN RefId="1"><T>System.String[]</T><T>System.Array</T><T>System.Object</T></TN>
<LST><S>LENOVO - 1</S><S>N2XET</S></LST></Obj><Nil N="BuildNumber" /><S N="PSComputerName">PC</S></Props>
<MS><Obj N="CimClass" RefId="2"><TN RefId="2"><T>System.Object</T></TN><ToString>x</ToString></Obj></MS></Obj>"""

REGISTRY = """<Obj RefId="0"><TN RefId="0">
<T>Deserialized.System.Management.Automation.PSCustomObject</T><T>Deserialized.System.Object</T></TN>
<MS><S N="EditionID">Professional</S><I32 N="UBR">3447</I32><I32 N="InstallDate">-1</I32>
<BA N="DigitalProductId">pAAAAAMAAAA=</BA><I64 N="InstallTime">133500000000000000</I64>
<S N="PSPath">Microsoft.PowerShell.Core\\Registry::HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion</S>
<S N="PSChildName">CurrentVersion</S></MS></Obj>"""

ENUM = """<Obj RefId="0"><TN RefId="0"><T>System.DayOfWeek</T><T>System.Enum</T><T>System.ValueType</T><T>System.Object</T></TN>
<ToString>Tuesday</ToString><I32>2</I32></Obj>"""

NESTED = """<Obj RefId="0"><TN RefId="0"><T>System.Collections.Hashtable</T><T>System.Object</T></TN><DCT>
<En><S N="Key">PSVersionTable</S><Obj N="Value" RefId="1"><TNRef RefId="0" /><DCT>
<En><S N="Key">PSVersion</S><Version N="Value">5.1.22621.2506</Version></En>
<En><I32 N="Key">7</I32><Obj N="Value" RefId="2"><TN RefId="1"><T>System.Object[]</T></TN><LST><I32>1</I32>
<S>two</S><Nil /></LST></Obj></En>
</DCT></Obj></En></DCT></Obj>"""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<S>plain</S>", "plain"),
        ("<S>a_x000A_b_x005F_c</S>", "a\nb_c"),
        ("<S>_xD83D__xDE00_</S>", "\U0001f600"),
        ("<I32>-1</I32>", -1),
        ("<U64>18446744073709551615</U64>", 2**64 - 1),
        ("<B>true</B>", True),
        ("<Db>1.5</Db>", 1.5),
        ("<Nil />", None),
        ("<BA>AAEC</BA>", b"\x00\x01\x02"),
        ("<DT>2024-02-29T23:59:59.0000001+01:00</DT>", "2024-02-29T23:59:59.0000001+01:00"),
        ("<G>DE94BBA4-06D1-4D40-A16A-BFD50179D6AC</G>", "de94bba4-06d1-4d40-a16a-bfd50179d6ac"),
        ("<Version>10.0.26100.1</Version>", "10.0.26100.1"),
    ],
)
def test_primitives(text: str, value: t.Any) -> None:
    found = plain(clixml.output(text))

    assert (found, type(found)) == (value, type(value))


def test_a_cim_instance_names_its_class_and_gives_its_properties_in_any_case() -> None:
    bios = plain(clixml.output(BIOS))

    assert isinstance(bios, RemoteObject)
    assert bios.cim_class == "Win32_BIOS"
    assert bios.get("serialnumber") == "PF2ABCDE"
    assert bios.get("PrimaryBIOS") is True
    assert bios.get("SMBIOSMajorVersion") == 3
    assert bios.get("BIOSVersion") == ["LENOVO - 1", "N2XET"]
    assert bios.get("BuildNumber", "default") is None
    assert bios.get("NoSuch", "default") == "default"
    assert bios.path is None


def test_the_prefix_of_deserialized_types_goes() -> None:
    bios = plain(clixml.output(BIOS.replace("<T>", "<T>Deserialized.")))

    assert bios.cim_class == "Win32_BIOS"
    assert bios.types[-1] == "System.Object"


@pytest.mark.parametrize("name", ["CimInstance#ROOT\\Microsoft\\Windows\\Storage\\MSFT_Partition", "CimInstance#MSFT_Partition"])
def test_namespace_separators_do_not_hide_the_class(name: str) -> None:
    assert RemoteObject((f"Microsoft.Management.Infrastructure.{name}",), {}).cim_class == "MSFT_Partition"


@pytest.mark.parametrize("types", [(), ("System.String",), ("Some.Thing#root/cimv2/Win32_BIOS",)])
def test_what_is_no_cim_instance_has_no_class(types: tuple[str, ...]) -> None:
    assert RemoteObject(types, {}).cim_class is None


def test_a_registry_key_names_its_path() -> None:
    key = plain(clixml.output(REGISTRY))

    assert key.path == "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
    assert key.get("UBR") == 3447
    assert key.get("InstallTime") == 133500000000000000
    assert key.get("DigitalProductId") == bytes.fromhex("a4000000030000 00")
    assert key.cim_class is None


def test_a_line_with_note_properties_keeps_its_text_and_its_path() -> None:
    path = "Microsoft.PowerShell.Core\\FileSystem::C:\\Windows\\System32\\Recovery\\ReAgent.xml"
    line = plain(clixml.output(clixml.string_with_notes("<a>&amp;</a>", PSPath=path, PSChildName="ReAgent.xml")))

    assert isinstance(line, RemoteObject)
    assert text_of(line) == "<a>&amp;</a>"
    assert line.path == "C:\\Windows\\System32\\Recovery\\ReAgent.xml"


def test_a_wrapped_string_without_notes_is_a_string() -> None:
    assert plain(clixml.output('<Obj RefId="0"><S>x</S></Obj>')) == "x"


def test_an_enum_keeps_name_and_number() -> None:
    day = plain(clixml.output(ENUM))

    assert (day.text, day.value, day.types[0]) == ("Tuesday", 2, "System.DayOfWeek")


def test_tables_within_tables_and_lists_within_those() -> None:
    assert plain(clixml.output(NESTED)) == {"PSVersionTable": {"PSVersion": "5.1.22621.2506", "7": [1, "two", None]}}


@pytest.mark.parametrize("value", [None, 3, b"x", ["x"], RemoteObject(("System.Int32",), {"a": 1}, value=3), RemoteObject((), {})])
def test_what_is_no_string_has_no_text(value: t.Any) -> None:
    assert text_of(value) is None


# --- error records


def _error(text: str) -> RemoteError:
    return remote_error(clixml.received(MessageType.ERROR_RECORD, text).data)


def test_a_missing_path_is_an_answer() -> None:
    message = "Cannot find path 'C:\\Windows\\System32\\Recovery\\Winre.wim' because it does not exist."
    identifier = "PathNotFound,Microsoft.PowerShell.Commands.GetItemCommand"
    error = _error(clixml.error_record(message, identifier, target="C:\\Windows\\System32\\Recovery\\Winre.wim"))

    assert error.message == message
    assert error.id == identifier
    assert error.target == "C:\\Windows\\System32\\Recovery\\Winre.wim"
    assert error.exception == clixml.ITEM_NOT_FOUND
    assert error.code == 0x80131501
    assert error.not_found
    assert not error.access_denied
    assert str(error) == f"{message} (PathNotFound)"


@pytest.mark.parametrize(
    ("identifier", "exception", "hresult"),
    [
        (
            "GetContentReaderUnauthorizedAccessError,Microsoft.PowerShell.Commands.GetContentCommand",
            "System.UnauthorizedAccessException",
            0,
        ),
        ("System.Security.SecurityException,Microsoft.PowerShell.Commands.GetItemPropertyCommand", "System.Security.SecurityException", 0),
        (
            "HRESULT 0x80041003,Microsoft.Management.Infrastructure.CimCmdlets.GetCimInstanceCommand",
            "Microsoft.Management.Infrastructure.CimException",
            -2146233088,
        ),
        ("Whatever,X", "System.Runtime.InteropServices.COMException", -2147024891),
    ],
)
def test_access_denied_in_all_its_shapes(identifier: str, exception: str, hresult: int) -> None:
    error = _error(clixml.error_record("Access denied", identifier, exception=exception, hresult=hresult))

    assert error.access_denied
    assert not error.not_found


def test_another_failure_is_neither_missing_nor_denied() -> None:
    identifier = "HRESULT 0x8004100e,Microsoft.Management.Infrastructure.CimCmdlets.GetCimInstanceCommand"
    error = _error(clixml.error_record("Invalid namespace", identifier, exception="Microsoft.Management.Infrastructure.CimException"))

    assert not error.access_denied
    assert not error.not_found


def test_a_record_without_exception_and_target_still_has_a_message() -> None:
    record = (
        '<Obj RefId="0"><ToString>something</ToString><MS><Nil N="Exception" /><Nil N="TargetObject" /><Nil N="FullyQualifiedErrorId" />'
        '<Nil N="InvocationInfo" /><I32 N="ErrorCategory_Category">0</I32><B N="SerializeExtendedInfo">false</B></MS></Obj>'
    )
    error = _error(record)

    assert error == RemoteError("something")
    assert str(error) == "something"


def test_the_target_falls_back_to_its_name() -> None:
    target = '<Nil N="TargetObject" />'
    record = clixml.error_record("m", "Id,Command").replace(target, "").replace('TargetName"></S>', 'TargetName">root/cimv2:X</S>')

    assert _error(record).target == "root/cimv2:X"
