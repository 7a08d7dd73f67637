"""MDM enrollment: who manages the device, without the pseudo-providers that every Windows carries.

About thirty bookkeeping keys stand under `Enrollments` even on home PCs, several with a ProviderID. An enrollment counts when its
provider is none of those, it has a discovery URL, and its state is 1 (enrolled) where it has one.
"""

from __future__ import annotations

import typing as t
import urllib.parse

from .._remoting.reading import Read
from .._remoting.values import RemoteObject
from .facts import Readings, Unreadable, pick, reason, registry_dword
from .policy import ENROLLMENTS

NAME = "management"
INTUNE = "MS DM Server"
LINKED = "Microsoft Device Management"  # declared configuration: a second channel of the same enrollment, no MDM of its own
PSEUDO_PROVIDERS = frozenset(
    {
        "Local Authority",
        "Cloud Authority",
        "Deploy Authority",
        "SC Authority",
        "MS Work Account",
        "WMI_Bridge_Server",
        "WMI_Bridge_SCCM_Server",
        "Local_Management",
        LINKED,
    }
)
ENROLLED = 1


def reads(_system_root: str) -> dict[str, Read]:
    return {"enrollments": ENROLLMENTS}


def parse(readings: Readings) -> dict[str, t.Any]:
    reading = readings["enrollments"]
    if reading.failure:
        why = reason(reading, "Enrollments in the registry")
        return {"enrolled": why, "intune": why, "enrollments": why}
    found = [enrollment for entry in reading.outputs if isinstance(entry, RemoteObject) for enrollment in _enrollment(entry)]
    return {
        "enrolled": bool(found),
        "intune": any(enrollment["provider"] == INTUNE for enrollment in found),
        "enrollments": sorted(found, key=lambda enrollment: str(enrollment["id"])),
    }


def _enrollment(entry: RemoteObject) -> t.Iterator[dict[str, t.Any]]:
    provider, url = pick(entry, "ProviderID"), pick(entry, "DiscoveryServiceFullURL")
    state = registry_dword(entry, "EnrollmentState")
    if not isinstance(provider, str) or provider in PSEUDO_PROVIDERS or not isinstance(url, str):
        return
    if state is not None and state != ENROLLED and not isinstance(state, Unreadable):
        return
    yield {
        "id": (entry.path or "").rpartition("\\")[2].strip("{}").upper(),
        "provider": provider,
        "type": registry_dword(entry, "EnrollmentType"),
        "tenant_id": pick(entry, "AADTenantID"),
        "server": urllib.parse.urlsplit(url).hostname,
    }
