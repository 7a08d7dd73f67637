"""A fleet of simulated devices, described by a YAML file (its keys: tests/simulator/README.md)."""

from __future__ import annotations

import ipaddress
import typing as t
from pathlib import Path

import yaml

from .device import Device, State
from .schema import SchemaError, build


class FleetError(Exception):
    """A fleet file cannot be used; the message names the file, the place in it and what to do."""


class Fleet:
    """Devices by name, in the order of the file."""

    def __init__(self, devices: t.Mapping[str, Device]) -> None:
        self._devices = dict(devices)

    @property
    def devices(self) -> t.Mapping[str, Device]:
        return self._devices


def load(path: Path) -> Fleet:
    """Read a fleet file.

    Raises:
        FleetError: the file cannot be read, is no YAML, or describes something that is not possible.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise FleetError(f"{path}: cannot be read ({reason}). Give the path of a fleet file.") from None
    return parse(text, str(path))


def parse(text: str, name: str = "fleet") -> Fleet:
    """Build a fleet from YAML text; `name` stands for the file in messages. Raises FleetError."""
    try:
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        place = getattr(error, "problem_mark", None)
        line = f", line {place.line + 1}" if place else ""
        raise FleetError(f"{name}{line}: this is not YAML ({getattr(error, 'problem', None) or error}). Correct the syntax.") from None
    try:
        return Fleet(_devices(data))
    except SchemaError as error:
        raise FleetError(f"{name}: {error}") from None


def _devices(data: t.Any) -> dict[str, Device]:
    if not isinstance(data, t.Mapping) or set(data) != {"devices"}:
        raise SchemaError("a fleet file has one key, 'devices'. Put the devices below it.")
    if not isinstance(data["devices"], t.Mapping) or not data["devices"]:
        raise SchemaError("devices: expected at least one device, by name.")
    devices: dict[str, Device] = {}
    taken: dict[str, str] = {}
    for name, entry in data["devices"].items():
        place = f"devices.{name}"
        if not isinstance(name, str) or not name:
            raise SchemaError(f"{place}: a device's name has to be text. Quote it.")
        state = build(State, entry, place)
        _check_address(state.address, place, taken)
        taken[state.address] = name
        devices[name] = Device(name, state)
    return devices


def _check_address(address: str, place: str, taken: t.Mapping[str, str]) -> None:
    try:
        loopback = ipaddress.ip_address(address).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise SchemaError(f"{place}.address: {address!r} is no loopback address. Give one of 127.0.0.0/8.")
    if address in taken:
        raise SchemaError(f"{place}.address: {address} belongs to {taken[address]!r} already. Give each device an address of its own.")
