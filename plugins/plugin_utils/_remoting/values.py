"""What comes back from a device, as plain Python: pure conversions from what pypsrp deserialized."""

from __future__ import annotations

import dataclasses
import typing as t
import uuid


@dataclasses.dataclass(frozen=True, slots=True)
class RemoteObject:
    """A .NET object that traveled as a property bag.

    `types` are its type names, most derived first, without the `Deserialized.` prefix. `properties` holds adapted and
    note properties under their own spelling; look them up with `get`, which ignores case as PowerShell does.
    `value` is the primitive behind it, when there is one (a string with note properties, an enum's number).
    """

    types: tuple[str, ...]
    properties: t.Mapping[str, t.Any]
    text: str | None = None
    value: t.Any = None

    def get(self, name: str, default: t.Any = None) -> t.Any:
        wanted = name.lower()
        return next((value for key, value in self.properties.items() if key.lower() == wanted), default)

    @property
    def cim_class(self) -> str | None:
        """The CIM class of an instance: `Win32_BIOS` for `...CimInstance#root/cimv2/Win32_BIOS`."""
        head, mark, tail = (self.types[0] if self.types else "").partition("#")
        if not mark or not head.endswith("CimInstance"):
            return None
        return tail.replace("\\", "/").rsplit("/", 1)[-1]

    @property
    def path(self) -> str | None:
        """The provider path without the provider: `HKEY_LOCAL_MACHINE\\SOFTWARE` or `C:\\Windows\\x.xml`."""
        return _without_provider(self.get("PSPath"))

    @property
    def parent(self) -> str | None:
        """The provider path of what it stands in."""
        return _without_provider(self.get("PSParentPath"))


def _without_provider(path: t.Any) -> str | None:
    return path.rpartition("::")[2] if isinstance(path, str) else None


def plain(value: t.Any) -> t.Any:
    """Turn a deserialized value into str, int, float, bool, bytes, None, list, dict or RemoteObject."""
    if value is None or isinstance(value, (str, bool, int, float, bytes)):
        return value
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, dict):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if not hasattr(value, "adapted_properties"):
        return str(value)
    types = tuple(name.removeprefix("Deserialized.") for name in value.types if name)
    properties = {key: plain(item) for bag in (value.adapted_properties, value.extended_properties) for key, item in bag.items()}
    inner = plain(value.property_sets[0]) if value.property_sets else None
    if inner is not None and not properties and not _is_enum(types):
        return inner
    return RemoteObject(types=types, properties=properties, text=value.to_string, value=inner)


def _is_enum(types: tuple[str, ...]) -> bool:
    return "System.Enum" in types


def text_of(value: t.Any) -> str | None:
    """The string behind a value that may carry note properties; None when it is no string."""
    if isinstance(value, RemoteObject):
        value = value.value
    return value if isinstance(value, str) else None


@dataclasses.dataclass(frozen=True, slots=True)
class RemoteError:
    """An error record: what PowerShell said, without the position in a script that never was.

    `id` is the FullyQualifiedErrorId, `target` the object it was about as text, `exception` the .NET type name and
    `code` the HRESULT as an unsigned 32-bit number, where the record carried one.
    """

    message: str
    id: str = ""
    target: str = ""
    exception: str = ""
    code: int | None = None

    @property
    def not_found(self) -> bool:
        """The path or item asked for is not there, which is an answer and no failure."""
        return self.id.split(",", 1)[0] in ("PathNotFound", "ItemNotFound")

    @property
    def access_denied(self) -> bool:
        return (
            self.exception in ("System.UnauthorizedAccessException", "System.Security.SecurityException")
            or self.code in (0x80070005, 0x80041003)
            or self.id.startswith(("HRESULT 0x80041003", "HRESULT 0x80070005", "HRESULT 0x80338104"))
        )

    def __str__(self) -> str:
        return f"{self.message} ({self.id.split(',', 1)[0]})" if self.id else self.message


def remote_error(record: t.Any) -> RemoteError:
    """Read a pypsrp ErrorRecord."""
    exception = plain(getattr(record, "exception", None))
    message, name, code = str(record), "", None
    if isinstance(exception, RemoteObject):
        name = exception.types[0] if exception.types else ""
        message = exception.get("Message") or message
        raw = exception.get("HResult")
        code = raw & 0xFFFFFFFF if isinstance(raw, int) else None
    target = plain(getattr(record, "target_object", None))
    text = text_of(target) or getattr(record, "target_name", None) or ""
    return RemoteError(message=str(message).strip(), id=record.fq_error or "", target=text, exception=name, code=code)
