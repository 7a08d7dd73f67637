"""How the device is joined: Entra, domain, both (hybrid) or neither.

Entra join is at least one subkey of `CloudDomainJoin\\JoinInfo` (the key alone proves nothing); domain join is
`Win32_ComputerSystem.PartOfDomain`. An Autopilot Reset needs Entra join and does not work on hybrid-joined devices.
"""

from __future__ import annotations

import typing as t

from .._remoting.reading import Read, Reading, RegistryKeys
from .._remoting.values import RemoteObject
from .facts import Readings, Unreadable, pick, reason, single
from .os import COMPUTER_SYSTEM

NAME = "join"
JOIN_INFO = RegistryKeys("HKLM:\\SYSTEM\\CurrentControlSet\\Control\\CloudDomainJoin\\JoinInfo\\*")

_TYPES = {(True, False): "entra", (True, True): "hybrid", (False, True): "domain", (False, False): "workgroup"}


def reads(_system_root: str) -> dict[str, Read]:
    return {"join_info": JOIN_INFO, "computer": COMPUTER_SYSTEM}


def parse(readings: Readings) -> dict[str, t.Any]:
    computer = single(readings["computer"], "Win32_ComputerSystem")
    entra = _entra_joined(readings["join_info"])
    in_domain = pick(computer, "PartOfDomain", bool)
    domain = pick(computer, "Domain") if in_domain is True else in_domain if isinstance(in_domain, Unreadable) else None
    return {
        "type": _type(entra, in_domain),
        "entra_joined": entra,
        "domain_joined": in_domain if in_domain is not None else Unreadable("Win32_ComputerSystem does not say PartOfDomain."),
        "domain": domain,
        "tenant_id": _tenant(readings["join_info"]),
    }


def _entra_joined(reading: Reading) -> bool | Unreadable:
    return reason(reading, "Entra join in the registry") if reading.failure else bool(reading.outputs)


def _tenant(reading: Reading) -> t.Any:
    if reading.failure:
        return reason(reading, "Entra join in the registry")
    found = reading.first
    return pick(found, "TenantId") if isinstance(found, RemoteObject) else None


def _type(entra: t.Any, domain: t.Any) -> t.Any:
    for part in (entra, domain):
        if isinstance(part, Unreadable):
            return part
    return _TYPES.get((entra, domain), Unreadable("Win32_ComputerSystem does not say PartOfDomain."))
