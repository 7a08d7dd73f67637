"""Language, region and keyboard: what a reset sets back to its original values (Win32_OperatingSystem and the default user's keyboard)."""

from __future__ import annotations

import typing as t

from .._remoting.reading import CimInstances, Read, RegistryKey
from .facts import Readings, Unreadable, pick, registry_values, single

NAME = "language"
OPERATING_SYSTEM = CimInstances("Win32_OperatingSystem")
KEYBOARD = RegistryKey("Registry::HKEY_USERS\\.DEFAULT\\Keyboard Layout\\Preload")


def reads(_system_root: str) -> dict[str, Read]:
    return {"system": OPERATING_SYSTEM, "keyboard": KEYBOARD}


def parse(readings: Readings) -> dict[str, t.Any]:
    """`locale` is Windows' hexadecimal language id; `keyboards` are layout ids in the order of preference."""
    system = single(readings["system"], "Win32_OperatingSystem")
    return {
        "display_languages": pick(system, "MUILanguages", list),
        "locale": pick(system, "Locale"),
        "country_code": pick(system, "CountryCode"),
        "keyboards": _keyboards(registry_values(readings["keyboard"], "Default keyboard in the registry")),
    }


def _keyboards(source: t.Any) -> t.Any:
    if isinstance(source, Unreadable):
        return source
    numbered = {name: value for name, value in source.properties.items() if name.isdecimal() and isinstance(value, str)}
    return [numbered[name] for name in sorted(numbered, key=int)]
