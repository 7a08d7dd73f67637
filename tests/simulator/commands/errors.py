"""Error records as Windows PowerShell makes them. Identifiers, categories and exception types come from the contract."""

from __future__ import annotations

import typing as t

from psrpcore import types as ps

from ...contract import tables

_HRESULTS: t.Mapping[str, int] = {
    "System.UnauthorizedAccessException": 0x80070005,
}
_DEFAULT_HRESULT = 0x80131501  # System.SystemException, which PowerShell's own exceptions keep
_BASES: t.Mapping[str, tuple[str, ...]] = {
    "ParameterBindingValidationException": ("System.Management.Automation.ParameterBindingException",),
    "ItemNotFoundException": ("System.Management.Automation.SessionStateException",),
    "DriveNotFoundException": ("System.Management.Automation.SessionStateException",),
}
_MESSAGE_TARGET = 40


class CategoryInfo(ps.ErrorCategoryInfo):
    """ErrorCategoryInfo with the text of the real one; psrpcore's leaves out the colon."""

    def __str__(self) -> str:
        target = _short(self.TargetName or "")
        return f"{self.Category.name}: ({target}:{self.TargetType or ''}) [{self.Activity or ''}], {self.Reason or ''}"


def record(
    identifier: str,
    message: str,
    *,
    command: str = "",
    implementation: str = "",
    target: t.Any = None,
    properties: t.Mapping[str, t.Any] | None = None,
) -> ps.ErrorRecord:
    """Make an error record.

    Args:
        identifier: what stands before the comma of FullyQualifiedErrorId; the contract has to hold it.
        message: what a person reads.
        command: the command that wrote it.
        implementation: its .NET class; empty for errors that no command wrote.
        target: the object it is about.
        properties: further properties of the exception.
    """
    kind = tables.load().error(identifier)
    if kind is None:
        raise KeyError(f"the contract holds no error {identifier}")
    number = _number(identifier, kind.exception)
    exception = ps.NETException(Message=message, Data=ps.PSDict(), HResult=number - 2**32)
    exception.PSObject.type_names = _exception_types(kind.exception)
    exception.PSObject.to_string = f"{kind.exception}: {message}"
    for name, value in (properties or {}).items():
        exception.PSObject.adapted_properties.append(ps.PSNoteProperty(name, value=value))
    info = CategoryInfo(
        Category=ps.ErrorCategory[kind.category],
        Activity=command,
        Reason=kind.exception.rpartition(".")[2],
        TargetName="" if target is None else str(target),
        TargetType="" if target is None else type_of(target),
    )
    made = ps.ErrorRecord(
        Exception=exception,
        CategoryInfo=info,
        TargetObject=target,
        FullyQualifiedErrorId=f"{kind.identifier},{implementation}" if implementation else kind.identifier,
    )
    made.PSObject.to_string = message
    return made


def _number(identifier: str, exception: str) -> int:
    """The exception's HResult; errors of WMI carry WMI's own, which their identifier names."""
    _unused, _unused, given = identifier.partition("HRESULT ")
    return int(given, 16) if given else _HRESULTS.get(exception, _DEFAULT_HRESULT)


def type_of(target: t.Any) -> str:
    """The short .NET type name that a category shows."""
    return "String" if isinstance(target, str) else "PSObject"


def _exception_types(name: str) -> list[str]:
    short = name.rpartition(".")[2]
    runtime = ("System.Management.Automation.RuntimeException",) if name.startswith("System.Management.Automation.") else ()
    system = ("System.SystemException",) if name.startswith("System.") else ()
    return list(dict.fromkeys([name, *_BASES.get(short, ()), *runtime, *system, "System.Exception", "System.Object"]))


def _short(text: str) -> str:
    """PowerShell shortens a long target in the middle."""
    return text if len(text) <= _MESSAGE_TARGET else f"{text[:18]}...{text[-19:]}"


def command_not_found(name: str) -> ps.ErrorRecord:
    message = (
        f"The term '{name}' is not recognized as the name of a cmdlet, function, script file, or operable program. "
        "Check the spelling of the name, or if a path was included, verify that the path is correct and try again."
    )
    return record("CommandNotFoundException", message, target=ps.PSString(name), properties={"CommandName": name})


def scripts_not_allowed(text: str) -> ps.ErrorRecord:
    message = "The syntax is not supported by this runspace. This can occur if the runspace is in no-language mode."
    return record("ScriptsNotAllowed", message, target=ps.PSString(text))


def not_in_contract(what: str) -> ps.ErrorRecord:
    """The simulator's own refusal, which no Windows gives: what was asked for is unknown to it."""
    message = f"SIMULATOR: {what}. Add it to the contract tables and to the simulator."
    return _own("SimulatorNotInContract", message, "Simulator.NotInContract", ps.ErrorCategory.NotImplemented)


def injected(names: t.Sequence[str]) -> ps.ErrorRecord:
    """The terminating error of a statement that is meant to fail."""
    message = f"Simulated failure of {' | '.join(names)}."
    return _own("SimulatedFailure", message, "System.Management.Automation.RuntimeException", ps.ErrorCategory.OperationStopped, names[0])


def _own(identifier: str, message: str, exception: str, category: ps.ErrorCategory, command: str = "") -> ps.ErrorRecord:
    """A record that stands in no contract, because no Windows gives it."""
    inner = ps.NETException(Message=message, Data=ps.PSDict(), HResult=_DEFAULT_HRESULT - 2**32)
    inner.PSObject.type_names = _exception_types(exception)
    info = CategoryInfo(Category=category, Activity=command, Reason=exception.rpartition(".")[2], TargetName="", TargetType="")
    made = ps.ErrorRecord(Exception=inner, CategoryInfo=info, FullyQualifiedErrorId=identifier)
    made.PSObject.to_string = message
    return made
