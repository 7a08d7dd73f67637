"""Files and environment variables of a device, derived from its state."""

from __future__ import annotations

import dataclasses
import datetime

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


def _files(device: Device) -> list[File]:
    winre = device.state.winre
    recovery = f"{device.state.os.system_root}\\System32\\Recovery"
    files = []
    text = reagent_xml(winre, device.state.storage, device.name)
    if text is not None:
        files.append(File(f"{recovery}\\ReAgent.xml", len(text.encode()), text))
    image = winre.image_mib * MIB
    if winre.image == "staged":
        files.append(File(f"{recovery}\\Winre.wim", image, hidden=True))
    if winre.image == "windows":
        files.append(File(f"{device.state.os.system_root[:2]}\\Recovery\\WindowsRE\\Winre.wim", image, hidden=True))
    return files


def environment(device: Device) -> dict[str, str]:
    """Environment variables of a session."""
    system = device.state.os
    return {
        "SystemRoot": system.system_root,
        "PROCESSOR_ARCHITECTURE": "x86" if device.state.endpoint.bitness == 32 else system.architecture,
    }


def redirected(device: Device, path: str) -> str:
    """The path that a process of the endpoint's bitness really opens: 32-bit ones get SysWOW64 for System32."""
    system = f"{device.state.os.system_root}\\System32"
    if device.state.endpoint.bitness == 32 and path.lower().startswith(f"{system}\\".lower()):
        return f"{device.state.os.system_root}\\SysWOW64{path[len(system) :]}"
    return path
