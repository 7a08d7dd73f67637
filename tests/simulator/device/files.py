"""Files and environment variables of a device, derived from its state."""

from __future__ import annotations

import dataclasses
import datetime

from . import wifi
from .device import Device
from .storage import MIB
from .winre import reagent_xml


@dataclasses.dataclass(frozen=True, slots=True)
class File:
    """A file. `text` None: its content is not modeled. `administrators_only`: other accounts may not even look."""

    path: str
    length: int
    text: str | None = None
    hidden: bool = False
    administrators_only: bool = True
    written: datetime.datetime = datetime.datetime(2025, 5, 28, 9, 30, tzinfo=datetime.UTC)


def find(device: Device, path: str) -> File | None:
    """The file at an absolute path, without regard to case."""
    wanted = path.replace("/", "\\").rstrip("\\").lower()
    return next((file for file in _files(device) if file.path.lower() == wanted), None)


def below(device: Device, folder: str) -> list[File]:
    """The files in a folder and in those below it."""
    inside = folder.rstrip("\\").lower() + "\\"
    return [file for file in _files(device) if file.path.lower().startswith(inside)]


def has_folder(device: Device, path: str) -> bool:
    wanted = path.rstrip("\\").lower()
    return wanted in {folder.lower() for folder in _folders(device)} or bool(below(device, path))


def _folders(device: Device) -> list[str]:
    """Folders that may be empty."""
    drive, recovery = device.state.os.system_root[:2], device.state.recovery
    return [
        *([f"{drive}\\{wifi.FOLDER}"] if device.state.wifi is not None else []),
        *([f"{drive}\\Recovery\\Customizations"] if recovery.customizations is not None else []),
        *([f"{drive}\\Recovery\\AutoApply"] if recovery.auto_apply is not None else []),
    ]


def _settings_files(device: Device) -> list[File]:
    drive, recovery = device.state.os.system_root[:2], device.state.recovery
    profiles = [(profile.path(device.name, drive), profile.xml()) for profile in device.state.wifi or ()]
    return [
        *(File(path, len(text.encode()), text) for path, text in profiles),
        *(File(f"{drive}\\Recovery\\Customizations\\{name}", 48_128, hidden=True) for name in recovery.customizations or ()),
        *(File(f"{drive}\\Recovery\\AutoApply\\{name}", 2_048) for name in recovery.auto_apply or ()),
    ]


def _files(device: Device) -> list[File]:
    winre = device.state.winre
    recovery = f"{device.state.os.system_root}\\System32\\Recovery"
    files = _settings_files(device)
    text = reagent_xml(winre, device.state.storage, device.name)
    if text is not None:
        files.append(File(f"{recovery}\\ReAgent.xml", len(text.encode()), text))
    image = winre.image_mib * MIB
    if winre.image == "staged":
        files.append(File(f"{recovery}\\Winre.wim", image, hidden=True))
    if winre.image == "windows":
        files.append(File(f"{device.state.os.system_root[:2]}\\Recovery\\WindowsRE\\Winre.wim", image, hidden=True))
    return files


def environment(device: Device, account: str) -> dict[str, str]:
    """Environment variables of an account's session. Accounts are local ones, whose domain is the computer."""
    system = device.state.os
    return {
        "SystemRoot": system.system_root,
        "USERNAME": account,
        "USERDOMAIN": device.state.computer_name,
        "PROCESSOR_ARCHITECTURE": "x86" if device.state.endpoint.bitness == 32 else system.architecture,
    }


def redirected(device: Device, path: str) -> str:
    """The path that a process of the endpoint's bitness really opens: 32-bit ones get SysWOW64 for System32."""
    system = f"{device.state.os.system_root}\\System32"
    if device.state.endpoint.bitness == 32 and path.lower().startswith(f"{system}\\".lower()):
        return f"{device.state.os.system_root}\\SysWOW64{path[len(system) :]}"
    return path
