"""Local administrators and what their rights are worth over the network.

Unless `LocalAccountTokenFilterPolicy` is 1, a local administrator signs in over the network with a filtered token and is no
administrator there. The built-in one (RID 500) is the exception, unless `FilterAdministratorToken` is 1. Accounts of a domain are never
filtered. Members are read by the group's SID: its name is translated. Entra accounts are no Win32_UserAccount and do not show.

Source: Microsoft Learn, User Account Control and remote restrictions; User Account Control settings.
"""

from __future__ import annotations

import typing as t

from .._remoting.command import Command
from .._remoting.reading import Pipe, Read, Reading, RegistryKey
from .._remoting.values import RemoteObject
from .facts import Readings, Unreadable, expect, reason, registry_dword, registry_values

NAME = "administrators"
POLICIES = RegistryKey("HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System")
ACCOUNT = "Win32_UserAccount"
GROUP = "SID='S-1-5-32-544'"
MEMBERS = Pipe(
    (
        Command("Get-CimInstance", {"ClassName": "Win32_Group", "Filter": f"LocalAccount=True and {GROUP}"}),
        Command("Get-CimAssociatedInstance", {"ResultClassName": ACCOUNT}),
    ),
    gives=ACCOUNT,
)
BUILT_IN = "-500"


def reads(_system_root: str) -> dict[str, Read]:
    return {"policies": POLICIES, "members": MEMBERS}


def parse(readings: Readings) -> dict[str, t.Any]:
    policies = registry_values(readings["policies"], "Local account policies in the registry")
    keeps = registry_dword(policies, "LocalAccountTokenFilterPolicy")
    filtering = keeps if isinstance(keeps, Unreadable) else keeps != 1
    built_in = registry_dword(policies, "FilterAdministratorToken")
    return {
        "token_filtering": filtering,
        "accounts": _accounts(readings["members"], filtering, built_in if isinstance(built_in, Unreadable) else built_in == 1),
    }


def _accounts(reading: Reading, filtering: t.Any, built_in_too: t.Any) -> t.Any:
    if reading.failure:
        return reason(reading, "Members of the administrators' group")
    members = [_member(value, filtering, built_in_too) for value in reading.outputs if isinstance(value, RemoteObject)]
    if not members and not reading.errors:
        # The built-in Administrator cannot leave the group.
        return Unreadable("Members of the administrators' group: the device named none, which cannot be.")
    return sorted(members, key=lambda one: str(one["sid"]))


def _member(value: RemoteObject, filtering: t.Any, built_in_too: t.Any) -> dict[str, t.Any]:
    sid, local = expect(value, "SID"), expect(value, "LocalAccount", bool)
    built_in = sid if isinstance(sid, Unreadable) else local is True and sid.endswith(BUILT_IN)
    return {
        "name": expect(value, "Name"),
        "domain": expect(value, "Domain"),
        "sid": sid,
        "local": local,
        "built_in": built_in,
        "disabled": expect(value, "Disabled", bool),
        "remote_rights": _rights(local, built_in, filtering, built_in_too),
    }


def _rights(local: t.Any, built_in: t.Any, filtering: t.Any, built_in_too: t.Any) -> t.Any:
    if local is False:
        return "full"
    for fact in (local, built_in, filtering, *([built_in_too] if built_in is True else [])):
        if isinstance(fact, Unreadable):
            return fact
    return "filtered" if filtering and (not built_in or built_in_too) else "full"
