"""Updates that matter to a reset: a known one that breaks it, and the updates that Windows lists (Win32_QuickFixEngineering).

The cumulative updates of 12 August 2025 make reset, cloud recovery and the RemoteWipe CSP roll back on Windows 10 and on Windows 11 22H2
and 23H2; out-of-band updates of 19 August repair that, and so does every later one. Windows lists superseded updates or not, so that the
build revision decides. Sources: Windows release health as quoted by news sites, and Windows release history.
"""

from __future__ import annotations

import dataclasses
import typing as t

from .._remoting.reading import CimInstances, Read
from .._remoting.values import RemoteObject
from .facts import Readings, Unreadable, expect, reason, registry_dword, registry_values
from .os import CURRENT_VERSION

NAME = "updates"
INSTALLED = CimInstances("Win32_QuickFixEngineering")


@dataclasses.dataclass(frozen=True, slots=True)
class Regression:
    """An update that breaks the reset, from build revision `first` on, until `repaired` by another."""

    update: str
    first: int
    repaired_by: str
    repaired: int


_WINDOWS_11 = Regression("KB5063875", 5768, "KB5066189", 5771)
_WINDOWS_10 = Regression("KB5063709", 6216, "KB5066188", 6218)
REGRESSIONS: t.Mapping[str, Regression] = {
    "22631": _WINDOWS_11,
    "22621": _WINDOWS_11,
    "19045": _WINDOWS_10,
    "19044": _WINDOWS_10,
    "17763": Regression("KB5063877", 7678, "KB5066187", 7683),
}


def reads(_system_root: str) -> dict[str, Read]:
    return {"installed": INSTALLED, "version": CURRENT_VERSION}


def parse(readings: Readings) -> dict[str, t.Any]:
    """`breaking_reset` is None when no update is known to break the reset of this build."""
    version = registry_values(readings["version"], "Windows version in the registry")
    return {
        "installed": _installed(readings),
        "breaking_reset": _breaking(expect(version, "CurrentBuildNumber"), registry_dword(version, "UBR")),
    }


def _installed(readings: Readings) -> t.Any:
    reading = readings["installed"]
    if reading.failure:
        return reason(reading, "Win32_QuickFixEngineering")
    names = [expect(value, "HotFixID") for value in reading.outputs if isinstance(value, RemoteObject)]
    lost = next((name for name in names if isinstance(name, Unreadable)), None)
    return lost or sorted({name.upper() for name in names})


def _breaking(build: t.Any, revision: t.Any) -> t.Any:
    if isinstance(build, Unreadable):
        return build
    known = REGRESSIONS.get(build)
    if known is None:
        return None
    if not isinstance(revision, int):
        return revision or Unreadable("UBR is missing.")
    found = known.first <= revision < known.repaired
    return {"kb": known.update, "repaired_by": known.repaired_by} if found else None
