"""Get-CimInstance, and what takes its instances through the pipeline: Get-CimAssociatedInstance and Invoke-CimMethod."""

from __future__ import annotations

import typing as t

from psrpcore import types as ps

from ...contract import tables
from ..device import cim, identity
from ..device.device import Device
from . import objects, wql
from .invocation import Invocation

DEFAULT_NAMESPACE = "root\\cimv2"

_MESSAGES = {
    "HRESULT 0x80041003": "Access denied ",
    "HRESULT 0x8004100e": "Invalid namespace ",
    "HRESULT 0x80041010": "Invalid class ",
    "HRESULT 0x80041017": "Invalid query ",
}


def get_cim_instance(call: Invocation) -> None:
    namespace, name = call.bound.get("Namespace", DEFAULT_NAMESPACE), call.bound["ClassName"]
    contract = tables.load()
    known = contract.cim_class(namespace, name)
    if not call.session.token.elevated:
        # The namespaces grant remote access to administrators only, and a shell over the network counts as remote.
        _fail(call, "HRESULT 0x80041003", namespace, name)
        return
    if known is None:
        call.device.violations.append(f"Get-CimInstance: unknown class {namespace}:{name}")
        _fail(call, "HRESULT 0x80041010" if contract.has_namespace(namespace) else "HRESULT 0x8004100e", namespace, name)
        return
    wanted = [known.property_name(given) for given in call.bound.get("Property", [])]
    try:
        condition = wql.parse(call.bound["Filter"], known.property_name) if "Filter" in call.bound else None
    except wql.InvalidQuery:
        condition, wanted = None, [None]
    if None in wanted:
        call.device.violations.append(f"Get-CimInstance: {name} with filter {call.bound.get('Filter')!r}, {call.bound.get('Property')!r}")
        _fail(call, "HRESULT 0x80041017", namespace, name)
        return
    only = {found for found in wanted if found} or None
    for row in cim.rows(call.device, known.name):
        if condition is None or condition(row):
            call.emit(objects.cim_instance(known, namespace, row, call.device.state.computer_name, only))


def get_cim_associated_instance(call: Invocation) -> None:
    wanted = call.bound.get("ResultClassName", "")
    for instance in _instances(call):
        namespace, name = _class_of(instance)
        known = tables.load().association(name, wanted)
        result = tables.load().cim_class(namespace, wanted)
        if known is None or result is None:
            raise call.refuse(f"Get-CimAssociatedInstance: unknown association of {name} with {wanted or 'anything'}")
        for row in _ASSOCIATED[known](call.device):
            call.emit(objects.cim_instance(result, namespace, row, call.device.state.computer_name, None))


_ASSOCIATED: t.Mapping[str, t.Callable[[Device], list[cim.Row]]] = {"Win32_GroupUser": cim.members}


def invoke_cim_method(call: Invocation) -> None:
    name, arguments = call.bound["MethodName"], call.bound.get("Arguments") or {}
    for instance in _instances(call):
        _unused, class_name = _class_of(instance)
        method = tables.load().cim_method(class_name, name)
        if method is None:
            raise call.refuse(f"Invoke-CimMethod: unknown method {class_name}.{name}")
        kinds = {key: _PARAMETERS[kind] for key, kind in method.parameters.items()}
        wrong = [str(key) for key, value in arguments.items() if not isinstance(value, kinds.get(str(key), ()))]
        if wrong:
            raise call.refuse(f"Invoke-CimMethod: {class_name}.{name} takes no {', '.join(wrong)} of this type")
        code, found = _METHODS[method.name](call.device, {str(key): value for key, value in arguments.items()})
        call.emit(objects.method_result(method, class_name, code, found))


_PARAMETERS: t.Mapping[str, type[t.Any]] = {"uint32": ps.PSUInt, "string": ps.PSString}
_LOCKED, _NOT_ACTIVATED = 0x80310000, 0x80310008
_NUMERICAL_PASSWORD = 3


def _key_protectors(device: Device, arguments: t.Mapping[str, t.Any]) -> tuple[int, dict[str, t.Any]]:
    """Ids of the protectors of the Windows volume, the only one there is."""
    storage = device.state.storage
    if not storage.bitlocker:
        return _NOT_ACTIVATED, {}
    if storage.protection == "unknown":
        return _LOCKED, {}
    password = int(arguments.get("KeyProtectorType", 0)) in (0, _NUMERICAL_PASSWORD)
    return 0, {"VolumeKeyProtectorID": [f"{{{identity.guid(device.name, 'recovery password').upper()}}}"] if password else []}


_METHODS: t.Mapping[str, t.Callable[[Device, t.Mapping[str, t.Any]], tuple[int, dict[str, t.Any]]]] = {"GetKeyProtectors": _key_protectors}


def _instances(call: Invocation) -> list[t.Any]:
    return [call.bound["InputObject"]] if "InputObject" in call.bound else list(call.piped)


def _class_of(instance: t.Any) -> tuple[str, str]:
    """Namespace and class of an instance, out of its first type name."""
    namespace, _unused, name = instance.PSObject.type_names[0].partition("#")[2].rpartition("/")
    return namespace, name


def _fail(call: Invocation, identifier: str, namespace: str, name: str) -> None:
    # Errors of a query (a filter or a list of properties makes it one) name no target; those of an enumeration do.
    query = "Filter" in call.bound or "Property" in call.bound
    target = None if query else ps.PSString(f"{namespace}:{name}")
    record = call.record(identifier, _MESSAGES[identifier], target, StatusCode=_STATUS[identifier], MessageId=identifier)
    call.fail(record)


_STATUS = {
    "HRESULT 0x80041003": 2,
    "HRESULT 0x8004100e": 3,
    "HRESULT 0x80041010": 5,
    "HRESULT 0x80041017": 15,
}
