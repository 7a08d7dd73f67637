"""Where the power comes from (Win32_Battery, as documented). No instance means no battery: a desktop or a virtual machine."""

from __future__ import annotations

import typing as t

from .._remoting.reading import CimInstances, Read
from .._remoting.values import RemoteObject
from .facts import Readings, Unreadable, expect, reason

NAME = "power"
BATTERY = CimInstances("Win32_Battery")

# BatteryStatus: 2 and 6 to 9 on mains, 3 fully charged, 1 discharging, 4 low, 5 critical; 10 and 11 tell neither.
_ON_MAINS = {2: True, 3: True, 6: True, 7: True, 8: True, 9: True, 1: False, 4: False, 5: False}


def reads(_system_root: str) -> dict[str, Read]:
    return {"battery": BATTERY}


def parse(readings: Readings) -> dict[str, t.Any]:
    """With several batteries: on mains when all are, and the lowest charge."""
    reading = readings["battery"]
    if reading.failure:
        why = reason(reading, "Win32_Battery")
        return {"battery": why, "on_mains": why, "charge_percent": why}
    batteries = [value for value in reading.outputs if isinstance(value, RemoteObject)]
    if not batteries:
        return {"battery": False, "on_mains": True, "charge_percent": None}
    return {
        "battery": True,
        "on_mains": _all([_mains(expect(battery, "BatteryStatus", int)) for battery in batteries]),
        "charge_percent": _lowest([expect(battery, "EstimatedChargeRemaining", int) for battery in batteries]),
    }


def _mains(status: t.Any) -> bool | Unreadable:
    if isinstance(status, Unreadable):
        return status
    return _ON_MAINS.get(status, Unreadable(f"BatteryStatus {status} tells neither mains nor battery."))


def _all(mains: t.Collection[bool | Unreadable]) -> bool | Unreadable:
    if False in mains:
        return False
    return next((each for each in mains if isinstance(each, Unreadable)), True)


def _lowest(charges: t.Collection[t.Any]) -> t.Any:
    return next((each for each in charges if isinstance(each, Unreadable)), None) or min(charges)
