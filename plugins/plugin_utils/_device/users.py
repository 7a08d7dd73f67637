"""Who is signed in: the console user (Win32_ComputerSystem) and profiles in use (Win32_UserProfile), both as documented."""

from __future__ import annotations

import typing as t

from .._remoting.reading import CimInstances, Read
from .._remoting.values import RemoteObject
from .facts import Readings, expect, pick, reason, single
from .os import COMPUTER_SYSTEM

NAME = "users"
# Named properties only: the others tell folder by folder what users keep where, which nobody asked for.
PROFILES = CimInstances("Win32_UserProfile", filter="Special=False", properties=("SID", "LocalPath", "Loaded"))


def reads(_system_root: str) -> dict[str, Read]:
    return {"computer": COMPUTER_SYSTEM, "profiles": PROFILES}


def parse(readings: Readings) -> dict[str, t.Any]:
    """`console_user` is None when nobody is signed in at the device itself (a remote desktop user is not named there)."""
    return {
        "console_user": pick(single(readings["computer"], "Win32_ComputerSystem"), "UserName"),
        "profiles": _profiles(readings),
    }


def _profiles(readings: Readings) -> t.Any:
    reading = readings["profiles"]
    if reading.failure:
        return reason(reading, "Win32_UserProfile")
    found = [_profile(value) for value in reading.outputs if isinstance(value, RemoteObject)]
    return sorted(found, key=lambda profile: str(profile["sid"]))


def _profile(value: RemoteObject) -> dict[str, t.Any]:
    return {"sid": expect(value, "SID"), "path": pick(value, "LocalPath"), "in_use": expect(value, "Loaded", bool)}
