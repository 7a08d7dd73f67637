"""Small tools that all parts of the device document use: what could not be read, and values out of readings. Pure."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from .._remoting.reading import Read, Reading
from .._remoting.values import RemoteObject

Readings: t.TypeAlias = t.Mapping[str, Reading]


@dataclasses.dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands where a value would stand, with the reason why it could not be read."""

    reason: str


class Part(t.Protocol):
    """One part of the device document: what it reads, and how the document's words come from it."""

    NAME: str

    def reads(self, system_root: str) -> t.Mapping[str, Read]:
        """What to read, by a key of the part's own."""

    def parse(self, readings: Readings) -> dict[str, t.Any]:
        """The part; values that could not be read are `Unreadable`."""


def reason(reading: Reading, what: str) -> Unreadable:
    """Why a reading gave nothing, in words."""
    failure = reading.failure
    if failure is None:
        return Unreadable(f"{what}: the device answered nothing.")
    if failure.access_denied:
        return Unreadable(f"{what}: access denied; the account is no administrator of the device, or has a filtered token.")
    return Unreadable(f"{what}: {failure}")


def single(reading: Reading, what: str) -> RemoteObject | Unreadable:
    """The one object that a reading has to give."""
    found = reading.first
    return found if isinstance(found, RemoteObject) else reason(reading, what)


def pick(source: RemoteObject | Unreadable, name: str, kind: type[t.Any] = str) -> t.Any:
    """A property of the expected type; None when it is absent or empty, Unreadable when its object is or the type is wrong."""
    if isinstance(source, Unreadable):
        return source
    value = source.get(name)
    if isinstance(value, RemoteObject):
        value = value.value
    if isinstance(value, str):
        value = value.strip() or None
    if value is None:
        return None
    if kind is int and isinstance(value, bool):
        return Unreadable(f"{name} is {value!r}, where a number was expected.")
    return value if isinstance(value, kind) else Unreadable(f"{name} is {value!r}, where {kind.__name__} was expected.")


def expect(source: RemoteObject | Unreadable, name: str, kind: type[t.Any] = str) -> t.Any:
    """A property that Windows always fills: Unreadable when it is absent or empty too."""
    value = pick(source, name, kind)
    return Unreadable(f"{name} is missing.") if value is None else value


def registry_values(reading: Reading, what: str) -> RemoteObject | Unreadable:
    """The values of a key; an empty object when the key is absent or has none."""
    if reading.failure is not None:
        return reason(reading, what)
    return reading.first if isinstance(reading.first, RemoteObject) else RemoteObject((), {})


def registry_dword(source: RemoteObject | Unreadable, name: str) -> t.Any:
    """A REG_DWORD as the unsigned number it is: it travels as a signed Int32."""
    value = pick(source, name, int)
    return value & 0xFFFFFFFF if isinstance(value, int) else value


def unix_time(seconds: t.Any) -> t.Any:
    """Seconds since 1970 (UTC) as ISO 8601; None and Unreadable pass through."""
    if not isinstance(seconds, int):
        return seconds
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_time(moment: t.Any) -> t.Any:
    """A DateTime as it travels (ISO 8601 with its offset) in UTC, to the second; None and Unreadable pass through."""
    if not isinstance(moment, str):
        return moment
    try:
        parsed = datetime.datetime.fromisoformat(moment)
        if parsed.tzinfo is None:
            return Unreadable(f"{moment!r} is a time without an offset.")
        return parsed.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return Unreadable(f"{moment!r} is no time.")
