"""Local administrators and what their rights are worth over the network.

Unless `LocalAccountTokenFilterPolicy` is 1, a local administrator other than the built-in one (RID 500) signs in over the network with
a filtered token, and is no administrator there. Members are read by the group's SID: its name is translated.
"""

from __future__ import annotations

import typing as t

from .._remoting.command import Command
from .._remoting.reading import Pipe, Read, RegistryKey
from .._remoting.values import RemoteObject
from .facts import Readings, Unreadable, pick, reason, registry_dword, registry_values

NAME = "administrators"
POLICIES = RegistryKey("HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System")
MEMBERS = Pipe(
    (
        Command("Get-CimInstance", {"ClassName": "Win32_Group", "Filter": "LocalAccount=True and SID='S-1-5-32-544'"}),
        Command("Get-CimAssociatedInstance", {"ResultClassName": "Win32_UserAccount"}),
    )
)
BUILT_IN = "-500"


def reads(_system_root: str) -> dict[str, Read]:
    return {"policies": POLICIES, "members": MEMBERS}


def parse(readings: Readings) -> dict[str, t.Any]:
    policies = registry_values(readings["policies"], "Local account policies in the registry")
    policy = registry_dword(policies, "LocalAccountTokenFilterPolicy")
    filtered = policy if isinstance(policy, Unreadable) else policy != 1
    reading = readings["members"]
    members: t.Any = [_member(value, filtered) for value in reading.outputs if isinstance(value, RemoteObject)]
    return {
        "token_filtering": filtered,
        "local": reason(reading, "Members of the administrators' group")
        if reading.failure
        else sorted(members, key=lambda one: str(one["sid"])),
    }


def _member(value: RemoteObject, filtered: t.Any) -> dict[str, t.Any]:
    sid, disabled = pick(value, "SID"), pick(value, "Disabled", bool)
    built_in = isinstance(sid, str) and sid.endswith(BUILT_IN)
    return {
        "name": pick(value, "Name"),
        "sid": sid,
        "built_in": built_in,
        "disabled": disabled,
        "remote_rights": filtered
        if isinstance(filtered, Unreadable) and not built_in
        else "filtered"
        if filtered and not built_in
        else "full",
    }
