"""Commands as data: what a device is told, as plain Python values.

A statement is a pipeline of commands (`Get-CimInstance ... | Set-CimInstance ...`). Nothing here is PowerShell text, and
nothing is ever turned into text by joining strings.
"""

from __future__ import annotations

import dataclasses
import types
import typing as t

Value: t.TypeAlias = "str | bool | int | bytes | Typed | tuple[Value, ...] | t.Mapping[str, Value] | None"

_INT32 = range(-(2**31), 2**31)
_RANGES = {"I64": range(-(2**63), 2**63), "U32": range(2**32), "U64": range(2**64), "U16": range(2**16)}


@dataclasses.dataclass(frozen=True, slots=True)
class Typed:
    """A number that has to arrive as one exact .NET type.

    `tag` is the CLIXML element: I64 (Int64), U16, U32, U64 (unsigned) or Db (Double).
    """

    tag: t.Literal["I64", "U16", "U32", "U64", "Db"]
    value: int | float

    def __post_init__(self) -> None:
        if self.tag == "Db":
            return
        if not isinstance(self.value, int) or self.value not in _RANGES[self.tag]:
            raise ValueError(f"{self.value!r} does not fit a CLIXML {self.tag}")


@dataclasses.dataclass(frozen=True, slots=True)
class Command:
    """One cmdlet, function or program with named parameters and positional arguments.

    A switch is a parameter whose value is True. Raises TypeError for a value that has no exact PowerShell type.
    """

    name: str
    parameters: t.Mapping[str, Value] = dataclasses.field(default_factory=dict)
    arguments: tuple[Value, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", types.MappingProxyType(dict(self.parameters)))
        for place, value in self.parameters.items():
            _check(value, f"{self.name} -{place}")
        for index, value in enumerate(self.arguments, 1):
            _check(value, f"{self.name}, argument {index}")

    def __hash__(self) -> int:
        return hash((self.name, repr(self.parameters), self.arguments))


Statement: t.TypeAlias = tuple[Command, ...]


def _check(value: object, place: str) -> None:
    # Exact types: the client serializes by type(), and a subclass would silently arrive as something else.
    kind = type(value)
    if value is None or kind in (str, bool, bytes, Typed):
        return
    if kind is int:
        if value not in _INT32:
            raise TypeError(f"{place}: {value} needs Typed('I64', ...): plain integers travel as Int32")
        return
    if kind is tuple:
        for index, item in enumerate(t.cast("tuple[object, ...]", value)):
            _check(item, f"{place}[{index}]")
        return
    if isinstance(value, t.Mapping):
        for key, item in value.items():
            if key.__class__ is not str:
                raise TypeError(f"{place}: the key {key!r} is not a plain string")
            _check(item, f"{place}.{key}")
        return
    raise TypeError(f"{place}: {kind.__name__} has no exact PowerShell type")
