"""Set-Variable, Get-Variable and Write-Output."""

from __future__ import annotations

import typing as t

from psrpcore import types as ps

from . import objects
from .invocation import Invocation


def set_variable(call: Invocation) -> None:
    _check_scope(call)
    for name in call.bound["Name"]:
        call.session.variables[name.lower()] = call.bound.get("Value")


def get_variable(call: Invocation) -> None:
    _check_scope(call)
    for name in call.bound.get("Name", []):
        if name.lower() not in call.session.variables:
            message = f"Cannot find a variable with the name '{name}'."
            call.fail(call.record("VariableNotFound", message, ps.PSString(name), ItemName=name))
            continue
        value = call.session.variables[name.lower()]
        call.emit(value if call.bound.get("ValueOnly") else _variable(name, value))


def write_output(call: Invocation) -> None:
    if "InputObject" not in call.bound:
        for value in call.piped:
            call.emit(value)
        return
    given = call.bound["InputObject"]
    # An array is unrolled, as everywhere in PowerShell.
    for value in given if isinstance(given, list) else [given]:
        call.emit(value)


def _check_scope(call: Invocation) -> None:
    if call.bound.get("Scope", "Global").lower() != "global":
        raise call.refuse(f"{call.command.name}: scope {call.bound['Scope']}")


def _variable(name: str, value: t.Any) -> ps.PSObject:
    made = objects.bag(["System.Management.Automation.PSVariable", "System.Object"], text="System.Management.Automation.PSVariable")
    objects.adapt(made, {"Name": name, "Value": value, "Description": "", "Options": "None"})
    return made
