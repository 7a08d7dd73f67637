"""What the device knows of its Autopilot profile. Absence proves nothing: an unregistered device has the same keys, as empty stubs.

Sources: key paths and value names compiled into Windows, a registry export of a Windows 11 device without a profile, and scripts that
read the cache. Only `ProfileAvailable` 0 is evidence that there is no profile.
"""

from __future__ import annotations

import json
import typing as t

from .._remoting.reading import Read, RegistryKey
from .facts import Readings, Unreadable, pick, registry_dword, registry_values

NAME = "autopilot"
POLICY_CACHE = RegistryKey("HKLM:\\SOFTWARE\\Microsoft\\Provisioning\\AutopilotPolicyCache")
DIAGNOSTICS = RegistryKey("HKLM:\\SOFTWARE\\Microsoft\\Provisioning\\Diagnostics\\Autopilot")

_FLAG = {0: False, 1: True}  # ProfileAvailable
_HYBRID_JOIN = {0: False, 1: True}  # CloudAssignedDomainJoinMethod


def reads(_system_root: str) -> dict[str, Read]:
    return {"cache": POLICY_CACHE, "diagnostics": DIAGNOSTICS}


def parse(readings: Readings) -> dict[str, t.Any]:
    cache = registry_values(readings["cache"], "Autopilot policy cache in the registry")
    diagnostics = registry_values(readings["diagnostics"], "Autopilot diagnostics in the registry")
    profile = _profile(pick(cache, "PolicyJsonCache"))
    return {
        "profile_available": _meaning(registry_dword(cache, "ProfileAvailable"), "ProfileAvailable", _FLAG),
        "profile_name": _text(_of(profile, "DeploymentProfileName"), "DeploymentProfileName"),
        "hybrid_join_profile": _meaning(_of(profile, "CloudAssignedDomainJoinMethod"), "CloudAssignedDomainJoinMethod", _HYBRID_JOIN),
        "tenant_domain": pick(diagnostics, "CloudAssignedTenantDomain"),
        "tenant_id": _first(pick(diagnostics, "CloudAssignedTenantId"), pick(diagnostics, "TenantId")),
    }


def _profile(text: t.Any) -> t.Any:
    if not isinstance(text, str):
        return text
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Unreadable(f"PolicyJsonCache is no valid JSON ({error}).")
    return found if isinstance(found, dict) else Unreadable("PolicyJsonCache holds no JSON object.")


def _of(profile: t.Any, name: str) -> t.Any:
    return profile.get(name) if isinstance(profile, dict) else profile


def _text(value: t.Any, name: str) -> t.Any:
    if isinstance(value, str):
        return value.strip() or None
    return value if value is None or isinstance(value, Unreadable) else Unreadable(f"{name} is {value!r}, where text was expected.")


def _meaning(value: t.Any, name: str, meanings: t.Mapping[int, bool]) -> t.Any:
    if value is None or isinstance(value, Unreadable):
        return value
    known = value.__class__ is int and value in meanings
    return meanings[value] if known else Unreadable(f"{name} is {value!r}; only {' and '.join(map(str, meanings))} have a meaning.")


def _first(one: t.Any, other: t.Any) -> t.Any:
    """Windows releases differ in the value's name: whichever is there."""
    return other if one is None else one
