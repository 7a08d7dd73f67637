"""The policy `CredentialProviders/DisableAutomaticReDeploymentCredentials`: whether the lock screen offers Autopilot Reset.

0 offers it, 1 hides it, and 1 is the default when nothing sets it (Policy CSP). What counts is PolicyManager's `current` branch, where
the winning provider's value ends up; each provider's own value stands under `providers`.
"""

from __future__ import annotations

import typing as t

from .._remoting.reading import Read, Reading, RegistryKey, RegistryKeys
from .._remoting.values import RemoteObject
from .facts import Readings, Unreadable, pick, reason, registry_dword, registry_values

NAME = "reset_policy"
POLICY = "DisableAutomaticReDeploymentCredentials"
CURRENT = RegistryKey("HKLM:\\SOFTWARE\\Microsoft\\PolicyManager\\current\\device\\CredentialProviders")
PROVIDERS = RegistryKeys("HKLM:\\SOFTWARE\\Microsoft\\PolicyManager\\providers\\*\\default\\Device\\CredentialProviders")
ENROLLMENTS = RegistryKeys("HKLM:\\SOFTWARE\\Microsoft\\Enrollments\\*")

_STATES = {0: "allowed", 1: "blocked"}


def reads(_system_root: str) -> dict[str, Read]:
    return {"current": CURRENT, "providers": PROVIDERS, "enrollments": ENROLLMENTS}


def parse(readings: Readings) -> dict[str, t.Any]:
    current = registry_values(readings["current"], "Reset policy in the registry")
    value = registry_dword(current, POLICY)
    state = _state(value)
    names = _Names(readings["enrollments"])
    winner = pick(current, f"{POLICY}_WinningProvider")
    return {
        "state": state,
        "effective": "blocked" if state == "not_configured" else state,
        "value": value,
        "winning_provider": names.provider(winner) if isinstance(winner, str) else winner,
        "providers": _providers(readings, names),
    }


def _state(value: t.Any) -> t.Any:
    if isinstance(value, Unreadable):
        return value
    if value is None:
        return "not_configured"
    return _STATES.get(value, Unreadable(f"{POLICY} is {value!r}; only 0 and 1 have a meaning."))


class _Names:
    """ProviderID by enrollment GUID (upper case without braces)."""

    def __init__(self, enrollments: Reading) -> None:
        self._unknown = reason(enrollments, "Enrollments in the registry") if enrollments.failure else None
        self._names: dict[str, str] = {}
        for entry in enrollments.outputs:
            name = pick(entry, "ProviderID") if isinstance(entry, RemoteObject) else None
            if isinstance(name, str) and entry.path:
                self._names[_guid(entry.path.rpartition("\\")[2])] = name

    def provider(self, guid: str) -> dict[str, t.Any]:
        return {"id": _guid(guid), "name": self._names.get(_guid(guid), self._unknown)}


def _providers(readings: Readings, names: _Names) -> t.Any:
    reading = readings["providers"]
    if reading.failure:
        return reason(reading, "Policy providers in the registry")
    found = []
    for entry in reading.outputs:
        if not isinstance(entry, RemoteObject) or not entry.path:
            continue
        value = registry_dword(entry, POLICY)
        if value is not None:
            guid = entry.path.lower().split("\\providers\\", 1)[-1].split("\\", 1)[0]
            found.append({**names.provider(guid), "value": value})
    return sorted(found, key=lambda provider: str(provider["id"]))


def _guid(text: str) -> str:
    return text.strip("{}").upper()
