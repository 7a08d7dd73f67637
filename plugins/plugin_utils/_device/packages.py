"""Provisioning packages that Windows holds as installed. A reset applies them again.

Source: Get-ProvisioningPackage of the module Provisioning (Microsoft Learn). Its properties are documented nowhere: `PackageId`,
`PackageName` and `Version` are what public scripts use; `OwnerType` and `Rank` are guesses, and null where Windows does not have them.
"""

from __future__ import annotations

import typing as t
import uuid

from .._remoting.command import Command
from .._remoting.reading import Pipe, Read, Reading
from .._remoting.values import RemoteObject
from .facts import Readings, Unreadable, reason

NAME = "packages"
# Alone: a device whose module is missing ends the pipeline here, and nobody has seen this module over remoting.
INSTALLED = Pipe((Command("Get-ProvisioningPackage", {"AllInstalledPackages": True}),), alone=True)
TYPE = "Microsoft.Windows.Provisioning.ProvCommon.RuntimeProvPackageMetadata"


def reads(_system_root: str) -> dict[str, Read]:
    return {"installed": INSTALLED}


def parse(readings: Readings) -> dict[str, t.Any]:
    return {"installed": installed(readings["installed"])}


def installed(reading: Reading) -> t.Any:
    """The packages, by id, or why they could not be read."""
    what = "Installed provisioning packages"
    failure = reading.failure or next(iter(reading.errors), None)
    if failure is not None and failure.id.startswith("CommandNotFoundException"):
        return Unreadable(f"{what}: this Windows has no Get-ProvisioningPackage; the Provisioning module is part of client editions.")
    if failure is not None:
        return reason(reading, what) if reading.failure else Unreadable(f"{what}: {failure}")
    if not all(isinstance(value, RemoteObject) for value in reading.outputs):
        return Unreadable(f"{what}: Get-ProvisioningPackage answered text where packages were expected.")
    return sorted((_package(value) for value in reading.outputs), key=lambda package: str(package["id"]))


def _package(value: RemoteObject) -> dict[str, t.Any]:
    return {
        "id": _guid(value.get("PackageId")),
        "name": _required(value, "PackageName"),
        "version": _required(value, "Version"),
        "owner": _text(value.get("OwnerType"), "OwnerType"),
        "rank": _rank(value.get("Rank")),
    }


def _guid(given: t.Any) -> t.Any:
    """Upper case without braces: the id may come as a GUID or as text."""
    text = _text(given, "PackageId")
    if isinstance(text, Unreadable):
        return text
    try:
        return str(uuid.UUID(text or "")).upper()
    except ValueError:
        return Unreadable("PackageId is missing." if text is None else f"PackageId is {text!r}, which is no GUID.")


def _required(value: RemoteObject, name: str) -> t.Any:
    text = _text(value.get(name), name)
    return Unreadable(f"{name} is missing.") if text is None else text


def _text(given: t.Any, name: str) -> t.Any:
    """Text, or the text of an object (a version, an enum); None when there is none."""
    if isinstance(given, RemoteObject):
        given = given.text if given.text is not None else given.value
    if given is None or isinstance(given, str):
        return (given or "").strip() or None
    return Unreadable(f"{name} is {given!r}, where text was expected.")


def _rank(given: t.Any) -> t.Any:
    if isinstance(given, RemoteObject):
        given = given.value
    if given is None or (isinstance(given, int) and not isinstance(given, bool)):
        return given
    return Unreadable(f"Rank is {given!r}, where a number was expected.")
