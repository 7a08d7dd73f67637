"""Who is signed in: the console user (Win32_ComputerSystem) and profiles in use (Win32_UserProfile)."""

from __future__ import annotations

import typing as t

from .._remoting.reading import CimInstances, Read
from .._remoting.values import RemoteObject
from .facts import Readings, pick, reason, single
from .os import COMPUTER_SYSTEM

NAME = "users"
PROFILES = CimInstances("Win32_UserProfile", filter="Special=False")


def reads(_system_root: str) -> dict[str, Read]:
    return {"computer": COMPUTER_SYSTEM, "profiles": PROFILES}


def parse(readings: Readings) -> dict[str, t.Any]:
    """`console_user` is None when nobody is signed in at the device itself (a remote desktop user is not named there)."""
    reading = readings["profiles"]
    profiles: t.Any = [_profile(value) for value in reading.outputs if isinstance(value, RemoteObject)]
    return {
        "console_user": pick(single(readings["computer"], "Win32_ComputerSystem"), "UserName"),
        "profiles": reason(reading, "Win32_UserProfile") if reading.failure else sorted(profiles, key=lambda profile: str(profile["sid"])),
    }


def _profile(value: RemoteObject) -> dict[str, t.Any]:
    return {"sid": pick(value, "SID"), "path": pick(value, "LocalPath"), "in_use": pick(value, "Loaded", bool)}
