"""Get-Item on the WSMan drive: how the device's WinRM is set up."""

from __future__ import annotations

import typing as t

from psrpcore import types as ps

from ...contract import tables
from ..boundary import Terminated
from ..device.device import Device
from . import objects
from .invocation import Invocation

_TYPE = "Microsoft.WSMan.Management.WSManConfigLeafElement"
_PROVIDER = "Microsoft.WSMan.Management\\WSMan::"


def get_item(call: Invocation, path: str) -> None:
    """Emit one leaf; whoever is no administrator ends here."""
    if not call.session.token.elevated:
        message = "Access is denied. Run the command with administrative privileges."
        raise Terminated(call.record("System.InvalidOperationException", message, ps.PSString(path)))
    known = {entry["path"].lower(): entry["path"] for entry in tables.load().tables["wsman"]["items"]}
    if path.lower() not in known:
        raise call.refuse(f"{call.command.name}: unknown item {path}")
    place = known[path.lower()].partition("\\")[2]
    name = place.rpartition("\\")[2]
    made = objects.bag([_TYPE, "Microsoft.WSMan.Management.WSManConfigElement", "System.Object"], text=_TYPE)
    value = ps.PSString(values(call.device)[name])
    objects.adapt(made, {"SourceOfValue": "", "Value": value, "Name": name, "TypeNameOfElement": "System.String"})
    parent = place.rpartition("\\")[0]
    objects.note(made, {"PSPath": _PROVIDER + place, "PSParentPath": _PROVIDER + parent, "PSChildName": name, "PSIsContainer": False})
    call.emit(made)


def values(device: Device) -> t.Mapping[str, str]:
    """Values by name: what the endpoint enforces, and Windows' defaults for the rest."""
    endpoint = device.state.endpoint
    return {
        "MaxEnvelopeSizekb": str(endpoint.max_envelope_kib),
        "MaxTimeoutms": "60000",
        "MaxShellsPerUser": str(endpoint.max_shells_per_user),
        "MaxConcurrentUsers": "2147483647",
        "MaxProcessesPerShell": "2147483647",
        "MaxMemoryPerShellMB": "2147483647",
        "IdleTimeout": "7200000",
        "MaxConcurrentOperationsPerUser": "1500",
        "AllowUnencrypted": str(endpoint.allow_unencrypted).lower(),
        "CbtHardeningLevel": "Strict" if endpoint.channel_binding == "required" else "Relaxed",
    }
