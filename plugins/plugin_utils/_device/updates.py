"""Updates that matter to a reset: known ones that break it, and whether their repair is installed (Win32_QuickFixEngineering).

The cumulative updates of 12 August 2025 make reset, cloud recovery and the RemoteWipe CSP roll back on Windows 10 and on Windows 11 22H2
and 23H2; out-of-band updates of 19 August repair that.
"""

from __future__ import annotations

import typing as t

from .._remoting.reading import CimInstances, Read
from .._remoting.values import RemoteObject
from .facts import Readings, pick, reason

NAME = "updates"
INSTALLED = CimInstances("Win32_QuickFixEngineering")

# What breaks a reset -> what repairs it.
REPAIRS: t.Mapping[str, str] = {"KB5063875": "KB5066189", "KB5063709": "KB5066188", "KB5063877": "KB5066187"}


def reads(_system_root: str) -> dict[str, Read]:
    return {"installed": INSTALLED}


def parse(readings: Readings) -> dict[str, t.Any]:
    reading = readings["installed"]
    if reading.failure:
        why = reason(reading, "Win32_QuickFixEngineering")
        return {"installed": why, "breaking_reset": why}
    names = {pick(value, "HotFixID") for value in reading.outputs if isinstance(value, RemoteObject)}
    installed = sorted(name.upper() for name in names if isinstance(name, str))
    breaking = [{"update": bad, "repaired_by": repair} for bad, repair in REPAIRS.items() if bad in installed and repair not in installed]
    return {"installed": installed, "breaking_reset": breaking}
