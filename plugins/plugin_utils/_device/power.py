"""Where the power comes from (Win32_Battery). No instance means no battery: a desktop or a virtual machine."""

from __future__ import annotations

import typing as t

from .._remoting.reading import CimInstances, Read
from .._remoting.values import RemoteObject
from .facts import Readings, Unreadable, pick, reason

NAME = "power"
BATTERY = CimInstances("Win32_Battery")

# Win32_Battery.BatteryStatus: 2 and 6 to 9 on mains, 3 fully charged, 1 discharging, 4 low, 5 critical; 11 says neither.
_ON_MAINS = {2: True, 3: True, 6: True, 7: True, 8: True, 9: True, 1: False, 4: False, 5: False}


def reads(_system_root: str) -> dict[str, Read]:
    return {"battery": BATTERY}


def parse(readings: Readings) -> dict[str, t.Any]:
    reading = readings["battery"]
    if reading.failure:
        why = reason(reading, "Win32_Battery")
        return {"battery": why, "on_mains": why, "charge_percent": why}
    batteries = [value for value in reading.outputs if isinstance(value, RemoteObject)]
    if not batteries:
        return {"battery": False, "on_mains": True, "charge_percent": None}
    mains = [_mains(pick(battery, "BatteryStatus", int)) for battery in batteries]
    charges = [pick(battery, "EstimatedChargeRemaining", int) for battery in batteries]
    return {
        "battery": True,
        "on_mains": next((each for each in mains if isinstance(each, Unreadable)), all(mains)),
        "charge_percent": min((charge for charge in charges if isinstance(charge, int)), default=None),
    }


def _mains(status: t.Any) -> bool | Unreadable:
    if isinstance(status, Unreadable):
        return status
    return _ON_MAINS.get(status, Unreadable(f"BatteryStatus {status} tells neither mains nor battery."))
