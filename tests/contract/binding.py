"""Binding arguments to the parameters of a command, as strictly as Windows and a little stricter (no aliases, no abbreviations)."""

from __future__ import annotations

import dataclasses
import typing as t

from .values import Unconvertible, convert, type_name

Pairs: t.TypeAlias = t.Sequence[tuple[str | None, t.Any]]


@dataclasses.dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter. `set` names the only parameter set that has it; `provider` the only provider (a dynamic parameter)."""

    name: str
    type: str
    position: int | None = None
    mandatory: bool = False
    set: str | None = None
    provider: str | None = None
    pipeline: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Command:
    """A command. `implementation` is the .NET class that its error identifiers end with."""

    name: str
    module: str
    implementation: str
    parameters: t.Mapping[str, Parameter]

    def parameter(self, name: str) -> Parameter | None:
        return next((known for known in self.parameters.values() if known.name.lower() == name.lower()), None)


class BindingError(Exception):
    """Arguments do not fit. `identifier` is Windows' own."""

    def __init__(self, identifier: str, message: str) -> None:
        super().__init__(message)
        self.identifier = identifier


def bind(command: Command, pairs: Pairs, *, piped: bool = False) -> dict[str, t.Any]:
    """Bind arguments.

    Args:
        command: what they are for.
        pairs: parameter name (None: positional) and value, in order.
        piped: objects come in through the pipeline.

    Returns:
        Converted values by parameter name. Raises BindingError.
    """
    bound: dict[str, t.Any] = {}
    for name, value in ((name, value) for name, value in pairs if name is not None):
        parameter = command.parameter(name.lstrip("-").rstrip(":"))
        if parameter is None:
            raise _unknown(name)
        if parameter.name in bound:
            raise BindingError(
                "ParameterAlreadyBound",
                f"Cannot bind parameter because parameter '{parameter.name}' is specified more than once. To provide multiple values "
                'to parameters that can accept multiple values, use the array syntax. For example, "-parameter value1,value2,value3".',
            )
        bound[parameter.name] = _convert(parameter, value)
    _bind_positional(command, [value for name, value in pairs if name is None], bound)
    _check_sets(command, bound)
    _check_mandatory(command, bound, piped)
    _check_dynamic(command, bound)
    return bound


def _unknown(name: str) -> BindingError:
    return BindingError("NamedParameterNotFound", f"A parameter cannot be found that matches parameter name '{name.lstrip('-')}'.")


def _convert(parameter: Parameter, value: t.Any) -> t.Any:
    if value is None and parameter.mandatory:
        raise BindingError(
            "ParameterArgumentValidationErrorNullNotAllowed", f"Cannot bind argument to parameter '{parameter.name}' because it is null."
        )
    try:
        return convert(value, parameter.type)
    except Unconvertible as error:
        identifier = "CannotConvertArgumentNoMessage" if error.explained else "CannotConvertArgument"
        raise BindingError(identifier, str(error).replace("{}", parameter.name, 1)) from None


def _bind_positional(command: Command, values: list[t.Any], bound: dict[str, t.Any]) -> None:
    sets = {command.parameters[name].set for name in bound if command.parameters[name].set}
    free = sorted(
        (known for known in command.parameters.values() if known.position is not None and known.name not in bound),
        key=lambda known: known.position or 0,
    )
    free = [known for known in free if known.set is None or not sets or known.set in sets]
    for value in values:
        if not free:
            raise BindingError(
                "PositionalParameterNotFound",
                f"A positional parameter cannot be found that accepts argument '{value if isinstance(value, str) else type_name(value)}'.",
            )
        parameter = free.pop(0)
        bound[parameter.name] = _convert(parameter, value)


def _check_sets(command: Command, bound: t.Mapping[str, t.Any]) -> None:
    if len({command.parameters[name].set for name in bound} - {None}) > 1:
        raise BindingError("AmbiguousParameterSet", "Parameter set cannot be resolved using the specified named parameters.")


def _check_mandatory(command: Command, bound: t.Mapping[str, t.Any], piped: bool) -> None:
    chosen = {command.parameters[name].set for name in bound} - {None}
    sets = {known.set for known in command.parameters.values() if known.set}
    active = chosen or ({min(sets, key=lambda name: name != "Path")} if sets else set())
    missing = [
        known.name
        for known in command.parameters.values()
        if known.mandatory and known.name not in bound and (known.set is None or known.set in active) and not (piped and known.pipeline)
    ]
    if missing:
        raise BindingError(
            "MissingMandatoryParameter",
            f"Cannot process command because of one or more missing mandatory parameters: {' '.join(missing)}.",
        )


def _check_dynamic(command: Command, bound: t.Mapping[str, t.Any]) -> None:
    dynamic = [name for name in bound if command.parameters[name].provider]
    paths = [*bound.get("Path", []), *bound.get("LiteralPath", [])]
    for name in dynamic:
        # Windows asks the provider of the first path.
        if not paths or provider_of(paths[0]) != command.parameters[name].provider:
            raise _unknown(name)


_REGISTRY = "Registry::"
_DRIVES = {"HKEY_LOCAL_MACHINE": "HKLM:", "HKEY_CURRENT_USER": "HKCU:", "HKEY_USERS": "HKU:"}


def drive_path(path: str) -> str:
    """A provider-qualified registry path (`Registry::HKEY_USERS\\X`) written as with a drive (`HKU:\\X`); others as they are."""
    if not path.lower().startswith(_REGISTRY.lower()):
        return path
    hive, _unused, rest = path[len(_REGISTRY) :].partition("\\")
    return f"{_DRIVES.get(hive.upper(), hive)}\\{rest}"


def provider_of(path: str) -> str | None:
    """The provider of a path with a drive or a provider: FileSystem, Registry, Environment, WSMan; None for a drive that is none."""
    if path.lower().startswith(_REGISTRY.lower()):
        return "Registry"
    drive, colon, _unused = path.partition(":")
    if not colon:
        return "FileSystem"
    if drive.upper() in ("HKLM", "HKCU"):
        return "Registry"
    if drive.lower() == "env":
        return "Environment"
    if drive.lower() == "wsman":
        return "WSMan"
    return "FileSystem" if len(drive) == 1 and drive.isalpha() else None
