"""The registry of a device, derived from its state. Types come from the contract, so a value it does not hold cannot be written."""

from __future__ import annotations

import typing as t

from ...contract import tables
from . import enrollments, identity, policy
from .device import Device
from .language import LCIDS
from .registry import Registry

_CURRENT_VERSION = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
_CRYPTOGRAPHY = "HKLM\\SOFTWARE\\Microsoft\\Cryptography"
_JOIN = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\CloudDomainJoin"
_ENROLLMENTS = "HKLM\\SOFTWARE\\Microsoft\\Enrollments"
_POLICIES = "HKLM\\SOFTWARE\\Microsoft\\PolicyManager"
_PROVISIONING = "HKLM\\SOFTWARE\\Microsoft\\Provisioning"
_WINDOWS = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion"
_ACCOUNT_POLICIES = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System"
_LISTENERS = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WSMAN\\Listener"
_FILETIME_EPOCH = 11_644_473_600  # seconds between 1601 and 1970
_TICKS = 10_000_000


def registry_of(device: Device) -> Registry:
    """The 64-bit view of the registry as it is now."""
    registry = Registry()
    _operating_system(device, registry)
    _joins(device, registry)
    _enrollments(device, registry)
    _policies(device, registry)
    _listeners(device, registry)
    _autopilot(device, registry)
    _maintenance(device, registry)
    write(registry, "HKU\\.DEFAULT\\Keyboard Layout\\Preload", {"1": f"{LCIDS[device.state.language]:08x}"})
    return registry


def write(registry: Registry, path: str, values: t.Mapping[str, t.Any]) -> None:
    """Make a key with values of the types the contract gives; None leaves a value out. Raises KeyError for what it does not hold."""
    known = tables.load().registry_key(path)
    if known is None:
        raise KeyError(f"the contract holds no registry key {path}")
    registry.make(path)
    for name, data in values.items():
        if data is not None:
            registry.set(path, name, known.values[name], data)


def _operating_system(device: Device, registry: Registry) -> None:
    system = device.state.os
    seconds = int(system.installed.timestamp())
    write(
        registry,
        _CURRENT_VERSION,
        {
            "CurrentBuild": str(system.build),
            "CurrentBuildNumber": str(system.build),
            "CurrentVersion": "6.3",
            "DisplayVersion": system.version,
            "EditionID": system.edition,
            "InstallationType": "Client",
            "InstallDate": seconds,
            "InstallTime": (seconds + _FILETIME_EPOCH) * _TICKS,
            "ProductName": system.product_name,
            "SystemRoot": system.system_root,
            "UBR": system.revision,
            "WinREVersion": device.state.winre.version,
        },
    )
    policies = {"EnableLUA": 1, "LocalAccountTokenFilterPolicy": 1 if device.state.local_account_token_filter_policy else None}
    write(registry, _ACCOUNT_POLICIES, policies)
    write(registry, _CRYPTOGRAPHY, {"MachineGuid": system.machine_guid})


def _joins(device: Device, registry: Registry) -> None:
    join = device.state.join
    # The key is there on unjoined devices too; only a subkey means joined.
    write(registry, f"{_JOIN}\\JoinInfo", {})
    if not join.entra:
        return
    user = {"IdpDomain": "login.windows.net", "TenantId": join.tenant_id, "UserEmail": join.user}
    write(registry, f"{_JOIN}\\JoinInfo\\{identity.thumbprint(device.name)}", user)
    tenant = {
        "DisplayName": join.tenant_name,
        "MdmEnrollmentUrl": "https://enrollment.manage.microsoft.com/enrollmentserver/discovery.svc",
        "MdmTermsOfUseUrl": "https://portal.manage.microsoft.com/TermsofUse.aspx",
    }
    write(registry, f"{_JOIN}\\TenantInfo\\{join.tenant_id}", tenant)


def _enrollments(device: Device, registry: Registry) -> None:
    for folder in enrollments.FOLDERS:
        write(registry, f"{_ENROLLMENTS}\\{folder}", {})
    for guid, values in enrollments.pseudo(device.name):
        write(registry, f"{_ENROLLMENTS}\\{guid}", values)
    for enrollment in device.state.enrollments or ():
        real = enrollment.kind != "bridge"
        write(
            registry,
            f"{_ENROLLMENTS}\\{device.guid_of(enrollment)}",
            {
                "ProviderID": enrollment.provider_id,
                "EnrollmentState": enrollment.state,
                "EnrollmentType": enrollment.type,
                "UPN": enrollment.user if real else None,
                "DiscoveryServiceFullURL": enrollment.discovery_url if real else None,
                "AADTenantID": device.state.join.tenant_id if real and device.state.join.entra else None,
            },
        )


def _policies(device: Device, registry: Registry) -> None:
    state = device.state.policy
    current = f"{_POLICIES}\\current\\device\\CredentialProviders"
    for setting in state.settings:
        _provider(registry, device.enrollment_guid(setting.provider), policy.NAME, setting.value)
    if state.picture_password is not None:
        winner = device.enrollment_guid("mdm")
        _provider(registry, winner, policy.SIBLING, state.picture_password)
        _effective(registry, current, policy.SIBLING, state.picture_password, winner)
    if state.effective is not None:
        # A value written straight into the effective branch names no provider.
        by = device.enrollment_guid(state.winner.provider) if state.winner and state.direct is None else None
        _effective(registry, current, policy.NAME, state.effective, by)


def _provider(registry: Registry, guid: str, name: str, value: int) -> None:
    write(registry, f"{_POLICIES}\\providers\\{guid}\\default\\Device\\CredentialProviders", {name: value, f"{name}_LastWrite": 1})


def _effective(registry: Registry, path: str, name: str, value: int, winner: str | None) -> None:
    given = None if winner is None else 1
    write(registry, path, {name: value, f"{name}_ProviderSet": given, f"{name}_WinningProvider": winner})


def _autopilot(device: Device, registry: Registry) -> None:
    state = device.state.autopilot
    known = state.available
    diagnostics = {
        "CloudAssignedForcedEnrollment": int(known),
        "CloudAssignedTenantDomain": state.tenant_domain if known else "",
        "CloudAssignedTenantId": device.state.join.tenant_id if known else "",
        "IsAutoPilotDisabled": 0,
    }
    write(registry, f"{_PROVISIONING}\\Diagnostics\\Autopilot", diagnostics)
    if state.cache != "absent":
        cache = {"PolicyJsonCache": state.policy_json(), "ProfileAvailable": int(known)}
        write(registry, f"{_PROVISIONING}\\AutopilotPolicyCache", cache)


def _maintenance(device: Device, registry: Registry) -> None:
    pending = device.state.pending_reboot
    if pending.servicing:
        write(registry, f"{_WINDOWS}\\Component Based Servicing\\RebootPending", {})
    if pending.windows_update:
        write(registry, f"{_WINDOWS}\\WindowsUpdate\\Auto Update\\RebootRequired", {})
    renames = ("\\??\\C:\\Windows\\Temp\\setup.tmp", "") if pending.file_renames else None
    values = {"BootExecute": ("autocheck autochk *",), "PendingFileRenameOperations": renames}
    write(registry, "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager", values)


def _listeners(device: Device, registry: Registry) -> None:
    endpoint = device.state.endpoint
    if endpoint.http_port is not None:
        write(registry, f"{_LISTENERS}\\*+HTTP", {"Port": endpoint.http_port, "uriprefix": "wsman"})
    if endpoint.https_port is not None:
        thumbprint = identity.thumbprint(f"{device.name}/listener")
        write(registry, f"{_LISTENERS}\\*+HTTPS", {"Port": endpoint.https_port, "uriprefix": "wsman", "certThumbprint": thumbprint})
