"""Get-ProvisioningPackage."""

from __future__ import annotations

import uuid

from psrpcore import types as ps

from ..boundary import Terminated
from . import errors, objects
from .invocation import Invocation

# Contract: table objects.yml. No sample of this object was ever published.
TYPE = "Microsoft.Windows.Provisioning.ProvCommon.RuntimeProvPackageMetadata"


def get_provisioning_package(call: Invocation) -> None:
    state = call.device.state.provisioning
    if not state.module:
        raise Terminated(errors.command_not_found(call.command.name))
    if not call.bound.get("AllInstalledPackages"):
        raise call.refuse("Get-ProvisioningPackage: known with -AllInstalledPackages only")
    if not call.session.token.elevated:
        raise Terminated(call.record("System.Security.SecurityException", "Requested registry access is not allowed."))
    for package in state.packages:
        made = objects.bag([TYPE, "System.Object"], text=TYPE)
        values = {
            "PackageId": ps.PSGuid(str(uuid.UUID(package.id))),
            "PackageName": ps.PSString(package.name),
            "Version": ps.PSString(package.version),
            "OwnerType": None if package.owner is None else ps.PSString(package.owner),
            "Rank": None if package.rank is None else ps.PSInt(package.rank),
        }
        objects.adapt(made, {name: value for name, value in values.items() if value is not None})
        call.emit(made)
