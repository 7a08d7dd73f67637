"""Get-Date and Select-Object, and what a session says of itself."""

from __future__ import annotations

import datetime
import typing as t

from psrpcore import types as ps

from ..device.device import Device
from . import objects
from .invocation import Invocation


@ps.PSType(["System.Management.Automation.PSLanguageMode"])
class LanguageMode(ps.PSEnumBase):
    FullLanguage = 0
    RestrictedLanguage = 1
    NoLanguage = 2
    ConstrainedLanguage = 3


@ps.PSType(["Microsoft.PowerShell.Commands.DisplayHintType"])
class DisplayHint(ps.PSEnumBase):
    Date = 0
    Time = 1
    DateTime = 2


_MODES: t.Mapping[str, LanguageMode] = {
    "full": LanguageMode.FullLanguage,
    "no_language": LanguageMode.NoLanguage,
    "constrained": LanguageMode.ConstrainedLanguage,
}


def get_date(call: Invocation) -> None:
    """The device's clock: this machine's, less or more by the fault."""
    ahead = datetime.timedelta(seconds=call.device.state.faults.clock_skew_seconds)
    made = objects.when(datetime.datetime.now(datetime.UTC) + ahead)
    objects.note(made, {"DisplayHint": DisplayHint.DateTime})
    call.emit(made)


def select_object(call: Invocation) -> None:
    """-ExpandProperty only."""
    name = call.bound.get("ExpandProperty")
    if name is None:
        raise call.refuse("Select-Object: known with -ExpandProperty only")
    for value in call.piped:
        bags = (value.PSObject.adapted_properties, value.PSObject.extended_properties) if hasattr(value, "PSObject") else ()
        found = [known.get_value(value) for bag in bags for known in bag if known.name.lower() == name.lower()]
        if not found:
            message = f'Property "{name}" cannot be found.'
            call.fail(call.record("ExpandPropertyNotFound", message, value))
        for one in found[:1]:
            call.emit(one)


def execution_context(device: Device) -> ps.PSObject:
    """The value of the variable ExecutionContext, as far as it is asked for."""
    state = objects.bag(["System.Management.Automation.SessionState", "System.Object"])
    objects.adapt(state, {"LanguageMode": _MODES[device.state.endpoint.language_mode]})
    made = objects.bag(["System.Management.Automation.EngineIntrinsics", "System.Object"])
    objects.adapt(made, {"SessionState": state})
    return made
