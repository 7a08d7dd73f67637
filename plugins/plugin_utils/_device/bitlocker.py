"""BitLocker on the system drive and the other volumes. Ids of key protectors are read, never a key or a recovery password.

Source: Win32_EncryptableVolume as documented. `GetKeyProtectors` of type 3 (numerical password) returns ids. `Get-BitLockerVolume` is
never used: it returns the recovery password in clear.
"""

from __future__ import annotations

import typing as t

from .._remoting.command import Command, Typed
from .._remoting.reading import CimInstances, Pipe, Read
from .._remoting.values import RemoteObject
from .facts import Readings, pick, reason

NAME = "bitlocker"
NAMESPACE = "root/cimv2/Security/MicrosoftVolumeEncryption"
VOLUMES = CimInstances("Win32_EncryptableVolume", NAMESPACE)
NUMERICAL_PASSWORD = 3

_PROTECTION = {0: "off", 1: "on", 2: "unknown"}  # 2: a locked volume, whose protection cannot be told


def _protectors(drive: str) -> Pipe:
    return Pipe(
        (
            Command("Get-CimInstance", {"Namespace": NAMESPACE, "ClassName": VOLUMES.class_name, "Filter": f"DriveLetter='{drive}'"}),
            Command(
                "Invoke-CimMethod", {"MethodName": "GetKeyProtectors", "Arguments": {"KeyProtectorType": Typed("U32", NUMERICAL_PASSWORD)}}
            ),
        )
    )


def reads(system_root: str) -> dict[str, Read]:
    return {"volumes": VOLUMES, "protectors": _protectors(system_root[:2])}


def parse(readings: Readings) -> dict[str, t.Any]:
    reading = readings["volumes"]
    volumes: t.Any = [_volume(value) for value in reading.outputs if isinstance(value, RemoteObject)]
    return {
        "volumes": reason(reading, "Win32_EncryptableVolume")
        if reading.failure
        else sorted(volumes, key=lambda volume: str(volume["drive"])),
        "recovery_key_ids": _key_ids(readings),
    }


def _volume(value: RemoteObject) -> dict[str, t.Any]:
    status = pick(value, "ProtectionStatus", int)
    return {
        "drive": pick(value, "DriveLetter"),
        "protection": _PROTECTION.get(status, status) if isinstance(status, int) else status,
        "id": pick(value, "DeviceID"),
    }


def _key_ids(readings: Readings) -> t.Any:
    """Ids of the recovery passwords of the system drive, upper case without braces."""
    reading = readings["protectors"]
    if reading.failure:
        return reason(reading, "Key protectors of the system drive")
    found = []
    for value in reading.outputs:
        ids = value.get("VolumeKeyProtectorID") if isinstance(value, RemoteObject) else None
        found += [str(each).strip("{}").upper() for each in (ids if isinstance(ids, list) else [ids]) if each]
    return sorted(found)
