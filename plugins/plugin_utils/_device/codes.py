"""Windows codes in words: name, meaning for us, next step. Sources and grades stand in the contract tables."""

from __future__ import annotations

import dataclasses
import typing as t


@dataclasses.dataclass(frozen=True, slots=True)
class Code:
    """One explained code. `number` is the unsigned value; `name` is Windows' own, or None when it is not known here."""

    number: int
    name: str | None
    meaning: str
    next_step: str

    def __str__(self) -> str:
        return f"code 0x{self.number:x}, {self.name or 'unknown'}: {self.meaning} {self.next_step}".strip()


# reagentc prints these in hexadecimal, without 0x.
_REAGENTC: t.Mapping[int, tuple[str, str, str]] = {
    0x2: (
        "ERROR_FILE_NOT_FOUND",
        "the WinRE image (winre.wim) was not found, or no partition can take it (none fits, and BitLocker protects the Windows volume).",
        "Put a winre.wim that matches the Windows version into System32\\Recovery, then enable again; a recovery partition has to exist.",
    ),
    0x3: (
        "ERROR_PATH_NOT_FOUND",
        "the recorded WinRE folder no longer exists, usually after partitions changed.",
        "Run 'reagentc /disable' and then '/enable' so that Windows records the place anew.",
    ),
    0x5: (
        "ERROR_ACCESS_DENIED",
        "reagentc did not run with administrator rights.",
        "Connect with an administrator whose token is not filtered.",
    ),
    0x32: (
        "ERROR_NOT_SUPPORTED",
        "what was asked needs WinRE, and it is off.",
        "Enable WinRE first.",
    ),
    0x57: (
        "ERROR_INVALID_PARAMETER",
        "reagentc did not accept its arguments or its configuration.",
        "Compare ReAgent.xml with the partitions of the device.",
    ),
    0x70: (
        "ERROR_DISK_FULL",
        "the recovery partition is too small for the WinRE image.",
        "Enlarge the recovery partition (Microsoft asks for 250 MB free after the image), then enable again.",
    ),
    0xB7: (
        "ERROR_ALREADY_EXISTS",
        "a boot entry for WinRE already exists and does not match: boot configuration and ReAgent.xml disagree.",
        "Remove the stale recovery entry from the boot configuration at the device, then enable again.",
    ),
    0x4C7: (
        "ERROR_CANCELLED",
        "Windows is in audit mode or its setup is not finished, where WinRE cannot be changed.",
        "Finish the setup of Windows first.",
    ),
    0x80070005: (
        "E_ACCESSDENIED",
        "the recovery partition cannot be reached or its permissions keep reagentc out.",
        "Check the permissions of the Recovery folder on the recovery partition.",
    ),
    0x80070032: (
        "HRESULT of ERROR_NOT_SUPPORTED",
        "what was asked needs WinRE, and it is off.",
        "Enable WinRE first.",
    ),
}


def explain_reagentc(number: int) -> Code:
    """Explain a number from reagentc's text (read as hexadecimal) or its exit code."""
    number &= 0xFFFFFFFF
    known = _REAGENTC.get(number)
    if known is None:
        return Code(number, None, "this code of reagentc is not known here.", "See %windir%\\Logs\\ReAgent\\ReAgent.log on the device.")
    return Code(number, *known)


FVE_E_NOT_ACTIVATED = 0x80310008

# Return values of Win32_EncryptableVolume's methods.
_BITLOCKER: t.Mapping[int, tuple[str, str, str]] = {
    0x80310000: ("FVE_E_LOCKED_VOLUME", "BitLocker has locked the volume.", "Unlock it at the device with its recovery key."),
    FVE_E_NOT_ACTIVATED: ("FVE_E_NOT_ACTIVATED", "BitLocker was never switched on for the volume.", "Nothing has to be done."),
    0x80070057: ("E_INVALIDARG", "BitLocker does not know this kind of key protector.", "Report it: the question was wrong."),
}


def explain_bitlocker(number: int) -> Code:
    """Explain the return value of a BitLocker method."""
    number &= 0xFFFFFFFF
    known = _BITLOCKER.get(number)
    if known is None:
        return Code(number, None, "this code of BitLocker is not known here.", "Run 'manage-bde -status' at the device and compare.")
    return Code(number, *known)
