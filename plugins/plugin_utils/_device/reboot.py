"""Whether Windows waits for a restart: the existence of two keys, and renames that are due at the next start.

Source: scripts that test these three places before they work on a device.
"""

from __future__ import annotations

import typing as t

from .._remoting.reading import Read, Reading, RegistryKey
from .facts import Readings, Unreadable, pick, reason, single

NAME = "pending_reboot"
SERVICING = RegistryKey("HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\RebootPending")
WINDOWS_UPDATE = RegistryKey("HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\RebootRequired")
SESSION_MANAGER = RegistryKey("HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Session Manager")


def reads(_system_root: str) -> dict[str, Read]:
    return {"servicing": SERVICING, "windows_update": WINDOWS_UPDATE, "session_manager": SESSION_MANAGER}


def parse(readings: Readings) -> dict[str, t.Any]:
    """`pending` follows servicing and Windows Update; file renames are told apart, since many programs leave some."""
    servicing = _exists(readings["servicing"], "Component Based Servicing in the registry")
    update = _exists(readings["windows_update"], "Windows Update in the registry")
    # This key is there on every Windows.
    renames = pick(single(readings["session_manager"], "Session Manager in the registry"), "PendingFileRenameOperations", list)
    return {
        "pending": _either(servicing, update),
        "servicing": servicing,
        "windows_update": update,
        "file_renames": renames if isinstance(renames, Unreadable) else bool(renames),
    }


def _exists(reading: Reading, what: str) -> bool | Unreadable:
    # A key without values answers nothing at all, a missing one answers with an error.
    return reason(reading, what) if reading.failure else not reading.missing


def _either(one: bool | Unreadable, other: bool | Unreadable) -> bool | Unreadable:
    if one is True or other is True:
        return True
    return next((each for each in (one, other) if isinstance(each, Unreadable)), False)
