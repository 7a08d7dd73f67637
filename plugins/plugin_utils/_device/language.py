"""Language, region and keyboard, which a reset sets back to their original values.

Sources: Win32_OperatingSystem as documented; the keyboards are those of the sign-in screen (`Keyboard Layout\\Preload` of
`HKEY_USERS\\.DEFAULT`), as Microsoft's support article on them has it.
"""

from __future__ import annotations

import typing as t

from .._remoting.reading import Read, RegistryKey
from .._remoting.values import RemoteObject
from .facts import Readings, Unreadable, expect, single
from .os import OPERATING_SYSTEM

NAME = "language"
KEYBOARD = RegistryKey("Registry::HKEY_USERS\\.DEFAULT\\Keyboard Layout\\Preload")
_MOST_DIGITS = 3  # Preload counts its values from 1


def reads(_system_root: str) -> dict[str, Read]:
    return {"system": OPERATING_SYSTEM, "keyboard": KEYBOARD}


def parse(readings: Readings) -> dict[str, t.Any]:
    """`locale` is Windows' hexadecimal language id; `keyboards` are layout ids in the order of preference."""
    system = single(readings["system"], "Win32_OperatingSystem")
    return {
        "display_languages": _texts(expect(system, "MUILanguages", list), "MUILanguages"),
        "locale": expect(system, "Locale"),
        "country_code": expect(system, "CountryCode"),
        "keyboards": _keyboards(single(readings["keyboard"], "Keyboards of the sign-in screen in the registry")),
    }


def _texts(values: t.Any, name: str) -> t.Any:
    if isinstance(values, Unreadable):
        return values
    return values if all(isinstance(value, str) for value in values) else Unreadable(f"{name} is {values!r}, where texts were expected.")


def _keyboards(source: RemoteObject | Unreadable) -> t.Any:
    if isinstance(source, Unreadable):
        return source
    numbers = sorted(int(name) for name in source.properties if name.isascii() and name.isdecimal() and len(name) <= _MOST_DIGITS)
    layouts = [expect(source, str(number)) for number in numbers]
    if not layouts:
        return Unreadable("The sign-in screen has no keyboard.")
    return next((each for each in layouts if isinstance(each, Unreadable)), layouts)
