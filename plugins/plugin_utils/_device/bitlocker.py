"""BitLocker on the system drive and the other volumes. Ids of key protectors are read, never a key or a recovery password.

Source: Win32_EncryptableVolume as documented. `GetKeyProtectors` of type 3 (numerical password) returns ids and changes nothing.
`Get-BitLockerVolume` is never used: it returns the recovery password in clear.
"""

from __future__ import annotations

import typing as t

from .._remoting.command import Command, Typed
from .._remoting.reading import CimInstances, Pipe, Read, Reading
from .._remoting.values import RemoteObject
from .codes import FVE_E_NOT_ACTIVATED, explain_bitlocker
from .facts import Readings, Unreadable, expect, pick, reason

NAME = "bitlocker"
NAMESPACE = "root/cimv2/Security/MicrosoftVolumeEncryption"
VOLUMES = CimInstances("Win32_EncryptableVolume", NAMESPACE)
METHOD = "GetKeyProtectors"
NUMERICAL_PASSWORD = 3

_PROTECTION = {0: "off", 1: "on", 2: "unknown"}  # 2: a locked volume, whose protection cannot be told


def _protectors(drive: str) -> Pipe:
    volume = {"Namespace": NAMESPACE, "ClassName": VOLUMES.class_name, "Filter": f"DriveLetter='{drive}'"}
    kind = {"KeyProtectorType": Typed("U32", NUMERICAL_PASSWORD)}
    ask = Command("Invoke-CimMethod", {"MethodName": METHOD, "Arguments": kind})
    return Pipe((Command("Get-CimInstance", volume), ask), gives=f"{VOLUMES.class_name}#{METHOD}")


def reads(system_root: str) -> dict[str, Read]:
    return {"volumes": VOLUMES, "protectors": _protectors(system_root[:2])}


def parse(readings: Readings) -> dict[str, t.Any]:
    return {"volumes": _volumes(readings["volumes"]), "recovery_key_ids": _key_ids(readings["protectors"])}


def _volumes(reading: Reading) -> t.Any:
    if reading.failure:
        return reason(reading, "Win32_EncryptableVolume")
    found = [_volume(value) for value in reading.outputs if isinstance(value, RemoteObject)]
    return sorted(found, key=lambda volume: (str(volume["drive"]), str(volume["id"])))


def _volume(value: RemoteObject) -> dict[str, t.Any]:
    status = expect(value, "ProtectionStatus", int)
    known = isinstance(status, int)
    return {
        "drive": pick(value, "DriveLetter"),
        "protection": _PROTECTION.get(status, Unreadable(f"ProtectionStatus {status} has no known meaning.")) if known else status,
        "id": expect(value, "DeviceID"),
    }


def _key_ids(reading: Reading) -> t.Any:
    """Ids of the recovery passwords of the system drive, upper case without braces; none when BitLocker was never switched on."""
    what = "Key protectors of the system drive"
    results = [value for value in reading.outputs if isinstance(value, RemoteObject)]
    if reading.failure or len(results) != 1:
        return reason(reading, what)
    code = expect(results[0], "ReturnValue", int)
    if isinstance(code, Unreadable):
        return code
    if code == FVE_E_NOT_ACTIVATED:
        return []
    if code != 0:
        return Unreadable(f"{what}: {METHOD} failed with {explain_bitlocker(code)}")
    return _ids(results[0].get("VolumeKeyProtectorID"))


def _ids(given: t.Any) -> t.Any:
    ids = [] if given is None else given if isinstance(given, list) else [given]
    if not all(isinstance(each, str) and each.strip("{} ") for each in ids):
        return Unreadable("VolumeKeyProtectorID holds something else than ids.")
    return sorted(each.strip("{} ").upper() for each in ids)
