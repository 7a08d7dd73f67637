"""MDM enrollment: who manages the device, without the pseudo-providers that every Windows carries.

About thirty bookkeeping keys stand under `Enrollments` even on home PCs, several with a ProviderID. An enrollment counts when its
provider is none of those, it manages the device and not only apps, it has a discovery URL, and its state is 1 (enrolled) where it has
one. Source: posts that list providers and types under that key.
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
ENROLLED = 1  # EnrollmentState
APPS_ONLY = 5  # EnrollmentType: app management, which gives no MDM a say over the device

_Enrollment: t.TypeAlias = dict[str, t.Any]


def reads(_system_root: str) -> dict[str, Read]:
    return {"enrollments": ENROLLMENTS}


def parse(readings: Readings) -> dict[str, t.Any]:
    """One enrollment that cannot be told leaves `enrolled` and `intune` unknown, unless another one settles them."""
    reading = readings["enrollments"]
    entries = [entry for entry in reading.outputs if isinstance(entry, RemoteObject)]
    if reading.failure or not entries:
        # Every Windows has entries here, so that none at all is no answer.
        why = reason(reading, "Enrollments in the registry")
        return {"enrolled": why, "intune": why, "enrollments": why}
    judged = [_judge(entry) for entry in entries]
    found = [each for each in judged if isinstance(each, dict)]
    doubt = next((each for each in judged if isinstance(each, Unreadable)), None)
    return {
        "enrolled": bool(found) or doubt or False,
        "intune": any(each["provider"] == INTUNE for each in found) or doubt or False,
        "enrollments": doubt or sorted(found, key=lambda each: str(each["id"])),
    }


def _judge(entry: RemoteObject) -> _Enrollment | Unreadable | None:
    """The enrollment that an entry describes; None: bookkeeping."""
    provider, url = pick(entry, "ProviderID"), pick(entry, "DiscoveryServiceFullURL")
    state, kind = registry_dword(entry, "EnrollmentState"), registry_dword(entry, "EnrollmentType")
    if provider is None or provider in PSEUDO_PROVIDERS or url is None or kind == APPS_ONLY or state not in (None, ENROLLED):
        return next((each for each in (provider, url, state, kind) if isinstance(each, Unreadable)), None)
    for each in (provider, url, kind):
        if isinstance(each, Unreadable):
            return each
    return {
        "id": (entry.path or "").rpartition("\\")[2].strip("{}").upper(),
        "provider": provider,
        "type": kind,
        "tenant_id": pick(entry, "AADTenantID"),
        "server": _host(url),
    }


def _host(url: str) -> str | Unreadable:
    try:
        host = urllib.parse.urlsplit(url).hostname
    except ValueError:
        host = None
    return host or Unreadable(f"DiscoveryServiceFullURL is {url!r}, which names no host.")
