"""What the device is: serial number, SMBIOS UUID, maker and model (Win32_BIOS, Win32_ComputerSystemProduct, Win32_ComputerSystem)."""

from __future__ import annotations

import typing as t

from .._remoting.reading import CimInstances, Read
from .facts import Readings, pick, single
from .os import COMPUTER_SYSTEM

NAME = "firmware"
BIOS = CimInstances("Win32_BIOS")
PRODUCT = CimInstances("Win32_ComputerSystemProduct")


def reads(_system_root: str) -> dict[str, Read]:
    return {"bios": BIOS, "product": PRODUCT, "computer": COMPUTER_SYSTEM}


def parse(readings: Readings) -> dict[str, t.Any]:
    bios = single(readings["bios"], "Win32_BIOS")
    computer = single(readings["computer"], "Win32_ComputerSystem")
    uuid = pick(single(readings["product"], "Win32_ComputerSystemProduct"), "UUID")
    return {
        "serial_number": pick(bios, "SerialNumber"),
        "uuid": uuid.upper() if isinstance(uuid, str) else uuid,
        "manufacturer": pick(computer, "Manufacturer"),
        "model": pick(computer, "Model"),
        "bios_version": pick(bios, "SMBIOSBIOSVersion"),
    }
