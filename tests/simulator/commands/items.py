"""Get-Item, Get-ItemProperty and Get-Content: files, registry keys and environment variables."""

from __future__ import annotations

import typing as t

from psrpcore import types as ps

from ...contract import tables
from ...contract.binding import drive_path, provider_of
from ..device import files
from ..device.registry import Registry
from ..device.registry_content import registry_of
from . import objects, wsman_drive
from .invocation import Invocation

_SOFTWARE = "HKLM:\\SOFTWARE\\"


def get_item(call: Invocation) -> None:
    for path in call.paths:
        if provider_of(path) == "WSMan" and call.device.state.endpoint.platform == "windows":
            wsman_drive.get_item(call, path)
            continue
        if not _usable(call, path, "FileSystem"):
            continue
        file = _file(call, path, "ItemExistsUnauthorizedAccessError")
        if file is None:
            continue
        if file.hidden and not call.bound.get("Force"):
            message = f"Could not find item {file.path}."
            call.fail(call.record("ItemNotFound", message, ps.PSString(file.path)))
        else:
            call.emit(objects.file_item(file))


def get_content(call: Invocation) -> None:
    for path in call.paths:
        if provider_of(path) == "Environment":
            _variable(call, path)
        elif _usable(call, path, "FileSystem"):
            _text(call, path)


def get_item_property(call: Invocation) -> None:
    registry: Registry | None = None
    for path in call.paths:
        if not _usable(call, path, "Registry"):
            continue
        if tables.load().registry_key(path) is None:
            call.device.violations.append(f"Get-ItemProperty: unknown registry key {path}")
        registry = registry or registry_of(call.device)
        _registry_path(call, registry, path)


def _registry_path(call: Invocation, registry: Registry, path: str) -> None:
    place = _view(call, path)
    wildcard = "*" in place and not call.literal
    single = registry.get(place) if not wildcard else None
    if single is None and not wildcard:
        _missing(call, path)
        return
    for key in registry.match(place) if single is None else [single]:
        if key.values:
            call.emit(objects.registry_values(key))


def _view(call: Invocation, path: str) -> str:
    """The place in the registry. 32-bit sessions see another SOFTWARE."""
    path = drive_path(path)
    if call.device.state.endpoint.bitness == 32 and path.upper().startswith(_SOFTWARE):
        return f"{_SOFTWARE}WOW6432Node\\{path[len(_SOFTWARE) :]}"
    return path


def _usable(call: Invocation, path: str, provider: str) -> bool:
    """Whether the path's drive exists; raises for a provider that this command is not known with."""
    found = provider_of(path)
    drive = path.partition(":")[0]
    on_linux = call.device.state.endpoint.platform == "linux"
    if found is None or (on_linux and found == "Registry"):
        message = f"Cannot find drive. A drive with the name '{drive}' does not exist."
        call.fail(call.record("DriveNotFound", message, ps.PSString(drive), ItemName=drive))
        return False
    if found != provider:
        raise call.refuse(f"{call.command.name}: not known for {path}")
    return True


def _file(call: Invocation, path: str, denied: str) -> files.File | None:
    """The file at a path, or None after its error was written."""
    if "*" in path and not call.literal:
        raise call.refuse(f"{call.command.name}: wildcards in file paths ({path})")
    found = None if call.device.state.endpoint.platform == "linux" else files.find(call.device, files.redirected(call.device, path))
    recovery = f"{call.device.state.os.system_root}\\System32\\Recovery"
    if not call.session.token.elevated and path.lower().startswith(recovery.lower()):
        message = f"Access to the path '{path}' is denied." if denied.startswith("GetContent") else "Access is denied"
        call.fail(call.record(denied, message, ps.PSString(path)))
        return None
    if found is None:
        _missing(call, path)
    return found


def _missing(call: Invocation, path: str) -> None:
    path = path.rpartition("::")[2]  # the provider is left out of what is said
    message = f"Cannot find path '{path}' because it does not exist."
    call.fail(call.record("PathNotFound", message, ps.PSString(path), ItemName=path, SessionStateCategory="Drive"))


def _variable(call: Invocation, path: str) -> None:
    name = path.partition(":")[2].lstrip("\\")
    known = {} if call.device.state.endpoint.platform == "linux" else files.environment(call.device, call.session.token.account)
    for spelled, text in known.items():
        if spelled.lower() == name.lower():
            call.emit(objects.text_content(text, objects.provider_notes("Environment", name, "Env", ""), 1))
            return
    if name.lower() not in {spelled.lower() for spelled in tables.load().tables["files"]["environment"]}:
        call.device.violations.append(f"{call.command.name}: unknown environment variable {name}")
    _missing(call, f"Env:\\{name}")


def _text(call: Invocation, path: str) -> None:
    file = _file(call, path, "GetContentReaderUnauthorizedAccessError")
    if file is None:
        return
    if file.text is None:
        raise call.refuse(f"Get-Content: the content of {path} is not modeled")
    text = file.text if call.bound.get("Encoding") == "UTF8" else file.text.encode().decode("cp1252", errors="replace")
    if call.bound.get("Raw"):
        call.emit(objects.text_content(text, _file_notes(file), 1))
        return
    for number, line in enumerate(text.splitlines(), 1):
        call.emit(objects.text_content(line, _file_notes(file), number))


def _file_notes(file: files.File) -> t.Mapping[str, t.Any]:
    return objects.provider_notes("FileSystem", file.path, file.path[0], f"{file.path[:2]}\\")
