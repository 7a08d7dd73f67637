"""How PowerShell converts an argument to a parameter's type: the part of it that commands as data can meet. Pure."""

from __future__ import annotations

import typing as t

from psrpcore import types as ps

INT32 = range(-(2**31), 2**31)
_INTEGERS = {"int": ("Int32", INT32), "long": ("Int64", range(-(2**63), 2**63)), "uint32": ("UInt32", range(2**32))}
ENUMS: t.Mapping[str, tuple[str, tuple[str, ...]]] = {
    "ActionPreference": (
        "System.Management.Automation.ActionPreference",
        ("SilentlyContinue", "Stop", "Continue", "Inquire", "Ignore", "Suspend"),
    ),
    "FileSystemCmdletProviderEncoding": (
        "Microsoft.PowerShell.Commands.FileSystemCmdletProviderEncoding",
        (
            "Unknown",
            "String",
            "Unicode",
            "Byte",
            "BigEndianUnicode",
            "UTF8",
            "UTF7",
            "UTF32",
            "Ascii",
            "Default",
            "Oem",
            "BigEndianUTF32",
        ),
    ),
}


class Unconvertible(Exception):
    """A value does not fit the type. `explained`: Windows tells why, under an identifier of its own."""

    def __init__(self, message: str, *, explained: bool = False) -> None:
        super().__init__(message)
        self.explained = explained


def type_name(value: t.Any) -> str:
    """The .NET type of a deserialized value."""
    if isinstance(value, bool):
        return "System.Boolean"
    if isinstance(value, ps.PSInt64):
        return "System.Int64"
    if isinstance(value, ps.PSUInt):
        return "System.UInt32"
    if isinstance(value, int):
        return "System.Int32"
    if isinstance(value, str):
        return "System.String"
    if isinstance(value, bytes):
        return "System.Byte[]"
    if isinstance(value, list):
        return "System.Object[]"
    if isinstance(value, t.Mapping):
        return "System.Collections.Hashtable"
    return "System.Management.Automation.PSObject"


def convert(value: t.Any, kind: str) -> t.Any:
    """Convert to a parameter type: string, string[], int, long, uint32, switch, object or an enum of `ENUMS`.

    Raises Unconvertible with the text Windows gives.
    """
    if kind == "object":
        return value
    if kind.endswith("[]"):
        return [convert(item, kind[:-2]) for item in (value if isinstance(value, (list, tuple)) else [value])]
    if kind in _INTEGERS:
        return _integer(value, kind)
    if kind == "string":
        return _string(value)
    if kind == "switch":
        return _switch(value)
    if kind in ENUMS:
        return _enum(value, *ENUMS[kind])
    raise ValueError(f"the contract names an unknown type: {kind}")


def _string(value: t.Any) -> str:
    if isinstance(value, (list, bytes, t.Mapping)):
        raise Unconvertible(
            f"Cannot convert '{type_name(value)}' to the type 'System.String' required by parameter '{{}}'. "
            "Specified method is not supported."
        )
    return "" if value is None else str(value)


def _switch(value: t.Any) -> bool:
    if isinstance(value, int):
        return bool(value)
    raise Unconvertible(
        f"Cannot convert '{type_name(value)}' to the type 'System.Management.Automation.SwitchParameter' required by parameter '{{}}'. "
    )


def _integer(value: t.Any, kind: str) -> int:
    name, allowed = _INTEGERS[kind]
    if isinstance(value, (list, bytes, t.Mapping)) or value is None:
        raise Unconvertible(f"Cannot convert '{type_name(value)}' to the type 'System.{name}' required by parameter '{{}}'. ")
    try:
        number = int(value)
    except ValueError:
        number = None
    if number is None or number not in allowed:
        why = (
            "Input string was not in a correct format."
            if number is None
            else f"Value was either too large or too small for {'a' if name == 'UInt32' else 'an'} {name}."
        )
        raise Unconvertible(
            f'Cannot bind parameter \'{{}}\'. Cannot convert value "{value}" to type "System.{name}". Error: "{why}"', explained=True
        )
    return number


def _enum(value: t.Any, name: str, members: tuple[str, ...]) -> str:
    for member in members:
        if isinstance(value, str) and member.lower() == value.strip().lower():
            return member
    raise Unconvertible(
        f'Cannot bind parameter \'{{}}\'. Cannot convert value "{value}" to type "{name}". Error: "Unable to match the identifier '
        f'name {value} to a valid enumerator name. Specify one of the following enumerator names and try again:\n{", ".join(members)}"',
        explained=True,
    )
