"""The operating system: edition, build, installation.

Source of the registry values: `HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion` as dumped from real devices; `ProductName` still
says Windows 10 on Windows 11, so the build decides.
"""

from __future__ import annotations

import typing as t

from .._remoting.reading import CimInstances, Environment, Read, RegistryKey
from .._remoting.values import text_of
from .facts import Readings, Unreadable, expect, pick, reason, registry_dword, registry_values, single, unix_time, utc_time

NAME = "os"
CURRENT_VERSION = RegistryKey("HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion")
CRYPTOGRAPHY = RegistryKey("HKLM:\\SOFTWARE\\Microsoft\\Cryptography")
COMPUTER_SYSTEM = CimInstances("Win32_ComputerSystem")
OPERATING_SYSTEM = CimInstances("Win32_OperatingSystem")
SYSTEM_ROOT = Environment("SystemRoot")
ARCHITECTURE = Environment("PROCESSOR_ARCHITECTURE")

WINDOWS_11 = 22000  # first build that is Windows 11


def reads(_system_root: str) -> dict[str, Read]:
    return {
        "version": CURRENT_VERSION,
        "cryptography": CRYPTOGRAPHY,
        "computer": COMPUTER_SYSTEM,
        "system": OPERATING_SYSTEM,
        "system_root": SYSTEM_ROOT,
        "architecture": ARCHITECTURE,
    }


def _number(build: t.Any) -> t.Any:
    if not isinstance(build, str):
        return build
    return int(build) if build.isascii() and build.isdecimal() else Unreadable(f"CurrentBuildNumber is {build!r}, which is no number.")


def parse(readings: Readings) -> dict[str, t.Any]:
    version = registry_values(readings["version"], "Windows version in the registry")
    build = pick(version, "CurrentBuildNumber")
    number = _number(build)
    revision = registry_dword(version, "UBR")
    windows = ("11" if number >= WINDOWS_11 else "10") if isinstance(number, int) else number
    return {
        "computer_name": pick(single(readings["computer"], "Win32_ComputerSystem"), "Name"),
        "windows": windows,
        "product_name": pick(version, "ProductName"),
        "edition": pick(version, "EditionID"),
        "version": pick(version, "DisplayVersion") or pick(version, "ReleaseId"),
        "build": number,
        "revision": revision,
        "installation_type": pick(version, "InstallationType"),
        "installed": unix_time(registry_dword(version, "InstallDate")),
        "started": utc_time(expect(single(readings["system"], "Win32_OperatingSystem"), "LastBootUpTime")),
        "machine_guid": pick(registry_values(readings["cryptography"], "Machine GUID in the registry"), "MachineGuid"),
        "system_root": text_of(readings["system_root"].first) or reason(readings["system_root"], "SystemRoot"),
        "architecture": text_of(readings["architecture"].first) or reason(readings["architecture"], "PROCESSOR_ARCHITECTURE"),
    }
