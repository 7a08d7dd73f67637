"""Get-CimInstance."""

from __future__ import annotations

from psrpcore import types as ps

from ...contract import tables
from ..device import cim
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
