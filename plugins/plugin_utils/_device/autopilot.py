"""What the device knows of its Autopilot profile. Absence proves nothing: an unregistered device has the same keys, as empty stubs."""

from __future__ import annotations

import json
import typing as t

from .._remoting.reading import Read, RegistryKey
from .facts import Readings, Unreadable, pick, registry_dword, registry_values

NAME = "autopilot"
POLICY_CACHE = RegistryKey("HKLM:\\SOFTWARE\\Microsoft\\Provisioning\\AutopilotPolicyCache")
DIAGNOSTICS = RegistryKey("HKLM:\\SOFTWARE\\Microsoft\\Provisioning\\Diagnostics\\Autopilot")
HYBRID_JOIN = 1  # CloudAssignedDomainJoinMethod


def reads(_system_root: str) -> dict[str, Read]:
    return {"cache": POLICY_CACHE, "diagnostics": DIAGNOSTICS}


def parse(readings: Readings) -> dict[str, t.Any]:
    cache = registry_values(readings["cache"], "Autopilot policy cache in the registry")
    diagnostics = registry_values(readings["diagnostics"], "Autopilot diagnostics in the registry")
    profile = _profile(pick(cache, "PolicyJsonCache"))
    available = registry_dword(cache, "ProfileAvailable")
    return {
        "profile_available": bool(available) if isinstance(available, int) else available,
        "profile_name": _of(profile, "DeploymentProfileName"),
        "hybrid_join_profile": _equals(_of(profile, "CloudAssignedDomainJoinMethod"), HYBRID_JOIN),
        "tenant_domain": pick(diagnostics, "CloudAssignedTenantDomain"),
        "tenant_id": pick(diagnostics, "TenantId"),
    }


def _profile(text: t.Any) -> t.Any:
    if not isinstance(text, str):
        return text
    try:
        found = json.loads(text)
    except ValueError as error:
        return Unreadable(f"PolicyJsonCache is no valid JSON ({error}).")
    return found if isinstance(found, dict) else Unreadable("PolicyJsonCache holds no JSON object.")


def _of(profile: t.Any, name: str) -> t.Any:
    return profile.get(name) if isinstance(profile, dict) else profile


def _equals(value: t.Any, wanted: int) -> t.Any:
    return value == wanted if isinstance(value, int) else value
