"""Names of the Wi-Fi profiles for all users. Only the names are read: the profile files hold key material, which stays on the device.

Source: the WLAN profile schema (`WLANProfile/name`) and the folder where Windows keeps the profiles, one folder for each interface.
"""

from __future__ import annotations

import typing as t

from .._remoting.command import Command
from .._remoting.reading import Pipe, Read
from .._remoting.values import text_of
from .facts import Readings, Unreadable, reason

NAME = "wifi"
FOLDER = "ProgramData\\Microsoft\\Wlansvc\\Profiles\\Interfaces"
NAME_OF_PROFILE = "/*[local-name()='WLANProfile']/*[local-name()='name']"


def reads(system_root: str) -> dict[str, Read]:
    folder = f"{system_root[:2]}\\{FOLDER}"
    names = (
        Command("Get-ChildItem", {"LiteralPath": folder, "Filter": "*.xml", "Recurse": True}),
        Command("Select-Xml", {"XPath": NAME_OF_PROFILE}),
        Command("Select-Object", {"ExpandProperty": "Node"}),
        Command("Select-Object", {"ExpandProperty": "InnerText"}),
    )
    return {"names": Pipe(names)}


def parse(readings: Readings) -> dict[str, t.Any]:
    """A device without Wi-Fi has no such folder, and so no profiles. Blanks around a name belong to it."""
    reading = readings["names"]
    failure = reading.failure
    if failure is not None and failure.access_denied:
        return {"profiles": reason(reading, "Wi-Fi profiles")}
    if failure is not None:
        # Its own words are left out: they may quote the profile.
        return {"profiles": Unreadable(f"Wi-Fi profiles: one of them could not be read ({failure.id.split(',')[0] or 'no reason given'}).")}
    names = [text_of(value) for value in reading.outputs]
    if not all(names):
        # What it was instead is not repeated: it may be more of the profile than its name.
        return {"profiles": Unreadable("Wi-Fi profiles: one of them has no name that is text.")}
    return {"profiles": sorted({name for name in names if name})}
