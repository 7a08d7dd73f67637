"""Objects as a host's remoting serializes them: type names, adapted and note properties, CIM types.

Shapes: CLIXML of CIM instances and files published in public repositories, and recordings of real hosts (contract: clixml_samples,
psrp_recordings). Integers keep their width, since clients can tell.
"""

from __future__ import annotations

import datetime
import functools
import typing as t

from psrpcore import types as ps

from ...contract.tables import CimClass, CimMethod
from ..device.files import File
from ..device.registry import HIVES, Key, Value

_CIM = "Microsoft.Management.Infrastructure.CimInstance"
_CORE = "Microsoft.PowerShell.Core\\"
_PROVIDERS: t.Mapping[str, str] = {
    "FileSystem": "Microsoft.PowerShell.Commands.FileSystemProvider",
    "Registry": "Microsoft.PowerShell.Commands.RegistryProvider",
    "Environment": "Microsoft.PowerShell.Commands.EnvironmentProvider",
}


def bag(types: t.Sequence[str], *, text: str | None = None) -> ps.PSObject:
    """An object with these type names and no properties yet."""
    made = ps.PSObject()
    made.PSObject.type_names = list(types)
    if text is not None:
        made.PSObject.to_string = text
    return made


def adapt(target: t.Any, properties: t.Mapping[str, t.Any]) -> None:
    target.PSObject.adapted_properties.extend(ps.PSNoteProperty(name, value=value) for name, value in properties.items())


def note(target: t.Any, properties: t.Mapping[str, t.Any]) -> None:
    target.PSObject.extended_properties.extend(ps.PSNoteProperty(name, value=value) for name, value in properties.items())


# --- CIM

_NUMBERS: t.Mapping[str, t.Callable[[int], t.Any]] = {
    "uint8": ps.PSByte,
    "uint16": ps.PSUInt16,
    "uint32": ps.PSUInt,
    "uint64": ps.PSUInt64,
    "sint16": ps.PSInt16,
    "sint32": ps.PSInt,
    "sint64": ps.PSInt64,
}


def cim_value(value: t.Any, kind: str) -> t.Any:
    """A Python value as the CIM type travels. Raises TypeError when the value is no such thing."""
    if value is None:
        return None
    if kind.endswith("[]"):
        element = kind[:-2]
        array = ps.PSList([cim_value(item, element) for item in value])
        name = "System.String[]" if element == "string" else f"System.{element}[]"
        array.PSObject.type_names = [name, "System.Array", "System.Object"]
        return array
    if kind in _NUMBERS and isinstance(value, int) and not isinstance(value, bool):
        return _NUMBERS[kind](value)
    if kind == "string" and isinstance(value, str):
        return ps.PSString(value)
    if kind == "boolean" and isinstance(value, bool):
        return value
    if kind == "char16" and isinstance(value, str):
        return ps.PSChar(value)
    if kind == "datetime" and isinstance(value, datetime.datetime):
        return when(value)
    raise TypeError(f"{value!r} is no CIM {kind}")


def cim_instance(known: CimClass, namespace: str, row: t.Mapping[str, t.Any], server: str, only: t.Collection[str] | None) -> ps.PSObject:
    """An instance as Get-CimInstance emits it.

    Args:
        known: the class.
        namespace: as the caller spelled it; instances carry it with forward slashes.
        row: values by property name.
        server: the computer's name.
        only: properties that were asked for; the others are null, as on a real host. None: all.
    """
    classes = (known.name, *known.ancestors)
    place = namespace.replace("\\", "/").strip("/")
    types = [f"{_CIM}#{place}/{name}" for name in classes] + [f"{_CIM}#{name}" for name in classes]
    made = bag([*types, _CIM, "System.Object"], text=f"{known.name}: {row['Name']}" if row.get("Name") else known.name)
    values = {name: cim_value(row.get(name) if only is None or name in only else None, kind) for name, kind in known.properties.items()}
    adapt(made, {**values, "PSComputerName": None})
    note(made, {"__ClassMetadata": _class_metadata(classes, place, server)})
    return made


def method_result(method: CimMethod, class_name: str, code: int, found: t.Mapping[str, t.Any]) -> ps.PSObject:
    """What Invoke-CimMethod emits: the method's results, its return value, and no computer."""
    kind = "Microsoft.Management.Infrastructure.CimMethodResult"
    made = bag([f"{kind}#{class_name}#{method.name}", kind, "System.Management.Automation.PSCustomObject", "System.Object"])
    values = {name: cim_value(found.get(name), kind) for name, kind in method.results.items()}
    note(made, {**values, "ReturnValue": ps.PSUInt(code), "PSComputerName": None})
    return made


@functools.lru_cache(maxsize=1024)
def _class_metadata(classes: tuple[str, ...], place: str, server: str) -> ps.PSList:
    entries = []
    for name in reversed(classes):
        entry = bag(())
        note(entry, {"ClassName": name, "Namespace": place, "ServerName": server, "Hash": ps.PSInt(hash_of(name)), "MiXml": None})
        entries.append(entry)
    made = ps.PSList(entries)
    made.PSObject.type_names = ["System.Collections.ArrayList", "System.Object"]
    return made


def hash_of(name: str) -> int:
    """A number that is the same for the same class, as the metadata's cache key has to be."""
    number = 0
    for letter in name:
        number = (number * 31 + ord(letter)) & 0x7FFFFFFF
    return number


def when(value: datetime.datetime) -> ps.PSDateTime:
    """A DateTime with its offset."""
    return ps.PSDateTime(value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond, tzinfo=value.tzinfo)


# --- provider items


# Shared between objects and never changed. The real ones carry a dozen properties more, which nobody reads and each item would repeat.
@functools.cache
def _provider(name: str) -> ps.PSObject:
    made = bag(["System.Management.Automation.ProviderInfo", "System.Object"], text=f"{_CORE}{name}")
    adapt(made, {"ImplementingType": _PROVIDERS[name], "Name": name, "ModuleName": "Microsoft.PowerShell.Core"})
    return made


@functools.cache
def _drive(name: str, provider: str, root: str) -> ps.PSObject:
    made = bag(["System.Management.Automation.PSDriveInfo", "System.Object"], text=name)
    adapt(made, {"Name": name, "Provider": f"{_CORE}{provider}", "Root": root})
    return made


def provider_notes(provider: str, path: str, drive: str, root: str) -> dict[str, t.Any]:
    """The note properties that every provider item carries. `path` is the provider's own (HKEY_LOCAL_MACHINE\\...)."""
    parent, _unused, child = path.rpartition("\\")
    return {
        "PSPath": f"{_CORE}{provider}::{path}",
        "PSParentPath": f"{_CORE}{provider}::{parent}" if parent else "",
        "PSChildName": child or path,
        "PSDrive": _drive(drive, provider, root),
        "PSProvider": _provider(provider),
    }


def text_content(text: str, notes: t.Mapping[str, t.Any], lines_read: int) -> ps.PSString:
    """A string of Get-Content."""
    made = ps.PSString(text)
    note(made, {**notes, "ReadCount": ps.PSInt64(lines_read)})
    return made


_REGISTRY_DRIVES = ("HKLM", "HKCU")  # the other hives are reached by the provider's name, and their items name no drive


def registry_values(key: Key) -> ps.PSCustomObject:
    """A key's values as Get-ItemProperty gives them."""
    made = ps.PSCustomObject()
    note(made, {value.name: registry_value(value) for value in key.values.values()})
    hive, _unused, rest = key.path.partition("\\")
    notes = provider_notes("Registry", f"{HIVES[hive]}\\{rest}".rstrip("\\"), hive, HIVES[hive])
    if hive not in _REGISTRY_DRIVES:
        del notes["PSDrive"]
    note(made, notes)
    return made


def registry_value(value: Value) -> t.Any:
    """REG_DWORD and REG_QWORD come as signed numbers."""
    data = value.data
    if value.kind == "REG_DWORD" and isinstance(data, int):
        return ps.PSInt(data - 2**32 if data >= 2**31 else data)
    if value.kind == "REG_QWORD" and isinstance(data, int):
        return ps.PSInt64(data - 2**64 if data >= 2**63 else data)
    if isinstance(data, tuple):
        array = ps.PSList(list(data))
        array.PSObject.type_names = ["System.String[]", "System.Array", "System.Object"]
        return array
    if isinstance(data, bytes):
        return ps.PSByteArray(data)
    return ps.PSString(t.cast(str, data))


def file_item(file: File) -> ps.PSObject:
    """A FileInfo of Get-Item."""
    folder, _unused, name = file.path.rpartition("\\")
    made = bag(["System.IO.FileInfo", "System.IO.FileSystemInfo", "System.MarshalByRefObject", "System.Object"], text=file.path)
    stamp = when(file.written)
    attributes = "Hidden, System, Archive" if file.hidden else "Archive"
    adapt(
        made,
        {
            "Name": name,
            "Length": ps.PSInt64(file.length),
            "DirectoryName": folder,
            "Directory": folder,
            "IsReadOnly": False,
            "Exists": True,
            "FullName": file.path,
            "Extension": f".{name.rpartition('.')[2]}" if "." in name else "",
            "CreationTime": stamp,
            "CreationTimeUtc": stamp,
            "LastAccessTime": stamp,
            "LastAccessTimeUtc": stamp,
            "LastWriteTime": stamp,
            "LastWriteTimeUtc": stamp,
            "Attributes": attributes,
        },
    )
    note(made, {**provider_notes("FileSystem", file.path, file.path[0], f"{file.path[:2]}\\"), "PSIsContainer": False})
    mode = "-a-hs" if file.hidden else "-a---"
    note(made, {"Mode": mode, "BaseName": name.rpartition(".")[0] or name, "VersionInfo": None})
    return made
